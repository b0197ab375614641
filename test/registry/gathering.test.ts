import { expect, test, vi } from "vitest";
import { gathering } from "../../src/registry/people/creation/gathering.ts";
import type { Bounds } from "../../src/registry/people/creation/gathering.ts";

/** Groups that end when they are told to. */
function held(bounds: Partial<Bounds> = {}) {
  const groups: { members: readonly number[]; end(fails?: Error): void }[] = [];
  const together = (members: readonly number[]) =>
    new Promise<(string | undefined)[]>((resolve, reject) => {
      const done = () => resolve(members.map((n) => (n % 10 === 9 ? undefined : `with ${members.join(" ")}`)));
      groups.push({ members, end: (fails) => (fails ? reject(fails) : done()) });
    });
  const gather = gathering<number, string>(together, { most: 3, underWay: 1, patienceMs: 60_000, ...bounds });
  const ask = (n: number, key = "a", alone = async () => `alone ${n}`) => gather(key, { one: n, alone });
  return { groups, ask };
}
const turn = async () => {
  for (let n = 0; n < 5; n++) await new Promise(setImmediate);
};

test("who comes alone is done alone, and what comes meanwhile together, three at a time in the order in which they came", async () => {
  const { groups, ask } = held();
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = ask(1, "a", () => promise);
  await turn();
  const rest = [2, 3, 4, 5].map((n) => ask(n));
  await turn();
  expect(groups).toEqual([]);
  resolve("first");
  expect(await first).toBe("first");
  await turn();
  expect(groups.map(({ members }) => members)).toEqual([[2, 3, 4]]);
  groups[0]!.end();
  expect(await Promise.all(rest)).toEqual(["with 2 3 4", "with 2 3 4", "with 2 3 4", "alone 5"]);
});

test("many are shared by two turns, and few do not begin beside many", async () => {
  const { groups, ask } = held({ most: 8, underWay: 2 });
  const asked = Array.from({ length: 11 }, (_, n) => ask(n % 9));
  await turn();
  expect(groups.map(({ members }) => members.length)).toEqual([6, 5]);
  groups[1]!.end();
  asked.push(ask(1), ask(2));
  await turn();
  expect(groups).toHaveLength(2);
  asked.push(ask(3));
  await turn();
  expect(groups[2]!.members).toEqual([1, 2, 3]);
  for (const { end } of groups) end();
  await Promise.all(asked);
});

test("another key waits for nobody, and who leaves a group is done alone after it", async () => {
  const { groups, ask } = held();
  const asked = [ask(1), ask(9), ask(2, "b"), ask(3, "b")];
  await turn();
  expect(groups.map(({ members }) => members)).toEqual([
    [1, 9],
    [2, 3],
  ]);
  for (const { end } of groups) end();
  expect(await Promise.all(asked)).toEqual(["with 1 9", "alone 9", "with 2 3", "with 2 3"]);
});

test("what fails for a group fails for each of it, and for nobody after it", async () => {
  const { groups, ask } = held();
  const asked = Promise.allSettled([ask(1), ask(2)]);
  await turn();
  const after = ask(3);
  groups[0]!.end(new Error("lost"));
  expect((await asked).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await after).toBe("alone 3");
});

test("whoever waits too long for a turn is refused as where no connection is free, and is not done later", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { groups, ask } = held({ patienceMs: 2_000 });
  const asked = [ask(1), ask(2)];
  await turn();
  const late = ask(3);
  vi.advanceTimersByTime(2_000);
  await expect(late).rejects.toThrow("timeout exceeded when trying to connect");
  vi.useRealTimers();
  groups[0]!.end();
  await Promise.all(asked);
  expect(groups).toHaveLength(1);
});
