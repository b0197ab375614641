import { describe, expect, test } from "vitest";
import { nearest, Problem, problemOf, PROBLEMS } from "../../src/core/problems.ts";
import type { ProblemCode, Violation } from "../../src/core/problems.ts";

const CONTRACT: Record<number, string> = {
  400:
    "malformed-json unknown-parameter unknown-field unknown-operator invalid-parameter invalid-header filter-syntax filter-ambiguous " +
    "filter-too-complex cursor-invalid cursor-mismatch identifier-in-url idempotency-key-required query-too-costly",
  401: "unauthenticated token-expired",
  403: "scope-missing purpose-required purpose-not-allowed outside-territory",
  404: "not-found route-not-found",
  405: "method-not-allowed",
  406: "not-acceptable",
  408: "request-timeout",
  409:
    "possible-duplicate duplicate-identifier record-merged period-overlap state-conflict in-use idempotency-in-progress " +
    "import-already-applied revert-blocked release-frozen",
  410: "deleted erased feed-position-expired",
  412: "version-mismatch",
  413: "body-too-large file-too-large too-many-rows",
  414: "uri-too-long",
  415: "unsupported-media-type",
  422:
    "validation-failed unknown-code date-order code-not-valid-on-date idempotency-key-reused dimension-not-allowed file-unreadable " +
    "no-table-found webhook-address-refused",
  428: "if-match-required",
  429: "rate-limited",
  431: "headers-too-large",
  500: "internal",
  503: "unavailable overloaded",
};

function violation(code: ProblemCode): Violation {
  return { code, detail: { vi: "sai", en: "wrong" }, pointer: "/name" };
}

describe("the closed list", () => {
  test("is exactly the contract's, each code with its status", () => {
    const promised = Object.entries(CONTRACT).flatMap(([status, codes]) => codes.split(" ").map((code) => [code, Number(status)]));
    const served = Object.entries(PROBLEMS).map(([code, text]) => [code, text.status]);
    expect(served.toSorted()).toEqual(promised.toSorted());
  });

  test("says what happened and what to do, in both languages, in one to three sentences", () => {
    for (const [code, { title, about }] of Object.entries(PROBLEMS)) {
      for (const language of ["vi", "en"] as const) {
        expect(title[language], code).toMatch(/^\p{Lu}.*[^.]$/u);
        expect(about[language], code).toMatch(/^\p{Lu}.{20,}\.$/u);
        expect(about[language], code).toBe(about[language].normalize("NFC"));
        expect(about[language].split(/[.?] (?=\p{Lu})/u).length, code).toBeLessThanOrEqual(3);
      }
      expect(title.vi, code).not.toBe(title.en);
    }
  });

  test("has no two codes with one title", () => {
    const titles = Object.values(PROBLEMS).flatMap(({ title }) => [title.vi, title.en]);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe("Problem", () => {
  test("carries its code as message, so that a log line cannot quote a client", () => {
    const problem = new Problem("unknown-code", { detail: { vi: "Mã 09999", en: "Code 09999" }, members: { import_id: "1" } });
    expect(problem).toMatchObject({
      message: "unknown-code",
      name: "Problem",
      status: 422,
      errors: [],
      headers: {},
      members: { import_id: "1" },
    });
    expect(problem).toBeInstanceOf(Error);
  });

  test("keeps its cause apart", () => {
    const cause = new Error("of the driver");
    expect(new Problem("internal", { cause }).cause).toBe(cause);
    expect("cause" in new Problem("internal")).toBe(false);
  });
});

describe("problemOf", () => {
  test("takes the code that all violations share", () => {
    expect(problemOf([violation("unknown-field"), violation("unknown-field")], "body")).toMatchObject({
      code: "unknown-field",
      status: 400,
    });
    expect(problemOf([violation("date-order")], "body")).toMatchObject({ code: "date-order", detail: { en: "wrong" } });
  });

  test("names mixed violations by their part and keeps each one's own code", () => {
    const mixed = [violation("unknown-field"), violation("unknown-code")];
    expect(problemOf(mixed, "body")).toMatchObject({ code: "validation-failed", errors: mixed });
    expect(problemOf(mixed, "query")).toMatchObject({ code: "invalid-parameter", errors: mixed });
  });
});

describe("nearest", () => {
  const fields = ["birth_year", "gender", "residence_locality", "name", "record_state", "degrees.level"];

  test("finds the name that was meant", () => {
    expect(nearest("brith_year", fields)).toBe("birth_year");
    expect(nearest("Gender", fields)).toBe("gender");
    expect(nearest("nmae", fields)).toBe("name");
    expect(nearest("birthyear", fields)).toBe("birth_year");
    expect(nearest("locality", fields)).toBe("residence_locality");
    expect(nearest("degree.level", fields)).toBe("degrees.level");
  });

  test("stays silent when nothing is near, and before names too long to be a typing error", () => {
    expect(nearest("zzzzzzzz", fields)).toBeUndefined();
    expect(nearest("", fields)).toBeUndefined();
    expect(nearest("n".repeat(8000), fields)).toBeUndefined();
  });
});
