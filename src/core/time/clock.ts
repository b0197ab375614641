const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit", day: "2-digit" });

/** The day, `YYYY-MM-DD`, that an instant lies on in Vietnam: "today" and ages are counted there. */
export const dayInVietnam = (instant: Date): string => DAY.format(instant);
