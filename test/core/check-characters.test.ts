import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { citizenIdFacts, isOrcid, isPersonCode, personCode } from "../../src/core/check-characters.ts";

const numbers = fc.integer({ min: 0, max: 9_999_999 });

describe("personCode", () => {
  test("is BN, seven digits and a check digit by ISO 7064 MOD 11,10", () => {
    expect(personCode(123)).toBe("BN-0000123-5");
    expect(personCode(9_999_999)).toMatch(/^BN-9999999-\d$/);
  });

  test("is accepted for every number", () => {
    fc.assert(fc.property(numbers, (n) => isPersonCode(personCode(n))));
  });

  test("refuses every code with one digit mistyped, the check digit too", () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(3, 4, 5, 6, 7, 8, 9, 11), fc.integer({ min: 1, max: 9 }), (n, at, by) => {
        const code = personCode(n);
        const wrong = (Number(code[at]) + by) % 10;
        return !isPersonCode(code.slice(0, at) + String(wrong) + code.slice(at + 1));
      }),
    );
  });

  test("refuses all swaps of neighbours but the one pair that the standard lets through", () => {
    // MOD 11,10 misses few transpositions: of all neighbouring pairs of a random code less than 3 in 100 go unnoticed.
    let swapped = 0;
    let missed = 0;
    for (let n = 0; n < 10_000_000; n += 997) {
      const code = personCode(n);
      for (let at = 3; at < 9; at++) {
        if (code[at] === code[at + 1]) continue;
        swapped++;
        if (isPersonCode(code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2))) missed++;
      }
    }
    expect(missed / swapped).toBeLessThan(0.03);
  });

  test("is made only of whole numbers of at most seven digits", () => {
    for (const n of [-1, 10_000_000, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => personCode(n)).toThrow(RangeError);
  });

  test("is nothing else", () => {
    for (const text of [
      "",
      "BN-0000123",
      "bn-0000123-5",
      "BN-0000123-5 ",
      "BN-0000123-5\n",
      "0000123-5",
      "BN-000123-5",
      "BN-００００１２３-5",
    ]) {
      expect(isPersonCode(text), JSON.stringify(text)).toBe(false);
    }
  });
});

describe("isOrcid", () => {
  test("takes iDs with the right last character", () => {
    for (const id of ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"]) expect(isOrcid(id), id).toBe(true);
  });

  test("refuses a wrong character, another form, and an address", () => {
    for (const id of [
      "0000-0002-1825-0098",
      "0000-0002-1694-2330",
      "0000-0002-1694-233x",
      "0000000218250097",
      "https://orcid.org/0000-0002-1825-0097",
    ]) {
      expect(isOrcid(id), id).toBe(false);
    }
  });
});

describe("citizenIdFacts", () => {
  test("reads place, gender, century and year", () => {
    expect(citizenIdFacts("027085001234")).toEqual({ place: "027", gender: "male", birth_year: 1985 });
    expect(citizenIdFacts("024190001234")).toEqual({ place: "024", gender: "female", birth_year: 1990 });
    expect(citizenIdFacts("001205001234")).toEqual({ place: "001", gender: "male", birth_year: 2005 });
    expect(citizenIdFacts("096310001234")).toEqual({ place: "096", gender: "female", birth_year: 2010 });
    expect(citizenIdFacts("027999000001")).toEqual({ place: "027", gender: "female", birth_year: 2399 });
  });

  test("is undefined for what is no citizen id", () => {
    for (const id of ["", "27085001234", "0270850012345", "02708500123x", "000085001234", " 027085001234", "027085001234\n"]) {
      expect(citizenIdFacts(id), JSON.stringify(id)).toBeUndefined();
    }
  });
});
