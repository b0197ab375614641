import type { Query } from "./tree.ts";

/** Words of the grammar; as a value they are quoted, so that a person reads them as one. */
const KEYWORDS = new Set(["and", "or", "not", "has", "none", "count", "in", "below", "match", "prefix", "exact", "exists"]);
const BARE = /^[\p{L}\p{M}\p{N}._:+@-]+$/u;

/**
 * The tree as text of `filter=`, which reads back to the same tree (api.md 3): a query of parameters is written as the filter that it is.
 * @example printFilter(tree) // has(degrees, level in (TS, TSKH) and training_field below 48)
 */
export function printFilter(query: Query): string {
  switch (query.is) {
    case "and":
    case "or":
      return query.items.map(inner).join(` ${query.is} `);
    case "not":
      return `not ${inner(query.item)}`;
    case "has":
    case "none":
      return collection(query);
    case "count":
      return `${collection(query)} ${query.compare} ${query.value}`;
    case "compare":
      return comparison(query);
  }
}

const inner = (query: Query): string => (query.is === "and" || query.is === "or" ? `(${printFilter(query)})` : printFilter(query));

const collection = ({ is, path, where }: Extract<Query, { is: "has" | "none" | "count" }>): string =>
  where === undefined ? `${is}(${path})` : `${is}(${path}, ${printFilter(where)})`;

function comparison({ path, compare, values }: Extract<Query, { is: "compare" }>): string {
  if (compare === "exists") return values[0] === "false" ? `not ${path} exists` : `${path} exists`;
  if (compare === "in") return `${path} in (${values.map(value).join(", ")})`;
  return `${path} ${compare} ${value(values[0] ?? "")}`;
}

const value = (text: string): string =>
  BARE.test(text) && !KEYWORDS.has(text) ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
