import type { Query } from "../../../core/query/tree.ts";
import { join, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { column, sourceOf } from "../source.ts";
import type { Context, Source } from "../source.ts";
import { all, from } from "../visible.ts";
import { accessOf } from "./access.ts";
import type { Access } from "./access.ts";
import { orderBy } from "./order.ts";
import type { Key } from "./order.ts";

/** The condition of a tree by which its rows are found: through an index of the noun's own table, or of a fact's. */
export type Driver = { item?: Query; access: Access; through: Source; id: string };

/** So many rows are taken from an index whose order is not the page's; where there are more, walking the page's order finds some soon. */
const FEW = 20_000;
/** The same where each row must be looked at to be put in order. */
const FEW_SORTED = 1_000;
/** So many values of one condition are read in the page's order side by side. */
const VALUES = 100;
/** Candidates beyond the page: some may be hidden, more may fail a condition that the index does not know. */
const SPARE = { exact: 64, inexact: 500, bounded: 2_000 };

/** The driver of a tree: of its conditions that all must hold, the one that an index serves best. */
export function driverOf(query: Query, source: Source, context: Context): Driver | undefined {
  const items = query.is === "and" ? query.items : [query];
  return items.flatMap((item) => driverBy(item, source, context) ?? []).toSorted((a, b) => a.access.weight - b.access.weight)[0];
}

function driverBy(item: Query, source: Source, context: Context): Driver | undefined {
  if (item.is === "compare" && !item.path.includes(".")) {
    const access = accessOf(item, source, context);
    return access && { item, access, through: source, id: "id" };
  }
  const inner = elementOf(item, source);
  if (!inner) return undefined;
  const through = sourceOf(context, source.noun.collections[inner.path]!);
  const parts = inner.where.is === "and" ? inner.where.items : [inner.where];
  const found = parts
    .flatMap((part) => (part.is === "compare" && !part.path.includes(".") ? (accessOf(part, through, context) ?? []) : []))
    // That an element has no value, or another one, says little of which people have one.
    .filter((access) => access.by === "values" && access.weight < 9)
    .toSorted((a, b) => a.weight - b.weight)[0];
  if (!found) return undefined;
  const { unique: _, ...access } = found;
  return {
    item,
    access: { ...access, exact: found.exact && parts.length === 1 && context.asOf === null } as Access,
    through,
    id: "person_id",
  };
}

/** `has(degrees, ...)`, or a comparison on a collection path, which is the same. */
export function elementOf(item: Query, source: Source): { path: string; where: Query } | undefined {
  if (item.is === "has") return item.where && source.noun.collections[item.path] ? { path: item.path, where: item.where } : undefined;
  if (item.is !== "compare") return undefined;
  const [head = "", ...rest] = item.path.split(".");
  return source.noun.collections[head] ? { path: head, where: { ...item, path: rest.join(".") } } : undefined;
}

/** What a page is made of: its order, the conditions of its rows with and without the driver's, and where it begins. */
export type PageParts = {
  source: Source;
  row: Statement;
  keys: readonly Key[];
  conditions: readonly Statement[];
  beyond: readonly Statement[];
  after: readonly unknown[] | null;
  limit: number;
  /** Whether the caller is bound to a territory. */
  bounded: boolean;
  /** Whether walking the page's order is what the plan wants, rather than what the planner may choose. */
  walks: boolean;
};

/**
 * The rows of a page (`id`, `k0`, ...), one more than asked for, found through a driver: its index names candidates in the page's order,
 * the conditions are asked of these alone. Where they do not fill the page and there may be more, the page's order is walked:
 * candidates save work and decide nothing.
 */
export function drivenRows(driver: Driver, page: PageParts & { others: readonly Statement[] }): Statement {
  const { source, row, keys, limit } = page;
  const columns = columnsOf(keys);
  const ordered = keys.length === 1;
  const spare = page.bounded ? SPARE.bounded : driver.access.exact ? SPARE.exact : SPARE.inexact;
  const most = limit + 1 + spare;
  const { parts, gate, cut } = ordered ? candidates(driver, page.after?.[0], most) : sorted(driver);
  const asked = driver.access.exact ? page.others : page.conditions;
  const hits = sql`select ${row}.id as id, ${columns} from c join ${from(source, row)} on ${row}.id = c.id
    where ${all([...asked, ...page.beyond])} order by ${ordered ? sql`c.id` : orderBy(keys)} limit ${limit + 1}::int`;
  const filled = sql`((select count(*) from hit) > ${limit}::int${cut ? sql` or (select count(*) from c) < ${most}::int` : sql` or true`})`;
  return sql`with ${join(parts, ", ")}, hit as materialized (${hits}),
    found as materialized (select ${gate} and ${filled} as all_of_them)
    select * from hit where (select all_of_them from found)
    union all (select * from (${walkedRows(page)}) w where not (select all_of_them from found) limit ${limit + 1}::int)`;
}

const columnsOf = (keys: readonly Key[]): Statement =>
  join(
    keys.map(({ value }, i) => sql`${value} as ${raw(`k${i}`)}`),
    ", ",
  );

/** The rows of a page without a driver: its order from where it begins, the conditions asked of each row in turn. */
export function walkedRows({ source, row, keys, conditions, beyond, limit, walks }: PageParts): Statement {
  const columns = columnsOf(keys);
  const rest = sql`order by ${orderBy(keys)} limit ${limit + 1}::int`;
  if (!walks) return sql`select ${row}.id as id, ${columns} from ${from(source, row)} where ${all([...conditions, ...beyond])} ${rest}`;
  // OFFSET 0 keeps the planner from finding the rows another way and sorting them all.
  return sql`select ${row}.id as id, ${columns} from (select * from ${from(source, row)} where ${all(beyond)} order by ${orderBy(keys)} offset 0) as ${row}
    where ${all(conditions)} ${rest}`;
}

type Candidates = { parts: Statement[]; gate: Statement; cut: boolean };

function candidates({ access, through, id }: Driver, after: unknown, most: number): Candidates {
  const d = sql`d`;
  const own = column(d, id);
  const standing = sql`d.hidden_at is null`;
  const later = after === undefined ? [] : [sql`${own} > ${after}::uuid`];
  const table = from(through, d);
  const listed = (where: Statement[]) =>
    sql`select distinct ${own} as id from ${table} where ${all([...where, standing, ...later])} order by ${own} limit ${most}::int`;
  if (access.by === "null")
    return { parts: [sql`c as materialized (${listed([sql`${access.column(d)} is null`])})`], gate: sql`true`, cut: true };
  const fewOf = (where: Statement) =>
    sql`few as materialized (select ${own} as id from ${table} where ${where} and ${standing} limit ${FEW + 1}::int)`;
  const gate = sql`(select count(*) from few) <= ${FEW}::int`;
  const fromFew = sql`select id from few where ${gate}${after === undefined ? sql`` : sql` and id > ${after}::uuid`}`;
  if (access.by === "range")
    return {
      parts: [fewOf(access.where(d)), sql`c as materialized (select distinct id from (${fromFew}) u order by id limit ${most}::int)`],
      gate,
      cut: true,
    };
  const nodes = sql`n as materialized (select distinct x.v from (${access.values}) x(v))`;
  const side = sql`select x.id from n cross join lateral (${listed([sql`${access.column(d)} = n.v`])}) x`;
  if (!access.many)
    return {
      parts: [nodes, sql`c as materialized (select distinct id from (${side}) u order by id limit ${most}::int)`],
      gate: sql`true`,
      cut: true,
    };
  const count = sql`(select count(*) from n)`;
  return {
    parts: [
      nodes,
      fewOf(sql`${access.column(d)} = any(array(select v from n)) and ${count} > ${VALUES}::int`),
      sql`c as materialized (select distinct id from (${side} where ${count} <= ${VALUES}::int union all ${fromFew}) u order by id limit ${most}::int)`,
    ],
    gate,
    cut: true,
  };
}

/** All rows of a driver that has few: any order can be made of them. */
function sorted({ access, through, id }: Driver): Candidates {
  const d = sql`d`;
  const where =
    access.by === "range"
      ? access.where(d)
      : access.by === "null"
        ? sql`${access.column(d)} is null`
        : sql`${access.column(d)} = any(array(${access.values}))`;
  return {
    parts: [
      sql`few as materialized (select ${column(d, id)} as id from ${from(through, d)} where ${where} and d.hidden_at is null limit ${FEW_SORTED + 1}::int)`,
      sql`c as materialized (select distinct id from few where (select count(*) from few) <= ${FEW_SORTED}::int)`,
    ],
    gate: sql`(select count(*) from few) <= ${FEW_SORTED}::int`,
    cut: false,
  };
}
