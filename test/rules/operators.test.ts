import { beforeAll, describe, expect, test } from "vitest";
import type { Field } from "../../src/core/registry/field.ts";
import { catalog, FACTS } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let reader: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["people:read", "people:read.restricted", "people:read.sensitive", "privacy"], purpose: "administration" });
  const clerk = registry.as();
  const facts = (i: number) => ({
    degrees: [{ level: i % 2 ? "TS" : "ThS", graduation_year: i % 3 ? 1990 + i : null, ...(i % 4 && { valid_from: String(1990 + i) }) }],
    academic_titles: [{ title: "PGS", year: i % 5 ? 2000 + i : null }],
    affiliations: [{ kind: "employment", organization_text: `Đơn vị ${i % 7}`, ...(i % 3 && { valid_from: `20${10 + (i % 15)}-05` }) }],
    expertise: [{ field: "102", role: "main" }],
    awards: [{ award: "TTUT", year: i % 2 ? 2020 : null }],
  });
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      clerk.post("/v1/people", {
        name: { full: `Lê Văn Số ${"ABCDEGHIKL"[i % 10]}` },
        birth_date: i % 4 ? String(1950 + i) : null,
        ...facts(i),
      }),
    ),
  );
  return registry.close;
}, 60_000);

const nouns = Object.values(catalog).map(({ noun }) => noun);
const pathOf = (noun: string) => (noun === "codes" ? "/v1/code-lists/degree-levels/codes" : `/v1/${noun}`);
const NAMES: Record<string, string> = { "=": "", "<": ":lt", "<=": ":lte", ">": ":gt", ">=": ":gte" };

/** A value that a field may be compared with, and one that no field of its kind has. */
function samples({ kind, type, example }: Field): { good: string; bad: string | undefined } {
  if (kind === "choice") return { good: String(example), bad: "options" in type ? "no-such-choice" : undefined };
  if (kind === "integer" || kind === "number") return { good: "2000", bad: "many" };
  if (kind === "boolean") return { good: "true", bad: "perhaps" };
  if (kind === "day" || kind === "partial_date" || kind === "instant") return { good: "2001-09-09", bad: "2001-02-30" };
  if (kind === "id") return { good: "01a00000-0000-7000-8000-00000000abcd", bad: "abcd" };
  if (kind === "unit" || kind === "source") return { good: "SYT", bad: "NO-SUCH-UNIT" };
  if (kind === "classification") return { good: String(example), bad: "NO-SUCH-CODE" };
  if (kind === "place" || kind === "json") return { good: "24@2025-07-01", bad: "24" };
  return { good: typeof example === "string" ? example : "mau", bad: undefined };
}

describe("every operator of every field", () => {
  test("answers a value that fits, in a parameter and in a filter, and refuses one that does not", async () => {
    const wrong: unknown[] = [];
    let asked = 0;
    const asking: Promise<void>[] = [];
    const ask = async (path: string, status: number): Promise<void> => {
      const answer = await reader.get(path);
      if (answer.status !== status) wrong.push([path, answer.status, answer.body?.code]);
    };
    const expected = (path: string, status: number) => {
      asked++;
      asking.push(ask(path, status));
    };
    for (const noun of nouns) {
      await Promise.all(asking.splice(0));
      for (const [member, field] of Object.entries(noun.fields)) {
        const { good, bad } = samples(field);
        for (const operator of field.operators) {
          const url = (value: string) =>
            `${pathOf(noun.name)}?${member}${NAMES[operator] ?? `:${operator}`}=${encodeURIComponent(value)}&limit=1`;
          const filter = (value: string) =>
            `${pathOf(noun.name)}?limit=1&filter=${encodeURIComponent(operator === "exists" ? `${member} exists` : `${member} ${operator} "${value}"`)}`;
          if (field.bodyOnly) {
            expected(url(good), 400);
            expected(filter(good), 400);
            continue;
          }
          expected(url(operator === "exists" ? "true" : good), 200);
          expected(filter(good), 200);
          if (bad !== undefined) expected(url(bad), 400);
        }
        if (field.operators.includes("=") && !field.bodyOnly)
          expected(`${pathOf(noun.name)}?${member}:not=${encodeURIComponent(good)},${encodeURIComponent(good)}&limit=1`, 200);
        if (!field.operators.includes("below")) expected(`${pathOf(noun.name)}?${member}:below=1`, 400);
      }
    }
    await Promise.all(asking);
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(500);
  }, 60_000);

  test("works on each collection of a person as on its own list", async () => {
    const wrong: unknown[] = [];
    for (const [collection, { noun }] of Object.entries(FACTS)) {
      for (const [member, field] of Object.entries(noun.fields)) {
        if (field.bodyOnly) continue;
        for (const operator of field.operators) {
          const value = operator === "exists" ? "false" : samples(field).good;
          const path = `/v1/people?${collection}.${member}${NAMES[operator] ?? `:${operator}`}=${encodeURIComponent(value)}&limit=1`;
          const { status, body } = await reader.get(path);
          if (status !== 200) wrong.push([path, status, body.code]);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe("every sortable field of every noun", () => {
  const sorts = nouns.flatMap((noun) =>
    Object.entries(noun.fields).flatMap(([member, { sortable }]) =>
      sortable ? [`${noun.name} ${member}`, `${noun.name} -${member}`] : [],
    ),
  );

  test.each(sorts)("%s: pages join to the one list, each record once", async (name) => {
    const [noun, sort] = name.split(" ") as [string, string];
    const narrow = noun === "localities" ? "&kind=province" : noun === "fields" ? "&scheme=rd&level=2" : "";
    const whole = (await reader.get(`${pathOf(noun)}?sort=${sort}&limit=500${narrow}`)).body.data.map(({ id }: { id: string }) => id);
    const walked: string[] = [];
    for (let path: string | null = `${pathOf(noun)}?sort=${sort}&limit=${Math.max(3, Math.ceil(whole.length / 6))}${narrow}`; path;) {
      const { body, status } = await reader.get(path);
      expect([path, status]).toEqual([path, 200]);
      walked.push(...body.data.map(({ id }: { id: string }) => id));
      path = walked.length < 500 ? body.page.next : null;
    }
    expect(walked.slice(0, 500)).toEqual(whole);
    expect(new Set(walked).size).toBe(walked.length);
  });
});

describe("text is nothing but text", () => {
  const SQL = ["' or '1'='1' --", "'; delete from people; --", "\\' or 1=1 --", "$1::text", "') or true or ('a'='"];
  const standing = () =>
    registry.sql<{ n: string }>(
      "select (select count(*) from people) || ' ' || (select count(*) from revisions) || ' ' || (select count(*) from organizations) as n",
    );
  const idsOf = async (path: string): Promise<string[]> => {
    const { status, body } = await reader.get(path);
    expect([path, status]).toEqual([path, 200]);
    return body.data.map(({ id }: { id: string }) => id).toSorted();
  };

  test("SQL finds by each operator of each field of text what a word finds that nobody has", async () => {
    const wrong: unknown[] = [];
    let asked = 0;
    for (const noun of nouns) {
      for (const [member, field] of Object.entries(noun.fields)) {
        if (!["text", "texts", "name"].includes(field.kind) || field.bodyOnly) continue;
        const found = async (operator: string, text: string, filter: boolean) => {
          const name = `${member}${NAMES[operator] ?? (operator === "!=" ? ":not" : `:${operator}`)}`;
          const query = filter
            ? `filter=${encodeURIComponent(`${member} ${operator} "${text.replace(/["\\]/g, "\\$&")}"`)}`
            : `${name}=${encodeURIComponent(text.replace(/\\/g, "\\\\"))}`;
          const { status, body } = await reader.get(`${pathOf(noun.name)}?limit=500&fields=id&${query}`);
          return JSON.stringify([status, status === 200 ? body.data : body.code]);
        };
        for (const operator of field.operators.filter((one) => one !== "exists")) {
          const filter = asked++ % 2 === 0;
          const none = await found(operator, "zzqqxx", filter);
          const answers = await Promise.all(SQL.map((text) => found(operator, text, filter)));
          answers.forEach((answer, i) => answer === none || wrong.push([noun.name, member, operator, SQL[i], answer.slice(0, 80)]));
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(40);
  }, 60_000);

  test("SQL in every other place is refused as it should be, or finds nothing, and nothing is changed", async () => {
    const before = await standing();
    const places: [string, number, string | undefined][] = [
      ["people?sort=", 400, "invalid-parameter"],
      ["people?fields=", 400, "unknown-parameter"],
      ["people?include=", 400, "unknown-parameter"],
      ["people?limit=", 400, "invalid-parameter"],
      ["people?count=", 400, "invalid-parameter"],
      ["people?as_of=", 400, "invalid-parameter"],
      ["people?cursor=", 400, "cursor-invalid"],
      ["people?filter=", 400, "filter-syntax"],
      ["people?gender=", 400, "invalid-parameter"],
      ["people?degrees.level=", 400, "invalid-parameter"],
      ["people?q=", 200, undefined],
      ["people/suggest?q=", 200, undefined],
      ["organizations/suggest?q=", 200, undefined],
      ["localities/suggest?q=", 200, undefined],
      ["fields/suggest?scheme=rd&q=", 200, undefined],
      ["people/by-id/code/", 400, "invalid-parameter"],
      ["people/by-id/orcid/", 404, "not-found"],
    ];
    const inBody: [Record<string, unknown>, number, string | undefined][] = [
      [{ filter: 0 }, 400, "filter-syntax"],
      [{ sort: 0 }, 422, "validation-failed"],
      [{ fields: 0 }, 400, "unknown-field"],
      [{ include: 0 }, 400, "unknown-field"],
      [{ cursor: 0 }, 400, "cursor-invalid"],
    ];
    const wrong: unknown[] = [];
    for (const text of SQL) {
      for (const [place, status, code] of places) {
        const answer = await reader.get(`/v1/${place}${encodeURIComponent(text)}`);
        if (answer.status !== status || answer.body.code !== code) wrong.push([place, text, answer.status, answer.body.code]);
        if (status === 200 && answer.body.data.length > 0) wrong.push([place, text, answer.body.data]);
      }
      for (const [body, status, code] of inBody) {
        const [member = ""] = Object.keys(body);
        const answer = await reader.post("/v1/people/search", { [member]: text });
        if (answer.status !== status || answer.body.code !== code) wrong.push([member, text, answer.status, answer.body.code]);
      }
      const names = await reader.post("/v1/reconciliation", { noun: "people", queries: [{ name: text }] });
      if (names.status !== 200 || names.body.data[0].candidates.length > 0) wrong.push(["reconciliation", text, names.status, names.body]);
    }
    expect(wrong).toEqual([]);
    expect(await standing()).toEqual(before);
  }, 60_000);

  test("signs of patterns stand for themselves, and folded comparisons pass over them", async () => {
    const clerk = registry.as();
    const units = ["Quzwan 50% mới", "Quzwan 50 mới", "Quz an", "Quzw.n", "Q[a-z]z"];
    const { body } = await clerk.post("/v1/people", {
      name: { full: "Bạch Ký Hiệu" },
      keywords: ["50%_x", "a_b"],
      affiliations: units.map((organization_text) => ({ kind: "membership", organization_text })),
    });
    await clerk.post("/v1/people", { name: { full: "Bạch Ký Tự" }, keywords: ["50%abx", "axb", "50"] });
    const people = (query: string) => idsOf(`/v1/people?fields=id&${query}`);
    for (const text of ["50%_x", "a_b"]) expect(await people(`keywords=${encodeURIComponent(text)}`)).toEqual([body.id]);
    for (const text of ["50%", "50%%", "5_", "%", "_", ".*", "^5", "a.b", "[a-z]+"])
      expect([text, await people(`keywords=${encodeURIComponent(text)}`)]).toEqual([text, []]);
    for (const text of ["Bạch Ký %", "Bạch%", "Bạch Ký H_ệu", "Bạch.*"])
      for (const operator of ["", ":exact"]) expect(await people(`name${operator}=${encodeURIComponent(text)}`)).toEqual([]);
    const named = async (query: string, text: string) => {
      const path = `/v1/affiliations?person_id=${body.id}&organization_text${query}=${encodeURIComponent(text)}`;
      const { status, body: page } = await reader.get(path);
      expect([path, status]).toEqual([path, 200]);
      return page.data.map(({ organization_text: one }: { organization_text: string }) => units.indexOf(one)).toSorted();
    };
    for (const [operator, text, found] of [
      ["", "Quzwan 50% mới", [0]],
      ["", "Quzwan 50_ mới", []],
      ["", "Quzwan%", []],
      ["", "Q.*", []],
      [":prefix", "quzwan 50%", [0, 1]],
      [":prefix", "quz_an", [2]],
      [":prefix", "quz%n", []],
      [":prefix", "quz.*", [0, 1, 2, 3]],
      [":prefix", "q[a-z]", [4]],
      [":prefix", "q[t-v]", []],
      [":match", "50%", [0, 1]],
      [":match", "quz%", [2]],
      [":match", "quz_an", [2]],
    ] as const)
      expect([operator, text, await named(operator, text)]).toEqual([operator, text, found]);
  });
});
