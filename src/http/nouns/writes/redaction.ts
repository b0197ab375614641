import type { Noun } from "../../../core/registry/noun.ts";
import { redactedFields } from "../../../core/policy.ts";
import { sourceOf } from "../../../db/query/source.ts";
import type { Context, Source } from "../../../db/query/source.ts";

type Shown = Record<string, unknown>;

/**
 * The text of a record that was answered before, without what the actor may not read today: such members are named in `redacted` like
 * those that were closed then.
 */
export function closeAgain(text: string, source: Source, context: Context): string {
  const close = (record: Shown, { noun }: Source): Shown => {
    const closed = new Set([...((record["redacted"] as string[] | undefined) ?? []), ...redactedFields(noun, context.actor)]);
    const open = Object.entries(record).filter(([member]) => member !== "redacted" && !hides(noun, closed, member));
    const shown = open.map(([member, value]) => [member, elements(noun, member, value, context, close)]);
    const named = Object.keys(noun.fields).filter((member) => closed.has(member));
    return Object.fromEntries(named.length > 0 ? [...shown, ["redacted", named]] : shown) as Shown;
  };
  const before = JSON.parse(text) as Shown;
  const after = JSON.stringify(close(before, source));
  // Byte for byte what was sent, as long as nothing closed since.
  return after === JSON.stringify(before) ? text : after;
}

/** A trial's text: what only a record that stands has (its id, code and version, and theirs in its facts) is left out. */
export function withoutIdentity(text: string, source: Source, context: Context): string {
  const strip = (record: Shown, { noun }: Source, nested = false): Shown => {
    const lost = new Set(["id", "code", "version", "more", ...(nested ? ["person_id"] : [])]);
    const kept = Object.entries(record).filter(([member]) => !lost.has(member));
    return Object.fromEntries(
      kept.map(([member, value]) => [member, elements(noun, member, value, context, (one, inner) => strip(one, inner, true))]),
    );
  };
  return JSON.stringify(strip(JSON.parse(text) as Shown, source));
}

/** The members of a closed field: an id or a scheme may stand beside its plain name. */
function hides(noun: Noun, closed: ReadonlySet<string>, member: string): boolean {
  if (closed.has(member)) return true;
  const plain = member.replace(/_(id|scheme)$/, "");
  return plain !== member && closed.has(plain) && noun.fields[member] === undefined;
}

function elements(noun: Noun, member: string, value: unknown, context: Context, each: (one: Shown, source: Source) => Shown): unknown {
  const collection = noun.collections[member];
  if (collection === undefined || !Array.isArray(value)) return value;
  return value.map((one) => each(one as Shown, sourceOf(context, collection)));
}
