import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "pg";
import type { PoolClient } from "pg";
import { connectionSettings, openDatabase } from "../../../src/db/pools.ts";
import type { Database } from "../../../src/db/pools.ts";

const SIZES = { readers: 4, workers: 6, statementTimeoutMs: 4_000 };
/** A client whose methods are replaced for the time of one loan. */
type Lent = { query(...args: unknown[]): unknown; release(broken?: Error | boolean): void };

/** Hands `spoil` each client that the pool lends, before the service has it. */
export function spoilClients(pool: Pool, spoil: (client: Lent, own: Lent) => void): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
  const lent = async () => {
    const client = (await connect()) as unknown as Lent;
    const [query, release] = [client.query, client.release];
    const own: Lent = {
      query: (...args) => Reflect.apply(query, client, args),
      release: (broken) => {
        Object.assign(client, { query, release });
        Reflect.apply(release, client, [broken]);
      },
    };
    spoil(client, own);
    return client;
  };
  // The pool's own `query` takes a client by a callback, and gives it one of its own.
  const spoilt = (told?: (error: unknown, client?: Lent, release?: Lent["release"]) => void) => {
    if (told === undefined) return lent();
    lent().then(
      (client) => told(undefined, client, (broken) => client.release(broken)),
      (error: unknown) => told(error),
    );
    return undefined;
  };
  Object.assign(pool, { connect: spoilt });
}

/** What the service sends together; each of its statements has who waits for its answer. */
type Together = { waiting?: { item: { text: string; callback(error: null, result: { rows: []; command: string }): void } }[] };

/** Says "committed" to the service, and commits a moment later. */
function answersEarly(database: Database): Database {
  spoilClients(database.workers, (client, own) => {
    let ending: Promise<unknown> = Promise.resolve();
    client.query = (...args) => {
      const { waiting } = args[0] as Together;
      if (waiting?.at(-1)?.item.text !== "commit") return own.query(...args);
      const commit = waiting.pop()!;
      const sent = own.query(...args);
      ending = delay(40).then(() => own.query("commit"));
      ending.catch(() => {});
      commit.item.callback(null, { rows: [], command: "COMMIT" });
      return sent;
    };
    client.release = (broken) =>
      void ending.then(
        () => own.release(broken),
        () => own.release(true),
      );
  });
  return database;
}

/** Listens to no error of a connection, as a plain pool. */
function isDeaf(database: Database): Database {
  database.workers.removeAllListeners("error").removeAllListeners("connect");
  return database;
}

/** Waits for an answer however long it takes. */
function waitsForEver(database: Database, url: string): Database {
  const pool = new Pool({ ...connectionSettings(url, SIZES.statementTimeoutMs), max: 4, query_timeout: 0, connectionTimeoutMillis: 0 });
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const read = async <Row>(statement: { render(): { text: string; values: unknown[] } }) =>
    (await pool.query(statement.render())).rows as Row[];
  const gauges = () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount });
  return { ...database, reader: { read }, scans: { read }, workers: pool, close: () => pool.end(), gauges };
}

/** Keeps the client of a transaction that failed. */
export function leaks(database: Database): Database {
  spoilClients(database.workers, (client, own) => {
    let failed = false;
    client.query = (...args) => {
      const given = own.query(...args);
      if (given instanceof Promise) given.catch(() => (failed = true));
      return given;
    };
    client.release = (broken) => {
      if (!failed && !broken) own.release();
    };
  });
  return database;
}

const DEFECTS: Readonly<Record<string, (database: Database, url: string) => Database>> = {
  "answers before it commits": answersEarly,
  "listens to no error of a connection": isDeaf,
  "waits for ever": waitsForEver,
  "keeps a failed client": leaks,
  "ends at once": (database) => database,
};

/** The service's connections, spoilt as `defect` says. @throws Error for a defect that nobody made */
export function defectiveDatabase(defect: string, url: string): Database {
  const spoil = DEFECTS[defect];
  if (!spoil) throw new Error(`There is no defect "${defect}"`);
  return spoil(openDatabase({ url, ...SIZES }), url);
}
