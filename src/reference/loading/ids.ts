import { hash } from "node:crypto";

// The day on which today's units began stands in the time bits: ids of reference data sort before those of any record made later.
const TIME = Date.parse("2025-07-01T00:00:00Z").toString(16).padStart(12, "0");

/** The id of a row of reference data, the same in every installation: shaped as UUIDv7, the SHA-256 of `kind|key` in place of chance. */
export function stableId(kind: string, ...key: string[]): string {
  const digits = hash("sha256", [kind, ...key].join("|"));
  const variant = ((Number.parseInt(digits.slice(3, 4), 16) & 3) | 8).toString(16);
  return `${TIME.slice(0, 8)}-${TIME.slice(8)}-7${digits.slice(0, 3)}-${variant}${digits.slice(4, 7)}-${digits.slice(7, 19)}`;
}
