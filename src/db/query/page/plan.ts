import { STANDINGS } from "../../../core/policy.ts";
import type { Noun } from "../../../core/registry/noun.ts";
import { PARAMETER_OPERATORS } from "../../../core/query/parameters.ts";
import type { Query } from "../../../core/query/tree.ts";
import type { Context, Source } from "../source.ts";
import { boundsOf } from "../visible.ts";
import { driverOf, elementOf, plain } from "./driver.ts";

/** How a page is found: by indexes, whatever its values, or by reading on until it is full, under a time budget. */
export type Plan = "indexed" | "scan";

type Asked = { query: Query; sort: string | undefined; person?: string; count: boolean };

/** What a list's declarations promise of a query: each declared filter and sort alone and the declared combinations are indexed. */
export function planOf({ query, sort, person, count }: Asked, source: Source, context: Context): Plan {
  if (person !== undefined) return "indexed";
  if (count) return "scan";
  if (driverOf(query, source, context)?.access.unique) return "indexed";
  const bounded = isBounded(source, context);
  const items = query.is === "and" ? query.items : [query];
  const names = items.map((item) => parameterOf(item, source));
  if (items.length === 0 && !bounded) return sort?.includes(",") ? "scan" : "indexed";
  // By one claim people stand in the order of their ids; what hangs on them does not.
  if (items.length === 0)
    return sort === undefined && source.noun.standing === "person" && boundsOf(source.noun, context.actor) === 1 ? "indexed" : "scan";
  if (bounded || context.asOf !== null || names.includes(undefined)) return "scan";
  const asked = (names as string[]).flatMap((name) => name.split("&"));
  if (asked.length === 1 && sort === undefined && source.noun.parameters.includes(asked[0]!)) return "indexed";
  return combinationOf(source.noun, asked, sort) ? "indexed" : "scan";
}

/** Whether the rows that the caller may see are those of a territory or of the directory. */
export const isBounded = ({ noun }: Source, { actor }: Context): boolean =>
  STANDINGS[noun.standing].person !== null && boundsOf(noun, actor) > 0;

/** Whether a noun declares that these filters are asked for together, in this order. */
export const combinationOf = (noun: Noun, asked: readonly string[], sort: string | undefined): boolean =>
  noun.combinations.some(
    (one) => one.sort === sort && one.filters.length === asked.length && one.filters.every((name) => asked.includes(name)),
  );

/** A condition as the name of its parameter: `degrees.training_field:below`; several of one element are joined by `&`. */
export function parameterOf(whole: Query, source: Source): string | undefined {
  const item = plain(whole, source);
  const element = elementOf(item, source);
  if (!element) return item.is === "compare" ? named(item.path, item.compare) : undefined;
  const parts = element.where.is === "and" ? element.where.items : [element.where];
  const names = parts.map((part) => (part.is === "compare" ? named(`${element.path}.${part.path}`, part.compare) : undefined));
  return names.length === 0 || names.includes(undefined) ? undefined : names.join("&");
}

function named(path: string, compare: string): string | undefined {
  if (compare === "=" || compare === "in") return path;
  const operator = Object.entries(PARAMETER_OPERATORS).find(([, one]) => one === compare)?.[0];
  return operator && `${path}:${operator}`;
}

/** The filters that would make a costly query cheap: those of the combinations that hold what was asked for, else the narrowest alone. */
export function adviceFor({ query, sort }: Asked, source: Source, context: Context): string[] {
  const asked = (query.is === "and" ? query.items : [query]).flatMap((item) => parameterOf(item, source)?.split("&") ?? []);
  const wider = source.noun.combinations.filter((one) => one.sort === sort && asked.some((name) => one.filters.includes(name)));
  const missing = wider.flatMap(({ filters }) => filters.filter((name) => !asked.includes(name)));
  const narrow = source.noun.parameters.filter(
    (name) => /locality|organization|institution|level|field|code$/.test(name) && !asked.includes(name),
  );
  void context;
  return [...new Set([...missing, ...narrow])].slice(0, 3);
}
