import { fold } from "../../../core/vietnamese/text.ts";
import type { SpellingIndex } from "../../cells/spellings.ts";
import { readCredentials } from "../../cells/spellings.ts";
import type { Target } from "./person.ts";
import { TARGETS, formsOf } from "./vocabulary.ts";

/** A header recognised: its target and how surely (1 for the whole header, less for words within it). */
export type HeaderMatch = { target: Target; strength: number };

const EXACT: ReadonlyMap<string, Target> = new Map(
  TARGETS.toReversed().flatMap((target) => formsOf(target).exact.map((form): [string, Target] => [form, target])),
);
const WITHIN = TARGETS.flatMap((target) => formsOf(target).within.map((form) => ({ target, form })));

/** The header folded, without what stands in brackets and without a leading number ("5. Trình độ (cao nhất)" -> "trinh do"). */
export function headerForm(text: string): string {
  const open = text.replace(/[([{][^)\]}]*[)\]}]?/g, " ");
  return fold(fold(open) === "" ? text : open)
    .replace(/^(?:\d{1,2}|[ivx]{1,4}) (?=\S)/, "")
    .replace(/ neu co$| \d$/, "");
}

/** What one header cell alone says. "Năm" (year) and "Nam" (male) fold alike and are told apart by the mark. */
export function matchHeader(text: string): HeaderMatch | null {
  const form = headerForm(text);
  if (form === "" || form.length > 90) return null;
  if (form === "nam") return { target: /ă/i.test(text.normalize("NFC")) ? "degrees.graduation_year" : "people.gender.male", strength: 0.8 };
  const exact = EXACT.get(form);
  if (exact) return { target: exact, strength: 1 };
  for (const { target, form: part } of WITHIN) if (` ${form} `.includes(` ${part} `)) return { target, strength: 0.7 };
  return null;
}

/** What a column's headers say together, from the outermost to its own: ["Năm sinh", "Nam"] is the year of birth of a man. */
export function matchPath(path: readonly string[]): HeaderMatch | null {
  const own = path.at(-1);
  if (own === undefined) return null;
  if (path.length === 1) return matchHeader(own);
  const above = path.slice(0, -1);
  const parent = matchPath(above);
  const inner = INNER[parent?.target ?? ""]?.[headerForm(own)];
  if (inner)
    return {
      target: headerForm(own) === "nam" && parent?.target === "people.birth_date" && /ă/i.test(own) ? "people.birth_date.year" : inner,
      strength: 1,
    };
  const joined = EXACT.get(headerForm(path.join(" ")));
  if (joined) return { target: joined, strength: 1 };
  const alone = matchHeader(own);
  if (alone && (alone.strength === 1 || parent === null)) return alone;
  return parent ?? alone;
}

const INNER: Record<string, Record<string, Target>> = {
  "people.birth_date": {
    nam: "people.birth_date.male",
    nu: "people.birth_date.female",
    ngay: "people.birth_date.day",
    thang: "people.birth_date.month",
    "nam sinh": "people.birth_date.year",
    ngaysinh: "people.birth_date",
  },
  "people.gender": { nam: "people.gender.male", nu: "people.gender.female" },
  "people.name.full": {
    ho: "people.name.family",
    "ho dem": "people.name.family",
    "ho va dem": "people.name.family",
    ten: "people.name.given",
  },
  "people.hometown_text": places("people.hometown_text"),
  "people.residence_text": places("people.residence_text"),
  "academic_titles.title": {
    nam: "academic_titles.year",
    "nam phong": "academic_titles.year",
    gs: "academic_titles.title",
    pgs: "academic_titles.title",
  },
};

function places(target: "people.hometown_text" | "people.residence_text"): Record<string, Target> {
  const commune: Target = `${target}.commune`;
  const district: Target = `${target}.district`;
  const province: Target = `${target}.province`;
  return {
    xa: commune,
    phuong: commune,
    "xa phuong": commune,
    "phuong xa": commune,
    "xa phuong thi tran": commune,
    "phuong xa thi tran": commune,
    "xa phuong tt": commune,
    huyen: district,
    "quan huyen": district,
    "huyen tp": district,
    "huyen thi xa": district,
    "huyen quan": district,
    "huyen thanh pho": district,
    "huyen thi xa thanh pho": district,
    "huyen tx tp": district,
    "huyen cu": district,
    tinh: province,
    "tinh tp": province,
    "tinh thanh": province,
    "tinh thanh pho": province,
    "thanh pho tinh": province,
  };
}

const LEVELS: [RegExp, string][] = [
  [/\b(?:tien si|tien sy|ts)\b/, "TS"],
  [/\b(?:thac si|thac sy|ths|cao hoc)\b/, "ThS"],
  [/\b(?:dai hoc|dh|cu nhan)\b/, "CN"],
  [/\b(?:cao dang)\b/, "CD"],
];

/** The degree level that a group of columns speaks of by a header above ("Thạc sĩ" over "Chuyên ngành", "Năm"), or null. */
export function levelOfGroup(path: readonly string[]): string | null {
  for (const above of path.slice(0, -1).toReversed()) {
    if (matchHeader(above)) continue;
    const form = headerForm(above);
    const found = LEVELS.filter(([pattern]) => pattern.test(form));
    if (found.length === 1) return found[0]![1];
  }
  return null;
}

/** The one degree level that a column's own header is ("TS", "Thạc sĩ (ngành)"), or null. */
export function levelOfHeader(own: string, spellings: SpellingIndex): string | null {
  if (matchHeader(own)) return null;
  const found = readCredentials(spellings, headerForm(own));
  return found.known && found.levels.length === 1 && found.title === null && found.rest === "" ? found.levels[0]! : null;
}
