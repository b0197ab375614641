import type { Column } from "../mapping.ts";
import type { Target } from "./person.ts";

/** The column's target settled between header and content: agreement is `both`, a clear contradiction goes to the content. */
export function settleTargets(columns: Column[], headed: boolean): Column[] {
  for (const column of columns) if (column.target) column.by = agrees(column, column.target) ? "both" : "header";
  tellYearsFromTicks(columns);
  groupLevels(columns);
  splitNames(columns);
  contradict(columns);
  fillByContent(columns, headed);
  levelFromBranch(columns);
  keepOne(columns);
  return columns;
}

const CONTENT: Target[] = [
  "people.emails",
  "people.citizen_id",
  "people.phones",
  "people.name.full",
  "people.gender",
  "people.birth_date",
  "degrees.level",
  "people.ethnicity",
  "people.old_id_number",
  "affiliations.post",
  "affiliations.organization_text",
];

function agrees(column: Column, target: Target): boolean {
  const key: Target =
    target === "degrees.level_or_title" || target === "academic_titles.title"
      ? "degrees.level"
      : target.startsWith("people.birth_date")
        ? "people.birth_date"
        : target === "people.hometown_text"
          ? "people.residence_text"
          : target === "people.gender.female"
            ? "people.gender.male"
            : target;
  return (column.shares[key] ?? 0) >= 0.6;
}

// A column "Nam" holds a man's year of birth, a tick, or, headed "Năm" without its mark, a year.
function tellYearsFromTicks(columns: Column[]): void {
  for (const column of columns) {
    const gender = column.target === "people.gender.male" || column.target === "people.gender.female";
    const side = column.target?.endsWith(".male") ? "male" : "female";
    if (gender && (column.shares["people.birth_date"] ?? 0) >= 0.6) {
      column.target = `people.birth_date.${side}`;
      column.by = "both";
    } else if (gender && (column.shares["people.gender"] ?? 0) >= 0.9) {
      Object.assign(column, { target: "people.gender", by: "both" });
    } else if (
      column.target?.startsWith("people.birth_date.") &&
      column.target.endsWith("male") &&
      (column.shares["people.gender.male"] ?? 0) >= 0.9
    ) {
      Object.assign(column, { target: `people.gender.${side}`, by: "both" });
    }
  }
  const year = columns.find((column) => column.target === "people.birth_date.year");
  const whole = columns.find((column) => column.target === "people.birth_date");
  if (year && !whole && !columns.some((column) => column.target === "people.birth_date.day")) year.target = "people.birth_date";
}

// A column headed by a degree ("TS", "Thạc sĩ") is a tick for who has it, or says its branch, its year, its school.
function groupLevels(columns: Column[]): void {
  for (const column of columns) {
    if (column.named === null || column.shares.filled === 0) continue;
    const year = (column.shares["degrees.graduation_year"] ?? 0) >= 0.7;
    const tick = (column.shares["people.gender.male"] ?? 0) >= 0.9;
    const target = tick ? "degrees.level.tick" : year ? "degrees.graduation_year" : "degrees.major_text";
    if ((column.shares["degrees.level"] ?? 0) >= 0.6 && !tick) continue;
    Object.assign(column, { target, by: "both", level: column.named });
  }
  if (columns.some((column) => column.target === "degrees.level.tick")) {
    for (const column of columns)
      if (column.named !== null && column.shares.filled === 0)
        Object.assign(column, { target: "degrees.level.tick", by: "header", level: column.named });
  }
}

// "Họ và tên" over two columns without names of their own: family and middle name, then the given name.
function splitNames(columns: Column[]): void {
  const at = columns.findIndex((column) => column.target === "people.name.full");
  const [first, second] = [columns[at], columns[at + 1]];
  if (first && second && (second.target === null || second.target === "people.name.full")) {
    const given = (second.shares["people.name.given"] ?? 0) >= 0.8 && second.shares.filled > 0;
    if (given && (second.shares["people.gender"] ?? 0) < 0.5) {
      Object.assign(first, { target: "people.name.family", by: "both" });
      Object.assign(second, { target: "people.name.given", by: second.header === null ? "content" : "both" });
    }
  }
  const family = columns.find((column) => column.target === "people.name.family");
  const given = columns.find((column) => column.target === "people.name.given");
  // "Tên" or "Họ" alone over whole names is the full name.
  if (given && !family && !columns.some((column) => column.target === "people.name.full")) given.target = "people.name.full";
  if (family && !given && !columns.some((column) => column.target === "people.name.full")) family.target = "people.name.full";
}

function contradict(columns: Column[]): void {
  for (const column of columns) {
    if (!column.target || column.shares.filled < 3 || column.by === "both") continue;
    const content = best(column, 0.9);
    if (!content || content === column.target || compatible(column.target, content)) continue;
    if (columns.some((other) => other !== column && other.target === content)) continue;
    Object.assign(column, { target: content, by: "content" });
  }
}

// Content of these kinds stands rightly under many headers.
function compatible(target: Target, content: Target): boolean {
  if (["ordinal", "skip", "not-collected", "remarks"].includes(target)) return true;
  if (target.startsWith("people.birth_date") || target.endsWith("year") || target.endsWith("_from") || target.startsWith("people.name")) {
    return content === "people.birth_date" || content === "people.name.full" || content === "people.gender";
  }
  if (target.startsWith("people.hometown") || target.startsWith("people.residence") || target.startsWith("people.identifiers")) return true;
  if (target === "people.old_id_number" || target === "people.citizen_id" || target === "people.phones") {
    return !["people.emails", "people.name.full"].includes(content);
  }
  return content === "affiliations.organization_text" || content === "people.ethnicity" || content === "people.gender";
}

function best(column: Column, least: number): Target | null {
  return CONTENT.find((target) => (column.shares[target] ?? 0) >= least) ?? null;
}

function fillByContent(columns: Column[], headed: boolean): void {
  const has = (...targets: Target[]): boolean => columns.some((column) => column.target !== null && targets.includes(column.target));
  for (const column of columns) {
    if (column.target || column.shares.filled < (headed ? 3 : 2)) continue;
    if ((column.shares.ordinal ?? 0) >= 0.95 && column.index < 2 && !has("ordinal")) {
      Object.assign(column, { target: "ordinal", by: "content" });
      continue;
    }
    const target = best(column, headed && column.header !== null ? 0.9 : 0.75);
    if (!target || has(target)) continue;
    if (target === "people.birth_date" && has("people.birth_date.male", "people.birth_date.day", "people.birth_date.year")) continue;
    if (target === "people.gender" && has("people.gender.male", "people.birth_date.male")) continue;
    if (target === "people.name.full" && has("people.name.given")) continue;
    if (target === "degrees.level" && has("degrees.level_or_title")) continue;
    Object.assign(column, { target, by: "content" });
  }
}

// "TS. Kinh tế" under "Chuyên môn" in a list without a column of levels says level and branch in one.
function levelFromBranch(columns: Column[]): void {
  const levels: Target[] = ["degrees.level", "degrees.level_or_title", "degrees.level.tick"];
  if (columns.some((column) => column.target !== null && levels.includes(column.target))) return;
  const branch = columns.find((column) => column.target === "degrees.major_text" && column.level === null);
  if (branch && (branch.shares.credited ?? 0) >= 0.5) Object.assign(branch, { target: "degrees.level", by: "content" });
}

const MANY: Target[] = ["people.phones", "people.emails", "awards.award", "remarks", "skip", "not-collected", "expertise.field"];

// Two columns cannot both be a person's one name or birth date: the one whose content agrees stays, else the first.
function keepOne(columns: Column[]): void {
  const kept = new Map<string, Column>();
  for (const column of columns) {
    if (!column.target || MANY.includes(column.target)) continue;
    const key = `${column.target}/${column.level ?? ""}`;
    const other = kept.get(key);
    if (!other) kept.set(key, column);
    else if (other.by === "header" && column.by === "both") {
      kept.set(key, column);
      Object.assign(other, { target: null, by: null });
    } else Object.assign(column, { target: null, by: null });
  }
  const organization = kept.get("affiliations.organization_text/");
  const department = kept.get("affiliations.department/") ?? kept.get("affiliations.team/");
  if (department && !organization) department.target = "affiliations.organization_text";
  // "Trường" alone is where people work in a list of teachers, and where they studied when it stands among the columns of a degree.
  const school = columns.find((column) => column.target === "degrees.institution_text" && /^trường$/iu.test(column.header ?? ""));
  const among = columns.some((column) => school && Math.abs(column.index - school.index) === 1 && column.target?.startsWith("degrees."));
  if (school && !among && !organization && !department) school.target = "affiliations.organization_text";
}
