import { fold } from "../../../core/vietnamese/text.ts";
import { isBlank, listOf, textOf } from "../../cells/cell.ts";
import { readCountry } from "../../cells/countries.ts";
import { readDate, readYear } from "../../cells/dates.ts";
import type { Credentials } from "../../cells/spellings.ts";
import { readAwards, readCredentials, settleLevels } from "../../cells/spellings.ts";
import { findRdField, findTrainingField } from "../../cells/studies.ts";
import { findUnit } from "../../cells/units.ts";
import type { CheckOptions, RowCells } from "../check.ts";
import type { Column } from "../mapping.ts";
import { isTick } from "./content.ts";
import type { ReadAffiliation, ReadDegree, ReadPerson, Target } from "./person.ts";

type Facts = Pick<ReadPerson, "degrees" | "academic_titles" | "affiliations" | "expertise" | "awards">;

/** Degrees, titles, affiliations, expertise and awards of a row; `titles` are those that stood before or after the name. */
export function readFacts(row: RowCells, titles: readonly string[], born: number | null, options: CheckOptions): Facts {
  const { spellings } = options.reference;
  const inName = readCredentials(spellings, titles.join("."));
  const { degrees, title } = readDegrees(row, inName, born, options);
  const academic = title ?? inName.title;
  const year = numberOf(row, "academic_titles.year", options);
  return {
    degrees,
    academic_titles: academic ? [{ title: academic, year }] : [],
    affiliations: readAffiliations(row, options),
    expertise: readExpertise(row, options),
    awards: row.columns("awards.award").flatMap((column) => {
      const { awards, unread } = readAwards(spellings, listOf(row.cell(column)));
      if (unread.length > 0) row.report("award-unknown", column);
      return awards;
    }),
  };
}

const LEVEL_TARGETS = ["degrees.level", "degrees.level_or_title", "academic_titles.title"] as const;

function readDegrees(
  row: RowCells,
  inName: Credentials,
  born: number | null,
  options: CheckOptions,
): { degrees: ReadDegree[]; title: string | null } {
  let title: string | null = null;
  const stated: Credentials = { title: null, levels: [], rest: "", generic: false, known: true };
  for (const target of LEVEL_TARGETS) {
    for (const column of row.columns(target)) {
      const text = listOf(row.cell(column));
      if (column.level !== null || isBlank(row.cell(column)) || /^(?:không|chưa|0)$/iu.test(text)) continue;
      const found = readCredentials(options.reference.spellings, text);
      if (target === "academic_titles.title" && !found.known) row.report("academic-title-unknown", column);
      else if (!found.known) row.report("degree-unknown", column);
      title ??= found.title;
      for (const level of found.levels) if (!stated.levels.includes(level)) stated.levels.push(level);
      stated.generic = stated.generic || found.generic;
      stated.rest ||= found.rest;
    }
  }
  for (const column of row.columns("degrees.level.tick")) {
    if (column.level !== null && isTick(row.cell(column)) && !stated.levels.includes(column.level)) stated.levels.push(column.level);
  }
  if (stated.levels.length > 1) stated.generic = false;
  const major = textOf(row.cell(row.columns("degrees.major_text").find((one) => one.level === null)));
  const studied = readCredentials(options.reference.spellings, SPELLED_OUT.test(major) ? major : "");
  const { levels, differs } = settleLevels(stated, stated.generic && inName.levels.length === 0 ? studied : inName);
  if (differs) row.report("degree-differs", LEVEL_TARGETS.flatMap((target) => row.columns(target))[0]);
  const grouped = groups(row).map((level) => degreeOf(row, level, level, born, options));
  const plain = degreeOf(row, null, levels[0] ?? null, born, options);
  // "Thạc sĩ Luật" in the branch's column of a list without a column of levels says both.
  if (plain.level === null && studied.levels.length > 0) {
    plain.level = studied.levels[0]!;
    plain.major_text = studied.rest === "" ? null : capital(studied.rest);
  }
  plain.major_text ??= row.columns("degrees.major_text").length === 0 && stated.rest !== "" ? capital(stated.rest) : null;
  plain.training_field ??= plain.major_text === null ? null : findTrainingField(options.reference.studies, plain.major_text);
  const empty = plain.level === null && plain.major_text === null && plain.institution_text === null && plain.graduation_year === null;
  const more = levels.slice(1).map((level) => ({ ...EMPTY, level }));
  const found = grouped.filter(
    (degree) => degree.major_text !== null || degree.institution_text !== null || degree.graduation_year !== null,
  );
  const own = found.some((degree) => degree.level === plain.level && plain.major_text === null && plain.institution_text === null);
  return { degrees: [...(empty || own ? [] : [plain, ...more]), ...found], title };
}

// "CN" before a branch is as often "công nghệ" as "cử nhân": only a degree in full words is read out of a branch.
const SPELLED_OUT = /^(?:tiến s|thạc s|cử nhân|k[ỹĩ] sư|bác s|dược s|kiến trúc sư|cao đẳng |trung cấp |phó tiến s)/iu;

const EMPTY: ReadDegree = {
  level: null,
  training_field: null,
  major_text: null,
  institution_text: null,
  institution: null,
  graduation_year: null,
  country: null,
};

function groups(row: RowCells): string[] {
  const targets: Target[] = ["degrees.major_text", "degrees.institution_text", "degrees.graduation_year"];
  return [...new Set(targets.flatMap((target) => row.columns(target).map((column) => column.level)))].filter((level) => level !== null);
}

function degreeOf(row: RowCells, group: string | null, level: string | null, born: number | null, options: CheckOptions): ReadDegree {
  const { studies, units } = options.reference;
  const column = (target: Target): Column | undefined => row.columns(target).find((one) => one.level === group);
  const text = (target: Target): string | null => valueOf(textOf(row.cell(column(target))));
  const major = text("degrees.major_text");
  const institution = text("degrees.institution_text");
  const coded = text("degrees.training_field");
  const yearColumn = column("degrees.graduation_year");
  const year = yearColumn && !isBlank(row.cell(yearColumn)) ? yearOf(row, yearColumn, options) : null;
  if (year !== null && born !== null && year < born + 16) row.report("year-implausible", yearColumn);
  const countryText = text("degrees.country");
  const country = countryText === null ? null : readCountry(countryText);
  if (countryText !== null && country === null) row.report("country-unknown", column("degrees.country"));
  return {
    level,
    training_field:
      (coded === null ? null : findTrainingField(studies, coded)) ?? (major === null ? null : findTrainingField(studies, major)),
    major_text: major,
    institution_text: institution,
    institution: institution === null ? null : findUnit(units, institution),
    graduation_year: year,
    country,
  };
}

function readAffiliations(row: RowCells, options: CheckOptions): ReadAffiliation[] {
  const [column] = row.columns("affiliations.organization_text");
  let text = column ? valueOf(textOf(row.cell(column))) : null;
  if (text !== null && RETIRED.test(fold(text))) text = null;
  const post = valueOf(row.text("affiliations.post"));
  const [from] = row.columns("affiliations.valid_from");
  if (text === null && !column && row.section !== null) {
    text = row.section;
    row.report("unit-from-section");
  }
  const affiliations: ReadAffiliation[] = [];
  const held = post !== null && !RETIRED.test(fold(post)) ? post : null;
  const validFrom = dateOf(row, from, options);
  if (text !== null || (held !== null && !isRetired(row))) {
    const organization = text === null ? null : findUnit(options.reference.units, text);
    affiliations.push({ organization_text: text, organization, kind: "employment", post: held, valid_from: validFrom });
  }
  const [joined] = row.columns("affiliations.membership_from");
  const member = dateOf(row, joined, options);
  if (member !== null) {
    const organization = options.supplier ?? null;
    affiliations.push({ organization_text: null, organization, kind: "membership", post: null, valid_from: member });
  }
  return affiliations;
}

const RETIRED = /^(?:da |dang |can bo |ve )?(?:nghi huu|huu tri|nghi che do|ve huu|huu)(?: |$)/;

function isRetired(row: RowCells): boolean {
  return RETIRED.test(fold(row.text("affiliations.organization_text")));
}

function readExpertise(row: RowCells, options: CheckOptions): Facts["expertise"] {
  const fields: string[] = [];
  for (const column of row.columns("expertise.field")) {
    const text = valueOf(listOf(row.cell(column)));
    if (text === null) continue;
    const whole = findRdField(options.reference.studies, text);
    const found = whole ? [whole] : text.split(/\s*[,;/+\n]\s*|\s+-\s+/).map((part) => findRdField(options.reference.studies, part));
    if (found.some((field) => field === null)) row.report("field-unknown", column);
    for (const field of found) if (field !== null && !fields.includes(field)) fields.push(field);
  }
  return fields.map((field, index) => ({ field, role: index === 0 ? "main" : "secondary" }));
}

function numberOf(row: RowCells, target: Target, options: CheckOptions): number | null {
  const [column] = row.columns(target);
  return column && !isBlank(row.cell(column)) ? yearOf(row, column, options) : null;
}

function yearOf(row: RowCells, column: Column, options: CheckOptions): number | null {
  const year = readYear(row.cell(column), { order: row.order(column), epoch: row.epoch, today: options.today, birth: false });
  if (year === null) row.report("year-invalid", column);
  return year;
}

function dateOf(row: RowCells, column: Column | undefined, options: CheckOptions): string | null {
  if (!column || isBlank(row.cell(column))) return null;
  const read = readDate(row.cell(column), { order: row.order(column), epoch: row.epoch, today: options.today, birth: false });
  if (read.fault === "invalid") row.report("date-invalid", column);
  if (read.fault === "swapped") row.report("date-month-first", column);
  return read.date;
}

function valueOf(text: string): string | null {
  return /[\p{L}\p{N}]/u.test(text) ? text : null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
