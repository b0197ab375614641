import { readConfig } from "../config.ts";
import type { Bilingual } from "../core/problems.ts";
import type { MigrationStatus } from "../db/upkeep/migrations.ts";
import { FAILED, wordOf } from "./terminal/command.ts";
import type { Call, Command } from "./terminal/command.ts";

const WORDS = ["up", "status", "verify"] as const;

/** `trithuc migrate`: the schema, as its owner. */
export const migrateCommand: Command = {
  name: "migrate",
  summary: { vi: "đưa lược đồ cơ sở dữ liệu lên bản này; xem, kiểm tra", en: "bring the database schema up to this version; show, check" },
  usage: ["migrate up", "migrate status", "migrate verify"],
  options: {},
  async run(call) {
    const word = wordOf(call, WORDS);
    const config = readConfig();
    const { migrateStore, openStore, ownerSetting } = await import("../store.ts");
    const [{ migrationStatus, refuse }, { naming }] = await Promise.all([
      import("../db/upkeep/migrations.ts"),
      import("../db/upkeep/unreachable.ts"),
    ]);
    const store = await openStore(config, () => {});
    try {
      if (word === "up") return tellDone(await migrateStore(config, store), call);
      const status = await naming(ownerSetting(config), store.ownerUrl, () => migrationStatus(store.ownerUrl));
      if (word === "status") return list(status, call);
      refuse(status);
      return judge(status, call);
    } finally {
      await store.stop();
    }
  },
};

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
