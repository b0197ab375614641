import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { unknownSettings } from "../../config.ts";
import type { Config } from "../../config.ts";
import { good, wrong } from "./finding.ts";
import type { Finding } from "./finding.ts";

const NODE = { vi: "Node", en: "Node" };
const DISK = { vi: "đĩa", en: "disk" };
const SETTINGS = { vi: "cài đặt", en: "settings" };
const ISSUER = { vi: "bên phát hành thẻ", en: "token issuer" };
const NEEDED_NODE = 26;
const GIB = 2 ** 30;

/** The Node that runs this. */
export function checkNode(): Finding {
  const { node } = process.versions;
  if (Number(node.split(".")[0]) >= NEEDED_NODE) return good(NODE, node);
  return wrong(NODE, node, { vi: 'Hãy chạy "npm ci" trong thư mục dự án.', en: 'Run "npm ci" in the project\'s folder.' });
}

/** Room on the disk of the data folder: a full disk stops every write. */
export function checkDisk({ TRITHUC_DATA_DIR: folder }: Config): Finding {
  const { bavail, bsize } = statfsSync(existing(resolve(folder)));
  const free = bavail * bsize;
  const says = { vi: `còn ${(free / GIB).toFixed(1)} GiB ở ${folder}`, en: `${(free / GIB).toFixed(1)} GiB free at ${folder}` };
  if (free > 2 * GIB) return good(DISK, says);
  const todo = {
    vi: "Hãy dọn đĩa, hoặc đặt TRITHUC_DATA_DIR tới đĩa rộng hơn.",
    en: "Free some room, or set TRITHUC_DATA_DIR to a larger disk.",
  };
  return wrong(DISK, says, todo, free > GIB / 2 ? "doubtful" : "bad");
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

/** Settings that are allowed and yet are probably not what was meant. */
export function checkSettings(config: Config): Finding[] {
  const odd = [...unknownSettings(), ...forReal(config)];
  if (odd.length === 0) return [good(SETTINGS, { vi: "hợp lệ", en: "valid" })];
  return odd.map((todo) => wrong(SETTINGS, { vi: "cần xem", en: "to look at" }, todo, "doubtful"));
}

/** With a database of one's own the service is no trial any more. */
function forReal({ DATABASE_URL, TRITHUC_OWNER_URL, TRITHUC_ISSUER, TRITHUC_PUBLIC_URL, HOST }: Config) {
  const loopback = /^(127\.|::1$|localhost$)/.test(HOST);
  return [
    DATABASE_URL !== undefined && TRITHUC_OWNER_URL === undefined
      ? {
          vi: "TRITHUC_OWNER_URL chưa đặt: lược đồ sẽ thuộc về chính tài khoản của dịch vụ.",
          en: "TRITHUC_OWNER_URL is not set: the schema would belong to the service's own role.",
        }
      : undefined,
    DATABASE_URL !== undefined && TRITHUC_ISSUER === undefined
      ? {
          vi: "TRITHUC_ISSUER chưa đặt: ai có tệp khoá đều tự cấp được thẻ.",
          en: "TRITHUC_ISSUER is not set: whoever has the keys file can issue tokens.",
        }
      : undefined,
    !loopback && TRITHUC_PUBLIC_URL === undefined
      ? { vi: "HOST mở ra ngoài mà TRITHUC_PUBLIC_URL chưa đặt.", en: "HOST is open to others, and TRITHUC_PUBLIC_URL is not set." }
      : undefined,
  ].filter((text) => text !== undefined);
}

/** Whether the issuer's keys can be had: without them no token is accepted. */
export async function checkIssuer({ TRITHUC_ISSUER: issuer }: Config): Promise<Finding> {
  if (issuer === undefined) return good(ISSUER, { vi: "tại chỗ, để dùng thử", en: "local, for evaluation" });
  const { findKeySet } = await import("../../http/access/discovery.ts");
  try {
    const { keySet } = await findKeySet(issuer, undefined, 3_000);
    return good(ISSUER, { vi: `${issuer}, ${keySet.keys.length} khoá`, en: `${issuer}, ${keySet.keys.length} keys` });
  } catch {
    const todo = {
      vi: "Hãy kiểm tra TRITHUC_ISSUER và đường mạng tới đó; khi chưa được, mọi thẻ đều bị từ chối (503).",
      en: "Check TRITHUC_ISSUER and the network to it; until then every token is refused (503).",
    };
    return wrong(ISSUER, { vi: `${issuer} không cho khoá`, en: `${issuer} gives no keys` }, todo);
  }
}
