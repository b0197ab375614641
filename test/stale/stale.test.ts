import { beforeAll, describe, expect, test } from "vitest";
import { newKeysText } from "../../src/http/access/keys.ts";
import { loadKeys } from "../../src/http/access/keys.ts";
import { issueToken } from "../../src/http/access/tokens.ts";
import { services } from "../cli/program.ts";
import type { Served } from "../cli/program.ts";
import { randomOf } from "../registry/misspell.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

/** Writes and moves; each is followed by reads through the other process. */
const WRITES = Number(process.env.STALE_WRITES ?? 120);
const WRITERS = 6;
const SEED = Number(process.env.STALE_SEED ?? Date.now() % 1_000_000);
const INCLUDE = "include=affiliations,awards";

let registry: Registry;
let processes: Served[];
let clerk: string;
let bounded: Record<"in" | "out", string>;
const unit: Record<"in" | "out", string> = { in: "", out: "" };
const place: Record<"in" | "out", string> = { in: "", out: "" };

beforeAll(async () => {
  registry = await startRegistry();
  const keysText = newKeysText();
  const keys = loadKeys({ dataDir: "/nowhere", keysText, embedded: false });
  const running = services();
  const settings = { DATABASE_URL: registry.urls.serviceUrl, TRITHUC_KEYS: keysText, TRITHUC_RATE_LIMIT: "off", TRITHUC_JOBS: "beside" };
  processes = [await running.serve(settings), await running.serve(settings)];
  const [one, other] = await registry.sql<{ id: string }>("select id from organizations where code in ('SYT', 'SKHCN') order by code");
  Object.assign(unit, { in: one!.id, out: other!.id });
  const communes = await registry.sql<{ id: string; code: string }>(
    "select id, code from localities where kind = 'commune' and valid_to is null order by code limit 2",
  );
  Object.assign(place, { in: communes[0]!.id, out: communes[1]!.id });
  const wish = { audience: "trithuc", ttl: 3600, scope: ["people:read", "people:write"] as const };
  clerk = await issueToken(keys, wish);
  bounded = { in: await issueToken(keys, { ...wish, org: [unit.in] }), out: await issueToken(keys, { ...wish, loc: [communes[0]!.code] }) };
  return async () => {
    await running.killAll();
    await registry.close();
  };
}, 120_000);

type Answer = { status: number; tag: string | null; body: Record<string, unknown> | undefined };
/** How a caller asks a process; the control puts a cache in front of it. */
type Ask = (process: Served, token: string, path: string, tag?: string) => Promise<Answer>;

async function call(process: Served, token: string, path: string, more: RequestInit = {}): Promise<Answer> {
  const sent = { authorization: `Bearer ${token}`, ...(more.body !== undefined && { "content-type": "application/json" }) };
  // As it is: compressed answers do not go the direct way.
  const headers = { ...sent, "accept-encoding": "identity", ...(more.headers as Record<string, string>) };
  const answer = await fetch(`${process.url}${path}`, { ...more, headers });
  const text = await answer.text();
  return { status: answer.status, tag: answer.headers.get("etag"), body: text ? (JSON.parse(text) as Record<string, unknown>) : undefined };
}

const direct: Ask = (process, token, path, tag) =>
  call(process, token, path, tag === undefined ? {} : { headers: { "if-none-match": tag } });

/** A cache as people put it in front of a database: what was read is given again for as long as nobody throws it away. */
function cached(): Ask {
  const kept = new Map<string, Answer>();
  return async (process, token, path, tag) => {
    const key = `${process.url} ${token} ${path}`;
    const known = kept.get(key) ?? (await direct(process, token, path));
    kept.set(key, known);
    return tag !== undefined && known.tag === tag ? { status: 304, tag, body: undefined } : known;
  };
}

/** What a caller was given last: the tag, and the answer that went with it. */
type Given = { tag: string; text: string };
/** One person with one writer: what must be read after each write is known. */
type Known = {
  id: string;
  affiliation: string;
  note: string;
  award: string | null;
  awards: number;
  unit: "in" | "out";
  place: "in" | "out";
  given: Map<string, Given>;
};

async function register(random: () => number): Promise<Known> {
  const body = {
    name: { full: `Người Thử ${Math.floor(random() * 1e9)}` },
    biography: "0",
    residence_locality_id: place.in,
    affiliations: [{ kind: "employment", organization_id: unit.in, post: "0" }],
  };
  const made = await call(processes[0]!, clerk, "/v1/people?on_duplicate=create", { method: "POST", body: JSON.stringify(body) });
  expect(made.status).toBe(201);
  const [affiliation] = made.body!["affiliations"] as [{ id: string }];
  return {
    id: made.body!["id"] as string,
    affiliation: affiliation.id,
    note: "0",
    award: null,
    awards: 0,
    unit: "in",
    place: "in",
    given: new Map(),
  };
}

/** Changes something through one process, and holds what it must be from now on. */
async function change(person: Known, step: string, kind: number, via: Served): Promise<void> {
  const patch = async (path: string, body: object) => {
    const { tag } = await call(via, clerk, path);
    const { status } = await call(via, clerk, path, { method: "PATCH", body: JSON.stringify(body), headers: { "if-match": tag! } });
    expect(status).toBe(200);
  };
  const [there, elsewhere] = [person.unit, person.place].map((now) => (now === "in" ? "out" : "in"));
  if (kind === 0) await patch(`/v1/people/${person.id}`, { biography: (person.note = step) });
  else if (kind === 1) await patch(`/v1/affiliations/${person.affiliation}`, { organization_id: unit[(person.unit = there!)] });
  else if (kind === 2) await patch(`/v1/people/${person.id}`, { residence_locality_id: place[(person.place = elsewhere!)] });
  else {
    const made = await call(via, clerk, `/v1/people/${person.id}/awards`, {
      method: "POST",
      body: JSON.stringify({ award: "NGND", decision: step }),
    });
    expect(made.status).toBe(201);
    person.award = step;
    person.awards++;
  }
}

/** What is wrong with what a caller is told of a person: nothing, or the words for it. */
async function staleness(person: Known, ask: Ask, via: Served, token: string, sees: boolean): Promise<string[]> {
  const path = `/v1/people/${person.id}?${INCLUDE}`;
  const before = person.given.get(token);
  const answer = await ask(via, token, path, before?.tag);
  if (!sees) return answer.status === 404 ? [] : [`${answer.status} for who sees the person no more`];
  const whole = answer.status === 304 ? await call(via, token, path) : answer;
  if (whole.status !== 200) return [`${whole.status} for who sees the person`];
  const text = JSON.stringify(whole.body);
  if (answer.status === 304 && text !== before!.text) return ["304 for an answer of before"];
  person.given.set(token, { tag: whole.tag!, text });
  const [affiliation] = whole.body!["affiliations"] as [{ organization_id: string }];
  const awards = whole.body!["awards"] as { decision: string }[];
  return [
    ...(whole.body!["biography"] === person.note ? [] : ["an old biography"]),
    ...(whole.body!["residence_locality_id"] === place[person.place] ? [] : ["an old residence"]),
    ...(affiliation.organization_id === unit[person.unit] ? [] : ["an old organization"]),
    ...(person.award === null || awards.some(({ decision }) => decision === person.award) ? [] : ["no award"]),
  ];
}

/** What is wrong with the pages on which a person stands, or stood. */
async function staleOnPages(person: Known, ask: Ask, via: Served, token: string, shown: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const at of ["in", "out"] as const) {
    const { body } = await ask(via, token, `/v1/people?residence_locality=${place[at]}&sort=name&limit=100${shown}`);
    const found = (body!["data"] as { id: string; biography: string }[]).find(({ id }) => id === person.id);
    const sees = person.place === at && (token === clerk || at === "in");
    if ((found !== undefined) !== sees) wrong.push("a page of before");
    else if (found && found.biography !== person.note) wrong.push("an old biography on a page");
  }
  return wrong;
}

/** Writers side by side, each on people of its own, each write through one process and the reads after it through the other. */
async function run(writes: number, ask: Ask): Promise<{ stale: string[]; reads: number; notModified: number }> {
  const found = { stale: [] as string[], reads: 0, notModified: 0 };
  const counting: Ask = async (...asked) => {
    const answer = await ask(...asked);
    found.reads++;
    if (answer.status === 304) found.notModified++;
    return answer;
  };
  let left = writes;
  const writer = async (number: number) => {
    const random = randomOf(SEED + number);
    const people = [await register(random), await register(random)];
    for (let step = 1; left-- > 0; step++) {
      const which = Math.floor(random() * people.length);
      // An answer shows the first fifty awards: with more, the last would rightly be missing.
      if (people[which]!.awards === 50) people[which] = await register(random);
      const person = people[which]!;
      const [writing, reading] = random() < 0.5 ? [processes[0]!, processes[1]!] : [processes[1]!, processes[0]!];
      await change(person, `${number}.${step}`, Math.floor(random() * 4), writing);
      const sees = [[clerk, true] as const, [bounded.in, person.unit === "in"] as const, [bounded.out, person.place === "in"] as const];
      for (const [token, mayRead] of sees) found.stale.push(...(await staleness(person, counting, reading, token, mayRead)));
      // Once more, so that tags which still hold are asked for as well.
      found.stale.push(...(await staleness(person, counting, reading, clerk, true)));
      const shown = step % 2 === 0 ? "" : "&fields=id,biography";
      for (const token of [clerk, bounded.out]) found.stale.push(...(await staleOnPages(person, counting, reading, token, shown)));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  return found;
}

describe("two processes on one database", () => {
  test(
    `answer nothing stale after any of ${WRITES} writes and moves`,
    async () => {
      const { stale, reads, notModified } = await run(WRITES, direct);
      process.stdout.write(`seed ${SEED}: ${WRITES} writes and moves, ${reads} reads, ${notModified} of them 304, ${stale.length} stale\n`);
      expect(stale).toEqual([]);
      expect(notModified).toBeGreaterThan(WRITES / 2);
    },
    60_000 + WRITES * 200,
  );

  test("would be found out if there were a cache in front of the database", async () => {
    const { stale } = await run(60, cached());
    expect(new Set(stale)).toContain("an old biography");
    expect(new Set(stale)).toContain("an old biography on a page");
    expect(new Set(stale)).toContain("a page of before");
    expect(stale).toContain("200 for who sees the person no more");
  }, 60_000);
});
