import { and } from "../../../core/query/tree.ts";
import type { Place, Query } from "../../../core/query/tree.ts";
import { join, name, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { nameQuestion } from "../compare.ts";
import type { Access } from "./access.ts";
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

/** The ranks of names with other marks begin here; what is added for all bearers but the first. */
const FOLDED = 2000;
const [LATER_FOLDED, LATER_SIMILAR] = [500, 10_000];

/**
 * The rows of a ranked page with their keys `k0`, `k1`, `k2`: people with the words as typed; then the first bearer of each name with
 * other marks, so that a name that hundreds bear hides no other, and its other bearers; then the same of similar names.
 * A later arm runs only where those before it do not fill the page. `seen` is what a bearer must be to count as the first.
 */
export function rankedRows(
  { member, text, at }: Ranking,
  source: Source,
  row: Statement,
  conditions: readonly Statement[],
  cursor: readonly unknown[] | null,
  limit: number,
  seen: (bearer: Statement) => readonly Statement[],
): Statement {
  const { typed, wanted } = nameQuestion(member, text, at);
  const id = column(row, "id");
  const arm = (names: Statement, own: Statement, added = 0): Statement => {
    const rank = added === 0 ? sql`r.rank` : sql`(r.rank + ${added}::integer)`;
    const ordered = (last: Statement) =>
      [rank, sql`r.name_full collate "C"`, last].map((value, i) => ({ value, descending: false, type: TYPES[i]! }));
    // Said of the rank alone too, so that names of earlier pages are not looked up.
    const begun = cursor ? sql`where ${rank} >= ${cursor[0]}::integer` : sql``;
    const held = all([own, ...conditions, ...(cursor ? [after(ordered(id), cursor)] : [])]);
    // Name by name, and of each no more than the page holds: hundreds bear the same.
    return sql`(select h.id as id, ${rank} as k0, r.name_full as k1, h.id as k2
      from (select * from ${names} order by n.rank, n.name_full collate "C") r,
        lateral (select ${id} as id from ${from(source, row)} where ${held} order by ${id} limit ${limit}::int) h ${begun}
      order by ${orderBy(ordered(sql`h.id`))} limit ${limit}::int)`;
  };
  const bears = sql`${column(row, "name_full")} = r.name_full`;
  // The first of those whom a bounded caller may see: by anybody else's place the order would tell that they stand.
  const bearer = all([sql`b.name_full = r.name_full`, ...seen(raw("b"))]);
  const first = sql`(select b.id from ${name(source.noun.table)} b where ${bearer} order by b.id limit 1)`;
  const parted = (names: Statement, added: number) => [
    arm(names, sql`${id} = ${first}`),
    arm(names, sql`${bears} and ${id} > ${first}`, added),
  ];
  const arms = [
    arm(sql`having_all n where n.rank < ${FOLDED}::int`, bears),
    ...parted(sql`having_all n where n.rank >= ${FOLDED}::int`, LATER_FOLDED),
    ...parted(sql`similar_names n`, LATER_SIMILAR),
  ];
  return sql`with having_all as materialized (select * from names_with_words(${typed}, ${wanted})),
    similar_names as materialized (select * from names_like(${typed}, ${wanted}))
    select x.* from (${join(arms, " union all ")}) x limit ${limit}::int`;
}

/** The names that may be meant, each found by its index: a question for a rare name under another order than its rank. */
export function namesMeant(member: string, text: string, at: Place): Access {
  const { typed, wanted } = nameQuestion(member, text, at);
  const values = sql`select m.name_full from names_with_words(${typed}, ${wanted}) m union all select m.name_full from names_near(${wanted}) m`;
  return { by: "values", weight: 2, exact: true, many: true, column: (row) => sql`${row}.name_full`, values };
}
