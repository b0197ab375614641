import type { Context } from "../../db/query/source.ts";
import { all, visibleRows } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { personSource } from "../people/queries.ts";

/** What was typed, and how many people are wanted. */
type Typed = { typed: string; wanted: readonly string[]; limit: number };

/**
 * A territory of so many is looked through itself: names are chosen from the dictionary of all before the territory is asked,
 * so that others' names would take the places of a small office's own.
 */
const FEW = 4_000;
/** Names that are chosen for a larger territory, which holds few of the people who bear them. */
const OF_ALL = 400;

/** The names that may be meant with their ranks (migration 0043), best first not promised: `name_full`, `rank`. */
export function namesSuggested({ typed, wanted, limit }: Typed, context: Context, bounded: boolean): Statement {
  const words = sql`${wanted}::text[]`;
  const nodes = context.actor.loc ?? context.actor.org;
  if (nodes === null)
    return sql`select s.name_full, s.rank from suggested_names(${typed}, ${words}, ${bounded ? OF_ALL : 4 * limit}::int) s`;
  const p = raw("p");
  const visible = all(visibleRows(personSource, p, { ...context, inTurn: true }));
  return sql`
    with near as materialized (select r.person_id from person_reach r where r.node_id = any(${nodes}::uuid[])
      and r.from_day <= ${context.today}::date and r.until_day >= ${context.today}::date limit ${FEW + 1}::int),
    few as materialized (select count(*) <= ${FEW}::int as yes from near),
    own as materialized (select o.name_full, min(o.rank) as rank from (select distinct n.person_id from near n where (select f.yes from few f)) n,
        lateral (select p.name_full, ${rankOf(p, typed, wanted)} as rank from people p where p.id = n.person_id and ${visible} offset 0) o
      where o.rank is not null group by o.name_full)
    select o.name_full, o.rank from own o
    union all select l.name_full, l.rank from few f, lateral names_like(${typed}, ${words}) l where f.yes and (select count(*) from own) < ${limit / 2}::numeric
    union all select s.name_full, s.rank from few f, lateral suggested_names(${typed}, ${words}, ${OF_ALL}::int) s where not f.yes`;
}

/** The rank that `suggested_names` gives a name, similar ones apart; null where it is not meant. */
function rankOf(p: Statement, typed: string, wanted: readonly string[]): Statement {
  const folded = wanted.join(" ");
  const before = wanted.slice(0, -1);
  const begun = sql`not starts_with(lower(${p}.name_full), ${typed})`;
  const words = sql`string_to_array(${p}.name_folded, ' ')`;
  return sql`case
    when ${p}.name_folded = ${folded} then (lower(${p}.name_full) <> ${typed})::int
    when starts_with(${p}.name_folded, ${`${folded} `}) then 2 + (${begun})::int
    when starts_with(${p}.name_folded, ${folded}) then 6 + (${begun})::int
    when ${words} @> ${wanted}::text[] then 5 - (strpos(' ' || lower(${p}.name_full) || ' ', ${` ${typed} `}) > 0)::int
    when strpos(' ' || ${p}.name_folded, ${` ${wanted.at(-1)!}`}) > 0 and ${words} @> ${before}::text[] then 8 end`;
}
