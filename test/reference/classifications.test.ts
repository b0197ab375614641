import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let anyone: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  anyone = registry.as({ scope: [] });
  return registry.close;
});

const count = async (path: string) =>
  (await anyone.get(`${path}${path.includes("?") ? "&" : "?"}count=exact`)).body.meta.count.value as number;

describe("GET /v1/fields", () => {
  test.each([
    ["rd", [6, 46, 243]],
    ["training", [23, 75, 377]],
    ["ford", [6, 42]],
    ["isced-f", [12, 29, 148]],
    ["sector", [14]],
  ])("holds the tree %s with %j fields a level", async (scheme, levels) => {
    const counted = await Promise.all(levels.map((_, i) => count(`/v1/fields?scheme=${scheme}&level=${i + 1}`)));
    expect(counted).toEqual(levels);
  });

  test("answers with labels in both languages, and is walked by its parents", async () => {
    const { body } = await anyone.get("/v1/fields?scheme=rd&parent_code=1&sort=code");
    expect(body.data[0]).toMatchObject({ code: "101", vi: "Toán học và thống kê", en: "Mathematics and statistics", level: 2 });
    expect((await anyone.get(`/v1/fields/${body.data[0].id}`)).body).toEqual(body.data[0]);
    expect((await anyone.get("/v1/fields?scheme=dewey")).body.code).toBe("invalid-parameter");
    expect((await anyone.get("/v1/fields?vi:match=toan hoc&scheme=rd")).body.data.length).toBeGreaterThan(0);
  });
});

describe("GET /v1/code-lists", () => {
  test("names the lists, and gives the codes of each", async () => {
    const lists = (await anyone.get("/v1/code-lists")).body.data.map(({ list }: { list: string }) => list);
    expect(lists).toEqual(
      expect.arrayContaining([
        "degree-levels",
        "academic-titles",
        "awards",
        "civil-service-grades",
        "ethnic-groups",
        "identifier-schemes",
        "working-day-calendar",
      ]),
    );
    for (const list of lists) expect([list, await count(`/v1/code-lists/${list}/codes`)]).toEqual([list, expect.any(Number)]);
    expect(await count("/v1/code-lists/degree-levels/codes")).toBe(16);
  });

  test("filters and sorts codes like any list", async () => {
    const codes = (await anyone.get("/v1/code-lists/degree-levels/codes?sort=-rank&fields=code,vi")).body.data;
    expect(codes[0]).toMatchObject({ code: "TSKH", vi: "Tiến sĩ khoa học" });
    expect((await anyone.get("/v1/code-lists/degree-levels/codes?code=TS")).body.data[0].attributes).toMatchObject({ vqf_level: "8" });
    expect((await anyone.get("/v1/code-lists/awards/codes?code=TS")).body.data).toEqual([]);
  });

  test("that is not there is 404, after what is wrong with the question", async () => {
    expect((await anyone.get("/v1/code-lists/dragons/codes")).body.code).toBe("not-found");
    expect((await anyone.get("/v1/code-lists/dragons/codes?nonsense=1")).body.code).toBe("unknown-parameter");
  });
});

describe("GET /v1/meta", () => {
  test("names every noun, scope, purpose and limit", async () => {
    const { body } = await anyone.get("/v1/meta");
    expect(body.nouns.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        "people",
        "degrees",
        "academic-titles",
        "affiliations",
        "expertise",
        "awards",
        "organizations",
        "localities",
        "fields",
        "code-lists",
      ]),
    );
    expect(body.scopes).toContain("people:read.restricted");
    expect(body.purposes).toHaveLength(8);
    expect(body.limits.page).toBe(500);
    for (const { url } of body.nouns) expect([url, (await anyone.get(url)).status]).toEqual([url, 200]);
  });

  test("describes each field of a noun as the registry declares it", async () => {
    const { body } = await anyone.get("/v1/meta/people");
    const field = (name: string) => body.fields.find((one: { name: string }) => one.name === name);
    expect(field("citizen_id")).toMatchObject({ class: "restricted", in_body_only: true, operators: ["="], sortable: false });
    expect(field("gender")).toMatchObject({ type: "choice", values: ["male", "female", "other"], groupable: true, nullable: true });
    expect(field("name")).toMatchObject({ sortable: true, operators: ["=", "match", "prefix", "exact"], nullable: false });
    expect(field("birth_year")).toMatchObject({ writable: "never", class: "public" });
    expect(body.collections).toMatchObject({ degrees: "degrees", academic_titles: "academic-titles" });
    expect((await anyone.get("/v1/meta/dragons")).body.code).toBe("not-found");
    expect((await anyone.get("/v1/meta/people?x=1")).body.code).toBe("unknown-parameter");
  });

  test("marks parameters that work as they are written", async () => {
    const PERSON = "019a0000-0000-7000-8000-000000000002";
    const reader = registry.as({ scope: ["people:read", "privacy", "audit"] });
    const sample: Record<string, string> = {
      integer: "1990",
      boolean: "true",
      partial_date: "1990",
      locality: "24@2025-07-01",
      organization: "SYT",
      object: "24@2025-07-01",
    };
    for (const noun of (await anyone.get("/v1/meta")).body.nouns
      .map(({ name }: { name: string }) => name)
      .filter((name: string) => name !== "codes")) {
      const { parameters } = (await anyone.get(`/v1/meta/${noun}`)).body;
      for (const parameter of parameters as string[]) {
        const [path = "", operator] = parameter.split(":");
        const [head = "", inner] = path.split(".");
        const described = (await anyone.get(`/v1/meta/${inner ? head.replaceAll("_", "-") : noun}`)).body;
        const field = described.fields.find(({ name }: { name: string }) => name === (inner ?? head));
        const value =
          operator === "exists"
            ? "true"
            : (field.values?.[0] ??
              sample[field.type] ??
              (field.scheme ? field.example : undefined) ??
              (path.endsWith("_id") ? PERSON : "x"));
        const { status, text } = await reader.get(`/v1/${noun}?${parameter}=${value}`);
        expect([noun, parameter, status, status === 200 ? "" : text]).toEqual([noun, parameter, 200, ""]);
      }
    }
  });
});
