import { readConfig } from "../config.ts";
import type { Bilingual } from "../core/problems.ts";
import type { Foreseen } from "../db/upkeep/foreseen.ts";
import type { MigrationStatus } from "../db/upkeep/migrations.ts";
import { FAILED, wordOf } from "./terminal/command.ts";
import type { Call, Command } from "./terminal/command.ts";

const WORDS = ["up", "plan", "status", "verify"] as const;

/** `trithuc migrate`: the schema, as its owner. */
export const migrateCommand: Command = {
  name: "migrate",
  summary: {
    vi: "đưa lược đồ cơ sở dữ liệu lên bản này; xem trước, xem, kiểm tra",
    en: "bring the database schema up to this version; foresee, show, check",
  },
  usage: ["migrate plan", "migrate up", "migrate status", "migrate verify"],
  options: {},
  async run(call) {
    const word = wordOf(call, WORDS);
    const config = readConfig();
    const { migrateStore, openStore, ownerSetting } = await import("../store.ts");
    const [{ brokenOff, migrationStatus, refuse }, { foreseen }, { naming }] = await Promise.all([
      import("../db/upkeep/migrations.ts"),
      import("../db/upkeep/foreseen.ts"),
      import("../db/upkeep/unreachable.ts"),
    ]);
    const store = await openStore(config, () => {});
    const named = <T>(work: () => Promise<T>) => naming(ownerSetting(config), store.ownerUrl, work);
    try {
      const status = await named(() => migrationStatus(store.ownerUrl));
      if (status.interrupted !== undefined) call.tell(ended(brokenOff(status.interrupted)));
      if (word === "up") return tellDone(await migrateStore(config, store), call);
      if (word === "plan") return tellForeseen(await named(() => foreseen(store.ownerUrl)), call);
      if (word === "status") return list(status, call);
      refuse(status);
      return judge(status, call);
    } finally {
      await store.stop();
    }
  },
};

const ended = ({ vi, en }: Bilingual): Bilingual => ({ vi: `${vi}.`, en: `${en}.` });

/** Each file with its statements: the lock that each takes, on what, and whom that keeps waiting. */
function tellForeseen(files: readonly Foreseen[], { out, tell, inLine }: Call): void {
  if (files.length === 0) tell({ vi: "Không có bản di trú nào chờ.", en: "No migration is pending." });
  for (const { name, bare, steps } of files) {
    out(`${name} (${inLine(bare ? MANNERS.bare : MANNERS.whole)})`);
    for (const { lock, table, size, meaning, statement } of steps) {
      out(`  ${[lock, table, size].filter(Boolean).join("  ") || "-"}: ${inLine(meaning)}`);
      out(`      ${statement}`);
    }
  }
}

const MANNERS = {
  whole: { vi: "trong một giao dịch", en: "in one transaction" },
  bare: { vi: "từng câu lệnh", en: "statement by statement" },
} as const;

function tellDone(done: readonly string[], { out, tell }: Call): void {
  for (const name of done) out(`+ ${name}`);
  if (done.length === 0) tell({ vi: "Lược đồ đã ở bản mới nhất.", en: "The schema is up to date." });
  else tell({ vi: `Đã áp dụng ${done.length} bản di trú.`, en: `${done.length} migrations applied.` });
}

const STATES = {
  applied: { vi: "đã áp dụng", en: "applied" },
  pending: { vi: "chưa áp dụng", en: "pending" },
  edited: { vi: "đã bị sửa", en: "edited" },
  unknown: { vi: "không thuộc bản này", en: "of another version" },
} as const;

function list(status: MigrationStatus, { out, inLine }: Call): void {
  const odd = new Map<string, Bilingual>([
    ...status.edited.map((name) => [name, STATES.edited] as const),
    ...status.unknown.map((name) => [name, STATES.unknown] as const),
  ]);
  for (const name of status.applied) out(`${name.padEnd(32)} ${inLine(odd.get(name) ?? STATES.applied)}`);
  for (const name of status.pending) out(`${name.padEnd(32)} ${inLine(STATES.pending)}`);
}

function judge({ applied, pending }: MigrationStatus, { tell }: Call): number {
  if (pending.length === 0) {
    tell({ vi: `Cả ${applied.length} bản di trú đúng như trong mã nguồn.`, en: `All ${applied.length} migrations are as in the source.` });
    return 0;
  }
  tell({
    vi: `Còn ${pending.length} bản di trú chưa áp dụng: hãy chạy “trithuc migrate up”.`,
    en: `${pending.length} migrations are pending: run "trithuc migrate up".`,
  });
  return FAILED;
}
