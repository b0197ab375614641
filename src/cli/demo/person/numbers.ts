import { fold } from "../../../core/vietnamese/text.ts";
import type { Gender, Name } from "../world/names.ts";
import type { Place } from "../world/places.ts";
import type { World } from "../world/world.ts";

// 7919 has no factor with a million: within a seed no two of a million indexes share the last six digits.
const STEP = 7919;

/** A citizen id of the right structure: the place of birth's old province, century and gender, year, six digits. */
export function citizenIdOf(world: World, birthplace: Place, gender: Gender, born: number, index: number, seed: number): string {
  const century = born < 2000 ? 0 : 2;
  const last = (index * STEP + (seed % 1_000_000) * 104_729) % 1_000_000;
  const place = world.places.provinceOf(birthplace).code.padStart(3, "0");
  return `${place}${century + (gender === "female" ? 1 : 0)}${String(born).slice(2)}${String(last).padStart(6, "0")}`;
}

/** An ORCID iD with a right check digit, from a block (0008) that is not given out. */
export function orcidOf(seed: number, index: number): string {
  const digits = `0008${String(seed % 10_000).padStart(4, "0")}${String(index).padStart(7, "0")}`;
  const sum = [...digits].reduce((all, digit) => (all + Number(digit)) * 2, 0);
  const check = (12 - (sum % 11)) % 11;
  return `${digits}${check === 10 ? "X" : check}`.replace(/(.{4})(?=.)/g, "$1-");
}

/** An address in a domain of examples. */
export function emailOf({ given, family, middle }: Name, index: number): string {
  const initials = [family, ...middle.split(" ")].map((word) => fold(word).charAt(0)).join("");
  return `${fold(given).replaceAll(" ", "")}.${initials}${index}@example.vn`;
}
