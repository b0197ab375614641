import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayByDay, dayInVietnam } from "../../src/core/time/clock.ts";
import { days, isPartialDate, partialOf } from "../../src/core/time/partial-date.ts";

const day = fc
  .date({ min: new Date("1800-01-01"), max: new Date("2200-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const partial = fc.tuple(day, fc.constantFrom(4, 7, 10)).map(([text, length]) => text.slice(0, length));

describe("isPartialDate", () => {
  test("takes years, months and days of the calendar", () => {
    for (const text of ["1800", "2200", "1985-09", "1985-09-02", "2000-02-29", "2024-02-29", "2200-12-31"])
      expect(isPartialDate(text), text).toBe(true);
  });

  test("refuses what the calendar does not know, other years, other forms", () => {
    const wrong = [
      "1799",
      "2201",
      "0000",
      "1985-00",
      "1985-13",
      "1985-00-01",
      "1985-09-00",
      "1985-09-31",
      "1900-02-29",
      "2023-02-29",
      "2100-02-29",
    ];
    const forms = [
      "",
      "85",
      "1985-9",
      "1985-09-2",
      "02/09/1985",
      "1985-09-02T00:00:00Z",
      " 1985",
      "1985\n",
      "-1985",
      "１９８５",
      "1985-",
      "1985-09-",
    ];
    for (const text of [...wrong, ...forms]) expect(isPartialDate(text), JSON.stringify(text)).toBe(false);
  });

  test("agrees with the platform's calendar on every day from 1800 to 2200", () => {
    for (let year = 1800; year <= 2200; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let date = 28; date <= 31; date++) {
          const text = `${year}-${String(month).padStart(2, "0")}-${date}`;
          const real = new Date(Date.UTC(year, month - 1, date));
          expect(isPartialDate(text)).toBe(real.getUTCMonth() === month - 1);
        }
      }
    }
  });
});

describe("days", () => {
  test("gives the first and the last day covered", () => {
    expect(days("1985")).toEqual({ earliest: "1985-01-01", latest: "1985-12-31" });
    expect(days("1985-02")).toEqual({ earliest: "1985-02-01", latest: "1985-02-28" });
    expect(days("2000-02")).toEqual({ earliest: "2000-02-01", latest: "2000-02-29" });
    expect(days("1985-09-02")).toEqual({ earliest: "1985-09-02", latest: "1985-09-02" });
  });

  test("is undone by partialOf", () => {
    fc.assert(fc.property(partial, (text) => partialOf(days(text).earliest, days(text).latest) === text));
  });

  test("covers a whole month with its last day, and nothing beyond", () => {
    fc.assert(
      fc.property(day, (text) => {
        const { earliest, latest } = days(text.slice(0, 7));
        const next = new Date(`${latest}T00:00:00Z`);
        next.setUTCDate(next.getUTCDate() + 1);
        return earliest <= text && text <= latest && next.toISOString().slice(8, 10) === "01";
      }),
    );
  });

  test("refuses what is no partial date", () => {
    expect(() => days("2023-02-29")).toThrow(RangeError);
    expect(() => partialOf("1985-01-01", "1985-06-30")).toThrow(RangeError);
    expect(() => partialOf("1985-12-31", "1985-01-01")).toThrow(RangeError);
  });
});

test("today is written once a day, and is that of each instant however the clock goes", () => {
  const instant = fc.date({ min: new Date("1960-01-01"), max: new Date("2200-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(
      fc.array(instant, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 8 }),
      (far, near) => {
        const midnight = Date.UTC(2026, 2, 4, 17);
        const instants = [...far, ...near.map((ms) => new Date(midnight + ms))];
        let now = instants[0]!;
        const today = dayByDay(() => now);
        for (const one of instants) {
          now = one;
          expect(today()).toBe(dayInVietnam(one));
        }
      },
    ),
  );
});
