import { readConfig } from "../../config.ts";
import type { Config } from "../../config.ts";
import { SCHEMA } from "../../db/schema.ts";
import type { Finding, Log } from "../../privacy/access-log/seals.ts";
import type { Verdict } from "../../privacy/access-log/verification.ts";
import type { Store } from "../../store.ts";
import { FAILED, textOf, UsageError, wordOf } from "../terminal/command.ts";
import type { Call, Command } from "../terminal/command.ts";

const WORDS = ["verify", "head", "seal", "prune"] as const;
const SHOWN = 50;

/** `trithuc audit`: whether the logs are as they were sealed. */
export const audit: Command = {
  name: "audit",
  summary: {
    vi: "kiểm tra nhật ký truy cập và sự kiện còn nguyên như lúc niêm phong",
    en: "check that the access log and the events are as they were sealed",
  },
  usage: ["audit verify [--head HASH]", "audit head", "audit seal", "audit prune"],
  options: {
    head: {
      type: "string",
      value: "HASH",
      text: { vi: "mã băm đã cất ở nơi khác (audit head)", en: "the hash that was kept elsewhere (audit head)" },
    },
  },
  async run(call) {
    const word = wordOf(call, WORDS);
    const head = headOf(call);
    const config = readConfig();
    const [{ databaseOf }, { openStore }, { naming }] = await Promise.all([
      import("../../main.ts"),
      import("../../store.ts"),
      import("../../db/upkeep/unreachable.ts"),
    ]);
    const store = await openStore(config, () => {});
    if (word === "prune") return prune(config, store, call);
    const database = databaseOf(config, store);
    try {
      return await naming("DATABASE_URL", store.serviceUrl, async () => {
        const [{ verifyLogs }, { readHead, runOn }, { sealLogs }] = await Promise.all([
          import("../../privacy/access-log/verification.ts"),
          import("../../privacy/access-log/queries.ts"),
          import("../../privacy/access-log/commands.ts"),
        ]);
        const run = runOn(database.workers);
        if (word === "seal") await sealLogs(database.workers);
        if (word === "verify") return tell(await verifyLogs(run, head), call);
        const last = await readHead(run);
        call.out(last ? `${last.hash.toString("hex")} ${last.n} ${last.sealedAt}` : "-");
        return 0;
      });
    } finally {
      await database.close();
      await store.stop();
    }
  },
};

/** As the owner: the service's own role can take nothing away. */
async function prune(config: Config, store: Store, call: Call): Promise<number> {
  const [{ ownerSetting }, { Pool }, { naming }] = await Promise.all([
    import("../../store.ts"),
    import("pg"),
    import("../../db/upkeep/unreachable.ts"),
  ]);
  const owner = new Pool({ connectionString: store.ownerUrl, options: `-c search_path=${SCHEMA} -c timezone=UTC`, max: 1 });
  try {
    return await naming(ownerSetting(config), store.ownerUrl, async () => {
      const [{ pruneLogs }, { runOn }] = await Promise.all([
        import("../../privacy/access-log/commands.ts"),
        import("../../privacy/access-log/queries.ts"),
      ]);
      const { upto, rows } = await pruneLogs(runOn(owner), { months: config.TRITHUC_LOG_MONTHS, now: new Date() });
      const gone = rows.access_log + rows.audit_events;
      call.say(
        upto === null
          ? { vi: `Chưa lô nào quá ${config.TRITHUC_LOG_MONTHS} tháng.`, en: `No batch is older than ${config.TRITHUC_LOG_MONTHS} months.` }
          : { vi: `Đã lấy đi ${gone} dòng, đến hết lô ${upto}.`, en: `${gone} rows taken away, up to batch ${upto}.` },
      );
      return 0;
    });
  } finally {
    await owner.end();
    await store.stop();
  }
}

function headOf(call: Call): string | undefined {
  const head = textOf(call, "head");
  if (head === undefined || /^[0-9a-f]{64}$/.test(head)) return head;
  throw new UsageError({ vi: "--head cần 64 chữ số thập lục phân.", en: "--head takes 64 hexadecimal digits." });
}

const WHAT: Record<Finding["what"], { vi: string; en: string }> = {
  changed: { vi: "đã bị sửa", en: "was changed" },
  deleted: { vi: "đã bị xoá", en: "was deleted" },
  inserted: { vi: "được thêm sau khi niêm phong", en: "was put in after the sealing" },
  broken: { vi: "không khớp chuỗi", en: "does not fit the chain" },
};
const TABLES: readonly Log[] = ["access_log", "audit_events"];

function tell({ seals, rows, pruned, findings, headFound, head, unsealed }: Verdict, { out, say, inLine }: Call): number {
  for (const { log, n, seal, what } of findings.slice(0, SHOWN)) {
    out(n === null ? `audit_seals ${seal}: ${inLine(WHAT[what])}` : `${log} ${n} (audit_seals ${seal}): ${inLine(WHAT[what])}`);
  }
  if (findings.length > SHOWN) out(`+ ${findings.length - SHOWN}`);
  if (headFound === false)
    say({
      vi: "Mã băm cất ở nơi khác không còn trong chuỗi: nhật ký đã bị cắt hoặc viết lại.",
      en: "The hash that was kept elsewhere is no longer in the chain: the log was cut or written anew.",
    });
  for (const log of TABLES) {
    const { count, from, to } = unsealed[log];
    if (count > 0)
      say({
        vi: `${log}: ${count} dòng chưa niêm phong (${from} đến ${to}).`,
        en: `${log}: ${count} rows not sealed yet (${from} to ${to}).`,
      });
  }
  if (pruned > 0)
    say({
      vi: `${pruned} lô đầu đã hết hạn lưu, các dòng đã được lấy đi.`,
      en: `${pruned} batches are beyond their retention; their rows were taken away.`,
    });
  const whole = findings.length === 0 && headFound !== false;
  if (whole)
    say({
      vi: `${rows} dòng trong ${seals} lô còn nguyên. ${head ?? "-"}`,
      en: `${rows} rows in ${seals} batches are as they were sealed. ${head ?? "-"}`,
    });
  return whole ? 0 : FAILED;
}
