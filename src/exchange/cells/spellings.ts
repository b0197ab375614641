import { clean, fold } from "../../core/vietnamese/text.ts";

/** A code of a small list, with its written forms; `attributes` as the reference table holds them. */
export type CodeRow = { list: string; code: string; vi: string; en?: string | null; attributes?: Record<string, unknown> | null };

/** Written forms of degrees, titles, ethnic groups and awards, by folded text without spaces. */
export type SpellingIndex = {
  degrees: Map<string, { title: string | null; degree: string | null }>;
  ethnic: Map<string, string>;
  awards: Map<string, string>;
  idPlaces: Set<string>;
};

/** What a text of titles and degrees says: the highest academic title, the degree levels in order, a rest that is a branch of study. */
export type Credentials = { title: string | null; levels: string[]; rest: string; generic: boolean; known: boolean };

// Forms that lists of offices use beyond the reference table's.
const MORE: [string, string | null, string | null][] = [
  ["trên đại học", null, null],
  ["sau đại học", null, null],
  ["nghiên cứu sinh", null, null],
  ["ncs", null, null],
  ["không", null, null],
  ["bác sĩ chuyên khoa cấp i", null, "CKI"],
  ["bác sĩ chuyên khoa cấp ii", null, "CKII"],
  ["chuyên khoa i", null, "CKI"],
  ["chuyên khoa ii", null, "CKII"],
  ["chuyên khoa cấp i", null, "CKI"],
  ["chuyên khoa cấp ii", null, "CKII"],
  ["cki", null, "CKI"],
  ["ck cấp i", null, "CKI"],
  ["ck cấp ii", null, "CKII"],
  ["ckii", null, "CKII"],
  ["bsck cấp i", null, "CKI"],
  ["bsck cấp ii", null, "CKII"],
  ["dược sĩ chuyên khoa i", null, "DSCKI"],
  ["dược sĩ chuyên khoa ii", null, "DSCKII"],
  ["dược sĩ chuyên khoa cấp i", null, "DSCKI"],
  ["dược sĩ chuyên khoa cấp ii", null, "DSCKII"],
  ["nội trú", null, "BSNT"],
  ["bác sĩ đa khoa", null, "BS"],
  ["dược sĩ đại học", null, "DS"],
  ["kĩ sư", null, "KS"],
  ["cnđd", null, "CN"],
  ["đhsp", null, "CN"],
  ["đại học sư phạm", null, "CN"],
  ["cđsp", null, "CD"],
  ["cao đẳng sư phạm", null, "CD"],
  ["tcsp", null, "TC"],
  ["trung cấp sư phạm", null, "TC"],
  ["phd", null, "TS"],
  ["msc", null, "ThS"],
  ["master", null, "ThS"],
  ["y sĩ", null, "TC"],
  ["trung học chuyên nghiệp", null, "TC"],
  ["thcn", null, "TC"],
];
const GENERIC = new Set(["daihoc", "dh", "trinhdodaihoc", "totnghiepdaihoc", "bangdaihoc"]);
// "ĐH" and "Đại học" name no level of their own where the name's title is more exact.
const EXACT = new Set(["BS", "DS", "KS", "KTS", "BSTY"]);

/** The index over plain rows of the code lists. */
export function buildSpellings(rows: readonly CodeRow[]): SpellingIndex {
  const index: SpellingIndex = { degrees: new Map(), ethnic: new Map(), awards: new Map(), idPlaces: new Set() };
  for (const [written, title, degree] of MORE) addDegree(index, written, title, degree);
  for (const row of rows) {
    const attributes = row.attributes ?? {};
    if (row.list === "degree-levels") for (const form of [row.code, row.vi]) addDegree(index, form, null, row.code);
    if (row.list === "academic-titles") for (const form of [row.code, row.vi]) addDegree(index, form, row.code, null);
    if (row.list === "degree-spellings") addDegree(index, row.code, text(attributes["academic_title"]), text(attributes["degree"]));
    if (row.list === "ethnic-groups")
      for (const form of [row.vi, ...texts(attributes["aliases"])]) index.ethnic.set(compact(form), row.code);
    if (row.list === "citizen-id-places") index.idPlaces.add(row.code);
    if (row.list !== "awards") continue;
    for (const form of [row.code, ...row.vi.replace(/\(.*?\)/g, "").split("/")]) index.awards.set(awardName(form), row.code);
  }
  return index;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function addDegree(index: SpellingIndex, written: string, title: string | null, degree: string | null): void {
  for (const form of [written, written.replace(/sĩ/gi, "sỹ"), written.replace(/\bII\b/gi, "2").replace(/\bI\b/gi, "1")]) {
    if (!index.degrees.has(compact(form))) index.degrees.set(compact(form), { title, degree });
  }
}

function compact(form: string): string {
  return fold(form).replace(/ /g, "");
}

/** The academic title and the degrees of a text: "PGS.TS.BS", "BS CK1", "Thạc sĩ, Bác sĩ", "Kỹ sư xây dựng" (the branch is the rest). */
export function readCredentials(index: SpellingIndex, written: string): Credentials {
  const found: Credentials = { title: null, levels: [], rest: "", generic: false, known: true };
  const take = (entry: { title: string | null; degree: string | null }): void => {
    if (entry.title && found.title !== "GS") found.title = entry.title;
    if (entry.degree && !found.levels.includes(entry.degree)) found.levels.push(entry.degree);
  };
  // "TS (Nga)", "ThS (2015)": what stands in brackets is no part of the degree.
  const bare = clean(written.replace(/\([^)]*\)/g, " "));
  const whole = index.degrees.get(compact(bare));
  if (whole) {
    take(whole);
    return { ...found, generic: GENERIC.has(compact(bare)) };
  }
  const rests: string[] = [];
  for (const piece of bare.split(/\s*[,;/+&|–]\s*|\s+-\s+|\s+và\s+/u)) {
    let words = piece.split(/[\s.]+/).filter((word) => word !== "");
    let matched = false;
    while (words.length > 0) {
      const length = longest(index, words);
      if (length === 0) break;
      const key = compact(words.slice(0, length).join(" "));
      take(index.degrees.get(key)!);
      if (GENERIC.has(key)) found.generic = true;
      matched = true;
      words = words.slice(length);
    }
    if (words.length > 0 && (matched || rests.length > 0)) rests.push(words.join(" "));
    else if (words.length > 0 && fold(piece) !== "") found.known = found.known && AWARDS_IN_TITLES.test(compact(piece));
  }
  if (found.levels.length === 0 && found.title === null && rests.length === 0) found.known = false;
  if (found.levels.length > 1) found.generic = false;
  return { ...found, rest: rests.join(", ") };
}

const AWARDS_IN_TITLES = /^(?:ngut|ngnd|ttut|ttnd|nsut|nsnd|nnut|nnnd|ahld|vs|viensi)$/;

function longest(index: SpellingIndex, words: string[]): number {
  for (let length = Math.min(words.length, 6); length > 0; length--) {
    if (index.degrees.has(compact(words.slice(0, length).join(" ")))) return length;
  }
  return 0;
}

/** The degree levels of a row from its column and the titles at the name: the column decides, but "Đại học" yields to "BS." there. */
export function settleLevels(column: Credentials | null, name: Credentials): { levels: string[]; differs: boolean } {
  if (column === null || column.levels.length === 0) return { levels: name.levels, differs: false };
  const exact = name.levels.filter((level) => EXACT.has(level));
  if (column.generic && exact.length > 0) {
    return { levels: [...exact, ...column.levels.filter((level) => level !== "CN")], differs: false };
  }
  const differs = name.levels.length > 0 && !name.levels.some((level) => column.levels.includes(level) || implied(level, column.levels));
  return { levels: column.levels, differs };
}

// A bare "BS" beside a specialist's or doctor's degree is the way to it, and no contradiction.
function implied(level: string, levels: string[]): boolean {
  return EXACT.has(level) || (level === "CN" && levels.length > 0);
}

/** The code of an ethnic group, or null. */
export function readEthnicity(index: SpellingIndex, written: string): string | null {
  return index.ethnic.get(compact(written.replace(/^(?:dân tộc|người)\s+/iu, ""))) ?? null;
}

const AWARD_FORMS: [RegExp, string][] = [
  [/\bcstd\b/g, "chien si thi dua"],
  [/\bubnd\b|\buy ban nhan dan\b/g, ""],
  [/\b(?:cua|chu tich|danh hieu|duoc tang|thuong|hang|nhat|nhi|ba|giai)\b/g, " "],
];

function awardName(written: string): string {
  let name = fold(written);
  for (const [pattern, form] of AWARD_FORMS) name = name.replace(pattern, form);
  return name.replace(/\s+/g, "");
}

/** The awards a cell names with their years, and what of it is not in the list. */
export function readAwards(index: SpellingIndex, written: string): { awards: { award: string; year: number | null }[]; unread: string[] } {
  const awards: { award: string; year: number | null }[] = [];
  const unread: string[] = [];
  for (const piece of clean(written).split(/\s*[;,+\n]\s*/)) {
    const year = /(?<!\d)(?:19|20)\d{2}(?!\d)/.exec(piece)?.[0];
    const name = awardName(piece.replace(/\(?(?:năm\s*)?(?:19|20)\d{2}\)?/gu, ""));
    if (name === "" || /^(?:khong|chua)$/.test(name)) continue;
    const award = index.awards.get(name);
    if (award) awards.push({ award, year: year ? Number(year) : null });
    else unread.push(piece);
  }
  return { awards, unread };
}
