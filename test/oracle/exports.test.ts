import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import { answer } from "./answering/answer.ts";
import { differing, report } from "./asking/compare.ts";
import { requestOf } from "./asking/question.ts";
import type { Question } from "./asking/question.ts";
import { questions } from "./asking/questions.ts";
import { populate } from "./world/population.ts";

const SEED = 371;
const QUESTIONS = 30;

test("an export of a random query gives the records that the oracle names", async () => {
  const registry = await startRegistry();
  const world = await populate(registry, SEED);
  const { port } = registry.app.server.address() as AddressInfo;
  const exported = async (question: Question): Promise<string[]> => {
    const { path } = requestOf(question);
    const token = await registry.token({ scope: ["people:read", "people:read.restricted", "exports"], ...question.territory });
    const response = await fetch(`http://127.0.0.1:${port}${path.replace("?", "/export?")}`, {
      headers: { authorization: `Bearer ${token}`, "access-purpose": "verification" },
    });
    const text = await response.text();
    if (response.status !== 200) return [text];
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; count?: number });
    const end = lines.pop()!;
    return end.count === lines.length ? lines.map(({ id }) => id) : [`count ${end.count} of ${lines.length}`];
  };
  const usable = questions(world).filter(({ person, list, inBody }) => person === undefined && list === undefined && !inBody);
  for (const { limit: _, count: __, include: ___, ...asked } of fc.sample(usable, { seed: SEED, numRuns: QUESTIONS })) {
    const question = { ...asked, sort: [], fields: ["id"], limit: undefined, count: false } as unknown as Question;
    const difference = differing(question, { ...answer(world, question)!, ranked: false }, await exported(question), false);
    if (difference !== undefined) expect.fail(report(world, question, difference));
  }
  await registry.close();
}, 60_000);
