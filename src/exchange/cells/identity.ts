import { citizenIdFacts } from "../../core/check-characters.ts";
import type { Cell } from "./cell.ts";
import { textOf } from "./cell.ts";

/** What is known of the holder from the other cells of the row. */
export type Holder = { gender: "male" | "female" | "other" | null; birth_year: number | null };

/** A number read from an identity cell, and what was wrong with it. */
export type ReadIdentity = {
  citizen_id: string | null;
  old_id_number: string | null;
  fault?: "invalid" | "repaired" | "differs";
};

/**
 * The citizen id (12 digits) or the old identity number (9) that a cell means.
 *
 * A spreadsheet that takes the id for a number eats its leading zeros. They are put back only where the id then agrees with the holder's
 * year of birth and gender; a text that already begins with 0 has lost a digit elsewhere, and agrees only by chance.
 */
export function readIdentity(cell: Cell, holder: Holder, places: ReadonlySet<string>): ReadIdentity {
  const none = { citizen_id: null, old_id_number: null };
  const text = textOf(cell).replace(/^(?:cccd|cmnd|cmt|cmtnd|căn cước|số)\s*:?\s*/iu, "");
  const digits = text.replace(/[\s.\-_]/g, "");
  if (!/^\d+$/.test(digits)) {
    const found = digits.match(/(?<!\d)(?:\d{12}|\d{9})(?!\d)/g) ?? [];
    const id = found.find((one) => one.length === 12 && known(one, places)) ?? null;
    const old = found.find((one) => one.length === 9) ?? null;
    return id === null && old === null ? { ...none, fault: "invalid" } : { citizen_id: id, old_id_number: old };
  }
  if (digits.length === 12) {
    if (!known(digits, places)) return { ...none, fault: "invalid" };
    return agrees(digits, holder) ? { ...none, citizen_id: digits } : { ...none, citizen_id: digits, fault: "differs" };
  }
  if (digits.length === 9) {
    const padded = digits.padStart(12, "0");
    return known(padded, places) && agreesFully(padded, holder)
      ? { ...none, citizen_id: padded, fault: "repaired" }
      : { ...none, old_id_number: digits };
  }
  if (digits.length === 10 || digits.length === 11) {
    const padded = digits.padStart(12, "0");
    if (known(padded, places) && agreesFully(padded, holder)) return { ...none, citizen_id: padded, fault: "repaired" };
  }
  return { ...none, fault: "invalid" };
}

/** The old identity number of a cell whose column holds nothing else: 9 digits, or 8 whose leading zero was eaten. */
export function readOldId(cell: Cell, holder: Holder, places: ReadonlySet<string>): ReadIdentity {
  const digits = textOf(cell).replace(/[\s.\-_]/g, "");
  if (/^\d{9}$/.test(digits)) return { citizen_id: null, old_id_number: digits };
  if (/^[1-9]\d{7}$/.test(digits)) return { citizen_id: null, old_id_number: `0${digits}`, fault: "repaired" };
  return readIdentity(cell, holder, places);
}

function known(id: string, places: ReadonlySet<string>): boolean {
  const facts = citizenIdFacts(id);
  return facts !== undefined && (places.size === 0 || places.has(facts.place)) && facts.birth_year <= 2099;
}

function agrees(id: string, holder: Holder): boolean {
  const facts = citizenIdFacts(id);
  if (facts === undefined) return false;
  const year = holder.birth_year === null || facts.birth_year === holder.birth_year;
  return year && (holder.gender === null || holder.gender === facts.gender);
}

function agreesFully(id: string, holder: Holder): boolean {
  return holder.birth_year !== null && agrees(id, holder);
}
