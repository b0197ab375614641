import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { splitName } from "../../../core/vietnamese/names.ts";
import { weighted, type Random, type Weighted } from "../random.ts";

const FILE = join(import.meta.dirname, "../../../../reference/demo_names.csv");

export type Gender = "male" | "female";
/** A name with its parts. */
export type Name = { full: string; family: string; middle: string; given: string };

type Tables = Record<
  Gender,
  { middle: Weighted<string>; given: Weighted<string>; pair: Weighted<string>; highland: Weighted<string>; mononym: Weighted<string> }
>;
/** The parts of names with how often they are borne (reference/demo_names.csv). */
export type NameBook = Tables & { surname: Weighted<string>; minority: Weighted<string>; clan: Weighted<string> };

/** Reads the parts of names. */
export function readNames(file = FILE): NameBook {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const table = (part: string, gender = "") =>
    weighted(rows.filter((row) => row["part"] === part && row["gender"] === gender).map((row) => [row["text"]!, Number(row["weight"])]));
  const of = (gender: Gender) => ({
    middle: table("middle", gender),
    given: table("given", gender),
    pair: table("pair", gender),
    highland: table("highland_given", gender),
    mononym: table("mononym", gender),
  });
  const all = { surname: table("surname"), minority: table("minority_surname"), clan: table("highland_surname") };
  return { ...all, male: of("male"), female: of("female") };
}

/** A name as it is borne by somebody of this gender and year of birth: "Thị" and "Văn" are rarer among the young. */
export function nameOf(random: Random, book: NameBook, gender: Gender, birthYear: number): Name {
  const parts = book[gender];
  if (random.chance(0.001)) return highlandName(random, book, gender);
  const family = random.chance(0.05) ? random.draw(book.minority) : random.draw(book.surname);
  const youth = Math.min(1, Math.max(0, (birthYear - 1950) / 55));
  const usual = gender === "female" ? "Thị" : "Văn";
  const kind = random.fraction();
  const rest =
    kind < (gender === "female" ? 0.62 : 0.4) * (1 - 0.75 * youth)
      ? `${usual} ${random.draw(parts.given)}`
      : kind < 0.97 - 0.25 * youth
        ? `${random.draw(parts.middle)} ${random.draw(parts.given)}`
        : kind < 0.99
          ? random.draw(parts.pair)
          : random.draw(parts.given);
  return nameFrom(family, rest);
}

/** The parts of a name in the usual split. */
export function partsOf(full: string): Name {
  const { family, middle, given } = splitName(full);
  return { full, family: family ?? "", middle: middle ?? "", given };
}

// A word that is family, middle and given name at once ("Minh Minh") is an accident of the tables.
function nameFrom(family: string, rest: string): Name {
  const words = rest.split(" ").filter((word, i, all) => word !== all[i - 1]);
  return partsOf([family, ...(words[0] === family && words.length > 1 ? words.slice(1) : words)].join(" "));
}

// The clan stands last there, and some names are one word: the split that the usual rule would not find.
function highlandName(random: Random, book: NameBook, gender: Gender): Name {
  if (random.chance(0.2)) {
    const given = random.draw(book[gender].mononym);
    return { full: given, family: "", middle: "", given };
  }
  const [given, family] = [random.draw(book[gender].highland), random.draw(book.clan)];
  return { full: `${given} ${family}`, family, middle: "", given };
}
