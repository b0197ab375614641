import { sql } from "../db/statement.ts";
import type { Statement } from "../db/statement.ts";

/** How units of a kind follow each other. */
export type Succession = {
  /** The member that names a unit in the answer, which is its table's alias. */
  member: Statement;
  table: Statement;
  /** Selects the edges: `a` became `b` on `day`, with `kind`, `share` and `document`. */
  edges: Statement;
  /** Whether the unit of an alias stood on a day, as far as is known. */
  stood: (day: string) => Statement;
  /** Selects from `parts` what stood below units that have no edges of their own. */
  below?: Statement;
};

// A walk along several edges is told by the strongest of them.
const KINDS = sql`array['transfer', 'rename', 'split', 'merge']`;
const STEPS = sql`16`;

/**
 * The units that a unit had become on a day, following every step: nothing while it stood itself.
 * A unit without edges of its own answers through those below it: the district is then what was split, and the shares are not known.
 */
export function successorsOf(kind: Succession, id: string, day: string): Statement {
  const { member, table, edges, stood, below = sql`select id from parts where false` } = kind;
  return sql`with recursive edges as not materialized (${edges}), parts as (
    select ${id}::uuid as id
    union all
    ${below}
  ), walk as (
    select e.b, array_position(${KINDS}, e.kind) as rank, e.share, e.day, e.document, e.a = ${id}::uuid as own, 1 as step
    from parts p join edges e on e.a = p.id where coalesce(e.day <= ${day}::date, true)
    union all
    select e.b, greatest(w.rank, array_position(${KINDS}, e.kind)), w.share * e.share, e.day, e.document, w.own, w.step + 1
    from walk w join edges e on e.a = w.b where coalesce(e.day <= ${day}::date, true) and w.step < ${STEPS}
  ), reached as (
    select w.b as id, bool_and(w.own) as own, max(w.step) as steps, (${KINDS})[max(w.rank)] as kind,
      case when bool_and(w.share is not null) then sum(w.share) end as share,
      max(w.day) as day, (array_agg(w.document order by w.day desc))[1] as document,
      exists (select from edges e where e.b = w.b and e.a not in (select p.id from parts p)) as shared
    from walk w group by w.b
  ), standing as (
    select r.*, count(*) over () > 1 as several, ${member}.code, ${member}.name
    from reached r join ${table} ${member} on ${member}.id = r.id where ${stood(day)}
  )
  select json_build_object('id', id, 'code', code, 'name', name) as ${member},
    case when own and steps = 1 then kind when several then 'split' when own or shared then kind else 'rename' end as kind,
    case when own then share when not several then 1 end as share, day::text as effective_on, document
  from standing order by code, id`;
}

/** The units that stood for a unit on a day, following every step; for a day on which it stood itself, those it came from directly. */
export function predecessorsOf(kind: Succession, id: string, day: string): Statement {
  const { member, table, edges, stood } = kind;
  return sql`with recursive edges as not materialized (${edges}), later as (
    select exists (select from edges e where e.b = ${id}::uuid and e.day > ${day}::date) as found
  ), walk as (
    select e.a, array_position(${KINDS}, e.kind) as rank, e.share, e.day, e.document, 1 as step
    from edges e, later where e.b = ${id}::uuid and (e.day > ${day}::date or not later.found)
    union all
    select e.a, greatest(w.rank, array_position(${KINDS}, e.kind)), w.share * e.share, e.day, e.document, w.step + 1
    from walk w join edges e on e.b = w.a where e.day > ${day}::date and w.step < ${STEPS}
  ), reached as (
    select a as id, (${KINDS})[max(rank)] as kind, case when bool_and(share is not null) then sum(share) end as share,
      max(day) as day, (array_agg(document order by day desc))[1] as document
    from walk group by a
  )
  select json_build_object('id', ${member}.id, 'code', ${member}.code, 'name', ${member}.name) as ${member},
    r.kind, r.share, r.day::text as effective_on, r.document
  from reached r join ${table} ${member} on ${member}.id = r.id cross join later
  where not later.found or (${stood(day)}) order by ${member}.code, ${member}.id`;
}
