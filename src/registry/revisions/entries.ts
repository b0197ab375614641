import { redactedFields } from "../../core/policy.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { changesBetween } from "./changes.ts";
import type { Seen } from "./changes.ts";
import type { Kept } from "./queries.ts";

/** A version as clients see it, without the record itself. */
export type Entry = Omit<Kept, "hidden" | "record" | "beside"> & { changes: unknown; beside?: unknown[]; redacted?: string[] };

/** What the actor may read of a version; undefined where it was erased. */
export const seenOf = (kept: Kept | undefined): Seen | undefined =>
  kept?.record === null || kept?.record === undefined ? undefined : (JSON.parse(kept.record) as Seen);

/**
 * A version with what changed in it: since `other`, or since the one `before` it, by which alone is told that it was hidden or brought back.
 */
export function entryOf(source: Source, kept: Kept, before: Kept | undefined, context: Context, other: Kept | undefined = before): Entry {
  const { hidden: _hidden, record: _record, beside, ...rest } = kept;
  const [seen, base] = [seenOf(kept), seenOf(other)];
  const comparable = seen !== undefined && (base !== undefined || (other === undefined && kept.action === "created"));
  return {
    ...rest,
    action: actionOf(kept, before),
    changes: comparable ? changesBetween(source.noun, base, seen) : null,
    ...(beside && { beside }),
    ...redactedOf(source, context),
  };
}

function actionOf({ action, hidden }: Kept, before: Kept | undefined): string {
  if (action !== "changed" || !before || hidden === null || before.hidden === null || hidden === before.hidden) return action;
  return hidden ? "deleted" : "restored";
}

/** Every field of the record that the actor's scopes or purpose do not open, whether or not it changed. */
export function redactedOf({ noun }: Source, { actor }: Context): { redacted?: string[] } {
  const closed = redactedFields(noun, actor).filter((member) => noun.fields[member]!.stored);
  return closed.length > 0 ? { redacted: closed } : {};
}
