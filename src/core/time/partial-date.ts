/** A date of the past known to the year, the month or the day: `"1985"`, `"1985-09"`, `"1985-09-02"`. */
export type PartialDate = string;

/** The first and the last day, `YYYY-MM-DD`, on which a partial date may lie. */
export type Days = { earliest: string; latest: string };

const FIRST_YEAR = 1800;
const LAST_YEAR = 2200;

/** Whether a text is a partial date that the calendar knows, in the years 1800 to 2200. */
export function isPartialDate(text: string): boolean {
  return parse(text) !== undefined;
}

/**
 * The days that a partial date covers: `days("1985-02")` is `{ earliest: "1985-02-01", latest: "1985-02-28" }`.
 *
 * @throws RangeError when the text is not a partial date
 */
export function days(partial: PartialDate): Days {
  const found = parse(partial);
  if (found === undefined) throw new RangeError("not a partial date");
  return found;
}

/**
 * The partial date that covers exactly these days, the inverse of `days`.
 *
 * @throws RangeError when no year, month or day begins and ends there
 */
export function partialOf(earliest: string, latest: string): PartialDate {
  const shortest = [earliest.slice(0, 4), earliest.slice(0, 7), earliest].find((candidate) => {
    const found = parse(candidate);
    return found?.earliest === earliest && found.latest === latest;
  });
  if (shortest === undefined) throw new RangeError("no partial date covers exactly these days");
  return shortest;
}

function parse(text: string): Days | undefined {
  const [whole, yyyy, mm, dd] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  const year = Number(yyyy);
  if (whole === undefined || year < FIRST_YEAR || year > LAST_YEAR) return undefined;
  if (mm === undefined) return { earliest: `${whole}-01-01`, latest: `${whole}-12-31` };
  const month = Number(mm);
  if (month < 1 || month > 12) return undefined;
  const last = lengthOfMonth(year, month);
  if (dd === undefined) return { earliest: `${whole}-01`, latest: `${whole}-${last}` };
  return Number(dd) >= 1 && Number(dd) <= last ? { earliest: whole, latest: whole } : undefined;
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
