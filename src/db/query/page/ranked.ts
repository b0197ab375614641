import { and } from "../../../core/query/tree.ts";
import type { Place, Query } from "../../../core/query/tree.ts";
import { name, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { nameQuestion } from "../compare.ts";
import { after, orderBy } from "./order.ts";
import type { Key } from "./order.ts";
import { column } from "../source.ts";
import type { Source } from "../source.ts";
import { all, from } from "../visible.ts";

/** The most that a ranked list gives: who is not among the first thousand is not found by reading on. */
export const CUT = 1000;

/** A question for a name whose answer is ranked, and the conditions beside it. */
export type Ranking = { member: string; text: string; at: Place; rest: Query };

/** The one `match` of a name that stands for all rows of a list, if there is one: without `sort` it ranks them. */
export function rankingOf(query: Query, source: Source, sort: string | undefined): Ranking | undefined {
  if (sort !== undefined) return undefined;
  const items = query.is === "and" ? query.items : [query];
  const found = items.find((item) => item.is === "compare" && item.compare === "match" && source.noun.fields[item.path]?.kind === "name");
  if (found?.is !== "compare") return undefined;
  return { member: found.path, text: found.values[0] ?? "", at: found.at, rest: and(items.filter((item) => item !== found)) };
}

const TYPES = ["integer", "text", "uuid"];
/** How a ranked page is ordered: rank, name, id. */
export const rankedKeys = (row: Statement): Key[] =>
  [sql`${row}.k0`, sql`${row}.k1 collate "C"`, sql`${row}.k2`].map((value, i) => ({ value, descending: false, type: TYPES[i]! }));

/** How many rows a page may still give; the last value of its cursor counts those of the pages before. */
export const shownBefore = (cursor: readonly unknown[] | null): number => Number(cursor?.[TYPES.length] ?? 0);

/** Bearers of a similar name that come first, and what the ranks of the others begin with. */
const FIRST = 1;
const LATER = 10_000;

/**
 * The rows of a ranked page with their keys `k0`, `k1`, `k2`: names that have all words; then the first bearers of each similar name,
 * so that a name that hundreds bear hides no other; then the rest of them. A later arm runs only where those before do not fill the page.
 */
export function rankedRows(
  { member, text, at }: Ranking,
  source: Source,
  row: Statement,
  conditions: readonly Statement[],
  cursor: readonly unknown[] | null,
  limit: number,
): Statement {
  const { typed, wanted } = nameQuestion(member, text, at);
  const id = column(row, "id");
  const arm = (names: Statement, among: Statement, own: Statement, base = 0): Statement => {
    const rank = base === 0 ? sql`r.rank` : sql`(r.rank + ${base}::integer)`;
    const keys = [rank, sql`r.name_full collate "C"`, id].map((value, i) => ({ value, descending: false, type: TYPES[i]! }));
    // Said of the rank alone too, so that names of earlier pages are not looked up.
    const beyond = cursor ? [after(keys, cursor), sql`${rank} >= ${cursor[0]}::integer`] : [];
    return sql`(select ${id} as id, ${rank} as k0, r.name_full as k1, ${id} as k2
      from (select * from ${names} n order by n.rank, n.name_full collate "C") r${among}, ${from(source, row)}
      where ${all([own, ...conditions, ...beyond])} order by ${orderBy(keys)} limit ${limit}::int)`;
  };
  const bearers = (which: string) =>
    sql`, lateral (select b.id from ${name(source.noun.table)} b where b.name_full = r.name_full order by b.id ${raw(which)}) b`;
  const bears = sql`${column(row, "name_full")} = r.name_full`;
  return sql`with likely as materialized (select * from names_like(${typed}, ${wanted}))
    select x.* from (
      ${arm(sql`names_with_words(${typed}, ${wanted})`, sql``, bears)}
      union all ${arm(sql`likely`, bearers(`limit ${FIRST}`), sql`${id} = b.id`)}
      union all ${arm(sql`likely`, bearers(`offset ${FIRST - 1} limit 1`), sql`${bears} and ${id} > b.id`, LATER)}) x limit ${limit}::int`;
}
