import { beforeAll, describe, expect, test } from "vitest";
import { Person } from "../../src/registry/people/schema.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let officer: Agent;
let visitor: Agent;
let listed: string;
let withdrawal: string;
let unlisted: string;
const GIVEN = { method: "web", evidence: "Cổng dịch vụ công", given_at: "2026-01-05T02:00:00Z" };
const FULL = "Nghiêm Thị Danh Bạ";

beforeAll(async () => {
  registry = await startRegistry();
  officer = registry.as({ scope: ["privacy"] });
  visitor = registry.as({ scope: ["directory:read", "exports"] });
  const make = async (more: object) => {
    const degrees = [{ level: "TS", training_field: "4801", certificate_no: "QM 77", institution_text: "Trường Mẫu" }];
    const body = { name: { full: FULL }, birth_date: "1970-05-06", residence_text: "số 3 phố Mẫu", degrees, ...more };
    return (await registry.admin.post("/v1/people", body)).body.id as string;
  };
  const identifiers = [
    { scheme: "orcid", value: "0000-0001-5109-3700" },
    { scheme: "local:SYT", value: "CB-7" },
  ];
  listed = await make({ citizen_id: "024170000011", identifiers });
  unlisted = await make({ citizen_id: "024170000012", identifiers: [{ scheme: "scopus", value: "57190000001" }] });
  const consent = (id: string, purpose: string) =>
    officer.post(`/v1/people/${id}/consents`, { ...GIVEN, purpose, wording: `${purpose}-1` });
  withdrawal = `/v1/consents/${(await consent(listed, "directory")).body.id}/withdrawal`;
  // Any other purpose opens nothing.
  for (const purpose of ["storage", "advice", "sharing", "photo"]) expect((await consent(unlisted, purpose)).status).toBe(201);
  return registry.close;
});

const ids = async (path: string): Promise<string[]> => {
  const { body, text, headers } = await visitor.get(path);
  if (headers["content-type"]?.includes("ndjson"))
    return text.split("\n").flatMap((line) => (line.includes('"id"') ? [JSON.parse(line).id as string] : []));
  return body.data.map(({ id }: { id: string }) => id);
};
const QUESTIONS = [
  "/v1/people",
  "/v1/people?sort=name",
  "/v1/people?sort=-birth_year",
  "/v1/people?sort=name&degrees.level=TS",
  "/v1/people?degrees.training_field:below=48",
  `/v1/people?name:match=${encodeURIComponent(FULL)}`,
  `/v1/people?q=${encodeURIComponent("nghiem thi danh ba")}`,
  "/v1/people?birth_year=1970",
  `/v1/people?filter=${encodeURIComponent("has(degrees, level = TS)")}`,
  "/v1/people?include=degrees&count=exact",
  "/v1/people/export",
  `/v1/people/suggest?q=${encodeURIComponent("nghiem thi")}`,
];

describe("directory:read", () => {
  test("shows who consents to the directory, by every way of asking, and nobody else", async () => {
    for (const path of QUESTIONS) expect([path, await ids(path)]).toEqual([path, [listed]]);
    expect((await visitor.get("/v1/people?count=exact")).body.meta.count).toEqual({ value: 1, kind: "exact" });
    expect((await visitor.get("/v1/people?count=estimate")).body.meta.count).toEqual({ value: 1, kind: "exact" });
    const search = await visitor.post("/v1/people/search", { filter: `name match "${FULL}"` });
    expect(search.body.data.map(({ id }: { id: string }) => id)).toEqual([listed]);
    expect((await visitor.get(`/v1/people/${unlisted}`)).body.code).toBe("not-found");
    expect((await visitor.get("/v1/people/by-id/scopus/57190000001")).body.code).toBe("not-found");
    expect((await visitor.get("/v1/people/by-id/orcid/0000-0001-5109-3700")).body.id).toBe(listed);
  });

  test("shows public fields alone: nothing else of whom it shows", async () => {
    const { body, text } = await visitor.get(`/v1/people/${listed}?include=degrees`);
    const open = Object.entries(Person.fields).flatMap(([member, field]) => (field.class === "public" ? [member] : []));
    expect(
      Object.keys(body)
        .filter((member) => member !== "redacted" && member !== "degrees")
        .toSorted(),
    ).toEqual(open.toSorted());
    expect(body.redacted.toSorted()).toEqual(
      Object.keys(Person.fields)
        .filter((member) => !open.includes(member))
        .toSorted(),
    );
    expect(body.identifiers).toEqual([{ scheme: "orcid", value: "0000-0001-5109-3700" }]);
    for (const secret of ["CB-7", "024170000011", "phố Mẫu", "QM 77", "1970-05-06"]) expect(text).not.toContain(secret);
    expect((await visitor.get("/v1/people/by-id/local:SYT/CB-7")).body.code).toBe("not-found");
    expect((await visitor.get("/v1/people?gender=male")).body.code).toBe("scope-missing");
    expect((await visitor.get(`/v1/people/${listed}?known_at=2026-01-01T00:00:00Z`)).body.code).toBe("scope-missing");
    expect((await visitor.get(`/v1/people/${listed}/revisions`)).body.code).toBe("scope-missing");
    expect((await visitor.get("/v1/degrees")).body.code).toBe("scope-missing");
    expect((await visitor.post("/v1/reconciliation", { noun: "people", queries: [FULL] })).body.code).toBe("scope-missing");
  });

  test("stays within the token's territory", async () => {
    const elsewhere = registry.as({ scope: ["directory:read"], org: ["SYT"] });
    expect((await elsewhere.get("/v1/people")).body.data).toEqual([]);
    expect((await elsewhere.get(`/v1/people/${listed}`)).status).toBe(404);
  });

  test("a token of other scopes is no reader of the directory", async () => {
    expect((await registry.as({ scope: ["privacy", "exports", "people:write"] }).get("/v1/people")).body.code).toBe("scope-missing");
  });

  test("a consent that is withdrawn closes it at once", async () => {
    await officer.post(withdrawal, { method: "web", evidence: "Cổng dịch vụ công" });
    for (const path of QUESTIONS) expect([path, await ids(path)]).toEqual([path, []]);
    expect((await visitor.get(`/v1/people/${listed}`)).body.code).toBe("not-found");
    const again = { ...GIVEN, purpose: "directory", wording: "directory-1" };
    expect((await officer.post(`/v1/people/${listed}/consents`, again)).status).toBe(201);
    expect(await ids("/v1/people")).toEqual([listed]);
  });
});
