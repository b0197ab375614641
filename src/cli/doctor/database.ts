import type { Config } from "../../config.ts";
import type { Bilingual } from "../../core/problems.ts";
import { migrationStatus } from "../../db/upkeep/migrations.ts";
import { NEWEST, OLDEST, readStanding } from "../../db/upkeep/standing.ts";
import type { Standing } from "../../db/upkeep/standing.ts";
import { naming } from "../../db/upkeep/unreachable.ts";
import { keysFingerprint } from "../../http/access/keys.ts";
import type { ServiceKeys } from "../../http/access/keys.ts";
import { good, wrong } from "./finding.ts";
import type { Finding } from "./finding.ts";

const SERVER = { vi: "PostgreSQL", en: "PostgreSQL" };
const DURABILITY = { vi: "ghi bền (fsync)", en: "durability (fsync)" };
const COLLATION = { vi: "thứ tự tiếng Việt", en: "Vietnamese collation" };
const ROLES = { vi: "quyền của dịch vụ", en: "the service's rights" };
const CLOCK = { vi: "đồng hồ", en: "clock" };
const SCHEMA = { vi: "lược đồ", en: "schema" };
const KEYS = { vi: "khoá", en: "keys" };
const FAR_MS = 20_000;
const NEAR_MS = 2_000;

/** Everything about the database that a service stands on. */
export async function checkDatabase(config: Config, serviceUrl: string, keys: ServiceKeys | undefined): Promise<Finding[]> {
  const { standing, status } = await naming("DATABASE_URL", serviceUrl, async () => ({
    standing: await readStanding(serviceUrl),
    status: await migrationStatus(serviceUrl),
  }));
  const { pending, edited, unknown, applied } = status;
  const embedded = config.DATABASE_URL === undefined;
  return [
    server(standing),
    durability(standing),
    collation(standing),
    roles(standing),
    clock(standing),
    schema({ applied, late: pending, odd: [...edited, ...unknown] }, embedded),
    ...(keys ? [keysOf(standing, keys)] : []),
  ];
}

function server({ version, major }: Standing): Finding {
  if (major >= OLDEST && major <= NEWEST) return good(SERVER, version);
  const todo = {
    vi: `Dịch vụ được thử với PostgreSQL ${OLDEST} đến ${NEWEST}.`,
    en: `The service is tested on PostgreSQL ${OLDEST} to ${NEWEST}.`,
  };
  return wrong(SERVER, version, todo, major < OLDEST ? "bad" : "doubtful");
}

function durability({ fsync }: Standing): Finding {
  if (fsync) return good(DURABILITY, "on");
  return wrong(DURABILITY, "off", {
    vi: "Mất điện là mất dữ liệu đã ghi: hãy đặt fsync=on rồi khởi động lại PostgreSQL.",
    en: "A power cut loses what was written: set fsync=on and restart PostgreSQL.",
  });
}

/** Indexes are sorted by the library's version of that day: after another, rows are not found where they should be. */
function collation({ collation: { made, now } }: Standing): Finding {
  if (made === now) return good(COLLATION, `vi-x-icu ${now ?? ""}`.trim());
  return wrong(COLLATION, `vi-x-icu ${made} → ${now}`, {
    vi: 'Thư viện ICU đã đổi bản: hãy chạy REINDEX DATABASE rồi ALTER COLLATION "vi-x-icu" REFRESH VERSION.',
    en: 'The ICU library has changed: run REINDEX DATABASE, then ALTER COLLATION "vi-x-icu" REFRESH VERSION.',
  });
}

function roles({ superuser, ddl, excess }: Standing): Finding {
  if (!superuser && !ddl && excess.length === 0) return good(ROLES, { vi: "không sửa được lược đồ", en: "cannot change the schema" });
  const more = excess.join(", ");
  const owns: Bilingual = ddl ? { vi: "sở hữu lược đồ", en: "owns the schema" } : { vi: more, en: more };
  const says: Bilingual = superuser ? { vi: "superuser", en: "superuser" } : owns;
  return wrong(ROLES, says, {
    vi: "Hãy để TRITHUC_OWNER_URL sở hữu lược đồ, và cho DATABASE_URL một tài khoản khác không sở hữu gì (README).",
    en: "Let TRITHUC_OWNER_URL own the schema, and give DATABASE_URL another role that owns nothing (README).",
  });
}

function clock({ clockOffMs }: Standing): Finding {
  const says = { vi: `lệch cơ sở dữ liệu ${clockOffMs} ms`, en: `${clockOffMs} ms off the database` };
  const off = Math.abs(clockOffMs);
  if (off < NEAR_MS) return good(CLOCK, says);
  const todo = {
    vi: "Hãy đồng bộ giờ (NTP) ở cả hai máy: thẻ và lịch sử dựa vào giờ.",
    en: "Synchronise both machines (NTP): tokens and the history depend on the time.",
  };
  return wrong(CLOCK, says, todo, off > FAR_MS ? "bad" : "doubtful");
}

function schema({ applied, late, odd }: { applied: string[]; late: string[]; odd: string[] }, embedded: boolean): Finding {
  if (odd.length > 0) {
    return wrong(SCHEMA, odd.join(", "), {
      vi: "Bản di trú bị sửa hoặc của bản phần mềm khác: hãy chạy “trithuc migrate verify”.",
      en: 'A migration was edited or is of another version: run "trithuc migrate verify".',
    });
  }
  if (late.length === 0) return good(SCHEMA, { vi: `${applied.length} bản di trú, đủ`, en: `${applied.length} migrations, complete` });
  const says = { vi: `thiếu ${late.length} bản di trú`, en: `${late.length} migrations pending` };
  if (embedded) return wrong(SCHEMA, says, { vi: "Lần khởi động tới sẽ áp dụng.", en: "The next start applies them." }, "doubtful");
  return wrong(SCHEMA, says, { vi: "Hãy chạy “trithuc migrate up”.", en: 'Run "trithuc migrate up".' });
}

function keysOf({ keys: noted }: Standing, keys: ServiceKeys): Finding {
  const own = keysFingerprint(keys);
  if (noted === own) return good(KEYS, { vi: `${own}, đúng của cơ sở dữ liệu này`, en: `${own}, those of this database` });
  if (noted === null) {
    return wrong(
      KEYS,
      { vi: `${own}, chưa được ghi nhận`, en: `${own}, not noted yet` },
      {
        vi: "“trithuc migrate up” ghi nhận khoá vào cơ sở dữ liệu; hãy sao lưu tệp khoá ở nơi khác.",
        en: '"trithuc migrate up" notes them in the database; keep a copy of the keys file elsewhere.',
      },
      "doubtful",
    );
  }
  return wrong(
    KEYS,
    { vi: `${own}, cơ sở dữ liệu dùng ${noted}`, en: `${own}, the database has ${noted}` },
    {
      vi: "Sai khoá: không số định danh nào mở được. Hãy lấy lại tệp khoá đã sao lưu cùng cơ sở dữ liệu này.",
      en: "The wrong keys: no citizen id can be opened. Bring back the keys file that was kept with this database.",
    },
  );
}
