import { Problem } from "../problems.ts";
import type { Bilingual, ProblemCode } from "../problems.ts";
import { decrypt, encrypt } from "./sealing.ts";
import type { Keys } from "./sealing.ts";

const CONTEXT = "cursor.1";
const LONGEST = 6 * 1024;

/**
 * An opaque cursor (base64url) that holds where a page ended, bound to the query by its hash.
 *
 * Encrypted because the sort keys of a row (a name, a birth date) are personal data, and cursors end up in URLs and logs.
 */
export function sealCursor(keys: Keys, queryHash: string, values: unknown[]): string {
  return encrypt(keys.cursor, JSON.stringify([queryHash, values]), CONTEXT).toString("base64url");
}

/**
 * The values that `sealCursor` was given for the same query.
 *
 * @throws Problem `cursor-invalid` when the text was cut or altered, `cursor-mismatch` when it is a good cursor of another query
 */
export function openCursor(keys: Keys, queryHash: string, text: string, at: CursorPlace = { parameter: "cursor" }): unknown[] {
  const [hash, values] = read(keys, text, at);
  if (hash !== queryHash) {
    throw refusal("cursor-mismatch", { vi: "Con trỏ thuộc về một truy vấn khác.", en: "The cursor belongs to another query." }, at);
  }
  return values;
}

/** Where a request says its cursor. */
type CursorPlace = { parameter: string } | { pointer: string };

function read(keys: Keys, text: string, at: CursorPlace): [string, unknown[]] {
  const bytes = text.length <= LONGEST ? Buffer.from(text, "base64url") : Buffer.alloc(0);
  try {
    // Node skips characters that are no base64url and ignores surplus bits: only the one canonical text counts as unaltered.
    if (bytes.toString("base64url") !== text) throw new Error("not canonical");
    return JSON.parse(decrypt(keys.cursor, bytes, CONTEXT)) as [string, unknown[]];
  } catch {
    throw refusal("cursor-invalid", { vi: "Con trỏ bị cắt hoặc bị sửa.", en: "The cursor was cut or altered." }, at);
  }
}

function refusal(code: ProblemCode, detail: Bilingual, at: CursorPlace): Problem {
  return new Problem(code, { detail, errors: [{ code, detail, ...at }] });
}
