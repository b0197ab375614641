/** Days that are not what their weekday says: `holiday`, or `working`, a Saturday worked in exchange. */
export type Calendar = ReadonlyMap<string, "holiday" | "working">;

const DAY_MS = 86_400_000;

/** Whether a day, `YYYY-MM-DD`, is worked. */
export function isWorkingDay(day: string, calendar: Calendar): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const kind = calendar.get(day);
  return kind === undefined ? weekday !== 0 && weekday !== 6 : kind === "working";
}

/** The `count`th working day after a day: the day itself is not counted (Civil Code 2015, Art. 147). */
export function addWorkingDays(day: string, count: number, calendar: Calendar): string {
  let [at, left] = [day, count];
  while (left > 0) {
    at = new Date(Date.parse(`${at}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
    if (isWorkingDay(at, calendar)) left--;
  }
  return at;
}
