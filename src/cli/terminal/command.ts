import type { ParseArgsOptionDescriptor } from "node:util";
import { nearest } from "../../core/problems.ts";
import type { Bilingual } from "../../core/problems.ts";

/** An option as `parseArgs` takes it, with what it means and what stands for its value in the help. */
export type Option = ParseArgsOptionDescriptor & { text: Bilingual; value?: string };
/** What a command was called with, and where it writes: results by `out` and `say`, and by `tell` what must not stand between them. */
export type Call = {
  values: Readonly<Record<string, string | boolean | undefined>>;
  words: readonly string[];
  out(line: string): void;
  say(text: Bilingual): void;
  /** A text in one line. */
  inLine(text: Bilingual): string;
  tell(text: Bilingual): void;
};
/** A command of `trithuc`: one file each. `run` gives the exit code, 0 if nothing is given. */
export type Command = {
  name: string;
  summary: Bilingual;
  /** How it is called, each way on a line. */
  usage: readonly string[];
  options: Readonly<Record<string, Option>>;
  run(call: Call): Promise<number | void>;
};

/** Exit codes: 1 something failed, 2 the command was not called as it can be. */
export const FAILED = 1;
export const MISUSED = 2;

/** A call that cannot be understood: exit code 2, with the way to the help. */
export class UsageError extends Error {
  readonly text: Bilingual;

  constructor(text: Bilingual) {
    super(text.en);
    this.name = "UsageError";
    this.text = text;
  }
}

/** A name that is none of those known, with the nearest one. */
export function unknownName(kind: Bilingual, name: string, known: readonly string[]): UsageError {
  const near = nearest(name, known) ?? known.find((one) => one.startsWith(name) && name !== "");
  const vi = near === undefined ? `Có: ${known.join(", ")}.` : `Có phải “${near}” không?`;
  const en = near === undefined ? `There are: ${known.join(", ")}.` : `Did you mean "${near}"?`;
  return new UsageError({ vi: `Không có ${kind.vi} “${name}”. ${vi}`, en: `There is no ${kind.en} "${name}". ${en}` });
}

/** The text of an option, if it was given. */
export function textOf({ values }: Pick<Call, "values">, option: string): string | undefined {
  const value = values[option];
  return typeof value === "string" ? value : undefined;
}

/** The whole number of an option. @throws UsageError when it is none, or out of bounds */
export function numberOf(call: Pick<Call, "values">, option: string, bounds: { min: number; max: number; usual: number }): number {
  const given = textOf(call, option);
  if (given === undefined) return bounds.usual;
  const number = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= bounds.min && number <= bounds.max) return number;
  throw new UsageError({
    vi: `--${option} cần một số từ ${bounds.min} đến ${bounds.max}.`,
    en: `--${option} takes a number from ${bounds.min} to ${bounds.max}.`,
  });
}

/** The one word that a command is told to do, out of those it knows. @throws UsageError */
export function wordOf(call: Pick<Call, "words">, known: readonly string[]): string {
  const [word = "", ...more] = call.words;
  if (known.includes(word) && more.length === 0) return word;
  if (word !== "" && more.length === 0) throw unknownName({ vi: "việc", en: "subcommand" }, word, known);
  throw new UsageError({ vi: `Cần một việc: ${known.join(", ")}.`, en: `Say what to do: ${known.join(", ")}.` });
}
