import type { Bilingual } from "../../core/problems.ts";
import { StartError } from "../../db/start-error.ts";

/** What a check found: `todo` says what to do about it, where there is something. */
export type Finding = { what: Bilingual; state: "good" | "doubtful" | "bad"; says: string | Bilingual; todo?: Bilingual };

/** A finding that needs nothing. */
export const good = (what: Bilingual, says: string | Bilingual): Finding => ({ what, state: "good", says });

/** A finding that a person should do something about; `doubtful` when the service runs all the same. */
export const wrong = (what: Bilingual, says: string | Bilingual, todo: Bilingual, state: "bad" | "doubtful" = "bad"): Finding => ({
  what,
  state,
  says,
  todo,
});

/** Runs a check; what it throws for a person to read is what it found. */
export async function checked(what: Bilingual, check: () => Promise<Finding[]> | Finding[]): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return [wrong(what, { vi: "hỏng", en: "broken" }, error.text)];
  }
}
