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

type Run = { failures: number; withinMs?: number; over?: Over; spoil?: (database: Database) => Database };

/** Lets the query fail whose turn it is: by what Postgres may say of any statement, or by the loss of the connection. */
type Failing = { at: number; seen: number; failed: number };

/** What fails: the database's own words for an operator who intervenes (57P01), a full disk (53100), a broken connection. */
const WAYS = [
  () => Object.assign(new Error("terminating connection"), { code: "57P01", severity: "ERROR" }),
  () => Object.assign(new Error("could not extend file"), { code: "53100", severity: "ERROR" }),
  () => new Error("Connection terminated unexpectedly"),
];
const PROMISED_MS = 2_500;
/** A machine that runs the other tests beside may be late with what was said in time. */
const SHORTLY_MS = 5_000;
const MOST_QUERIES = 40;
/** As many as the service has connections for transactions. */
const WORKERS = 6;

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

async function run(
  place: Place,
  { failures, withinMs = SHORTLY_MS, spoil = (database) => database, over = () => false }: Run,
): Promise<Found> {
  const urls = await place.database();
  const failing: Failing = { at: 0, seen: 0, failed: 0 };
  const inside = await serviceInside(place, urls, (database) => withFailures(spoil(database), failing));
  const caller = await inside.caller("tester", 4 * WORKERS);
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
  const { writers, reads, longest } =
    odd.size > 0 || taken > 0
      ? { writers: new Map<string | number, number>(), reads: new Map<string | number, number>(), longest: 0 }
      : await exhausted(urls, caller, await Promise.all(Array.from({ length: 2 * WORKERS }, person)));
  const left = await atRest(inside.database);
  caller.close();
  await inside.close();
  return {
    figure: `${failing.failed} failures, each of up to ${steps} queries of 8 kinds of request (answers ${tally(answers)}); ${taken + left} clients leaked; ${WORKERS} writers while others held every connection: answers ${tally(writers)}, within ${Math.round(longest)} ms; reads meanwhile ${tally(reads)}`,
    breaches: breachesOf({
      [`answered otherwise: ${[...odd].slice(0, 4).join("; ")}`]: odd.size > 0,
      [`${taken + left} clients leaked`]: taken + left > 0,
      "a writer who found no connection was not told 503 with Retry-After": [...writers.keys()].some((name) => name !== TOLD),
      "others waited longer than 2.5 s": longest > withinMs,
      "a read was refused while writers waited": [...reads.keys()].some((name) => name !== 200),
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

const TOLD = "503 with Retry-After";

/**
 * Somebody holds the rows of twelve people. Six changes of them take every connection until they give up, after two seconds; six more,
 * begun in between, take the connections after them: who comes then finds none within his own two seconds. Reads go on all the while.
 */
async function exhausted({ ownerUrl }: TestUrls, caller: Caller, held: readonly { id: string; version: number }[]) {
  const holder = new Client({ connectionString: ownerUrl, options: "-c search_path=trithuc" });
  await holder.connect();
  await holder.query("begin");
  await holder.query("select from people where id = any($1::uuid[]) for update", [held.map(({ id }) => id)]);
  const reads = new Map<string | number, number>();
  const readWhile = async (goesOn: () => boolean) => {
    for (let n = 0; goesOn(); n++) {
      const path = n % 2 ? `/v1/people/${held[n % held.length]!.id}` : "/v1/people?limit=3&include=degrees";
      count(reads, nameOf(await caller.call({ path })));
    }
  };
  const change = ({ id, version }: { id: string; version: number }) =>
    caller.call({
      method: "PATCH",
      path: `/v1/people/${id}`,
      body: { biography: "…" },
      headers: { "if-match": `"${version}"`, ...keyed() },
    });
  const changes = held.slice(0, WORKERS).map(change);
  const began = performance.now();
  await readWhile(() => performance.now() - began < 1_000);
  changes.push(...held.slice(WORKERS).map(change));
  await readWhile(() => performance.now() - began < 1_100);
  const creation = { method: "POST", path: "/v1/people?on_duplicate=create", body: { name: { full: "Bùi Văn Đợi" } } };
  let waiting = true;
  const others = Promise.all(Array.from({ length: WORKERS }, () => caller.call({ ...creation, headers: keyed() }))).finally(
    () => (waiting = false),
  );
  const [told] = await Promise.all([others, readWhile(() => waiting)]);
  await holder.query("rollback");
  await holder.end();
  await Promise.all(changes);
  const writers = new Map<string | number, number>();
  for (const one of told) count(writers, "headers" in one && one.status === 503 && one.headers["retry-after"] ? TOLD : nameOf(one));
  return { writers, reads, longest: Math.max(...told.map(({ tookMs }) => tookMs)) };
}

/** Whoever waits for a connection waits as long as it takes. */
function patient(database: Database): Database {
  database.workers.options.connectionTimeoutMillis = 0;
  return database;
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
  figure:
    "the Nth query fails for every N, 10,000 failures: 0 clients leaked, only 503; while every connection for transactions is held, other writers get 503 with Retry-After <= 2.5 s and reads go on",
  run: (place, extent, over) => run(place, extent === "long" ? { failures: 10_000, withinMs: PROMISED_MS, over } : { failures: 60 }),
  controls: [
    { defect: "it keeps the client of a failed transaction", slow: true, run: (place) => run(place, { failures: 40, spoil: leaks }) },
    {
      defect: "who waits for a connection waits for ever",
      slow: true,
      run: (place) => run(place, { failures: 0, withinMs: PROMISED_MS, spoil: patient }),
    },
  ],
};
