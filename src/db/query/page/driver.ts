import { leadsToPeople } from "../../../core/registry/noun.ts";
import type { Query } from "../../../core/query/tree.ts";
import { join, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { column, sourceOf } from "../source.ts";
import type { Context, Source, Through } from "../source.ts";
import { all, from } from "../visible.ts";
import { accessOf } from "./access.ts";
import type { Access } from "./access.ts";
import { byTerritory, candidates, sorted } from "./candidates.ts";
import { orderBy } from "./order.ts";
import type { Key } from "./order.ts";
import { columnsOf, nearRows, walkByPerson, walkedRows, walkOf } from "./walk.ts";
import type { Walk } from "./walk.ts";

/** The condition of a tree by which its rows are found: through an index of the noun's own table, or of a fact's. */
export type Driver = {
  item?: Query;
  access: Access;
  through: Pick<Source, "noun">;
  id: string;
  /** What is asked of the rows of its table: that they are not hidden, if nothing else is said. */
  standing?: (row: Statement) => Statement;
  /** The index in the page's order that has what is asked for. */
  walk?: Walk;
};

/** So many rows in the page's order are looked at first where no index has it: where they fill the page, what is asked for is common. */
const NEAR = 750;
/** Candidates beyond the page: some may be hidden, more may fail a condition that the index does not know. */
const SPARE = { exact: 64, inexact: 500, bounded: 2_000 };

/** The driver of a tree: of its conditions that all must hold, the one that an index serves best. */
export function driverOf(query: Query, source: Source, context: Context): Driver | undefined {
  const items = query.is === "and" ? query.items : [query];
  const found = items.flatMap((item) => driverBy(item, source, context) ?? []);
  return [...found, ...byTerritory(source, context)].toSorted((a, b) => a.access.weight - b.access.weight)[0];
}

/** What a source knows of its own leads to people, and if it does not say how its rows hold, to some who do not fit. */
function throughOf(item: Query, { table, column: member, values, standing, walk }: Through, { noun }: Source): Driver {
  const exact = walk !== undefined;
  const access: Access = { by: "values", weight: 4, exact, many: true, values, column: (row) => column(row, member) };
  const through = { noun: { ...noun, table } };
  return { item, access, through, id: "person_id", ...(standing && { standing }), ...(walk && { walk: { columns: walk } }) };
}

function driverBy(whole: Query, source: Source, context: Context): Driver | undefined {
  const item = plain(whole, source);
  if (item.is === "compare" && !item.path.includes(".")) {
    const found = source.noun.fields[item.path] && source.through?.[item.path]?.(item, context);
    if (found) return throughOf(whole, found, source);
    const access = accessOf(item, source, context);
    if (!access) return undefined;
    const led = leads(access, item.path, source, context);
    const walk = led.near && walkOf(source.noun, item.path, sourceOf(context, "people").noun);
    return { item: whole, access: led, through: source, id: "id", ...(walk && { walk }) };
  }
  const inner = elementOf(item, source);
  if (!inner) return undefined;
  const through = sourceOf(context, source.noun.collections[inner.path]!);
  const parts = inner.where.is === "and" ? inner.where.items : [inner.where];
  for (const part of parts) {
    const held = part.is === "compare" ? source.through?.[`${inner.path}.${part.path}`]?.(part, context) : undefined;
    if (held) return throughOf(whole, held, source);
  }
  const found = parts
    .flatMap((part) => (part.is === "compare" && !part.path.includes(".") ? [{ part, access: accessOf(part, through, context) }] : []))
    // That an element has no value, or another one, says little of which people have one.
    .filter(({ access }) => access?.by === "values" && access.weight < 9)
    .toSorted((a, b) => a.access!.weight - b.access!.weight)[0];
  if (!found) return undefined;
  const { unique: _, ...access } = found.access!;
  const walk = walkByPerson(through.noun, found.part, source.noun);
  return {
    item,
    access: { ...access, exact: access.exact && parts.length === 1 && context.asOf === null } as Access,
    through,
    id: "person_id",
    ...(walk && { walk }),
  };
}

/** `not (hometown_locality exists)` is a comparison of its own. */
export function plain(item: Query, { noun }: Source): Query {
  if (item.is !== "not" || item.item.is !== "compare" || item.item.compare !== "exists" || !noun.fields[item.item.path]) return item;
  return { ...item.item, values: [item.item.values[0] === "false" ? "true" : "false"] };
}

/** Facts by which people are found stand in their index by person: in the order of their own ids they are found as a range is. */
function leads(access: Access, member: string, { noun }: Source, context: Context): Access {
  if (access.by !== "values" || noun.standing !== "fact" || !leadsToPeople(noun, member, sourceOf(context, "people").noun)) return access;
  const { values, column, weight, exact } = access;
  const among = (row: Statement) => sql`(${column(row)} in (${values})) is true`;
  return { by: "range", weight, exact, near: true, where: (row) => sql`${column(row)} = any(array(${values}))`, among };
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
  /** What comes after the cursor, said of the same keys elsewhere. */
  beyondOf: (keys: readonly Key[]) => Statement;
  /** The condition that a unit stands on the day that the list is of. */
  held: (row: Statement) => readonly Statement[];
  /** Whether the caller is bound to a territory. */
  bounded: boolean;
  /** Whether walking the page's order is what the plan wants, rather than what the planner may choose. */
  walks: boolean;
  /** What is read of the rows of a listing that is asked for nothing else; all columns if left out. */
  only?: Statement;
};

/**
 * The rows of a page (`id`, `k0`, ...), one more than asked for, found through a driver: its index names candidates in the page's order,
 * the conditions are asked of these alone. Where they do not fill the page and there may be more, the page's order is walked:
 * candidates save work and decide nothing.
 */
export function drivenRows(driver: Driver, page: PageParts & { others: readonly Statement[] }): Statement {
  const { source, row, keys, limit } = page;
  const ordered = keys.length === 1;
  const spare =
    page.bounded && !(driver.item === undefined && driver.access.exact && !driver.access.unique)
      ? SPARE.bounded
      : driver.access.exact
        ? SPARE.exact
        : SPARE.inexact;
  const most = limit + 1 + spare;
  // A table of units is small: what is rare in it is found faster than what is near.
  const near = ordered && driver.through === source && source.noun.standing !== "reference" && driver.access.near === true;
  const walk = ordered ? driver.walk : undefined;
  const asked = driver.access.exact ? page.others : page.conditions;
  const nearest = walk ? nearRows(driver, walk, page, asked, most) : near ? walkedRows(page, NEAR) : undefined;
  const wanted = nearest ? [sql`(select count(*) from near) <= ${limit}::int`] : [];
  const { parts, gate, cut } = ordered ? candidates(driver, page, most, nearest) : sorted(driver);
  const hits = sql`select ${columnsOf(page)} from c cross join lateral (select * from ${from(source, row)} where ${row}.id = c.id offset 0) as ${row}
    where ${all([...asked, ...page.beyond])} order by ${ordered ? sql`c.id` : orderBy(keys)} limit ${limit + 1}::int`;
  const filled = sql`((select count(*) from hit) > ${limit}::int${cut ? sql` or (select count(*) from c) < ${most}::int` : sql` or true`})`;
  return sql`with ${join(parts, ", ")}, hit as materialized (${hits}),
    found as materialized (select ${gate} and ${filled} as all_of_them)
    ${nearest ? sql`select * from near where (select count(*) from near) > ${limit}::int union all ` : sql``}select * from hit where ${all([...wanted, sql`(select all_of_them from found)`])}
    union all (select * from (${walkedRows(page)}) w where ${all([...wanted, sql`not (select all_of_them from found)`])} limit ${limit + 1}::int)`;
}
