import { opening } from "../../core/policy.ts";
import { attempts } from "../../core/problems.ts";
import type { Place, Query } from "../../core/query/tree.ts";
import { pathMeant } from "../../core/registry/spelling.ts";
import { raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { comparison } from "./compare.ts";
import { refuseAmbiguous, refuseClosed, refuseInUrl, refusePath } from "./refusals.ts";
import { apart, column, sourceOf, valueOf } from "./source.ts";
import type { Context, Source } from "./source.ts";
import { all, from, heldOn } from "./visible.ts";

type Compare = Extract<Query, { is: "compare" }>;

/** Turns query trees into SQL conditions on rows of a noun; two-valued: what has no value is false, and `not` turns it true. */
export class Where {
  private readonly context: Context;
  private readonly alias: () => Statement;

  constructor(context: Context, alias: () => Statement) {
    this.context = context;
    this.alias = alias;
  }

  /** The condition of a tree on the row. @throws Problem for names, operators and values that do not fit, or that the actor may not use. */
  condition(query: Query, source: Source, row: Statement): Statement {
    switch (query.is) {
      case "and":
      case "or": {
        if (query.items.length === 0) return raw(query.is === "and" ? "true" : "false");
        this.refuseTwoOfOne(query.items, source);
        const parts = attempts(
          this.context.inUrl ? "query" : "body",
          ...query.items.map((item) => () => sql`(${this.condition(item, source, row)})`),
        );
        return parts.reduce((joined, part) => sql`${joined}${raw(` ${query.is} `)}${part}`);
      }
      case "not":
        return sql`(${this.condition(query.item, source, row)}) is not true`;
      case "has":
      case "none": {
        const found = this.element(query.path, source, row, query.at, query.where);
        const asked = sql`exists (${found}${apart(this.context)})`;
        return query.is === "has" ? asked : sql`not ${asked}`;
      }
      case "count":
        return sql`(select count(*) from (${this.element(query.path, source, row, query.at, query.where)}) x) ${raw(query.compare === "!=" ? "<>" : query.compare)} ${query.value}::bigint`;
      case "compare":
        return this.compare(query, source, row);
    }
  }

  private compare(query: Compare, source: Source, row: Statement): Statement {
    const [head = "", ...rest] = query.path.split(".");
    if (rest.length === 0) return this.own(query, source, row);
    const inner: Compare = { ...query, path: rest.join(".") };
    if (source.noun.collections[head]) return sql`exists (${this.element(head, source, row, query.at, inner)}${apart(this.context)})`;
    const related = source.noun.relations[head];
    if (!related) throw refusePath(query.path, [], query.at, meantBy(query.path, source, this.context));
    this.refuseIfClosed(source, head, query.at);
    const target = sourceOf(this.context, related);
    const next = this.alias();
    const id = source.noun.fields[head] ? valueOf(source, head, source.noun.fields[head], row, this.context) : column(row, `${head}_id`);
    const condition = this.condition(inner, target, next);
    // Few units, and many rows that point at them: units are asked once and hashed, where a join may fold every name for every row.
    const found =
      target.noun.standing === "reference"
        ? sql`(${id} in (select ${next}.id from ${from(target, next)} where ${condition})) is true`
        : sql`exists (select from ${from(target, next)} where ${next}.id = ${id} and (${condition}))`;
    // What points at nothing has no value: it is among the opposite of equals.
    return query.compare === "!=" ? sql`(${found} or ${id} is null)` : found;
  }

  private own(query: Compare, source: Source, row: Statement): Statement {
    const field = source.noun.fields[query.path];
    if (!field) throw refusePath(query.path, [], query.at, meantBy(query.path, source, this.context));
    if (field.bodyOnly && this.context.inUrl) throw refuseInUrl(query.path, query.at);
    this.refuseIfClosed(source, query.path, query.at);
    return comparison({ source, member: query.path, field, row, compare: query.compare, values: query.values, at: query.at }, this.context);
  }

  /** `select` of the elements of a collection that the actor may know of and that fit. */
  private element(path: string, source: Source, row: Statement, at: Place, where?: Query): Statement {
    const target = source.noun.collections[path];
    if (!target) throw refusePath(path, Object.keys(source.noun.collections), at);
    const elements = sourceOf(this.context, target);
    const next = this.alias();
    const conditions = [
      sql`${next}.person_id = ${column(row, "id")}`,
      sql`${next}.hidden_at is null`,
      ...heldOn(elements, next, this.context.asOf),
      ...(where ? [this.condition(where, elements, next)] : []),
    ];
    return sql`select from ${from(elements, next)} where ${all(conditions)}`;
  }

  private refuseIfClosed(source: Source, member: string, at: Place): void {
    const field = source.noun.fields[member];
    if (!field) return;
    const answer = opening(source.noun, field, this.context.actor);
    if (!answer.open) throw refuseClosed(member, answer.code, answer.scope, at);
  }

  private refuseTwoOfOne(items: Query[], source: Source): void {
    const heads = items.flatMap((item) => (item.is === "compare" && item.path.includes(".") ? [item.path.split(".")[0]!] : []));
    const twice = heads.find((head, i) => source.noun.collections[head] && heads.indexOf(head) !== i);
    const at = items.find((item) => item.is === "compare") as Compare | undefined;
    if (twice) throw refuseAmbiguous(twice, at?.at ?? {});
  }
}

/** What a path that is none may stand for. */
export const meantBy = (path: string, source: Source, context: Context, among = known(source, context)): string | undefined =>
  pathMeant(path, source.noun, (noun) => sourceOf(context, noun).noun, among);

/** Whether a query of the noun may name a path, one step deep. */
export function isKnown(path: string, source: Source, context: Context): boolean {
  const [head = "", inner, ...rest] = path.split(".");
  const target = inner === undefined ? undefined : source.noun.collections[head];
  if (rest.length > 0 || (inner !== undefined && target === undefined)) return false;
  const { fields } = target === undefined ? source.noun : sourceOf(context, target).noun;
  const member = inner ?? head;
  return Object.hasOwn(fields, member) && fields[member]!.operators.length > 0;
}

/** Every path that a query of the noun may name, one step deep: for `did_you_mean`. */
export function known(source: Source, context: Context): string[] {
  const own = Object.entries(source.noun.fields).flatMap(([member, { operators }]) => (operators.length > 0 ? [member] : []));
  const nested = Object.entries(source.noun.collections).flatMap(([member, target]) =>
    Object.entries(sourceOf(context, target).noun.fields).flatMap(([inner, { operators }]) =>
      operators.length > 0 ? [`${member}.${inner}`] : [],
    ),
  );
  return [...own, ...nested];
}
