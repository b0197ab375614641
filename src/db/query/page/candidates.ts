import { sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { column } from "../source.ts";
import { all, from } from "../visible.ts";
import type { Driver, PageParts } from "./driver.ts";

/** So many rows are taken from an index whose order is not the page's; where there are more, walking the page's order finds some soon. */
const FEW = 30_000;
/** The same where each row must be looked at to be put in order. */
const FEW_SORTED = 1_000;
/** So many values of one condition are read in the page's order side by side: three buffers or more each. */
const VALUES = 150;
/** The same where an index has them all in the page's order. */
export const MANY = 40;

const notHidden = (row: Statement): Statement => sql`${row}.hidden_at is null`;

/** Statements that give the candidates as `c`, whether these are all that the page needs, and whether they may be cut short. */
type Candidates = { parts: Statement[]; gate: Statement; cut: boolean };

/** Ids in the page's order from where it begins, as many as may be needed, where those that are `near` do not suffice. */
export function candidates(
  { access, through, id, standing: stands = notHidden, walk }: Driver,
  page: PageParts,
  most: number,
  nearest?: Statement,
): Candidates {
  const near = nearest ? [sql`near as materialized (${nearest})`] : [];
  const wanted = nearest ? [sql`(select count(*) from near) <= ${page.limit}::int`] : [];
  const after = page.after?.[0];
  const d = sql`d`;
  const own = column(d, id);
  // A unit's period is asked of the index, which has it.
  const standing = all([stands(d), ...(through === page.source ? page.held(d) : [])]);
  const later = after === undefined ? [] : [sql`${own} > ${after}::uuid`];
  const table = from(through, d);
  const listed = (where: Statement[]) =>
    sql`select distinct ${own} as id from ${table} where ${all([...where, standing, ...later])} order by ${own} limit ${most}::int`;
  if (access.by === "null") {
    // That the column is null does not tell the planner that its index goes on by id: the order says it.
    const order = sql`order by ${access.column(d)}, ${own} limit ${most}::int`;
    const rows = sql`select ${own} as id from ${table} where ${all([sql`${access.column(d)} is null`, standing, ...later])} ${order}`;
    return { parts: [...near, sql`c as materialized (${rows})`], gate: sql`true`, cut: true };
  }
  const fewOf = (where: Statement) =>
    sql`few as materialized (select ${own} as id from ${table} where ${all([where, standing, ...wanted])} limit ${FEW + 1}::int)`;
  const gate = sql`(select count(*) from few) <= ${FEW}::int`;
  const fromFew = sql`select id from few where ${gate}${after === undefined ? sql`` : sql` and id > ${after}::uuid`}`;
  if (access.by === "range")
    return {
      parts: [
        ...near,
        fewOf(access.where(d)),
        sql`c as materialized (select distinct id from (${fromFew}) u order by id limit ${most}::int)`,
      ],
      gate,
      cut: true,
    };
  const nodes = sql`n as materialized (select distinct x.v from (${access.values}) x(v))`;
  const side = sql`select x.id from n cross join lateral (${listed([sql`${access.column(d)} = n.v`])}) x`;
  if (!access.many)
    return {
      parts: [nodes, ...near, sql`c as materialized (select distinct id from (${side}) u order by id limit ${most}::int)`],
      gate: sql`true`,
      cut: true,
    };
  const count = sql`(select count(*) from n)`;
  const values = walk ? MANY : VALUES;
  return {
    parts: [
      nodes,
      ...near,
      fewOf(sql`${access.column(d)} = any(array(select v from n)) and ${count} > ${values}::int`),
      sql`c as materialized (select distinct id from (${side} where ${count} <= ${values}::int union all ${fromFew}) u order by id limit ${most}::int)`,
    ],
    gate,
    cut: true,
  };
}

/** All rows of a driver that has few: any order can be made of them. */
export function sorted({ access, through, id, standing: stands = notHidden }: Driver): Candidates {
  const d = sql`d`;
  const where =
    access.by === "range"
      ? access.where(d)
      : access.by === "null"
        ? sql`${access.column(d)} is null`
        : sql`${access.column(d)} = any(array(${access.values}))`;
  return {
    parts: [
      sql`few as materialized (select ${column(d, id)} as id from ${from(through, d)} where ${where} and ${stands(d)} limit ${FEW_SORTED + 1}::int)`,
      sql`c as materialized (select distinct id from few where (select count(*) from few) <= ${FEW_SORTED}::int)`,
    ],
    gate: sql`(select count(*) from few) <= ${FEW_SORTED}::int`,
    cut: false,
  };
}
