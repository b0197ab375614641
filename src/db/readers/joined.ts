import { redactedFields } from "../../core/policy.ts";
import { memberNames } from "../../core/registry/noun.ts";
import { guardedMembers } from "../query/selection.ts";
import type { Selection } from "../query/selection.ts";
import { sourceOf } from "../query/source.ts";
import type { Context, Source } from "../query/source.ts";

type Json = Record<string, unknown>;

/** A record of what is kept of it and of the guarded members beside that; undefined where the two are not of the same rows. */
export type Join = (kept: Json, beside: Json) => Json | undefined;

/** Joins records of a selection into what the compiler would have written, member after member: their tags are hashes of their text. */
export function joinOf(source: Source, selection: Selection, context: Context): Join {
  const { noun } = source;
  const guarded = new Set(guardedMembers(source, selection, context));
  const redacted = redactedFields(noun, context.actor);
  const own = Object.entries(noun.fields)
    .filter(([member]) => !redacted.includes(member))
    .flatMap(([member, field]) => memberNames(member, field).map((name) => [name, guarded.has(member)] as const));
  const arrays = Object.keys(noun.collections)
    .filter((member) => selection.include[member])
    .map((member) => [member, elementsOf(sourceOf(context, noun.collections[member]!), selection.include[member]!, context)] as const);
  return (kept, beside) => {
    if (kept["id"] !== beside["id"]) return undefined;
    const record: Json = {};
    for (const [name, fromBeside] of own) record[name] = (fromBeside ? beside : kept)[name];
    for (const [member, join] of arrays) {
      const joined = join === undefined ? kept[member] : join(kept[member] as Json[], beside[member] as Json[]);
      if (joined === undefined) return undefined;
      record[member] = joined;
    }
    if (redacted.length > 0) record["redacted"] = redacted;
    return record;
  };
}

/** The same for the elements of an array; undefined where they have no guarded members that the caller may read, and are as they are kept. */
function elementsOf(
  source: Source,
  selection: Selection,
  context: Context,
): ((kept: Json[], beside: Json[]) => Json[] | undefined) | undefined {
  if (guardedMembers(source, selection, context).length === 0) return undefined;
  const join = joinOf(source, selection, context);
  return (kept, beside) => {
    if (kept.length !== beside.length) return undefined;
    const joined: Json[] = [];
    for (const [i, one] of kept.entries()) {
      const whole = join(one, beside[i]!);
      if (whole === undefined) return undefined;
      joined.push(whole);
    }
    return joined;
  };
}
