import type { Query } from "../../../core/query/tree.ts";
import { join, name, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { localityIds, organizationIds } from "../nodes.ts";
import { UUID } from "../../../core/registry/scalars.ts";
import { column } from "../source.ts";
import type { Context, Listing, Source } from "../source.ts";
import { all, from } from "../visible.ts";
import { elementOf } from "./driver.ts";
import type { PageParts } from "./driver.ts";
import { orderBy } from "./order.ts";
import { parameterOf } from "./plan.ts";
import { walkedRows } from "./walk.ts";

type Compare = Extract<Query, { is: "compare" }>;

/** A listing that serves a query, with the values that its columns are asked for. */
export type Listed = { listing: Listing; values: Map<string, Statement>; items: Query[]; single: boolean };

/** So many sets of values are read side by side, and so many rows beyond the page, some of which may not be shown. */
const SETS = 150;
const SPARE = { exact: 64, inexact: 500, bounded: 2_000 };

/** The listing that has most of what a query asks for in the order that it asks for. */
export function listingOf(query: Query, sort: string | undefined, source: Source, context: Context): Listed | undefined {
  if (sort === undefined) return undefined;
  const items = new Map((query.is === "and" ? query.items : [query]).flatMap((item) => comparisons(item, source)));
  const [listing] = (source.listings ?? [])
    .filter((one) => one.sort === sort && Object.keys(one.by).every((asked) => items.has(asked)))
    .toSorted((a, b) => Object.keys(b.by).length - Object.keys(a.by).length);
  if (!listing) return byTerritory(sort, source, context);
  const values = Object.entries(listing.by).map(([asked, own]) => [own, valuesOf(items.get(asked)!, source, context)] as const);
  // Conditions that the listing answers for itself.
  const whole = (query.is === "and" ? query.items : [query]).filter((item) => {
    const [[asked] = [""], ...more] = comparisons(item, source);
    return listing.exact && context.asOf === null && more.length === 0 && asked in listing.by;
  });
  const single = listing.exact && context.asOf === null && Object.keys(listing.by).every((asked) => isSingle(items.get(asked)!, source));
  return { listing, values: new Map(values), items: whole, single };
}

/** Whether a comparison is with one value for certain: a unit's code may have named two on the day on which one became the other. */
const isSingle = ({ path, values }: Compare, { noun }: Source): boolean =>
  values.length === 1 && (noun.fields[path]?.kind !== "place" || UUID.test(values[0]!));

/** Whoever is bound to organizations is shown those who were ever bound to them, in the order of names. */
function byTerritory(sort: string, source: Source, { actor }: Context): Listed | undefined {
  const listing = (source.listings ?? []).find((one) => one.sort === sort && one.territory === true);
  if (!listing || actor.org === null) return undefined;
  const nodes = sql`select unnest(${actor.org}::uuid[])`;
  return { listing, values: new Map(Object.values(listing.by).map((own) => [own, nodes])), items: [], single: false };
}

/** The comparisons that a condition makes, each by its parameter's name; of one element they are told apart. */
function comparisons(item: Query, source: Source): (readonly [string, Compare])[] {
  const names = parameterOf(item, source)?.split("&") ?? [];
  const where = elementOf(item, source)?.where ?? item;
  const parts = where.is === "and" ? where.items : [where];
  return names.flatMap((name, i) => (parts[i]?.is === "compare" ? [[name, parts[i]] as const] : []));
}

/** A listing holds what is above, so that `below` is equality. */
function valuesOf({ path, values, at }: Compare, source: Source, context: Context): Statement {
  const kind = source.noun.fields[path]?.kind;
  if (kind === "place") return localityIds(values, false, path, at);
  if (path === "organization") return organizationIds(values, false, context.today);
  return sql`select unnest(${values}::text[])`;
}

/** The rows of a page through a listing: candidates in the page's order, of which the conditions are asked; else the order itself is walked. */
export function listedRows({ listing, values, single }: Listed, page: PageParts & { others: readonly Statement[] }): Statement {
  const { source, row, keys, limit } = page;
  const l = sql`l`;
  const most = limit + 1 + (page.bounded ? SPARE.bounded : listing.exact ? SPARE.exact : SPARE.inexact);
  const named = keys.map((_, i) => raw(`k${i}`));
  const own = [...listing.order.map((part) => sql`${column(l, part)} collate "vi-x-icu"`), column(l, listing.id)];
  const mine = keys.map((key, i) => ({ ...key, value: own[i]! }));
  const columns = join(
    own.map((value, i) => sql`${value} as ${named[i]!}`),
    ", ",
  );
  const later = page.after === null ? [] : [page.beyondOf(mine)];
  if (single) {
    // One range of an exact listing: its rows are asked one by one until the page is full, and nothing beside them is.
    const range = [...values].map(([member, selected]) => sql`${column(l, member)} = (${selected})`);
    return sql`select ${row}.*, ${columns} from ${name(listing.table)} l
      cross join lateral (select ${page.only ?? raw("*")} from ${from(source, row)} where ${row}.id = ${column(l, listing.id)} offset 0) as ${row}
      where ${all([...range, ...later, ...page.others])} order by ${orderBy(mine)} limit ${limit + 1}::int`;
  }
  const sets = [...values].map(
    ([member, selected], i) => sql`(select distinct x.v as ${name(member)} from (${selected}) x(v)) ${raw(`s${i}`)}`,
  );
  const equal = [...values.keys()].map((member) => sql`${column(l, member)} = n.${name(member)}`);
  const chosen = named.map((key, i) => ({ ...keys[i]!, value: sql`c.${key}` }));
  const hits = sql`select ${row}.*, ${join(
    named.map((key) => sql`c.${key}`),
    ", ",
  )} from c cross join lateral (select * from ${from(source, row)} where ${row}.id = c.${named.at(-1)!} offset 0) as ${row}
    where ${all(page.others)} order by ${orderBy(chosen)} limit ${limit + 1}::int`;
  return sql`with n as materialized (select * from ${join(sets, " cross join ")}),
    c as materialized (select distinct u.* from (select x.* from n cross join lateral (
        select ${columns} from ${name(listing.table)} l where ${all([...equal, ...later])} order by ${orderBy(mine)} limit ${most}::int) x
      where (select count(*) from n) <= ${SETS}::int) u order by ${join(
        named.map((key) => sql`u.${key}`),
        ", ",
      )} limit ${most}::int),
    hit as materialized (${hits}),
    found as materialized (select (select count(*) from n) <= ${SETS}::int
      and ((select count(*) from hit) > ${limit}::int or (select count(*) from c) < ${most}::int) as all_of_them)
    select * from hit where (select all_of_them from found)
    union all (select * from (${walkedRows({ ...page, walks: true })}) w where not (select all_of_them from found) limit ${limit + 1}::int)`;
}
