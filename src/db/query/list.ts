import { ALL, and } from "../../core/query/tree.ts";
import type { Query } from "../../core/query/tree.ts";
import { join, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { driverOf, drivenRows } from "./page/driver.ts";
import type { Driver } from "./page/driver.ts";
import { listedRows, listingOf } from "./page/listing.ts";
import { after, orderBy, readOrder } from "./page/order.ts";
import type { Key } from "./page/order.ts";
import { keptPart, proofOfRow, proofOfRows, provenRows, provingOf, standingText, stillHolds } from "./page/kept.ts";
import { isBounded, planOf } from "./page/plan.ts";
import { CUT, rankedKeys, rankedRows, rankingOf, shownBefore } from "./page/ranked.ts";
import { walkedRows } from "./page/walk.ts";
import { Render } from "./render.ts";
import type { Selection } from "./selection.ts";
import { aliases } from "./source.ts";
import type { Context, Source } from "./source.ts";
import { all, from, heldOn, visibleRows } from "./visible.ts";
import { Where } from "./where.ts";

/** A page to be read: which rows, in which order, from where, and what of each. */
export type ListQuery = {
  query: Query;
  sort: string | undefined;
  /** Values of the last row of the page before, in the order's keys. */
  after: unknown[] | null;
  limit: number;
  selection: Selection;
  count: boolean;
  /** Units of this day only, for reference nouns with periods; facts follow `context.asOf`. */
  on: string | null;
  /** Rows of one person. */
  person?: string;
};

/** What the statement of a page answers, in one row. */
export type ListRow = {
  /** Records joined by commas, as text or as the bytes of it. Null, of a page of kept answers alone: not all were. */
  data: string | Buffer;
  /** People whose answers were not kept. */
  missed: string[] | null;
  size: number;
  has_more: boolean;
  last: unknown[] | null;
  count: string | null;
  cut_at: number | null;
  /** What the page was made of (page/kept.ts); null where nothing proves it. */
  proof: Buffer | null;
};

/** Whether a page is planned for any value, whatever its plan promises: a range of a listing, or a territory's rows in the order of ids. */
export function isRanged({ query, sort, person, count }: ListQuery, source: Source, context: Context): boolean {
  if (person !== undefined || count) return false;
  if (isBounded(source, context) && query === ALL && sort === undefined) return true;
  return listingOf(query, sort, source, context)?.single === true;
}

/** Whether a page is a question for a name and nothing else: its names are looked up one by one, whoever of their bearers may be shown. */
export function isSearch(list: Pick<ListQuery, "query" | "sort" | "count">, source: Source): boolean {
  const rest = rankingOf(list.query, source, list.sort)?.rest;
  return !list.count && rest?.is === "and" && rest.items.length === 0;
}

/** The rows of a page, and what its statement is compiled with. */
function rowsFor(list: ListQuery, source: Source, asking: Context) {
  // Who is bound to a territory walks an order of all people: looking for the territory's first and sorting them costs more.
  const ordered = isBounded(source, asking) && list.query === ALL && list.sort !== undefined && !list.count;
  const inTurn = ordered || isRanged(list, source, asking) || isSearch(list, source) || planOf(list, source, asking) === "indexed";
  const context = inTurn ? { ...asking, inTurn } : asking;
  const alias = aliases();
  const row = alias();
  const conditions = rowsOf(list, source, row, context, alias);
  return { context, alias, row, conditions, page: pageOf(list, source, row, context, alias, conditions) };
}

/** One statement that answers a page as JSON text: keys first, one more than asked for, then one probe a row in the order of the keys. */
export function listStatement(list: ListQuery, source: Source, asking: Context): Statement {
  const { context, alias, row, conditions, page } = rowsFor(list, source, asking);
  const render = new Render(context, alias);
  const shown = alias();
  const rows = page.whole ? sql`p as ${shown}` : sql`p join ${from(source, shown)} on ${shown}.id = p.id`;
  const made = sql`(${render.record(source, shown, list.selection)})::text`;
  const kept = context.kept === undefined ? undefined : keptPart(source, list.selection, context);
  const answer = alias();
  const records = kept
    ? sql`${rows} left join person_answers ${answer} on ${stillHolds(answer, shown, context.kept!, context.today)}`
    : rows;
  const standing = kept && standingText(answer, kept, source, shown, context, alias);
  const alone = context.keptAlone === true;
  const text = standing ? (alone ? standing : sql`coalesce(${standing}, ${made})`) : made;
  const whole = sql`coalesce(string_agg(x.j, ',' order by x.n), '')`;
  const n = page.whole ? sql`${shown}.n` : sql`p.n`;
  const proving = context.proven === true && page.whole ? provingOf(source, list.selection, context) : undefined;
  const piece = proving ? sql`, ${proofOfRow(proving, shown, sql`${answer}.stamp`)} as made_of` : sql``;
  const proof = proving ? proofOfRows(raw("x.made_of"), raw("x.n")) : sql`null::bytea`;
  return sql`with p as materialized (select q.*, row_number() over (order by ${orderBy(page.keys)}) as n from (
    ${page.rows}
  ) q)
  select d.data, d.missed,
    (select least(count(*), ${page.take}::int)::int from p) as size,
    (select count(*) > ${page.take}::int from p) as has_more,
    (select json_build_array(${page.cursor}) from p where p.n = ${page.take}::int) as last,
    ${list.count ? sql`(select count(*) from ${from(source, row)} where ${all(conditions)})` : sql`null::bigint`} as count,
    ${page.cut}::int as cut_at, d.proof
  from (select ${alone ? sql`case when bool_and(x.j is not null) is not false then ${whole} end` : whole} as data, array_agg(x.id) filter (where x.missed) as missed, ${proof} as proof
    from (select ${n}, ${shown}.id, ${kept ? sql`${answer}.person_id is null` : raw("false")} as missed, ${text} as j${piece} from ${records} where ${n} <= ${page.take}::int) x) d`;
}

/** What says whether a page is what it was (page/kept.ts); undefined where nothing proves it. */
export function proofStatement(list: ListQuery, source: Source, asking: Context): Statement | undefined {
  const { context, page } = rowsFor(list, source, { ...asking, proving: true });
  const proving = page.whole && !list.count ? provingOf(source, list.selection, context) : undefined;
  return proving && provenRows(page.rows, proving, context);
}

/** The rows of a page as `id` or `whole`, with the keys `k0`, `k1`, ..., one more than it takes; their order, and what its cursor holds. */
type Page = { rows: Statement; whole: boolean; keys: Key[]; take: number; cursor: Statement; cut: number | null };

function pageOf(list: ListQuery, source: Source, row: Statement, context: Context, alias: () => Statement, conditions: Statement[]): Page {
  const ranking = rankingOf(list.query, source, list.sort);
  if (ranking) {
    const left = CUT - shownBefore(list.after);
    const take = Math.min(list.limit, left);
    const beside = rowsOf({ ...list, query: ranking.rest }, source, row, context, alias);
    const seen = (bearer: Statement) => (isBounded(source, context) ? visibleRows(source, bearer, context) : []);
    const rows = rankedRows(ranking, source, row, beside, list.after, Math.min(take + 1, left), seen);
    const cursor = sql`p.k0, p.k1, p.k2, ${CUT - left + take}::int`;
    return { rows, whole: false, keys: rankedKeys(sql`q`), take, cursor, cut: CUT };
  }
  const keys = readOrder(list.sort, source, row, context, context.inUrl ? { parameter: "sort" } : { pointer: "/sort" });
  const beyond = list.after ? [after(keys, list.after)] : [];
  const held = (one: Statement) => heldOn(source, one, source.noun.standing === "reference" ? list.on : null);
  const page = {
    source,
    row,
    keys,
    conditions,
    beyond,
    after: list.after,
    limit: list.limit,
    bounded: isBounded(source, context),
    walks: context.inTurn === true,
    held,
    beyondOf: (others: readonly Key[]) => after(others, list.after ?? []),
  };
  const listed = list.person === undefined ? listingOf(list.query, list.sort, source, context) : undefined;
  const driver = list.person === undefined ? driverOf(list.query, source, context) : ofPerson(list.person, source);
  const rest = listed && without(list, listed.items);
  // Sixty columns of each row take as long to read as the rest of a proof.
  const narrow = context.proving === true && rest?.query.is === "and" && rest.query.items.length === 0;
  const rows = listed
    ? listedRows(listed, {
        ...page,
        ...(narrow && { only: raw("id, version, hidden_at") }),
        others: rowsOf(rest!, source, row, context, alias),
      })
    : driver
      ? drivenRows(driver, { ...page, others: rowsOf(without(list, driver.item ? [driver.item] : []), source, row, context, alias) })
      : walkedRows(page);
  const chosen = keys.map((key, i) => ({ ...key, value: sql`q.${raw(`k${i}`)}` }));
  return {
    rows,
    whole: page.walks || listed !== undefined,
    keys: chosen,
    take: list.limit,
    cursor: join(
      keys.map((_, i) => sql`p.${raw(`k${i}`)}`),
      ", ",
    ),
    cut: null,
  };
}

/** The rows of one person are found by the person, whatever else is asked of them. */
const ofPerson = (person: string, source: Source): Driver => ({
  access: { by: "range", weight: 0, exact: true, unique: true, where: (row) => sql`${row}.person_id = ${person}::uuid` },
  through: source,
  id: "id",
});

const without = (list: ListQuery, answered: readonly Query[]): ListQuery => {
  const items = list.query.is === "and" ? list.query.items : [list.query];
  return { ...list, query: and(items.filter((item) => !answered.includes(item))) };
};

/** The conditions of the rows of a list, the page aside. */
export function rowsOf(
  list: Pick<ListQuery, "query" | "on" | "person">,
  source: Source,
  row: Statement,
  context: Context,
  alias: () => Statement,
): Statement[] {
  return [
    ...(list.person === undefined ? [] : [sql`${row}.person_id = ${list.person}::uuid`]),
    ...visibleRows(source, row, context),
    ...heldOn(source, row, source.noun.standing === "reference" ? list.on : context.asOf),
    new Where(context, alias).condition(list.query, source, row),
  ];
}
