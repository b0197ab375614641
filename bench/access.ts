import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Scope } from "../src/core/actor.ts";
import { ask, askAll } from "./load.ts";
import { interleave, middle } from "./measure.ts";
import type { Lane, Results } from "./measure.ts";
import { settled, turning, WITH } from "./works.ts";
import type { Bench } from "./works.ts";

type Headers = Record<string, string>;
const PURPOSE = { "access-purpose": "verification" };
/** As whom something is asked: without a purpose, with one that opens nothing, and with one by which closed fields are delivered and logged. */
type Callers = { plain: Headers; purpose: Headers; logged: Headers };

/** What a stated purpose costs where it opens nothing, and what it costs to deliver restricted and sensitive fields and to log that. */
export async function accessCosts(bench: Bench): Promise<Results> {
  const { sides, sample, sql, seconds, rounds } = bench;
  const all = await sides.bearer(["people:read", "people:read.restricted", "people:read.sensitive", "exports"]);
  const own = await sides.bearer(["people:read", "exports"]);
  const callers: Callers = { plain: own, purpose: { ...own, ...PURPOSE }, logged: { ...all, ...PURPOSE } };
  const lane = (name: string, path: (n: number) => string, count: number, headers: Headers): Lane => {
    const paths = Array.from({ length: count }, (_, n) => path(n));
    return { name, side: sides.ours, connections: 32, seconds, next: turning(paths, (one) => ask(one, { headers })) };
  };
  const read = (n: number) => `/v1/people/${sample.people[n]!.uid}?${WITH}`;
  const list = (n: number) => {
    const { place, field, level } = sample.lists[n]!;
    return `/v1/people?residence_locality=${place}&expertise.field:below=${field}&degrees.level=${level}&sort=name`;
  };
  const of = (work: string, path: (n: number) => string, count: number) =>
    Object.entries(callers).map(([caller, headers]) => lane(`${work} ${caller}`, path, count, headers));
  const askFor = (path: (n: number) => string, count: number) =>
    askAll(
      sides.ours.port,
      Array.from({ length: count }, (_, n) => ask(path(n), { headers: own })),
      () => {},
    );
  await askFor(read, sample.people.length);
  await askFor(list, sample.lists.length);
  await settled(sql);
  return {
    ...(await interleave(of("a", read, sample.people.length), rounds, sql)),
    ...(await interleave(of("b", list, sample.lists.length), rounds, sql)),
    ...(await exportsBy(callers, bench)),
    ...(await everythingElse(bench, { read, list })),
  };
}

/**
 * What else there is, by turns without a purpose and with one; and reads and lists of a caller who is bound to the whole province, against
 * one who is bound to nothing. The service cannot be asked without its policy: this is what the parts of it cost that a request may do without.
 */
async function everythingElse(bench: Bench, { read, list }: Record<"read" | "list", (n: number) => string>): Promise<Results> {
  const { sides, sample, sql, seconds, rounds } = bench;
  const scopes: readonly Scope[] = ["people:read", "people:write", "changes:read"];
  const bound = await sides.bearer(scopes);
  const free = await sides.bearer(scopes, {});
  const tags: string[] = [];
  const reads = sample.people.map((_, n) => read(n));
  const asked = reads.map((path) => ask(path, { headers: bound }));
  await askAll(sides.ours.port, asked, (n, _, head) => (tags[n] = /\r\netag: ([^\r]+)/i.exec(head)?.[1] ?? '"0"'));
  type Asked = { path: string; headers?: Headers; body?: string };
  const trial = (name: string): Asked => ({
    path: "/v1/people?on_duplicate=create&dry_run=true",
    body: JSON.stringify({ name: { full: name }, residence_locality_id: sample.lists[0]!.place, degrees: [{ level: "ThS" }] }),
  });
  const works: Record<string, { connections: number; asks: Asked[] }> = {
    "304": { connections: 32, asks: reads.map((path, n) => ({ path, headers: { "if-none-match": tags[n]! } })) },
    c: {
      connections: 4,
      asks: sample.questions.map(({ typed }) => ({ path: `/v1/people?name:match=${encodeURIComponent(typed)}&limit=20` })),
    },
    suggest: {
      connections: 16,
      asks: sample.names.slice(0, 500).map((name) => ({ path: `/v1/people/suggest?q=${encodeURIComponent(name.slice(0, 5))}` })),
    },
    meta: { connections: 16, asks: [{ path: "/v1/meta/people" }] },
    changes: { connections: 4, asks: [{ path: "/v1/changes" }] },
    e: { connections: 16, asks: sample.names.slice(0, 500).map(trial) },
  };
  const lane = (name: string, connections: number, asks: readonly Asked[], own: Headers): Lane => ({
    name,
    side: sides.ours,
    connections,
    seconds: seconds / 2,
    next: turning(asks, ({ path, headers, body }) =>
      ask(path, { headers: { ...own, ...headers }, ...(body !== undefined && { method: "POST", body }) }),
    ),
  });
  const results: Results = {};
  for (const [work, { connections, asks }] of Object.entries(works)) {
    const lanes = [lane(`${work} plain`, connections, asks, bound), lane(`${work} purpose`, connections, asks, { ...bound, ...PURPOSE })];
    Object.assign(results, await interleave(lanes, rounds, sql));
  }
  const lists = sample.lists.map((_, n) => ({ path: list(n) }));
  for (const [work, asks] of [
    ["a", reads.map((path) => ({ path }))],
    ["b", lists],
  ] as const) {
    const lanes = [lane(`${work} free`, 32, asks, free), lane(`${work} bound`, 32, asks, bound)];
    Object.assign(results, await interleave(lanes, rounds, sql));
  }
  return results;
}

/** Exports of everybody by turns; people a second. */
async function exportsBy(callers: Callers, { sides, rounds }: Bench): Promise<Results> {
  const given = Object.entries(callers);
  const loads = given.map((): Parameters<typeof middle>[0][number][] => []);
  for (let round = -1; round < rounds; round++) {
    const turns = given.map(([, headers], n) => ({ n, headers }));
    for (const { n, headers } of round % 2 === 0 ? turns : turns.toReversed()) {
      const began = performance.now();
      const { people, bytes } = await exported(sides.ours.port, headers);
      const ms = performance.now() - began;
      const one = { answers: 1, perSecond: (people / ms) * 1000, p50: ms, p95: ms, p99: ms, statuses: { 200: 1 }, bytes };
      if (round >= 0) loads[n]!.push({ ...one, node: 0, postgres: 0 }); // the first warms
    }
  }
  return Object.fromEntries(given.map(([caller], n) => [`f ${caller}`, middle(loads[n]!)]));
}

/** @throws Error when an export was cut: its last line says how many it holds */
async function exported(port: number, headers: Headers): Promise<{ people: number; bytes: number }> {
  const asking = request({ host: "127.0.0.1", port, path: "/v1/people/export?format=ndjson", headers }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  let bytes = 0;
  let end = "";
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    end = (end + part.toString("latin1")).slice(-300);
  }
  const last = JSON.parse(end.trimEnd().split("\n").at(-1)!) as { end: boolean; count: number };
  return { people: last.count, bytes };
}
