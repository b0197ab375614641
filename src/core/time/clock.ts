const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit", day: "2-digit" });

/** From this year on the clocks of Vietnam have been seven hours ahead of UTC, summer and winter. */
const SEVEN_HOURS = { since: Date.UTC(1976, 0, 1), ms: 7 * 3_600_000 };

/** The day, `YYYY-MM-DD`, that an instant lies on in Vietnam: "today" and ages are counted there. */
export const dayInVietnam = (instant: Date): string =>
  instant.getTime() >= SEVEN_HOURS.since && instant.getUTCFullYear() < 9999
    ? new Date(instant.getTime() + SEVEN_HOURS.ms).toISOString().slice(0, 10)
    : DAY.format(instant);

const DAY_MS = 86_400_000;

/** Today in Vietnam by a clock that is looked at often: a day is written once. */
export function dayByDay(clock: () => Date): () => string {
  const known = { day: "", from: 0, until: 0 };
  return () => {
    const now = clock();
    const ms = now.getTime();
    if (ms >= known.from && ms < known.until) return known.day;
    known.day = dayInVietnam(now);
    known.from = Date.parse(`${known.day}T00:00:00+07:00`);
    known.until = ms >= SEVEN_HOURS.since ? known.from + DAY_MS : known.from;
    return known.day;
  };
}
