import { afterAll, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { populate } from "./world/population.ts";
import { privacyQuestions } from "./asking/questions.ts";
import { askMany } from "./asking/run.ts";
import { rewrittenService, serviceOf } from "./service.ts";

const QUESTIONS = Number(process.env.ORACLE_QUESTIONS ?? 1_000);
/** The ordinary suite asks the same every day; `npm run test:oracle` looks for new ground, and its name says where. */
const SEED = Number(process.env.ORACLE_SEED ?? 371);
/** Questions to one population; then another is made. */
const PER_WORLD = 2_500;

const open: Registry[] = [];
afterAll(() => Promise.all(open.map((registry) => registry.close())));

test(
  `${QUESTIONS} random questions are answered as the oracle answers them (ORACLE_SEED=${SEED})`,
  async () => {
    for (let asked = 0; asked < QUESTIONS; asked += PER_WORLD) {
      const seed = SEED + asked;
      const registry = await startRegistry();
      open.push(registry);
      const world = await populate(registry, seed);
      const count = Math.min(PER_WORLD, QUESTIONS - asked);
      const difference = await askMany(serviceOf(registry), world, seed, count);
      if (difference) expect.fail(`ORACLE_SEED=${SEED} (population ${seed}): ${difference}`);
      const privacy = await askMany(serviceOf(registry), world, seed, Math.ceil(count / 10), privacyQuestions(world));
      if (privacy) expect.fail(`ORACLE_SEED=${SEED} (population ${seed}, privacy): ${privacy}`);
      // Indexes that name too many rows to go on with are left for a walk: of so few people, only where the limits are low.
      const tight = await rewrittenService(registry, tighten);
      const other = await askMany(tight, world, seed + 1, Math.ceil(count / 10));
      await tight.close();
      if (other) expect.fail(`ORACLE_SEED=${SEED} (population ${seed}, low limits): ${other}`);
    }
  },
  60_000 + QUESTIONS * 60,
);

/** Lowers every limit that the compiler sets to its candidates. */
function tighten(text: string): string {
  const least = (limit: number) => `$1least($2, ${limit})`;
  return text
    .replace(/(from few\) <= )(\$\d+::int)/g, least(2))
    .replace(/(from bound\d\) <= )(\$\d+::int)/g, least(2))
    .replace(/(from n\) (?:<=|>) )(\$\d+::int)/g, least(1))
    .replace(/(\b(?:few|c) as materialized \((?:(?! as materialized).)* limit )(\$\d+::int)(?=\))/gs, least(5))
    .replace(/(from c\) < )(\$\d+::int)/g, least(5));
}
