import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inParallel, WIDTH } from "../oracle/asking/run.ts";
import { rewrittenService } from "../oracle/service.ts";
import { startRegistry } from "../setup/registry.ts";
import { comparer } from "./compare.ts";
import { DEFECTS } from "./defects.ts";
import type { Defect } from "./defects.ts";
import { questions } from "./questions.ts";
import type { Question } from "./questions.ts";
import { liveThrough } from "./world.ts";

/** The history is that of the ordinary run, which finds no difference in it. */
const SEED = 371;
const QUESTIONS = 1_500;

let asked: Question[];
let ask: (question: Question) => Promise<string | undefined>;
/** The defect that stands in the statements now, and how many of them it has changed. */
let defect: Defect | undefined;
let changed = 0;
const closingTime: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const registry = await startRegistry();
  const world = await liveThrough(registry, SEED, 150);
  const rewrite = (text: string) => {
    const rewritten = defect?.rewrite(text) ?? text;
    if (rewritten !== text) changed++;
    return rewritten;
  };
  const service = await rewrittenService(registry, rewrite, "from revisions");
  closingTime.push(service.close, registry.close);
  ask = comparer(service.app, registry, world);
  asked = fc.sample(questions(world), { seed: SEED, numRuns: QUESTIONS });
}, 60_000);

afterAll(async () => {
  for (const close of closingTime) await close();
});

describe("a defect in the reading of histories is found:", () => {
  test.each(DEFECTS)(
    "$name",
    async (made) => {
      [defect, changed] = [made, 0];
      const found: string[] = [];
      const broken: string[] = [];
      await inParallel(asked, WIDTH, async (question) => {
        if (found.length > 0 || broken.length > 0) return;
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
