import { recordShape } from "../../../db/query/read.ts";
import type { RecordShape } from "../../../db/query/read.ts";
import { readSelection } from "../../../db/query/selection.ts";
import type { Selection } from "../../../db/query/selection.ts";
import type { Context, Source } from "../../../db/query/source.ts";
import { handingOf } from "../delivery.ts";

/** What is answered of a record that was written: its members, whether they leave as the database wrote them, and the statement that reads it. */
export type Shown = { selection: Selection; asItIs: boolean; statement: RecordShape };

/** Records as callers of the same rights are shown them. */
export type Records = {
  /** `whole`: no collection has more elements than are shown. @throws Problem for what may not be included */
  of(source: Source, include: string | undefined, context: Context, whole: boolean): Shown;
};

/** Remembers what `most` kinds of callers are shown: to compile it again for each write took a tenth of a creation (2026-11). */
export function rememberRecords(most: number): Records {
  const known = new Map<string, Shown>();
  return {
    of(source, include, context, whole) {
      const { scopes, purpose, language, org, loc } = context.actor;
      const key = JSON.stringify([source.noun.name, include, [...scopes], purpose, language, org && 1, loc && 1, context.asOf, whole]);
      const found = known.get(key) ?? shownTo(source, readSelection(source, undefined, include, context), context, whole);
      known.delete(key);
      if (most > 0) known.set(key, found); // now the last of them
      if (known.size > most) for (const [oldest] of known) if (known.delete(oldest)) break;
      return found;
    },
  };
}

const shownTo = (source: Source, selection: Selection, context: Context, whole: boolean): Shown => ({
  selection,
  asItIs: handingOf(source, selection, context) === undefined,
  statement: recordShape(source, selection, context, whole),
});
