import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readParameters } from "../../src/core/query/parameters.ts";
import { parseFilter } from "../../src/core/query/parse.ts";
import { printFilter } from "../../src/core/query/print.ts";
import { and } from "../../src/core/query/tree.ts";
import type { Query } from "../../src/core/query/tree.ts";

const at = { parameter: "filter" };
const PATHS = [
  "gender",
  "birth_year",
  "name",
  "residence_locality",
  "not_quite",
  "degrees.level",
  "degrees.graduation_year",
  "affiliations.organization",
];
const COLLECTIONS = ["degrees", "affiliations"];

/** The tree without the places at which its parts stood. */
const bare = (query: Query): unknown => JSON.parse(JSON.stringify(query, (key, value) => (key === "at" ? undefined : value)));
const reread = (query: Query): unknown => bare(parseFilter(printFilter(query), at));

const text = fc.oneof(
  fc.constantFrom("TS", "1985-09", "and", "exists", "24@2025-07-01", 'a "b" \\ c', "Nguyễn Văn Ân", "", " "),
  fc.string({ unit: "grapheme" }),
);
const path = fc.constantFrom(...PATHS);
const collection = fc.constantFrom(...COLLECTIONS);
const compare = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const leaf: fc.Arbitrary<Query> = fc.oneof(
  fc.record({
    is: fc.constant("compare"),
    path,
    compare: fc.oneof(compare, fc.constantFrom("below", "match", "prefix", "exact")),
    values: fc.tuple(text),
    at: fc.constant(at),
  }),
  fc.record({
    is: fc.constant("compare"),
    path,
    compare: fc.constant("in"),
    values: fc.array(text, { minLength: 1, maxLength: 4 }),
    at: fc.constant(at),
  }),
  fc.record({ is: fc.constant("compare"), path, compare: fc.constant("exists"), values: fc.constant(["true"]), at: fc.constant(at) }),
) as fc.Arbitrary<Query>;

/** Trees within the limits: parentheses, `not` and collections may nest six deep. */
const tree = (depth: number): fc.Arbitrary<Query> => {
  if (depth === 0) return leaf;
  const next = tree(depth - 1);
  const where = fc.option(next, { nil: undefined });
  return fc.oneof(
    leaf,
    fc.record({ is: fc.constantFrom("and", "or"), items: fc.array(next, { minLength: 2, maxLength: 3 }) }),
    fc.record({ is: fc.constant("not"), item: depth > 1 ? tree(depth - 2) : leaf }),
    fc.record({ is: fc.constantFrom("has", "none"), path: collection, where, at: fc.constant(at) }),
    fc.record({ is: fc.constant("count"), path: collection, where, compare, value: fc.nat(999_999), at: fc.constant(at) }),
  ) as fc.Arbitrary<Query>;
};

describe("a query tree printed as a filter", () => {
  test("reads back to the same tree", () => {
    const short = tree(4).filter((query) => Buffer.byteLength(printFilter(query)) <= 4096);
    fc.assert(
      fc.property(short, (query) => {
        expect(reread(query)).toEqual(bare(query));
      }),
      { numRuns: 3000 },
    );
  });

  test("is what a person would write", () => {
    const filter =
      'has(degrees, level in (TS, TSKH) and training_field below 48) and (none(academic_titles) or not gender = "and") and count(awards) >= 2';
    expect(printFilter(parseFilter(filter, at))).toBe(filter);
    expect(printFilter(parseFilter('name  match  "minh khai"and not(gender exists)', at))).toBe(
      'name match "minh khai" and not gender exists',
    );
  });
});

describe("parameters", () => {
  const [known, operators] = [PATHS, ["gt", "gte", "lt", "lte", "below", "match", "prefix", "exact"]];
  const parameter = fc.oneof(
    fc.tuple(path, fc.constantFrom("", ":not"), fc.array(text, { minLength: 1, maxLength: 3 })),
    fc.tuple(
      path,
      fc.constantFrom(...operators).map((operator) => `:${operator}`),
      fc.tuple(text),
    ),
    fc.tuple(path, fc.constant(":exists"), fc.constantFrom(["true"], ["false"])),
  );
  const several = fc.uniqueArray(parameter, { minLength: 1, maxLength: 4, selector: ([path, operator]) => path + operator });
  const raw = (list: [string, string, string[]][]) =>
    Object.fromEntries(
      list.map(([path, operator, values]) => [
        path + operator,
        operator === "" || operator === ":not" ? values.map((value) => value.replace(/[\\,]/g, "\\$&")) : values,
      ]),
    );

  test("and the filter that says the same are one tree", () => {
    fc.assert(
      fc.property(several, (list) => {
        const query = readParameters(raw(list as [string, string, string[]][]), known, COLLECTIONS);
        expect(reread(query)).toEqual(bare(query));
      }),
      { numRuns: 1000 },
    );
  });

  test("of one collection are one has, however they are given", () => {
    const same = (parameters: Record<string, string | string[]>, filter: string) =>
      expect(bare(readParameters(parameters, [...PATHS, "degrees.training_field"], COLLECTIONS))).toEqual(
        bare(and([parseFilter(filter, at)])),
      );
    same(
      { "degrees.level": "TS,TSKH", "degrees.training_field:below": "48" },
      "has(degrees, level in (TS, TSKH) and training_field below 48)",
    );
    same({ gender: ["female", "other"], "birth_year:gte": "1970" }, "gender in (female, other) and birth_year >= 1970");
    same({ "gender:not": "male" }, "gender != male");
    same({ "gender:not": "male,other" }, "not gender in (male, other)");
    same({ "residence_locality:exists": "false" }, "not residence_locality exists");
    same({ "degrees.level:exists": "false" }, "has(degrees, not level exists)");
  });
});

/** A parameter of layer 1 as it was meant; both texts are written from it, and neither from the other. */
type Meant = { path: string; operator?: string; values: string[]; repeated: boolean };
const meant: fc.Arbitrary<Meant> = fc.oneof(
  fc.record(
    { path, operator: fc.constant("not"), values: fc.array(text, { minLength: 1, maxLength: 4 }), repeated: fc.boolean() },
    { requiredKeys: ["path", "values", "repeated"] },
  ),
  fc.record({
    path,
    operator: fc.constantFrom("gt", "gte", "lt", "lte", "below", "match", "prefix", "exact"),
    values: fc.tuple(text),
    repeated: fc.constant(false),
  }),
  fc.record({
    path,
    operator: fc.constant("exists"),
    values: fc.tuple(fc.constantFrom("true", "false")),
    repeated: fc.constant(false),
  }),
);
const nameOf = ({ path, operator }: Meant): string => (operator === undefined ? path : `${path}:${operator}`);

/** As the address has them. */
function asParameters(all: Meant[]): Record<string, string | string[]> {
  const written = (one: Meant) => {
    const several = one.operator === undefined || one.operator === "not";
    const values = several ? one.values.map((value) => value.replaceAll("\\", "\\\\").replaceAll(",", "\\,")) : one.values;
    return one.repeated ? values : values.join(",");
  };
  return Object.fromEntries(all.map((one) => [nameOf(one), written(one)]));
}

/** As `filter=` has them: those of one collection in one `has`, where the first of them stood. */
function asFilter(all: Meant[]): string {
  const literal = (value: string) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const signs: Record<string, string> = { gt: ">", gte: ">=", lt: "<", lte: "<=" };
  const said = (name: string, { operator, values }: Meant) => {
    const [first = ""] = values;
    if (operator === "exists") return first === "true" ? `${name} exists` : `not ${name} exists`;
    if (operator !== undefined && operator !== "not") return `${name} ${signs[operator] ?? operator} ${literal(first)}`;
    if (values.length === 1) return `${name} ${operator === "not" ? "!=" : "="} ${literal(first)}`;
    return `${operator === "not" ? "not " : ""}${name} in (${values.map(literal).join(", ")})`;
  };
  const collectionOf = ({ path }: Meant) => COLLECTIONS.find((one) => path.startsWith(`${one}.`));
  const groups = Map.groupBy(all, (one) => collectionOf(one) ?? nameOf(one));
  return [...groups]
    .map(([key, parts]) => {
      if (!COLLECTIONS.includes(key)) return said(parts[0]!.path, parts[0]!);
      return `has(${key}, ${parts.map((one) => said(one.path.slice(key.length + 1), one)).join(" and ")})`;
    })
    .join(" and ");
}

test("parameters and a filter that mean the same are the same tree", () => {
  const several = fc
    .uniqueArray(meant, { minLength: 1, maxLength: 6, selector: nameOf })
    .filter((all) => Buffer.byteLength(asFilter(all)) <= 4096);
  fc.assert(
    fc.property(several, (all) => {
      expect(bare(readParameters(asParameters(all), PATHS, COLLECTIONS))).toEqual(bare(parseFilter(asFilter(all), at)));
    }),
    { numRuns: 1000 },
  );
});
