import { Client } from "pg";
import type { Pool } from "pg";
import type { Database } from "../../src/db/pools.ts";
import type { Statement } from "../../src/db/statement.ts";
import { nameOf } from "./stand/client.ts";
import type { Asked, Caller } from "./stand/client.ts";
import { leaks, spoilClients } from "./stand/defects.ts";
import { breachesOf, count, tally } from "./stand/fault.ts";
import type { Fault, Found, Over } from "./stand/fault.ts";
import { serviceInside } from "./stand/inside.ts";
import type { Place } from "./stand/place.ts";
import type { TestUrls } from "../setup/template.ts";

type Run = { failures: number; over?: Over; spoil?: (database: Database) => Database };

/** Lets the query fail whose turn it is: by what Postgres may say of any statement, or by the loss of the connection. */
type Failing = { at: number; seen: number; failed: number };

/** What fails: the database's own words for an operator who intervenes (57P01), a full disk (53100), a broken connection. */
const WAYS = [
  () => Object.assign(new Error("terminating connection"), { code: "57P01", severity: "ERROR" }),
  () => Object.assign(new Error("could not extend file"), { code: "53100", severity: "ERROR" }),
  () => new Error("Connection terminated unexpectedly"),
];
const OVERWAIT_MS = 2_500;
const MOST_QUERIES = 40;

/** Each kind of request; `id` and `version` are those of a person who stands. */
const requestsOf = (id: string, version: number): readonly Asked[] => [
  { path: "/v1/people?limit=3&include=degrees" },
  { path: `/v1/people/${id}` },
  { path: "/v1/people/suggest?q=bui" },
  { path: "/v1/people?name:match=bui&count=exact" },
  { path: "/v1/people/export" },
  { method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Bùi Văn Cạn" }, degrees: [{ level: "TS" }] } },
  { method: "POST", path: `/v1/people/${id}/degrees`, body: { level: "CN" } },
  { method: "PATCH", path: `/v1/people/${id}`, body: { biography: "…" }, headers: { "if-match": `"${version}"` } },
];

async function run(place: Place, { failures, spoil = (database) => database, over = () => false }: Run): Promise<Found> {
  const urls = await place.database();
  const failing: Failing = { at: 0, seen: 0, failed: 0 };
  const inside = await serviceInside(place, urls, (database) => withFailures(spoil(database), failing));
  const caller = await inside.caller();
  const answers = new Map<string | number, number>();
  const odd = new Set<string>();
  const person = async () => {
    const made = await caller.call({
      method: "POST",
      path: "/v1/people?on_duplicate=create",
      body: { name: { full: "Bùi Thị Đầy" } },
      headers: keyed(),
    });
    return "text" in made ? (JSON.parse(made.text) as { id: string; version: number }) : { id: "", version: 0 };
  };
  let steps = 0;
  for (let kind = 0; failing.failed < failures && !over() && odd.size === 0 && (await atRest(inside.database)) === 0; kind++) {
    const { id, version } = await person();
    const request = requestsOf(id, version)[kind % 8]!;
    for (let n = 1; n <= MOST_QUERIES; n++) {
      Object.assign(failing, { at: n, seen: 0 });
      const before = failing.failed;
      const answer = await caller.call({ ...request, headers: { ...request.headers, ...keyed() }, timeoutMs: 5_000 });
      failing.at = 0;
      if (failing.failed === before) break; // the request has fewer queries than this
      steps = Math.max(steps, n);
      count(answers, nameOf(answer));
      // A stream whose head had gone can only be cut.
      const cut = answer.status === 0 && request.path.endsWith("/export");
      // A question of which one way fails may be answered by another; the answer is whole all the same.
      const otherwise = answer.status === 200 && request.method === undefined;
      if (!cut && !otherwise && (answer.status !== 503 || !("headers" in answer) || answer.headers["retry-after"] === undefined)) {
        odd.add(
          `${request.method ?? "GET"} ${request.path.split("?")[0]} query ${n}: ${nameOf(answer)} ${"text" in answer ? answer.text.slice(0, 300) : ""}`,
        );
      }
    }
  }
  const taken = await atRest(inside.database);
  const overwait = odd.size > 0 || taken > 0 ? 0 : await exhausted(urls, caller, (await person()).id);
  const left = await atRest(inside.database);
  caller.close();
  await inside.close();
  return {
    figure: `${failing.failed} failures, each of up to ${steps} queries of 8 kinds of request (answers ${tally(answers)}); ${taken + left} clients leaked; others under exhaustion answered within ${Math.round(overwait)} ms`,
    breaches: breachesOf({
      [`answered otherwise: ${[...odd].slice(0, 4).join("; ")}`]: odd.size > 0,
      [`${taken + left} clients leaked`]: taken + left > 0,
      "others waited longer than 2.5 s": overwait > OVERWAIT_MS,
    }),
  };
}

const keyed = () => ({ "idempotency-key": crypto.randomUUID() });

/** Connections that are lent while nobody asks for anything. */
async function atRest({ gauges }: Database): Promise<number> {
  const deadline = performance.now() + 3_000;
  for (;;) {
    const { total, idle } = gauges();
    if (total === idle || performance.now() > deadline) return total - idle;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Somebody holds a row that six writers wait for: a seventh finds no connection. Gives its wait, in milliseconds. */
async function exhausted({ ownerUrl }: TestUrls, caller: Caller, id: string): Promise<number> {
  const holder = new Client({ connectionString: ownerUrl, options: "-c search_path=trithuc" });
  await holder.connect();
  await holder.query("begin");
  await holder.query("select from people where id = $1 for update", [id]);
  const patch: Asked = { method: "PATCH", path: `/v1/people/${id}`, body: { biography: "…" }, headers: { "if-match": '"1"' } };
  const waiting = Array.from({ length: 6 }, () => caller.call({ ...patch, headers: { ...patch.headers, ...keyed() } }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const others = await Promise.all(
    Array.from({ length: 6 }, () =>
      caller.call({ method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Bùi Văn Đợi" } }, headers: keyed() }),
    ),
  );
  await holder.query("rollback");
  await holder.end();
  await Promise.all(waiting);
  return Math.max(...others.map(({ tookMs }) => tookMs));
}

function withFailures(database: Database, failing: Failing): Database {
  const strike = (): Error | undefined => {
    failing.seen += 1;
    if (failing.at === 0 || failing.seen !== failing.at) return undefined;
    return WAYS[failing.failed++ % WAYS.length]!();
  };
  const reader = (own: Database["reader"]): Database["reader"] => ({
    read: async <Row>(statement: Statement) => {
      const error = strike();
      if (error) throw error;
      return own.read<Row>(statement);
    },
  });
  const long =
    (own: Database["long"]): Database["long"] =>
    async (text, values) => {
      const error = strike();
      if (error) throw error;
      return own(text, values);
    };
  spoilQueries(database.workers, strike);
  return {
    ...database,
    reader: reader(database.reader),
    scans: reader(database.scans),
    searches: long(database.searches),
    long: long(database.long),
  };
}

/** A rollback is never refused: what it is for has happened by then. */
function spoilQueries(pool: Pool, strike: () => Error | undefined): void {
  spoilClients(pool, (client, own) => {
    const { query } = client;
    client.query = (...args) => {
      const error = args[0] === "rollback" ? undefined : strike();
      if (!error) return Reflect.apply(query, client, args);
      const told = args.at(-1);
      if (typeof told !== "function") return Promise.reject(error);
      queueMicrotask(() => (told as (error: Error) => void)(error));
      return undefined;
    };
    client.release = own.release;
  });
}

export const connectionsExhausted: Fault = {
  id: "R5",
  promise: "failures at any query leak no connection, and a full pool is said in time",
  figure: "the Nth query fails for every N, 10,000 failures: 0 clients leaked, only 503; others under exhaustion 503 <= 2.5 s",
  run: (place, extent, over) => run(place, extent === "long" ? { failures: 10_000, over } : { failures: 60 }),
  controls: [
    { defect: "it keeps the client of a failed transaction", slow: true, run: (place) => run(place, { failures: 40, spoil: leaks }) },
  ],
};
