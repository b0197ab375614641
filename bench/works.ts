import { setTimeout as delay } from "node:timers/promises";
import { ask, askAll } from "./load.ts";
import type { Ask } from "./load.ts";
import { interleave } from "./measure.ts";
import type { Lane, Results } from "./measure.ts";
import type { Sql } from "./population.ts";
import type { Listed, Sample } from "./sample.ts";
import type { Side, Sides } from "./sides.ts";

/** What a work is measured on. */
export type Bench = { sides: Sides; sample: Sample; sql: Sql; seconds: number; rounds: number };

/** What comes with a person in work a. */
export const WITH = "include=degrees,affiliations,expertise";
const MEMBERS = "id,code,name,gender,birth_date,birth_year";

/** The same requests again and again, in their order. */
export const turning = <T>(items: readonly T[], make: (item: T) => Ask): (() => Ask) => {
  const asks = items.map(make);
  let at = 0;
  return () => asks[at++ % asks.length]!;
};

/** Waits until the service has made the answers that it was asked for in vain: measured is what goes on, not the first minute. */
export async function settled(sql: Sql): Promise<void> {
  const count = async () => (await sql<{ n: string }>("select count(*) as n from trithuc.person_answers where of_stamp = stamp"))[0]!.n;
  let before = "";
  for (let tries = 0; tries < 60; tries++) {
    const now = await count();
    if (now === before) return;
    before = now;
    await delay(1_000);
  }
}

/** Reads of one person: with its facts, with a tag that still holds, and by both baselines. */
export async function reads({ sides, sample, sql, seconds, rounds }: Bench): Promise<Results> {
  const { ours, hand, typical, headers } = sides;
  const path = (uid: string) => `/v1/people/${uid}?${WITH}`;
  const asks = sample.people.map(({ uid }) => ask(path(uid), { headers }));
  const tagged: Ask[] = [];
  await askAll(ours.port, asks, () => {});
  await settled(sql);
  await askAll(ours.port, asks, (i, status, head) => {
    const tag = /\r\netag: ([^\r]+)/i.exec(head)?.[1];
    if (status === 200 && tag) tagged.push(ask(path(sample.people[i]!.uid), { headers: { ...headers, "if-none-match": tag } }));
  });
  const lane = (name: string, side: Side, next: () => Ask): Lane => ({ name, side, connections: 32, seconds, next });
  return interleave(
    [
      lane(
        "hand",
        hand,
        turning(sample.people, ({ id }) => ask(`/persons/${id}`)),
      ),
      lane(
        "ours",
        ours,
        turning(asks, (one) => one),
      ),
      lane(
        "304",
        ours,
        turning(tagged, (one) => one),
      ),
      lane(
        "typical",
        typical,
        turning(sample.people, ({ id }) => ask(`/persons/${id}`)),
      ),
    ],
    rounds,
    sql,
  );
}

/** Lists of 50 by field, commune and degree level in the order of names. */
export async function lists({ sides, sample, sql, seconds, rounds }: Bench): Promise<Results> {
  const { ours, hand, typical, headers } = sides;
  const path = ({ place, field, level }: Listed, fields: string) =>
    `/v1/people?residence_locality=${place}&expertise.field:below=${field}&degrees.level=${level}&sort=name${fields}`;
  const theirs = ({ communeId, fieldId, levelId }: Listed) =>
    ask(`/persons?communeId=${communeId}&fieldId=${fieldId}&level=${levelId}&limit=50`);
  await askAll(
    ours.port,
    sample.lists.map((one) => ask(path(one, ""), { headers })),
    () => {},
  );
  await settled(sql);
  const lane = (name: string, side: Side, make: (one: Listed) => Ask, connections = 32): Lane => ({
    name,
    side,
    connections,
    seconds,
    next: turning(sample.lists, make),
  });
  return interleave(
    [
      lane("hand", hand, theirs),
      lane("ours", ours, (one) => ask(path(one, `&fields=${MEMBERS}`), { headers })),
      lane("whole", ours, (one) => ask(path(one, ""), { headers })),
      lane("typical", typical, theirs, 4),
    ],
    rounds,
    sql,
  );
}

/** Searches for a name with a typo in it. */
export async function names({ sides, sample, sql, seconds, rounds }: Bench): Promise<Results> {
  const { ours, hand, typical, headers } = sides;
  const words = sample.questions.map(({ typed }) => encodeURIComponent(typed));
  const lane = (name: string, side: Side, make: (word: string) => Ask): Lane => ({
    name,
    side,
    connections: 1,
    seconds,
    next: turning(words, make),
  });
  const searched = (word: string) => ask(`/search?q=${word}`);
  return interleave(
    [
      lane("hand", hand, searched),
      lane("ours", ours, (word) => ask(`/v1/people?name:match=${word}&limit=20&fields=name`, { headers })),
      lane("typical", typical, searched),
    ],
    rounds,
    sql,
  );
}

/** What a search box asks while a name is being typed. */
export async function suggestions({ sides, sample, sql, seconds, rounds }: Bench): Promise<Results> {
  const typed = sample.names.slice(0, 2_000).map((name) => name.slice(0, 3 + Math.floor(sample.random() * (name.length - 2))));
  const next = turning(typed, (text) => ask(`/v1/people/suggest?q=${encodeURIComponent(text)}`, { headers: sides.headers }));
  return interleave([{ name: "ours", side: sides.ours, connections: 16, seconds, next }], rounds, sql);
}
