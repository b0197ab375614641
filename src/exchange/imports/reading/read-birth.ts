import { isBlank, textOf } from "../../cells/cell.ts";
import type { ReadDate } from "../../cells/dates.ts";
import { readDate } from "../../cells/dates.ts";
import type { CheckOptions, RowCells } from "../check.ts";
import type { Column } from "../mapping.ts";
import { isTick, readGender } from "./content.ts";
import type { ReadPerson } from "./person.ts";

type Birth = Pick<ReadPerson, "gender" | "birth_date" | "birth_year">;

/** Gender and birth date of a row, from whichever columns say them: a date, a year under Nam or Nữ, day, month and year apart, ticks. */
export function readBirth(row: RowCells, options: CheckOptions): Birth {
  const birth: Birth = { gender: readSex(row), birth_date: null, birth_year: null };
  const dates: { date: string; column: Column }[] = [];
  const take = (column: Column, read: ReadDate): void => {
    if (read.fault === "invalid") row.report("date-invalid", column);
    if (read.fault === "doubtful") row.report("date-doubtful", column);
    if (read.fault === "swapped") row.report("date-month-first", column);
    if (read.date !== null) dates.push({ date: read.date, column });
  };
  const style = (column: Column): Parameters<typeof readDate>[1] => ({
    order: row.order(column),
    epoch: row.epoch,
    today: options.today,
    birth: true,
  });
  const sides = [
    ["people.birth_date.male", "male"],
    ["people.birth_date.female", "female"],
  ] as const;
  for (const [target, gender] of sides) {
    for (const column of row.columns(target)) {
      const cell = row.cell(column);
      if (isBlank(cell)) continue;
      birth.gender ??= gender;
      if (!isTick(cell)) take(column, readDate(cell, style(column)));
    }
  }
  for (const column of row.columns("people.birth_date")) {
    const cell = row.cell(column);
    if (!isBlank(cell)) take(column, readDate(cell, style(column)));
  }
  const apart = readApart(row, style);
  if (apart) take(...apart);
  const full = dates.toSorted((a, b) => b.date.length - a.date.length)[0];
  if (!full) return birth;
  const differing = dates.find(({ date }) => !full.date.startsWith(date));
  if (differing) row.report("birth-differs", differing.column);
  birth.birth_date = full.date;
  birth.birth_year = Number(full.date.slice(0, 4));
  const age = Number(options.today.slice(0, 4)) - birth.birth_year;
  if (age < 18 || age > 110) row.report("birth-implausible", full.column);
  return birth;
}

function readApart(row: RowCells, style: (column: Column) => Parameters<typeof readDate>[1]): [Column, ReadDate] | null {
  const [year] = row.columns("people.birth_date.year");
  if (!year) return null;
  const text = (target: "people.birth_date.day" | "people.birth_date.month"): string => row.text(target).replace(/\D/g, "");
  const written = textOf(row.cell(year)).trim();
  if (written === "") return null;
  const [day, month] = [text("people.birth_date.day"), text("people.birth_date.month")];
  const joined = [day, month, written].filter((part) => part !== "").join("/");
  return [year, readDate(joined, { ...style(year), order: "dmy" })];
}

function readSex(row: RowCells): Birth["gender"] {
  const [column] = row.columns("people.gender");
  if (column) {
    const text = textOf(row.cell(column));
    if (/[\p{L}\p{N}]/u.test(text)) {
      const gender = readGender(text);
      if (gender) return gender;
      row.report("gender-unreadable", column);
    }
    return null;
  }
  const [male] = row.columns("people.gender.male");
  const [female] = row.columns("people.gender.female");
  const ticked = (one: Column | undefined): boolean => one !== undefined && !isBlank(row.cell(one)) && textOf(row.cell(one)) !== "0";
  if (ticked(male) && ticked(female)) {
    row.report("gender-unreadable", female);
    return null;
  }
  if (ticked(male) || row.cell(male) === true) return "male";
  if (ticked(female) || row.cell(female) === true) return "female";
  // A list with a column "Nữ" alone ticks the women, and so says of the others that they are men.
  if (female && !male && female.shares.filled > 0 && row.columns("people.birth_date.male").length === 0) {
    row.report("gender-inferred", female);
    return "male";
  }
  return null;
}
