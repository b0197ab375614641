import type { Bilingual } from "../core/problems.ts";

/** A start that cannot go on, for a person at a terminal: one clear line in Vietnamese and one in English, no stack trace wanted. */
export class StartError extends Error {
  readonly text: Bilingual;

  constructor(text: Bilingual, cause?: unknown) {
    super(`${text.vi}\n${text.en}`, cause === undefined ? {} : { cause });
    this.name = "StartError";
    this.text = text;
  }
}
