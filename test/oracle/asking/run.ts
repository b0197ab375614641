import fc from "fast-check";
import { comparer, report } from "./compare.ts";
import type { Service } from "./compare.ts";
import type { Question } from "./question.ts";
import { questions } from "./questions.ts";
import type { World } from "../world/world.ts";

/** Questions that are asked at once. */
export const WIDTH = 6;

/** Asks the service `count` random questions of a seed; gives the first difference, shrunk to a case that a person can read. */
export async function askMany(
  service: Service,
  world: World,
  seed: number,
  count: number,
  arbitrary = questions(world),
): Promise<string | undefined> {
  const compare = comparer(service, world);
  const found: { at: number; question: Question; difference: string }[] = [];
  await inParallel(fc.sample(arbitrary, { seed, numRuns: count }), WIDTH, async (question, at) => {
    if (found.length > 0) return;
    const difference = await compare(question);
    if (difference !== undefined) found.push({ at, question, difference });
  });
  const [first] = found;
  if (!first) return undefined;
  const property = fc.asyncProperty(arbitrary, async (question) => (await compare(question)) === undefined);
  const { counterexample } = await fc.check(property, {
    seed,
    path: String(first.at),
    endOnFailure: false,
    interruptAfterTimeLimit: 20_000,
  });
  const smallest = counterexample?.[0] ?? first.question;
  return report(world, smallest, (await compare(smallest)) ?? first.difference);
}

/** Runs `work` on each item, at most `width` at once. */
export async function inParallel<T>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!, at);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
