import type { Query } from "../../core/query/tree.ts";
import { raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { after, orderBy, readOrder } from "./order.ts";
import { Render } from "./render.ts";
import type { Selection } from "./selection.ts";
import { aliases } from "./source.ts";
import type { Context, Source } from "./source.ts";
import { all, from, heldOn, hidden, readableRows, visibleRows } from "./visible.ts";
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
export type ListRow = { data: string; size: number; has_more: boolean; last: unknown[] | null; count: string | null };

/** One statement that answers a page as JSON text: keys first, one more than asked for, then one probe a row in the order of the keys. */
export function listStatement(list: ListQuery, source: Source, context: Context): Statement {
  const alias = aliases();
  const row = alias();
  const keys = readOrder(list.sort, source, row, context, context.inUrl ? { parameter: "sort" } : { pointer: "/sort" });
  const conditions = rowsOf(list, source, row, context, alias);
  const page = [...conditions, ...(list.after ? [after(keys, list.after)] : [])];
  const render = new Render(context, alias);
  const shown = alias();
  const names = keys.map((_, i) => raw(`k${i}`));
  const columns = keys.map(({ value }, i) => sql`${value} as ${names[i]!}`);
  const order = orderBy(keys.map(({ descending }, i) => ({ value: sql`q.${names[i]!}`, descending, type: "" })));
  return sql`with q as materialized (
    select ${row}.id as id, ${columns.reduce((list, one) => sql`${list}, ${one}`)} from ${from(source, row)} where ${all(page)} order by ${orderBy(keys)} limit ${list.limit + 1}::int
  ), p as (select q.*, row_number() over (order by ${order}) as n from q)
  select
    (select coalesce(string_agg(x.j, ',' order by x.n), '') from (select p.n, (${render.record(source, shown, list.selection)})::text as j
      from p join ${from(source, shown)} on ${shown}.id = p.id where p.n <= ${list.limit}::int) x) as data,
    (select least(count(*), ${list.limit}::int)::int from q) as size,
    (select count(*) > ${list.limit}::int from q) as has_more,
    (select json_build_array(${names.map((key) => sql`p.${key}`).reduce((list, one) => sql`${list}, ${one}`)}) from p where p.n = ${list.limit}::int) as last,
    ${list.count ? sql`(select count(*) from ${from(source, row)} where ${all(conditions)})` : sql`null::bigint`} as count`;
}

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

/** One statement that answers one record as JSON text, whether or not it is hidden: `{ body, version, hidden }`. */
export function recordStatement(id: Statement, source: Source, selection: Selection, context: Context): Statement {
  const alias = aliases();
  const row = alias();
  const shown = new Render(context, alias).record(source, row, selection);
  // A hidden one that the actor might see answers 410, not 404.
  return sql`select (${shown})::text as body, ${row}.version as version, ${hidden(source, row)} as hidden from ${from(source, row)}
    where ${row}.id = (${id}) and ${all(readableRows(source, row, context))}`;
}
