import type { Random } from "../random.ts";

/** The day on which the population stands: fixed, so that a seed gives the same people in any year. */
export const TODAY = "2026-06-30";
export const THIS_YEAR = 2026;

/** The first and the last day that a partly known day may be. */
export type Span = readonly [earliest: string, latest: string];

/** The day before (-1), after (1) ... another. */
export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
}

/** Some day of these years' months. */
export function dayIn(random: Random, year: number, fromMonth = 1, toMonth = 12): string {
  return isoOf(year, random.between(fromMonth, toMonth), random.between(1, 28));
}

export function isoOf(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export const exactly = (day: string): Span => [day, day];

/** The year, or the month, that a day lies in. */
export function yearOf(day: string): Span {
  const year = day.slice(0, 4);
  return [`${year}-01-01`, `${year}-12-31`];
}

export function monthOf(day: string): Span {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return [`${day.slice(0, 7)}-01`, new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)];
}

/** A day as offices know it: to the day, the month or the year, but never beyond the days given. */
export function blurred(random: Random, day: string, low: string, high: string): Span {
  const how = random.fraction();
  const span = how < 0.45 ? exactly(day) : how < 0.75 ? monthOf(day) : yearOf(day);
  return span[0] >= low && span[1] <= high ? span : exactly(day);
}
