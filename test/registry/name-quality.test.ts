import { beforeAll, describe, expect, inject, test } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { draw, KINDS, qualityOf, TYPOS } from "./misspell.ts";
import type { Found, Question } from "./misspell.ts";

/** `npm run test:names` asks among as many as the largest registry holds. */
const PEOPLE = inject("people") ?? 4_000;
const QUESTIONS = 1_000;
const SEED = 20_261_123;
const AT_ONCE = 4;

let registry: Registry;
let reader: Agent;
let found: Found[];

beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["people:read"] });
  await runDemo({ ...registry.urls, keys: registry.keys, people: PEOPLE, seed: SEED });
  const rows = await registry.sql<{ name_full: string }>("select name_full from people order by id");
  const questions = draw(
    rows.map(({ name_full }) => name_full),
    QUESTIONS,
    SEED,
  );
  found = await asked(questions);
  print();
  return registry.close;
}, 15 * 60_000);

/** Where each name stands on the first page of 20: the first person who bears it, with its marks. */
async function asked(questions: readonly Question[]): Promise<Found[]> {
  const left = [...questions];
  const done: Found[] = [];
  const work = async () => {
    for (let question = left.shift(); question; question = left.shift()) {
      const { body } = await reader.get(`/v1/people?name:match=${encodeURIComponent(question.typed)}&limit=20&fields=name`);
      const names = (body.data as { name: { full: string } }[]).map(({ name }) => name.full);
      done.push({ question, place: names.indexOf(question.name) + 1 || undefined });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done;
}

const ofKind = (kind: string) => found.filter(({ question }) => question.kind === kind);
const right = () => found.filter(({ question }) => !TYPOS.includes(question.kind));

function print(): void {
  const lines = KINDS.map((kind) => [kind, qualityOf(ofKind(kind))] as const);
  const table = [...lines, ["without typos", qualityOf(right())] as const, ["all", qualityOf(found)] as const];
  const text = table.map(([kind, { recall, mrr, count }]) => `${kind.padEnd(26)} ${recall.toFixed(3)}  ${mrr.toFixed(3)}  ${count}`);
  process.stdout.write(`seed ${SEED}, ${PEOPLE} people           recall@20  MRR  questions\n${text.join("\n")}\n`);
}

describe("a name that is typed otherwise than it is written", () => {
  test("is asked in equal shares of all kinds", () => {
    expect(KINDS.map((kind) => ofKind(kind).length)).toEqual(KINDS.map(() => QUESTIONS / KINDS.length));
  });

  test("is among the first 20 in 95 of 100 cases", () => {
    expect(qualityOf(found).recall).toBeGreaterThanOrEqual(0.95);
  });

  test("is among the first 20 in 99 of 100 cases where no letter is wrong", () => {
    expect(qualityOf(right()).recall).toBeGreaterThanOrEqual(0.99);
  });

  test.each(KINDS)("%s: is mostly found, and near the top", (kind) => {
    const { recall, mrr } = qualityOf(ofKind(kind));
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(mrr).toBeGreaterThanOrEqual(0.5);
  });
});
