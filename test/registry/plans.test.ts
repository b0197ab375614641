import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let admin: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  admin = registry.admin;
  await admin.post("/v1/people", { name: { full: "Trần Văn Thử" }, birth_date: "1980", gender: "male" });
  return registry.close;
});

const planOf = async (query: string) => (await admin.get(`/v1/people?${query}`)).body.meta.plan as string;

describe("meta.plan", () => {
  test.each([
    "",
    "gender=female",
    "sort=-birth_year",
    "degrees.level=TS",
    "birth_year:gte=1970",
    "residence_locality=24@2025-07-01&sort=name",
  ])("is indexed for what is declared: %s", async (query) => expect(await planOf(query)).toBe("indexed"));

  test.each(["gender=female&sort=name", "gender=female&life_status=retired", "keywords=nano", "count=exact"])(
    "is scan for %s",
    async (query) => expect(await planOf(query)).toBe("scan"),
  );

  test("of whoever is bound to a territory is indexed for the list as it stands", async () => {
    const agent = registry.as({ loc: ["24"] });
    expect((await agent.get("/v1/people")).body.meta.plan).toBe("indexed");
    expect((await agent.get("/v1/people?gender=male")).body.meta.plan).toBe("scan");
  });

  test("is explained by the combinations that GET /v1/meta/people lists", async () => {
    const { combinations } = (await admin.get("/v1/meta/people")).body;
    expect(combinations).toContainEqual({ filters: ["residence_locality", "expertise.field:below", "degrees.level"], sort: "name" });
    for (const { filters, sort } of combinations as { filters: string[]; sort?: string }[]) {
      const values: Record<string, string> = {
        "affiliations.organization:below": "UBND",
        residence_locality: "24@2025-07-01",
        "degrees.level": "TS",
      };
      const query = filters.map((name) => `${name}=${values[name] ?? "2"}`).join("&");
      expect([filters, await planOf(`${query}${sort ? `&sort=${sort}` : ""}`)]).toEqual([filters, "indexed"]);
    }
  });
});

describe("a word that is no field", () => {
  test.each([
    ["gioi_tinh=female", "gender"],
    ["hoc_vi=TS", "degrees.level"],
    ["locality=24", "residence_locality"],
    ["level=TS", "degrees.level"],
    ["organization:below=UBND", "affiliations.organization:below"],
    ["gendr=female", "gender"],
    ["Học_vị=TS", "degrees.level"],
  ])("%s is told what it may stand for", async (query, meant) => {
    const { status, body } = await admin.get(`/v1/people?${query}`);
    expect([status, body.errors[0].did_you_mean]).toEqual([400, meant]);
    const [name = "", value] = query.split("=");
    const filter = `${name.replace(":", " ").replace(/ below$/, "")}${name.includes(":") ? " below " : " = "}${value}`;
    const said = await admin.get(`/v1/people?filter=${encodeURIComponent(filter)}`);
    expect([said.status, said.body.errors[0].did_you_mean]).toEqual([400, meant.replace(":below", "")]);
  });
});

describe("a field of another noun", () => {
  test("is told with the way to it: a parameter has none, a filter has", async () => {
    const [error] = (await admin.get("/v1/degrees?gender=male")).body.errors;
    expect(error.did_you_mean).toBe("filter=person.gender");
    const [other] = (await admin.get(`/v1/degrees?filter=${encodeURIComponent("gender = male")}`)).body.errors;
    expect(other.did_you_mean).toBe("person.gender");
    expect((await admin.get(`/v1/degrees?filter=${encodeURIComponent("person.gender = male")}`)).status).toBe(200);
  });
});

describe("a filter that cannot be read", () => {
  test.each([
    ["gender = ", "At the end of the filter (position 10): expected more"],
    ["gender male", "At position 8: expected an operator"],
    ["(gender = male", "At the end of the filter (position 15): expected `)`"],
    ["gender = male and life_status = active or birth_year = 1980", "At position 40: `and` and `or` side by side"],
    ["1980 = birth_year", "At position 1: expected the name of a field"],
  ])("%s", async (filter, said) => {
    const { status, body } = await registry.as({ language: "en" }).get(`/v1/people?filter=${encodeURIComponent(filter)}`);
    expect([status, body.errors[0].detail]).toEqual([400, expect.stringContaining(said)]);
  });
});

describe("what is too much or closed", () => {
  test("a page says the limit and the value, a sort what it needs", async () => {
    const [error] = (await admin.get("/v1/people?limit=501")).body.errors;
    expect(error).toMatchObject({ parameter: "limit", limit: 500, value: 501 });
    for (const [text, value] of [
      ["1e9", 1e9],
      ["-1", -1],
      ["many", undefined],
    ])
      expect((await admin.get(`/v1/people?limit=${text}`)).body.errors[0].value).toBe(value);
    const searched = await admin.post("/v1/people/search", { limit: 501 });
    expect(searched.body.errors[0]).toMatchObject({ pointer: "/limit", limit: 500, value: 501 });
    const reader = registry.as({ scope: ["directory:read"] });
    expect((await reader.get("/v1/people?sort=birth_date")).status).toBe(403);
  });
});

describe("a filter", () => {
  const asked = async (filter: string) => (await admin.get(`/v1/people?filter=${encodeURIComponent(filter)}`)).body;

  test("that cannot be read is filter-syntax", async () => {
    for (const filter of ["gender = ", "gender ~ male", 'gender = "male', ""]) expect((await asked(filter)).code).toBe("filter-syntax");
  });

  const named = (bytes: number) => `name match "${"a".repeat(bytes - 13)}"`;
  test.each([
    ["depth", 6, `${"(".repeat(5)}gender = male${")".repeat(5)}`, `${"(".repeat(6)}gender = male${")".repeat(6)}`],
    ["predicates", 60, Array(60).fill("gender = male").join(" and "), Array(61).fill("gender = male").join(" and ")],
    ["values", 200, `birth_year in (${Array(200).fill("1980").join()})`, `birth_year in (${Array(201).fill("1980").join()})`],
    ["length", 4096, named(4096), named(4097)],
  ])("may have so much and no more, and is told the limit and the value: %s, %i", async (_what, limit, most, more) => {
    expect((await asked(most)).code).not.toBe("filter-too-complex");
    const { code, errors } = await asked(more);
    expect([code, errors]).toEqual(["filter-too-complex", [expect.objectContaining({ parameter: "filter", limit, value: limit + 1 })]]);
  });

  test("and parameters have the same limit of values", async () => {
    const years = (count: number) => Array.from({ length: count }, (_, year) => 1800 + year).join(",");
    expect((await admin.get(`/v1/people?birth_year=${years(200)}`)).status).toBe(200);
    const { body } = await admin.get(`/v1/people?birth_year=${years(201)}`);
    expect([body.code, body.errors]).toEqual([
      "filter-too-complex",
      [expect.objectContaining({ parameter: "birth_year", limit: 200, value: 201 })],
    ]);
    const both = await admin.get(`/v1/people?birth_year=${years(150)}&birth_year:not=${years(51)}`);
    expect([both.body.code, both.body.errors[0].parameter]).toEqual(["filter-too-complex", "birth_year:not"]);
  });
});

describe("count", () => {
  test("estimate is the planner's number and says so; a territory is given the exact one", async () => {
    expect((await admin.get("/v1/people?count=estimate")).body.meta.count).toMatchObject({ kind: "estimate" });
    expect((await registry.as({ loc: ["24"] }).get("/v1/people?count=estimate")).body.meta.count).toEqual({ value: 0, kind: "exact" });
  });
});
