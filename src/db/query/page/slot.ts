import { Statement } from "../../statement.ts";

/**
 * The place of a value in a statement that is compiled for any value. It looks like a text of its kind, so that checks of form pass it, and
 * as no text in particular, so that what was made of its letters is found.
 */
export class Slot extends String {
  readonly index: number;
  constructor(index: number, like: "uuid" | "any") {
    super(like === "uuid" ? `${MARK}-5107-7107-8107-${index.toString(16).padStart(12, "0")}` : `${MARK}n${index}n`);
    this.index = index;
  }
}

/** The place of a name that is asked for as it is heard: what is compared are two values made of it. */
export class NameSlot extends Slot {
  readonly typed: Slot;
  readonly wanted: Slot;
  constructor(index: number) {
    super(index, "any");
    this.typed = new Slot(index, "any");
    this.wanted = new Slot(index + 1, "any");
  }
}

/** Eight letters that folding, cleaning and small letters leave as they are. */
const MARK = "51075107";

/** Whether a value, whatever its type says, is the place of one. */
export const isSlot = (value: unknown): value is Slot => value instanceof Slot;

/** Whether each of so many slots stands among a statement's parameters, and nothing that was made of one does. */
export function isTemplate({ texts, values }: Statement, slots: number): boolean {
  const seen = new Set<number>();
  const plain = (value: unknown): boolean => {
    if (value instanceof Slot) return Boolean(seen.add(value.index));
    if (Array.isArray(value)) return value.every(plain);
    return typeof value === "string" ? !value.includes(MARK) : value === null || typeof value === "number" || typeof value === "boolean";
  };
  return values.every(plain) && seen.size === slots && !texts.some((text) => text.includes(MARK));
}

/** A statement's parameters with the values in the place of their slots. */
export function filled(values: readonly unknown[], given: readonly unknown[]): unknown[] {
  return values.map((value) =>
    value instanceof Slot
      ? given[value.index]
      : Array.isArray(value)
        ? value.map((one: unknown) => (one instanceof Slot ? given[one.index] : one))
        : value,
  );
}

/** A parameter as the text that Postgres takes it in. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (!Array.isArray(value)) return String(value as string | number | boolean);
  return `{${value.map((one) => (one === null ? "null" : `"${parameterText(one)!.replace(/["\\]/g, "\\$&")}"`)).join()}}`;
}
