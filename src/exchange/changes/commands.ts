import type { Client } from "pg";

/** How far the feed is, as the one who publishes keeps it. */
export type Standing = { epoch: number; n: number; base: string; began: string; seen: string; day: string };

const STANDING = "select epoch::int8::float8 as epoch, n::float8 as n, base::text, began, seen, day::text from feed_state";

/**
 * Gives how far the feed is; where this is another database than the one in which the epoch began, the next epoch begins. Undefined: it
 * cannot begin just now, and is to be tried again.
 *
 * A copy brings revisions with transaction numbers of another cluster, which say nothing here: they are known by their ids up to `base`,
 * and must not bear the number of a transaction that is under way. Epochs are seconds of the clock and not 1, 2, 3: of one backup two
 * databases may be restored, and a position of the one must be strange to the other.
 */
export async function openFeed(client: Client, day: string): Promise<Standing | undefined> {
  await client.query("begin isolation level repeatable read");
  try {
    const { rows } = await client.query<Standing>(`${STANDING} where identity = feed_identity()`);
    const standing = rows[0] ?? (await beginEpoch(client, day));
    await client.query(standing ? "commit" : "rollback");
    return standing;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function beginEpoch(client: Client, day: string): Promise<Standing | undefined> {
  const { rows } = await client.query<{ shadowed: boolean }>(
    "select exists (select from revisions where xact in (select x::text::bigint from pg_snapshot_xip(pg_current_snapshot()) x)) as shadowed",
  );
  if (rows[0]!.shadowed) return undefined;
  await client.query("delete from feed_reach");
  await client.query(
    `insert into feed_reach (person_id, reach) select person_id, array_agg(distinct node_id order by node_id) from person_reach
     where from_day <= $1 and until_day >= $1 group by person_id`,
    [day],
  );
  const before = await client.query<{ epoch: string }>("delete from feed_state returning epoch");
  await client.query(
    `insert into feed_state (epoch, n, identity, base, began, seen, day)
     select greatest($1::bigint + 1, extract(epoch from clock_timestamp())::bigint), 0, feed_identity(),
       coalesce((select max(id) from revisions), 0), pg_current_snapshot()::text, pg_current_snapshot()::text, $2`,
    [before.rows[0]?.epoch ?? 0, day],
  );
  return (await client.query<Standing>(STANDING)).rows[0];
}

/**
 * Tells in one statement what has been committed since `seen`, and gives how far the feed is then.
 *
 * Found are the revisions of transactions that this statement sees and `seen` did not, by their numbers; in the order of their ids among
 * each other. Whoever writes version 3 of a record has seen version 2, so version 2 is found with it or before it. (To take revisions
 * below `pg_snapshot_xmin` is not enough: of transactions B < C < A, where A wrote version 2, B version 3 after it, and C goes on, B's
 * alone would be told. And it would make everybody wait for the longest transaction of the whole cluster.)
 */
export async function publish(client: Client, { epoch, n, base, began, seen, day }: Standing, asked: Asked): Promise<Standing> {
  const values = [epoch, n, base, began, seen, day, asked.day, asked.tables];
  const { rows } = await client.query<{ told: string; seen: string }>({ name: "publish", text: PUBLISH, values });
  const { told, seen: now } = rows[0]!;
  return { epoch, n: n + Number(told), base, began, seen: now, day: asked.day };
}

/** The day it is, and the tables of the nouns that are told of. */
export type Asked = { day: string; tables: readonly string[] };

/** What stands is looked up row by row: the numbers of rows are not known when the statement is planned (`plannedOnce` of jobs.ts). */
const PUBLISH = `
with now as materialized (select pg_current_snapshot() as snapshot, $5::pg_snapshot as seen),
ended as materialized (
  select array(select x::text::bigint from now, pg_snapshot_xip(seen) x where x not in (select pg_snapshot_xip(snapshot) from now)) as numbers,
    pg_snapshot_xmax(seen)::text::bigint as low, pg_snapshot_xmax(snapshot)::text::bigint as high,
    array(select x::text::bigint from pg_snapshot_xip($4::pg_snapshot) x) as first
  from now
),
written as (
  select * from revisions where xact = any ((select numbers from ended)::bigint[])
  union all
  select * from revisions where xact >= (select low from ended) and xact < (select high from ended)
),
compared as materialized (
  select w.id, w.noun, w.record_id, w.person_id, w.version, w.recorded_at, w.action, w.row as after,
    case when w.action = 'changed' then (select b.row from revisions b where b.record_id = w.record_id and b.version = w.version - 1 and b.noun = w.noun) end as before
  from written w where w.id > $3::bigint or w.xact = any ((select first from ended)::bigint[])
),
fresh as materialized (
  select id, noun, record_id, person_id, version, recorded_at,
    case when action <> 'changed' or after is null or before is null then action
      when after ->> 'hidden_at' is not null and before ->> 'hidden_at' is null then 'deleted'
      when after ->> 'hidden_at' is null and before ->> 'hidden_at' is not null then 'restored' else action end as kind,
    noun = 'organizations' and action <> 'created' and (after -> 'parent_id', after -> 'parent_since', after -> 'locality_id', after -> 'hidden_at')
      is distinct from (before -> 'parent_id', before -> 'parent_since', before -> 'locality_id', before -> 'hidden_at') as moves
  from compared
),
touched as (
  select person_id from fresh where person_id is not null
  union
  select unnest(array(select a.person_id from affiliations a where a.organization_id = t.organization_id))
  from organization_tree t where t.ancestor_id = any (array(select record_id from fresh where moves))
  union
  select id from people where exists (select from fresh where noun in ('localities', 'locality_lineage'))
  union
  select person_id from person_reach where $7::date <> $6::date
    and (from_day > least($6::date, $7::date) and from_day <= greatest($6::date, $7::date) or until_day >= least($6::date, $7::date) and until_day < greatest($6::date, $7::date))
),
made as (
  select record_id, bool_or(kind = 'created') as created, bool_or(kind = 'erased') as erased from fresh where noun = 'people' group by record_id
),
place as materialized (
  select t.person_id, coalesce(m.created, false) as created, coalesce(m.erased, false) as erased,
    coalesce((select f.reach from feed_reach f where f.person_id = t.person_id), '{}') as before,
    array(select distinct r.node_id from person_reach r where r.person_id = t.person_id and r.from_day <= $7::date and r.until_day >= $7::date order by 1) as after
  from touched t left join made m on m.record_id = t.person_id
),
events as materialized (
  select f.id, row_number() over (order by f.id) as i, f.kind, f.noun, f.record_id, f.version, f.recorded_at, case when p.erased then p.before else p.after end as reach
  from fresh f left join place p on p.person_id = f.person_id where f.noun = any ($8::text[])
),
moves as materialized (
  select row_number() over (order by person_id) + (select count(*) from events) as i, person_id, before, after, version
  from (select p.*, (select version from people where id = p.person_id) as version from place p where not created and not erased and before <> after) p
  where version is not null
),
told as (
  insert into feed (epoch, n, kind, noun, record_id, version, recorded_at, revision_id, reach, reach_before)
  select $1::bigint, $2::bigint + i, kind, noun, record_id, version, recorded_at, id, reach, null from events
  union all
  select $1::bigint, $2::bigint + i, 'moved', 'people', person_id, version, clock_timestamp(), null, after, before from moves
  returning 1
),
kept as (
  insert into feed_reach (person_id, reach) select person_id, after from place where before <> after and not erased
  on conflict (person_id) do update set reach = excluded.reach
),
forgotten as (delete from feed_reach where person_id = any (array(select person_id from place where erased))),
stand as (
  update feed_state set n = n + (select count(*) from told), seen = (select snapshot::text from now), day = $7::date
  where (select count(*) from told) > 0 or $7::date <> $6::date
)
select (select count(*) from told) as told, (select snapshot::text from now) as seen`;
