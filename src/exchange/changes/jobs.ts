import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Pool } from "pg";
import { dayInVietnam } from "../../core/time/clock.ts";
import { connectionSettings } from "../../db/pools.ts";
import type { Database } from "../../db/pools.ts";
import type { Tasks } from "../../db/upkeep/jobs.ts";
import type { Catalog } from "../../db/query/source.ts";
import { openFeed, publish } from "./commands.ts";
import type { Standing } from "./commands.ts";
import { toldNouns } from "./schema.ts";

/** Any number that nothing else locks by. */
const PUBLISHING = 0x7472_6665;
const PACE_MS = 100;
/** Who stands by takes over so soon after the one who published is gone. */
const STAND_BY_MS = 250;
/** A reference load may move everybody. */
const STATEMENT_MS = 600_000;
/** Plans that hold for any number of rows: events are joined by hash, and what stands is looked up by subqueries, each through an index. */
const plannedOnce =
  "-c plan_cache_mode=force_generic_plan -c enable_nestloop=off -c enable_mergejoin=off -c jit=off -c max_parallel_workers_per_gather=0";

/** What publishing needs to know. */
export type PublisherParts = { clock: () => Date; catalog: Catalog };

/**
 * Publishes the changes of a database until `stop`; where another process does it already, stands by to take over.
 * Resolves when it has looked once: from then on there is a feed, or somebody else is making it.
 *
 * In `serve` and not in the job queue: a job is done once, and this never ends. It looks every 100 ms whether anything has been
 * committed (one call, which reads no table), and writes nothing where nothing was.
 */
export async function startPublisher(url: string, { clock, catalog }: PublisherParts): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const asked = () => ({ day: dayInVietnam(new Date(clock().getTime() - MIDNIGHT_MS)), tables: toldNouns(catalog).tables });
  const looked = Promise.withResolvers<void>();
  const work = async () => {
    while (!stopping.signal.aborted) {
      await publishUntilLost(url, asked, looked.resolve, stopping.signal).catch(() => {});
      looked.resolve();
      await pause(STAND_BY_MS, stopping.signal);
    }
  };
  const working = work();
  await looked.promise;
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/**
 * A day begins a minute late: an export that was asked for just before midnight has the day before, and must not be given a position behind
 * those who left with the new one.
 */
const MIDNIGHT_MS = 60_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});

/** On one connection, which holds the lock as long as it lives: a process that is killed loses both. */
async function publishUntilLost(
  url: string,
  asked: () => { day: string; tables: readonly string[] },
  looked: () => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new Client(connectionSettings(url, STATEMENT_MS, plannedOnce));
  client.on("error", () => {}); // the query under way, or the next one, rejects
  try {
    await client.connect();
    let standing: Standing | undefined;
    for (let held = false; !signal.aborted; await pause(held ? PACE_MS : STAND_BY_MS, signal)) {
      held ||= await lock(client);
      if (held && standing === undefined) standing = await openFeed(client, asked().day);
      if (standing !== undefined) standing = await publishOnce(client, standing, asked());
      looked();
    }
  } finally {
    await client.end().catch(() => {});
  }
}

async function lock(client: Client): Promise<boolean> {
  return (await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [PUBLISHING])).rows[0]!.got;
}

async function publishOnce(client: Client, standing: Standing, asked: { day: string; tables: readonly string[] }): Promise<Standing> {
  const { rows } = await client.query<{ seen: string }>({ name: "look", text: "select pg_current_snapshot()::text as seen" });
  return rows[0]!.seen === standing.seen && asked.day === standing.day ? standing : publish(client, standing, asked);
}

/** When events whose time is over are removed: each night in Vietnam. */
export const FEED_CRONTAB = "40 19 * * * sweep_changes";
const KEPT = "400 days";
const SWEPT_AT_ONCE = 20_000;

/** The upkeep of the feed. */
export const feedJobs = ({ database }: { database: Database }): Tasks => ({ sweep_changes: () => sweepFeed(database.workers) });

/** Removes what is older than 400 days, and what is left of earlier epochs, some thousands at a time. */
async function sweepFeed(workers: Pool): Promise<void> {
  for (;;) {
    const { rows } = await workers.query<{ n: number }>(
      `with gone as materialized (select f.epoch, f.n, s.epoch = f.epoch as own from feed f, feed_state s
         where f.epoch <> s.epoch or f.published_at < now() - $1::interval order by f.epoch, f.n limit $2),
       swept as (delete from feed f using gone g where f.epoch = g.epoch and f.n = g.n),
       told as (update feed_state set removed_n = greatest(removed_n, (select max(n) from gone where own)) where exists (select from gone where own))
       select count(*)::int as n from gone`,
      [KEPT, SWEPT_AT_ONCE],
    );
    if (rows[0]!.n < SWEPT_AT_ONCE) return;
  }
}
