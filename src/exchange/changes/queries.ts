import type { Pool } from "pg";
import type { Actor } from "../../core/actor.ts";
import { onlyDirectory } from "../../core/policy.ts";
import type { Reader } from "../../db/pools.ts";
import { all } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { writePosition } from "./position.ts";

/** What is asked of the feed: after which number of the epoch, how many, of which tables (null: all). */
export type Wanted = { after: number | null; limit: number; tables: readonly string[] | null };

/** An event as it stands in the feed; `kind` is `entered` or `left` where a person moved over the reader's border. */
export type Told = { n: number; kind: string; noun: string; record_id: string; version: number; recorded_at: string };

/** A page: its events, the number up to which the feed was looked through, and how far the feed is. */
export type FeedPage = { epoch: number; removed: number; head: number; scanned: number; events: Told[] };

/** A page looks through so many events at most: whoever is told of few gets an empty page with a later position, not a long wait. */
const SCAN = 5_000;

/** A page of the feed as the actor may see it; undefined while no feed stands: its epoch is about to begin. */
export async function readFeed(reader: Reader, { after, limit, tables }: Wanted, actor: Actor): Promise<FeedPage | undefined> {
  const shown = all([...(tables === null ? [] : [sql`w.noun = any(${tables}::text[])`]), ...visibleEvents(actor)]);
  const statement = sql`with s as materialized (select * from feed_state where identity = feed_identity()),
    w as materialized (select * from feed f where f.epoch = (select epoch from s) and f.n > coalesce(${after}::bigint, (select removed_n from s)) order by f.epoch, f.n limit ${SCAN}::int),
    page as materialized (select * from w where ${shown} order by w.n limit ${limit}::int)
    select s.epoch::float8 as epoch, s.removed_n::float8 as removed, s.n::float8 as head,
      case when (select count(*) from page) = ${limit}::int then (select max(n) from page) else (select max(n) from w) end::float8 as scanned,
      (select coalesce(json_agg(json_build_object('n', p.n, 'kind', ${kindFor(actor)}, 'noun', p.noun, 'record_id', p.record_id, 'version', p.version,
        'recorded_at', to_char(p.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) order by p.n), '[]') from page p) as events from s`;
  const [row] = await reader.read<Omit<FeedPage, "scanned"> & { scanned: number | null }>(statement);
  return row && { ...row, scanned: row.scanned ?? Math.max(after ?? 0, row.removed) };
}

/**
 * Which events an actor is told of, by where the person counted when it was told: a page read again is the same page.
 * Who reads no persons is told of the reference data alone.
 */
function visibleEvents(actor: Actor): Statement[] {
  if (onlyDirectory(actor)) return [raw("w.reach is null")];
  const now = inside(actor, raw("w.reach"));
  if (now === undefined) return [raw("w.kind <> 'moved'")];
  return [sql`w.reach is null or case when w.kind = 'moved' then (${now}) <> (${inside(actor, raw("w.reach_before"))!}) else ${now} end`];
}

const kindFor = (actor: Actor): Statement => {
  const now = inside(actor, raw("p.reach"));
  return now === undefined ? raw("p.kind") : sql`case when p.kind <> 'moved' then p.kind when ${now} then 'entered' else 'left' end`;
};

/** Whether nodes lie in the actor's territory; undefined: he has no bounds. */
function inside({ org, loc }: Actor, nodes: Statement): Statement | undefined {
  const claims = [org, loc].flatMap((claim) => (claim === null ? [] : [sql`${nodes} && ${claim}::uuid[]`]));
  return claims.length === 0 ? undefined : all(claims);
}

/** The last number given out, or undefined while no feed stands: what those who wait are compared with. */
export async function readHead(reader: Reader): Promise<number | undefined> {
  return (await reader.read<{ n: number }>(sql`select n::float8 as n from feed_state`))[0]?.n;
}

/**
 * The position from which to follow what is read after this; null while no feed stands. What it leaves behind has been committed, so a
 * snapshot taken later holds it; what comes after it may be in that snapshot too.
 */
export async function readFollowing(workers: Pool): Promise<string | null> {
  const { rows } = await workers.query<{ epoch: number; n: number }>(
    "select epoch::float8 as epoch, n::float8 as n from feed_state where identity = feed_identity()",
  );
  return rows[0] ? writePosition(rows[0]) : null;
}
