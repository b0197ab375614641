import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import { comparer } from "./asking/compare.ts";
import { filterText } from "./asking/question.ts";
import type { Question } from "./asking/question.ts";
import { questions } from "./asking/questions.ts";
import { inParallel, WIDTH } from "./asking/run.ts";
import { DEFECTS } from "./defects.ts";
import type { Defect } from "./defects.ts";
import { rewrittenService } from "./service.ts";
import { populate } from "./world/population.ts";

/** The population and the first questions are those of the ordinary run, which finds no difference among them. */
const SEED = 371;
const QUESTIONS = 3_000;

let asked: Question[];
let ask: (question: Question) => Promise<string | undefined>;
/** The defect that stands in the statements now, and how many of them it has changed. */
let defect: Defect | undefined;
let changed = 0;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const registry = await startRegistry();
  const world = await populate(registry, SEED);
  const service = await rewrittenService(registry, (text) => {
    const rewritten = defect?.rewrite(text) ?? text;
    if (rewritten !== text) changed++;
    return rewritten;
  });
  closing.push(service.close, registry.close);
  ask = comparer(service, world);
  asked = fc.sample(questions(world), { seed: SEED, numRuns: QUESTIONS });
}, 60_000);

afterAll(async () => {
  for (const close of closing) await close();
});

describe("a defect in the compiler is found:", () => {
  // An ordinary run has time for half of them; `npm run test:oracle` tries all.
  test.each(process.env["ORACLE_DEFECTS"] === "all" ? DEFECTS : DEFECTS.filter((_, i) => i % 2 === 0))(
    "$name",
    async (made) => {
      [defect, changed] = [made, 0];
      const found: string[] = [];
      const broken: string[] = [];
      const first = asked.filter(({ filter }) => filter && made.about?.test(filterText(filter)));
      await inParallel([...first, ...asked.slice(0, 1_000)], WIDTH, async (question) => {
        if (found.length > 0) return;
        const difference = await ask(question);
        if (difference !== undefined) (difference.startsWith("500") ? broken : found).push(difference);
      });
      defect = undefined;
      expect(changed, "statements that it changes").toBeGreaterThan(0);
      expect(broken, "statements that it breaks: nobody would have to look for those").toEqual([]);
      expect(found.length, "differences").toBeGreaterThan(0);
    },
    60_000,
  );
});
