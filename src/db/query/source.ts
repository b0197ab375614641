import type { Actor } from "../../core/actor.ts";
import type { Field } from "../../core/registry/field.ts";
import type { Noun } from "../../core/registry/noun.ts";
import type { Comparison, Place, Query } from "../../core/query/tree.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { Claims } from "../territory.ts";
import type { Trace } from "../write/access-log.ts";

type Compare = Extract<Query, { is: "compare" }>;

/** What a noun's `queries.ts` adds to its fields: the SQL of what is computed when it is read. */
export type Source = {
  noun: Noun;
  /** The value of a computed field (of a `place` or `unit`: its id), for a row with this alias. */
  derived: Readonly<Record<string, (row: Statement, context: Context) => Statement>>;
  /** How the rows of such a field are found all the same: through a column of a fact, whose values are selected. */
  through?: Readonly<Record<string, (asked: Compare, context: Context) => Through | undefined>>;
  listings?: readonly Listing[];
  /** The order of its list where none is asked for, in place of that of ids. */
  usual?: string;
  /** The rows as they were at an instant, instead of the table's own (past.ts). */
  past?: (key: Key) => Statement;
  /** A member whose elements have rows of their own as well: what is written to those alone is no version of the record. */
  beside?: { member: string; table: string };
  /** The condition of a field that no single value can decide, such as `work_locality`. */
  conditions: Readonly<Record<string, (row: Statement, compare: Comparison, values: string[], context: Context, at: Place) => Statement>>;
};

/** By what rows are looked for: their own id, or that of the person whom they hang on. */
export type Key = { id: Statement } | { person: Statement };

/** A table whose rows stand in an order for each set of values, by the parameters that ask for them: a range of it is a page. */
export type Listing = {
  sort: string;
  table: string;
  id: string;
  order: readonly string[];
  by: Readonly<Record<string, string>>;
  /** Whether it holds all whom a claim on organizations reaches. */
  territory?: boolean;
  /** Whether its rows are those that fit, neither more nor fewer. */
  exact: boolean;
};

/**
 * Rows by which people are found: those of a table whose `column` is one of the values. `standing`: what else is asked of them than that they
 * are not hidden. `walk`: these are just the people who fit, and the table's index by person has these columns.
 */
export type Through = {
  table: string;
  column: string;
  values: Statement;
  standing?: (row: Statement) => Statement;
  walk?: readonly string[];
};

/** Every noun's source, by the noun's name; made in `nouns.ts`, handed down to the compiler. */
export type Catalog = Readonly<Record<string, Source>>;

/** Who asks, what day it is, and what a query may need to be compiled. */
export type Context = {
  actor: Actor;
  catalog: Catalog;
  keys: Keys;
  /** Today in Asia/Ho_Chi_Minh, `YYYY-MM-DD`. */
  today: string;
  /** Facts valid on this day only; null: no day asked for. */
  asOf: string | null;
  /** What kept answers must have been made by to be believed; without it each answer is made when it is asked for. */
  kept?: string;
  /** Whether a page is made of kept answers alone, and of nothing where one is not kept. */
  keptAlone?: boolean;
  /** Whether a page says what it was made of, and whether it says nothing else. */
  proven?: boolean;
  proving?: boolean;
  /** Whether rows are asked one after the other: then what is asked of their facts must not become a join, which the planner would begin with. */
  inTurn?: boolean;
  /** What the actor's territory is to be looked up by, in the statement itself: until then it opens nothing. */
  claims?: Claims;
  /** Whether the query came by URL, where identifiers must never stand. */
  inUrl: boolean;
  /** What the access log names; who has none is given no guarded value. */
  trace?: Trace;
};

/** The source of a noun. */
export function sourceOf(context: Context, noun: string): Source {
  const source = context.catalog[noun];
  if (!source) throw new Error(`no source for ${noun}`);
  return source;
}

/** A column of the row: `p."gender"`. */
export const column = (row: Statement, column: string): Statement => sql`${row}.${name(column)}`;

/** The value of a field as one SQL expression (of a `place` or `unit`: its id). */
export function valueOf(source: Source, member: string, field: Field, row: Statement, context: Context): Statement {
  const derived = source.derived[member];
  if (derived) return derived(row, context);
  return column(row, field.kind === "place" || field.kind === "unit" ? `${member}_id` : member);
}

/** The end of what stands in an `exists`: OFFSET 0 keeps it a question to one row. */
export const apart = ({ inTurn }: Context): Statement => raw(inTurn ? " offset 0" : "");

/** Aliases for nested selects, a new one each time. */
export function aliases(): () => Statement {
  let count = 0;
  return () => name(`t${count++}`);
}
