/** Comparison operators as they stand in the tree. */
export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">=", "in", "below", "match", "prefix", "exact", "exists"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Where in the request a part of the tree stood, for problems: a parameter's name, or a position in `filter`. */
export type Place = { parameter?: string; pointer?: string; position?: number };

/**
 * The one query tree. Parameters, `filter=` and search bodies are readers of it, and one compiler turns it into SQL.
 * A `compare` on a collection path speaks of one element; `has` binds several comparisons to the same element.
 */
export type Query =
  | { is: "and" | "or"; items: Query[] }
  | { is: "not"; item: Query }
  | { is: "has" | "none"; path: string; where?: Query; at: Place }
  | { is: "count"; path: string; where?: Query; compare: "=" | "!=" | "<" | "<=" | ">" | ">="; value: number; at: Place }
  | { is: "compare"; path: string; compare: Comparison; values: string[]; at: Place };

/** Everything: the tree of a list without filters. */
export const ALL: Query = { is: "and", items: [] };

/** Joins trees by AND, without needless nesting. */
export function and(items: Query[]): Query {
  const parts = items.flatMap((item) => (item.is === "and" ? item.items : [item]));
  return parts.length === 1 ? parts[0]! : { is: "and", items: parts };
}
