import { Pool, types } from "pg";
import type { PoolClient, PoolConfig } from "pg";
import { SCHEMA } from "./schema.ts";
import { namedByText, openGate } from "./readers/gate.ts";
import type { LongReader } from "./readers/gate.ts";
import { namedReader } from "./readers/named.ts";
import { openPipeline } from "./readers/pipeline.ts";
import type { Pipeline } from "./readers/pipeline.ts";
import type { Statement } from "./statement.ts";
import { accessLog } from "./write/access-log.ts";
import type { AccessLog } from "./write/access-log.ts";
import type { Turns } from "./write/turns.ts";
import { auditTrail } from "./write/audit-events.ts";
import type { AuditTrail } from "./write/audit-events.ts";

/** Runs single autocommitted statements; there is nothing on it by which a caller could begin a transaction. */
export type Reader = { read<Row>(statement: Statement): Promise<Row[]> };

/** The service's connections: two shared ones for the few statements that find one row, a reader for questions that indexes answer, another for those that read on, exclusive clients for transactions. */
export type Database = {
  points: Pipeline;
  /** Others for brief pages, so that no page stands before a read of one row. */
  pages: Pipeline;
  reader: Reader;
  /** Few connections and a time budget, so that costly questions wait for each other and for nobody else. */
  scans: Reader;
  /** The same for pages, whose records stay the bytes that Postgres sent. */
  long: LongReader;
  /** The same for names that are looked for, planned once for any name. */
  searches: LongReader;
  workers: Pool;
  /** Has a connection of its own: whoever reads waits for no writer. */
  access: AccessLog;
  /** The keys of requests that are being worked on in this process. */
  turns: Turns;
  /** Codes and units of queries that have been found to stand. */
  codes: Set<string>;
  events: AuditTrail;
  close(): Promise<void>;
  gauges(): { total: number; idle: number; waiting: number };
};

type Options = { url: string; readers: number; workers: number; statementTimeoutMs: number };

const READ_ONLY = "-c default_transaction_read_only=on -c jit=off";
/** Plans that hold for any value: one row after the other through an index, as the statements are written to be answered. */
const BY_INDEX =
  "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_hashagg=off -c enable_sort=off";
/** Plans for the values asked for; one process each, so that two of them leave processors to the others. */
const BY_VALUE = "-c plan_cache_mode=force_custom_plan -c max_parallel_workers_per_gather=0";
/** The settings of a reader, for who measures what it does. */
export const indexedSettings = `${READ_ONLY} ${BY_INDEX}`;
/** A commit is on the disk when it comes back, whatever the server usually does. */
const LASTING = "-c synchronous_commit=on";
const POINTS = { connections: 2, budgetMs: 1_000 };
/**
 * A page takes Postgres several times as long as a read: in trials a third connection gave a fifth more of them, and a fourth
 * a fifth more at 10,000 and 1,000,000 people, of whole records a half more at the latter (2026-11).
 */
const PAGES = { connections: 4 };
/** How long a connection, or one's turn, is waited for. */
const CONNECTING_MS = 2_000;
const SCANS = { connections: 2, budgetMs: 2_000 };
/** A turn of a busy event loop lasts longer than a search: so many are on their way to each connection, or Postgres waits for the process. */
const SEARCHES_UNDER_WAY = 4 * SCANS.connections;

// Days and instants stay text: through `Date`, 1980-01-01 is 1979-12-31 in Vietnam.
const TEXT = new Set<number>([
  types.builtins.DATE,
  types.builtins.TIMESTAMP,
  types.builtins.TIMESTAMPTZ,
  types.builtins.INT8,
  types.builtins.NUMERIC,
]);
const asText = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    TEXT.has(oid) ? (value: string) => value : types.getTypeParser(oid, format as "text"),
};

/** Opens the service's pools; connects at the first use. */
export function openDatabase({ url, readers, workers, statementTimeoutMs }: Options): Database {
  const settings = { url, statementTimeoutMs };
  const reading = openPool(settings, readers, indexedSettings);
  const pointBudget = Math.min(POINTS.budgetMs, statementTimeoutMs);
  // Without a timer for each statement: the pipeline looks itself whether its connections answer.
  const { query_timeout: _, ...shared } = connectionSettings(url, pointBudget, indexedSettings);
  const points = openPipeline(shared, POINTS.connections, pointBudget + 1_000);
  const pages = openPipeline(shared, PAGES.connections, pointBudget + 1_000);
  const budget = { url, statementTimeoutMs: Math.min(SCANS.budgetMs, statementTimeoutMs) };
  const scanning = openPool(budget, SCANS.connections, `${READ_ONLY} ${BY_VALUE}`);
  const { query_timeout: __, ...unhurried } = connectionSettings(url, budget.statementTimeoutMs, `${READ_ONLY} ${BY_VALUE}`);
  const long = openPipeline(unhurried, SCANS.connections, budget.statementTimeoutMs + 1_000);
  const { query_timeout: ___, ...indexed } = connectionSettings(url, budget.statementTimeoutMs, indexedSettings);
  const searching = openPipeline(indexed, SCANS.connections, budget.statementTimeoutMs + 1_000);
  const writing = openPool(settings, workers, "");
  const logging = openPool(settings, 1, LASTING);
  const pools = [reading, scanning, writing, logging];
  const pipelines = [points, pages, long, searching];
  const sum = (count: (pool: Pool) => number) => pools.reduce((all, pool) => all + count(pool), 0);
  return {
    points,
    pages,
    reader: namedReader(reading),
    scans: readerOf(scanning),
    long: openGate(long, SCANS.connections, CONNECTING_MS),
    searches: openGate(searching, SEARCHES_UNDER_WAY, CONNECTING_MS, namedByText),
    workers: writing,
    access: accessLog(logging),
    turns: new Map(),
    codes: new Set(),
    events: auditTrail(logging),
    close: async () => void (await Promise.all([...pipelines.map((one) => one.close()), ...pools.map((one) => one.end())])),
    gauges: () => {
      const shared = pipelines.map((one) => one.gauges());
      const all = (part: "total" | "idle" | "waiting") => shared.reduce((count, one) => count + one[part], 0);
      return {
        total: all("total") + sum(({ totalCount }) => totalCount),
        idle: all("idle") + sum(({ idleCount }) => idleCount),
        waiting: all("waiting") + sum(({ waitingCount }) => waitingCount),
      };
    },
  };
}

const readerOf = (pool: Pool): Reader => ({
  read: async <Row>(statement: Statement) => (await pool.query(statement.render())).rows as Row[],
});

/** The settings under which every connection of the service works. */
export function connectionSettings(url: string, statementTimeoutMs: number, more = ""): PoolConfig {
  return {
    connectionString: url,
    options: `-c search_path=${SCHEMA} -c timezone=UTC -c idle_in_transaction_session_timeout=10s -c lock_timeout=2s -c statement_timeout=${statementTimeoutMs} ${more}`,
    types: asText as NonNullable<PoolConfig["types"]>,
    connectionTimeoutMillis: CONNECTING_MS,
    // The statement's own timeout ends it in the database; this one ends waiting on a network that swallows answers.
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  };
}

function openPool({ url, statementTimeoutMs }: Pick<Options, "url" | "statementTimeoutMs">, max: number, more: string): Pool {
  const pool = new Pool({ ...connectionSettings(url, statementTimeoutMs, more), max });
  pool.on("error", () => {}); // an idle client that dies is replaced; without a listener it ends the process
  pool.on("connect", (client: PoolClient) => void client.on("error", () => {})); // and so does one in use
  return pool;
}
