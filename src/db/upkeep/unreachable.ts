import { StartError } from "../start-error.ts";

const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)$/;
const TEXTS: Record<string, { vi: string; en: string }> = {
  "28P01": { vi: "sai mật khẩu hoặc tài khoản", en: "wrong role or password" },
  "28000": { vi: "tài khoản không được phép kết nối", en: "the role may not connect" },
  "3D000": { vi: "không có cơ sở dữ liệu đó", en: "there is no such database" },
  "53300": { vi: "máy chủ hết chỗ kết nối", en: "the server has no connection left" },
  "57P03": { vi: "máy chủ đang khởi động hoặc đang dừng", en: "the server is starting or stopping" },
  "42501": { vi: "tài khoản thiếu quyền cho việc này", en: "the role lacks the right for this" },
};

/**
 * Runs `work` on the database that a setting names, and says of one that cannot be used which setting that was.
 * @throws StartError naming the setting; the URL itself holds a password and is not shown
 */
export async function naming<T>(setting: string, url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = reasonOf(error);
    if (why === undefined) throw error;
    throw new StartError(
      {
        vi: `Không dùng được cơ sở dữ liệu của ${setting} (${placeOf(url)}): ${why.vi}.`,
        en: `The database of ${setting} (${placeOf(url)}) cannot be used: ${why.en}.`,
      },
      error,
    );
  }
}

function reasonOf(error: unknown): { vi: string; en: string } | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (TEXTS[code]) return TEXTS[code];
  if (NETWORK.test(code)) return { vi: `không kết nối được (${code})`, en: `no connection (${code})` };
  if (/timeout|terminated unexpectedly/i.test(message)) return { vi: "không trả lời kịp", en: "it did not answer in time" };
  return /SSL|certificate/i.test(message) ? { vi: "TLS không dùng được", en: "TLS does not work" } : undefined;
}

/** Host, port and database of a URL, without role and password. */
function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get("host") ?? (host || "localhost")}${decodeURIComponent(pathname)}`;
}
