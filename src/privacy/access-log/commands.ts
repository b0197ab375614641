import type { Pool, PoolClient } from "pg";
import type { Database } from "../../db/pools.ts";
import { raw, sql } from "../../db/statement.ts";
import { insertEvents } from "../../db/write/audit-events.ts";
import { readHead, readLines, readPrunings } from "./queries.ts";
import type { Run } from "./queries.ts";
import { BEGINNING, hashOf, LEAST_MONTHS, leavesOf, LOGS, monthsBefore } from "./seals.ts";
import type { Line, Log, Seal } from "./seals.ts";
import { verifyLogs } from "./verification.ts";

/** So many rows of each log are sealed in one batch at most. */
const BATCH = 10_000;
/** Held by whoever seals, and by whoever is just adding rows, shared (migration 0050). */
const ADDING = 7_204_380;
const SEALING = 7_204_381;

/** Seals what has been added since the last time, batch after batch, and gives how many there were. Two at once: one of them does it. */
export async function sealLogs(workers: Pool): Promise<number> {
  const client = await workers.connect();
  const run: Run = async <Row>(statement: Parameters<Run>[0]) => (await client.query(statement.render())).rows as Row[];
  let doubt = true;
  try {
    const [lock] = await run<{ got: boolean }>(sql`select pg_try_advisory_lock(${SEALING}::bigint) as got`);
    let count = 0;
    if (lock?.got) {
      const bounds = await settledBounds(client, run);
      while (await sealNext(run, bounds)) count += 1;
      await run(sql`select pg_advisory_unlock(${SEALING}::bigint)`);
    }
    doubt = false;
    return count;
  } finally {
    client.release(doubt);
  }
}

/** The highest numbers below which nothing can be added any more. */
async function settledBounds(client: PoolClient, run: Run): Promise<Record<Log, number>> {
  await client.query(`select pg_advisory_lock(${ADDING})`);
  try {
    const [row] = await run<Record<Log, string | null>>(
      sql`select (select max(number) from access_log) as access_log, (select max(number) from audit_events) as audit_events`,
    );
    return { access_log: Number(row!.access_log ?? 0), audit_events: Number(row!.audit_events ?? 0) };
  } finally {
    await client.query(`select pg_advisory_unlock(${ADDING})`);
  }
}

/** Keeps which keys and which policy the service starts with, where they are not those that it was last seen with. */
export async function noteConfiguration({ reader, events }: Pick<Database, "reader" | "events">, seen: Configuration): Promise<void> {
  for (const kind of ["keys", "policy"] as const) {
    const [same] = await reader.read<{ same: boolean }>(
      sql`select detail = ${JSON.stringify(seen[kind])}::jsonb as same from audit_events where kind = ${kind} order by number desc limit 1`,
    );
    if (!same?.same) await events.record({ kind, detail: seen[kind] });
  }
}

/** What a change of is kept: ids of keys, never keys; the hash of the policy. */
export type Configuration = Record<"keys" | "policy", Readonly<Record<string, unknown>>>;

async function sealNext(run: Run, bounds: Record<Log, number>): Promise<boolean> {
  const head = await readHead(run);
  const lines = {} as Record<Log, Line[]>;
  for (const log of LOGS) lines[log] = await readLines(run, log, head?.parts[log].upto ?? 0, bounds[log], BATCH);
  if (LOGS.every((log) => lines[log].length === 0)) return false;
  const part = (log: Log) => {
    const after = head?.parts[log].upto ?? 0;
    return { after, upto: lines[log].at(-1)?.n ?? after, leaves: leavesOf(lines[log]) };
  };
  const parts = { access_log: part("access_log"), audit_events: part("audit_events") };
  const sealedAt = new Date().toISOString().replace("Z", "000Z");
  const unsealed = { n: (head?.n ?? 0) + 1, sealedAt, parts, previous: head?.hash ?? BEGINNING };
  await insertSeal(run, { ...unsealed, hash: hashOf(unsealed) });
  return true;
}

async function insertSeal(run: Run, { n, sealedAt, parts, previous, hash }: Seal): Promise<void> {
  const { access_log: access, audit_events: events } = parts;
  await run(sql`insert into audit_seals (n, sealed_at, access_after, access_upto, events_after, events_upto, access_leaves, events_leaves, previous, hash)
    values (${n}::int, ${sealedAt}::timestamptz, ${access.after}::bigint, ${access.upto}::bigint, ${events.after}::bigint, ${events.upto}::bigint,
      ${access.leaves}::bytea, ${events.leaves}::bytea, ${previous}::bytea, ${hash}::bytea)`);
}

/** What a pruning did: the last batch whose rows went, null for none, and how many rows. */
export type Pruned = { upto: number | null; rows: Record<Log, number> };

/**
 * Takes the rows of whole batches away that were sealed more than so many months before `now`, as the owner and in one transaction, and
 * adds an event that says so; the batches stay, so that every head that was kept still fits.
 * @throws Error for fewer than twelve months, or where the logs are not as they were sealed: what would prove it must not go
 */
export async function pruneLogs(run: Run, { months, now }: { months: number; now: Date }): Promise<Pruned> {
  if (months < LEAST_MONTHS) throw new Error(`logs are kept for ${LEAST_MONTHS} months at least`);
  const { findings } = await verifyLogs(run);
  if (findings.length > 0) throw new Error("the logs are not as they were sealed: trithuc audit verify says where");
  const before = monthsBefore(now, months);
  const [last] = await run<{ n: number; access_log: string; audit_events: string }>(
    sql`select n, access_upto as access_log, events_upto as audit_events from audit_seals where sealed_at < ${before}::timestamptz order by n desc limit 1`,
  );
  const gone = Math.max(0, ...(await readPrunings(run)).map(({ upto }) => upto));
  const rows = { access_log: 0, audit_events: 0 };
  if (!last || last.n <= gone) return { upto: null, rows };
  await run(raw("begin"));
  try {
    await run(sql`select set_config('trithuc.pruning', 'on', true)`);
    for (const log of LOGS) {
      const [counted] = await run<{ count: string }>(
        sql`with gone as (delete from ${raw(log)} where number <= ${last[log]}::bigint returning 1) select count(*) as count from gone`,
      );
      rows[log] = Number(counted!.count);
    }
    await run(insertEvents([{ kind: "retention", detail: { upto: last.n, months, at: now.toISOString(), rows } }]));
    await run(raw("commit"));
  } catch (error) {
    await run(raw("rollback"));
    throw error;
  }
  return { upto: last.n, rows };
}
