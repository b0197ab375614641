import { readConfig } from "../../config.ts";
import type { DemoOutcome } from "./run.ts";
import { numberOf, textOf, UsageError } from "../terminal/command.ts";
import type { Call, Command } from "../terminal/command.ts";

/** `trithuc demo`: a synthetic population, for evaluation and for measurements. */
export const demo: Command = {
  name: "demo",
  summary: {
    vi: "ghi một tập người tổng hợp, không có thật; cùng một seed luôn cho cùng một tập",
    en: "write a synthetic population, nobody of it real; the same seed always gives the same people",
  },
  usage: ["demo [--people 1000] [--seed 1]", "demo --people 100000 --seed 7 --duplicates 0.02 --dirt 0.05"],
  options: {
    people: {
      type: "string",
      value: "N",
      text: { vi: "số người (mặc định 1000, tối đa 1000000)", en: "how many (1000 if left out, at most 1000000)" },
    },
    seed: {
      type: "string",
      value: "S",
      text: { vi: "số chọn tập người (mặc định 1)", en: "the number that chooses the people (1 if left out)" },
    },
    duplicates: {
      type: "string",
      value: "SHARE",
      text: {
        vi: "tỷ lệ bản ghi thứ hai của cùng một người, 0 đến 0.5 (mặc định 0.01)",
        en: "share of second records of a person, 0 to 0.5 (0.01)",
      },
    },
    dirt: {
      type: "string",
      value: "SHARE",
      text: { vi: "tỷ lệ bản ghi có khiếm khuyết, 0 đến 1 (mặc định 0.02)", en: "share of faulty records, 0 to 1 (0.02)" },
    },
    mix: {
      type: "boolean",
      text: { vi: "ghi cả khi cơ sở dữ liệu đã có người thật", en: "write even where the registry holds real people" },
    },
  },
  async run(call) {
    const [{ DIRT, DUPLICATES, MOST, runDemo }, { progressOn }] = await Promise.all([import("./run.ts"), import("./progress.ts")]);
    const people = numberOf(call, "people", { min: 1, max: MOST, usual: 1000 });
    const seed = numberOf(call, "seed", { min: 0, max: 999_999_999_999, usual: 1 });
    const shares = { duplicates: shareOf(call, "duplicates", 0.5, DUPLICATES), dirt: shareOf(call, "dirt", 1, DIRT) };
    const config = readConfig();
    const { openReadyStore, keysOf } = await import("../../store.ts");
    const keys = keysOf(config);
    const store = await openReadyStore(config, keys, () => {});
    try {
      const owner = config.TRITHUC_OWNER_URL !== undefined || store.embedded ? { ownerUrl: store.ownerUrl } : {};
      const where = { serviceUrl: store.serviceUrl, ...owner, keys, mix: call.values["mix"] === true };
      const started = performance.now();
      const outcome = await runDemo({ ...where, ...shares, people, seed, progress: progressOn(process.stderr) });
      report(call, outcome, seed, (performance.now() - started) / 1000);
    } finally {
      await store.stop();
    }
  },
};

function report({ out, say }: Call, outcome: DemoOutcome, seed: number, seconds: number): void {
  const { people, kept, duplicates, dirty, rows } = outcome;
  const time = seconds.toFixed(1);
  for (const [table, count] of Object.entries(rows)) out(`${table}: ${count}`);
  say({
    vi: `Đã ghi ${people} người tổng hợp trong ${time} giây (seed ${seed}): ${duplicates} bản ghi trùng, ${dirty} có khiếm khuyết, ${kept} đã có.`,
    en: `Wrote ${people} synthetic people in ${time} s (seed ${seed}): ${duplicates} duplicates, ${dirty} faulty, ${kept} stood before.`,
  });
}

function shareOf(call: Call, option: string, max: number, usual: number): number {
  const text = textOf(call, option);
  if (text === undefined) return usual;
  const share = /^\d{1,3}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0 && share <= max) return share;
  throw new UsageError({ vi: `--${option} cần một số từ 0 đến ${max}.`, en: `--${option} takes a number from 0 to ${max}.` });
}
