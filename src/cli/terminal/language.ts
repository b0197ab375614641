import type { Bilingual } from "../../core/problems.ts";

export type Language = "vi" | "en";

/**
 * The languages that texts are shown in, in their order: one if `--lang` names it, else both, Vietnamese first unless the terminal's
 * locale is English.
 */
export function languagesOf(asked: string | undefined, locale: string | undefined): Language[] {
  if (asked === "vi" || asked === "en") return [asked];
  return /^en/i.test(locale ?? "") ? ["en", "vi"] : ["vi", "en"];
}

/** A text in each of these languages. */
export const inEach = (languages: readonly Language[], text: Bilingual): string[] => languages.map((language) => text[language]);
