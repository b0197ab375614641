import type { Field } from "../../../core/registry/field.ts";
import { UUID } from "../../../core/registry/scalars.ts";
import type { Query } from "../../../core/query/tree.ts";
import type { ListQuery } from "../list.ts";
import { sourceOf } from "../source.ts";
import type { Context, Source } from "../source.ts";
import { claimedNodes, claimedPart, lookedUpBy, plainKey, plainPart } from "../../territory.ts";
import type { Claims } from "../../territory.ts";
import type { Statement } from "../../statement.ts";
import { nameMeant } from "../compare.ts";
import { rankingOf } from "./ranked.ts";
import { NameSlot, Slot } from "./slot.ts";

type Compare = Extract<Query, { is: "compare" }>;

/**
 * A page's question with its values taken out: `list` and `context` have slots where they stood, `given` has the values in the slots'
 * order, and `key` says everything else that the statement's text depends on. Questions of one key have one text. `claimed` is the part of
 * the statement that looks the caller's claims up, `plain` what does so for most.
 */
export type Lifted = { key: string; given: readonly unknown[]; list: Rows; context: Context; claimed?: Statement; plain?: Statement };

/** A page's question without what is shown of its rows. */
export type Rows = Omit<ListQuery, "selection">;

/**
 * Takes the values out of a page's question; `shown` is what it asks to be shown. Undefined where a value shapes the text (a misspelt name, a date that is a span), or is of a
 * kind of which there are too many to be a part of a key.
 */
export function liftPage(list: Rows, shown: readonly (string | undefined)[], source: Source, context: Context): Lifted | undefined {
  const { actor } = context;
  // The last value of a ranked page's cursor is a number on which the text depends.
  if (list.after && rankingOf(list.query, source, list.sort)) return undefined;
  const lifting = new Lifting(context);
  const query = lifting.tree(list.query, source);
  if (query === undefined) return undefined;
  const claimed = context.claims && lifting.claims(context.claims);
  const bounds = claimed ? claimed.nodes : { org: lifting.nodes(actor.org, "o"), loc: lifting.nodes(actor.loc, "l") };
  const person = list.person === undefined ? {} : { person: lifting.slot("uuid", list.person) };
  const after = list.after && list.after.map((value) => lifting.slot("any", value));
  const { sort, limit, count, on } = list;
  const { scopes, purpose, language } = actor;
  const { today, asOf, inUrl, kept } = context;
  const about = [source.noun.name, sort, shown, [...scopes], purpose, language, today, asOf, inUrl, kept, on, limit, count, after?.length];
  return {
    key: `${lifting.key}${list.person === undefined ? "" : "p"}${JSON.stringify(about)}`,
    given: lifting.given,
    list: { ...list, query, after, ...person },
    ...(claimed && { claimed: claimed.part, ...(claimed.plain && { plain: claimed.plain }) }),
    context: { ...context, actor: { ...actor, ...bounds } },
  };
}

/** Walks a tree, and keeps in one order what it takes out and what it leaves. */
class Lifting {
  readonly given: unknown[] = [];
  key = "";
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  slot(like: "uuid" | "any", value: unknown): string {
    this.given.push(value);
    // Where a value goes it is a text to the compiler: a slot is one that it can only hand on.
    return new Slot(this.given.length - 1, like) as unknown as string;
  }

  nodes(nodes: readonly string[] | null, name: string): string[] | null {
    if (nodes === null) return null;
    this.key += name;
    return this.slot("any", nodes) as unknown as string[];
  }

  /** The part of a statement that looks claims up, and what stands for their nodes. */
  claims(claims: Claims): { part: Statement; plain: Statement | undefined; nodes: { org: string[] | null; loc: string[] | null } } {
    const { org, loc } = claims;
    this.key += plainKey(claims);
    const places = (claim: readonly string[] | undefined, name: string) => {
      if (claim === undefined) return null;
      this.key += name;
      const { ids, codes } = lookedUpBy(claim);
      return { ids: this.slot("any", ids), codes: this.slot("any", codes) };
    };
    const found = { org: places(org, "O"), loc: places(loc, "L") };
    return {
      part: claimedPart(found),
      plain: plainPart(claims, found),
      nodes: { org: org ? claimedNodes("org") : null, loc: loc ? claimedNodes("loc") : null },
    };
  }

  tree(query: Query, source: Source): Query | undefined {
    switch (query.is) {
      case "and":
      case "or": {
        this.key += `${query.is}(`;
        const items: Query[] = [];
        for (const item of query.items) {
          const lifted = this.tree(item, source);
          if (lifted === undefined) return undefined;
          items.push(lifted);
        }
        this.key += ")";
        return { ...query, items };
      }
      case "not": {
        this.key += "not ";
        const item = this.tree(query.item, source);
        return item && { ...query, item };
      }
      case "compare":
        return this.compare(query, source);
      default: {
        const target = source.noun.collections[query.path];
        if (target === undefined) return undefined;
        this.key += `${query.is} ${query.path}${query.is === "count" ? `${query.compare}${query.value}` : ""}(`;
        const where = query.where && this.tree(query.where, sourceOf(this.context, target));
        if (query.where && where === undefined) return undefined;
        this.key += ")";
        return { ...query, ...(where && { where }) };
      }
    }
  }

  private compare(query: Compare, source: Source): Query | undefined {
    const found = this.fieldOf(query.path, source);
    if (!found) return undefined;
    const likes = query.values.map((text) => likeOf(found.field, query.compare, text));
    if (likes.includes(undefined) || likes.length === 0) return undefined;
    if (found.field.kind === "name" && query.compare === "match") return this.heard(query);
    // A condition of a noun's own may do anything with its values; those of places are known to hand them on.
    if (found.own && found.field.kind !== "place") return undefined;
    this.key += `${query.path}${query.compare}`;
    const values = query.values.map((text, i) => {
      const like = likes[i]!;
      this.key += like === "literal" ? `${text},` : like[0]!;
      return like === "literal" ? text : this.slot(like, text);
    });
    this.key += ";";
    return { ...query, values };
  }

  /** A name that is asked for as it is heard. */
  private heard(query: Compare): Query | undefined {
    const { typed, folded } = nameMeant(query.values[0] ?? "");
    if (folded === "" || query.values.length !== 1) return undefined;
    this.key += `${query.path}~;`;
    const slot = new NameSlot(this.given.length);
    this.given.push(typed, folded.split(" "));
    return { ...query, values: [slot as unknown as string] };
  }

  private fieldOf(path: string, source: Source): { field: Field; own: boolean } | undefined {
    const parts = path.split(".");
    const member = parts.pop()!;
    let at = source;
    for (const part of parts) {
      const target = at.noun.collections[part] ?? at.noun.relations[part];
      if (target === undefined) return undefined;
      at = sourceOf(this.context, target);
    }
    const field = at.noun.fields[member];
    return field && { field, own: at.conditions[member] !== undefined };
  }
}

const FEW = /^(?:true|false|\d{1,4})$/;
const SETS = new Set(["=", "in", "!=", "below"]);

/** How a value stands in for others of its kind: as a UUID, as any text, or for itself alone. */
function likeOf(field: Field, compare: string, text: string): "uuid" | "any" | "literal" | undefined {
  const { kind } = field;
  if (compare === "exists" || kind === "boolean" || kind === "integer") return FEW.test(text) ? "literal" : undefined;
  if (kind === "name" && compare === "match") return "any";
  if (!SETS.has(compare)) return undefined;
  if (kind === "id" || kind === "place") return UUID.test(text) ? "uuid" : undefined;
  if (kind === "unit") return UUID.test(text) ? "uuid" : "any";
  if (kind === "classification") return "any";
  if (kind !== "choice") return undefined;
  const options = "options" in field.type ? (field.type.options as string[]) : undefined;
  if (options === undefined) return compare === "!=" ? undefined : "any";
  // `!=` is a question for the other options.
  if (!options.includes(text)) return undefined;
  return compare === "!=" ? "literal" : "any";
}
