import { writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { accessCosts } from "./access.ts";
import type { Results } from "./measure.ts";
import { noteGrown, openPopulation } from "./population.ts";
import { recallOf } from "./quality.ts";
import { besideHeavy } from "./heavy.ts";
import { keptSizes, report } from "./report.ts";
import type { Size } from "./report.ts";
import { drawSample } from "./sample.ts";
import { hashOf, refuseChangedBaselines, startSides } from "./sides.ts";
import { lists, names, reads, suggestions } from "./works.ts";
import type { Bench } from "./works.ts";
import { besideHot, creations, creationsBesideFeed } from "./writes.ts";

// Writes last: what they add is in nobody's sample.
const WORKS: Record<string, (bench: Bench) => Promise<Results>> = {
  a: reads,
  b: lists,
  c: (bench) => names({ ...bench, seconds: 2 * bench.seconds, rounds: 3 }),
  suggest: suggestions,
  access: accessCosts,
  costly: besideHeavy,
  hot: besideHot,
  e: creations,
  feed: creationsBesideFeed,
};
/** What leaves the population other than it was made. */
const WRITING = new Set(["hot", "e", "feed"]);
const SLOW_QUESTIONS = 60;

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "10000,100000,1000000" },
    works: { type: "string", default: Object.keys(WORKS).join(",") },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "5" },
    data: { type: "string", default: join(import.meta.dirname, ".data") },
    freeze: { type: "boolean", default: false },
  },
});
const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

if (values.freeze) {
  const frozen = Object.fromEntries(["hand.mjs", "hand.sql", "typical.ts", "typical.sql"].map((file) => [file, hashOf(file)]));
  writeFileSync(join(import.meta.dirname, "baselines/frozen.json"), `${JSON.stringify(frozen, null, 2)}\n`);
  process.exit(0);
}
refuseChangedBaselines();
const works = values.works.split(",");
const processors = availableParallelism();
const keyOf = (people: number, on = processors): string => `${people} on ${on}`;
const sizes = new Map(keptSizes().map((size) => [keyOf(size.people, size.processors), size]));
for (const people of values.people.split(",").map(Number)) {
  sizes.set(keyOf(people), await measure(people, sizes.get(keyOf(people))));
  process.stdout.write(`${report([...sizes.values()], machine())}\n`);
}

async function measure(people: number, before: Size | undefined): Promise<Size> {
  say(`${people} people`);
  const population = await openPopulation(values.data, people, say);
  try {
    const sample = await drawSample(population.sql);
    const sides = await startSides(population.embedded, population.dataDir);
    try {
      const bench = { sides, sample, sql: population.sql, seconds: Number(values.seconds), rounds: Number(values.rounds) };
      const size: Size = { works: {}, ...before, people, processors, measured: new Date().toISOString().slice(0, 16), peak: {} };
      for (const work of works) {
        say(`work ${work}`);
        if (WRITING.has(work)) noteGrown(population);
        size.works[work] = await WORKS[work]!(bench);
        for (const [lane, one] of Object.entries(size.works[work]))
          say(
            `  ${lane}: ${one.perSecond.toFixed(1)}/s, p95 ${one.p95.toFixed(1)} ms, ${one.bytes} bytes, node ${one.node.toFixed(0)} + postgres ${one.postgres.toFixed(0)} us, ${JSON.stringify(one.statuses)}`,
          );
        if (work === "c") size.recall = await recallOf(sides, sample, SLOW_QUESTIONS);
      }
      size.peak = { ours: sides.peak(sides.ours), hand: sides.peak(sides.hand), typical: sides.peak(sides.typical) };
      return size;
    } finally {
      await Promise.all([sides.ours.stop(), sides.hand.stop(), sides.typical.stop()]);
    }
  } finally {
    await population.close();
  }
}

function machine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `A machine of ${cpus().length} processors (${model}), ${memory} GiB, ${type()} ${release()} ${arch()}, Node ${process.versions.node}, PostgreSQL of the embedded cluster (fsync on, 2 GB shared buffers), clients on the same machine. Medians of ${values.rounds} rounds of ${values.seconds} s; ratios are medians of the ratios within a round.`;
}
