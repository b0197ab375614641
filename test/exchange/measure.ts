import type { CheckedRow } from "../../src/exchange/imports/check.ts";
import { checkSheet } from "../../src/exchange/imports/check.ts";
import { mapSheet } from "../../src/exchange/imports/mapping.ts";
import type { ReadPerson } from "../../src/exchange/imports/reading/person.ts";
import { readSheets } from "../../src/exchange/sheets/workbook.ts";
import { buildReference } from "../../src/exchange/cells/reference.ts";
import { referenceRows } from "./reference-rows.ts";

/** A row of a truth file: the right value of each field, further right ones, ones that may stand beside, fields it need not give. */
export type TruthRow = Record<string, unknown> & {
  row: number;
  accept?: Record<string, unknown[]>;
  also?: Record<string, unknown[]>;
  absent_ok?: string[];
};

export type Tally = Map<string, { right: number; total: number; wrong: string[] }>;

export const reference = buildReference(referenceRows());

/** All used rows of a file, read with general rules alone. */
export async function readFile(
  bytes: Uint8Array,
  name: string,
  today = "2026-01-15",
): Promise<{ rows: CheckedRow[]; used: number; sheets: number }> {
  const sheets = await readSheets(bytes, name);
  const rows: CheckedRow[] = [];
  let used = 0;
  let mappedSheets = 0;
  for (const sheet of sheets) {
    const mapped = mapSheet(sheet, reference.spellings, today);
    if (!mapped) continue;
    mappedSheets += 1;
    used += sheet.rows.filter((row) => row.cells.some((cell) => (typeof cell === "string" ? cell.trim() !== "" : cell !== null))).length;
    rows.push(...checkSheet(mapped, { reference, today }));
  }
  return { rows, used, sheets: mappedSheets };
}

/** The values that a reading gives under a truth file's field name. */
export function valuesOf(read: ReadPerson, field: string): unknown[] {
  const many: Record<string, () => unknown[]> = {
    full_name: () => [read.name?.full ?? null],
    family_name: () => [read.name?.family ?? null],
    middle_name: () => [read.name?.middle ?? null],
    given_name: () => [read.name?.given ?? null],
    degree: () => read.degrees.map((degree) => degree.level),
    major: () => read.degrees.map((degree) => degree.major_text),
    institution: () => read.degrees.map((degree) => degree.institution_text),
    graduation_year: () => read.degrees.map((degree) => degree.graduation_year),
    academic_title: () => read.academic_titles.map((title) => title.title),
    unit: () => read.affiliations.map((affiliation) => affiliation.organization_text),
    rd_field: () => read.expertise.map((field) => field.field),
    hometown_code: () => [read.hometown_locality?.code ?? null],
    hometown_now: () => [read.hometown_locality_today?.code ?? null],
    residence_now: () => [read.residence_locality?.code ?? null],
    phone: () => read.phones,
    email: () => read.emails,
  };
  const values = many[field]?.() ?? [(read as unknown as Record<string, unknown>)[field] ?? null];
  return [...new Set(values.filter((value) => value !== null && value !== undefined))];
}

const SKIPPED = new Set(["row", "issues", "accept", "also", "absent_ok", "duplicate_of_row", "duplicate_of_file"]);

/** Compares the people read with the truth, field by field. */
export function compare(rows: readonly CheckedRow[], truth: readonly TruthRow[]): { tally: Tally; missing: number[]; invented: number[] } {
  const people = new Map(rows.filter((row) => row.kind === "person").map((row) => [row.row, row]));
  const tally: Tally = new Map();
  const known = new Set(truth.map((row) => row.row));
  for (const expected of truth) {
    const person = people.get(expected.row);
    for (const field of Object.keys(expected).filter((name) => !SKIPPED.has(name))) {
      const cell = tally.get(field) ?? { right: 0, total: 0, wrong: [] };
      tally.set(field, cell);
      cell.total += 1;
      const values = person?.read ? valuesOf(person.read, field) : [];
      if (isRight(field, values, expected)) cell.right += 1;
      else cell.wrong.push(`${expected.row}: ${JSON.stringify(values)} for ${JSON.stringify(expected[field])}`);
    }
  }
  return {
    tally,
    missing: truth.map((row) => row.row).filter((row) => !people.has(row)),
    invented: [...people.keys()].filter((row) => !known.has(row)),
  };
}

function isRight(field: string, values: unknown[], expected: TruthRow): boolean {
  const e164 = (value: unknown): unknown => (field === "phone" && typeof value === "string" ? value.replace(/^0/, "+84") : value);
  const wanted = expected[field] ?? null;
  const accepted = [wanted, ...(expected.accept?.[field] ?? [])].filter((value) => value !== null).map(e164);
  // A year stands for the partial date of that year.
  if (field === "birth_date" && wanted === null && expected["birth_year"]) accepted.push(`${expected["birth_year"] as number}`);
  const beside = expected.also?.[field] ?? [];
  const main = values.filter((value) => !beside.includes(value) || accepted.includes(value));
  if (values.length === 0) return wanted === null || (expected.absent_ok ?? []).includes(field);
  return main.length > 0 && main.every((value) => accepted.includes(value));
}
