import { foldCased, retoned } from "./spelling.ts";
import { monthOf, yearOf, type Span } from "./days.ts";
import type { Draft } from "./population.ts";
import type { Random } from "../random.ts";
import { partsOf } from "../world/names.ts";
import type { Places } from "../world/places.ts";

/** What is wrong with a record, as it is in the files of offices; what is right of it stays. */
export const DIRTS = [
  "no_gender",
  "no_birth_date",
  "birth_on_new_year",
  "birth_year_only",
  "unmarked_name",
  "hometown_as_text",
  "no_residence",
  "unit_as_text",
  "no_degrees",
  "no_training_field",
] as const;
export type Dirt = (typeof DIRTS)[number];

/** The person with one fault. */
export function soiled(random: Random, person: Draft, places: Places): Draft {
  const shows = (dirt: Dirt): boolean => dirt !== "unit_as_text" || person.posts.some(({ unit }) => unit !== null);
  const dirt = random.pick(DIRTS.filter(shows));
  return { ...person, ...faulty(person, dirt, places), dirt };
}

function faulty(person: Draft, dirt: Dirt, places: Places): Partial<Draft> {
  const year = person.birth![0].slice(0, 4);
  switch (dirt) {
    case "no_gender":
      return { gender: null };
    case "no_birth_date":
      return { birth: null, citizenId: null };
    case "birth_on_new_year":
      return { birth: [`${year}-01-01`, `${year}-01-01`] };
    case "birth_year_only":
      return { birth: yearOf(year) };
    case "unmarked_name":
      return { name: partsOf(foldCased(person.name.full)) };
    case "hometown_as_text":
      return { hometown: null, hometownText: person.hometown && places.textOf(person.hometown).replace(/, (Tỉnh|Thành phố) [^,]*$/, "") };
    case "no_residence":
      return { residence: null, residenceText: null, group: null };
    case "unit_as_text":
      return { posts: person.posts.map((post) => (post.unit ? { ...post, unit: null, text: post.unit.name } : post)) };
    case "no_degrees":
      return { degrees: [], titles: [], expertise: [] };
    case "no_training_field":
      return { degrees: person.degrees.map((degree) => ({ ...degree, training: null })) };
  }
}

/** A second record of a person, typed by somebody else from a shorter list: spelt otherwise, with less known, and without the citizen id. */
export function copied(random: Random, person: Draft, index: number): Draft {
  const keeps = random.chance(0.4);
  return {
    ...person,
    index,
    copyOf: person.index,
    name: partsOf(misspelt(random, person.name.full)),
    birth: person.birth && lessKnown(random, person.birth),
    citizenId: null,
    oldId: null,
    orcid: null,
    hometownText: null,
    residenceText: null,
    phones: keeps ? person.phones : [],
    emails: [],
    keywords: [],
    state: "draft",
    verification: "declared",
    willing: null,
    degrees: person.degrees.slice(-1).map((degree) => ({ ...degree, studied_from: null, certificate_no: null, conferred: null })),
    posts: person.posts.filter(({ primary }) => primary).slice(-1),
    expertise: person.expertise.slice(0, 1),
    awards: [],
  };
}

function misspelt(random: Random, full: string): string {
  const words = full.split(" ");
  const luck = random.fraction();
  if (luck < 0.3) return foldCased(full);
  if (luck < 0.5) return retoned(full);
  if (luck < 0.65 && words.length > 2) return [words[0], ...words.slice(2)].join(" ");
  return full;
}

function lessKnown(random: Random, [day]: Span): Span {
  const luck = random.fraction();
  const [year, month, date] = day.split("-") as [string, string, string];
  if (luck < 0.5) return [day, day];
  if (luck < 0.7) return yearOf(day);
  if (luck < 0.85) return [`${year}-01-01`, `${year}-01-01`];
  if (luck < 0.95 || Number(date) > 12) return monthOf(day);
  return [`${year}-${date}-${month}`, `${year}-${date}-${month}`];
}
