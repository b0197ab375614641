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

const list = async (query: string) => {
  const { status, body } = await anyone.get(`/v1/localities?${query}&count=exact&limit=500`);
  expect([query, status]).toEqual([query, 200]);
  return {
    count: body.meta.count.value as number,
    data: body.data as { id: string; code: string; name: string; full_name: string; valid_from: string | null; valid_to: string | null }[],
  };
};

describe("GET /v1/localities", () => {
  test("shows the units of today where no day is named: 34 provinces and 3,321 communes, no district", async () => {
    expect((await list("kind=province")).count).toBe(34);
    expect((await list("kind=commune")).count).toBe(3321);
    expect((await list("kind=district")).count).toBe(0);
    expect((await list("filter=kind%20%3D%20commune")).count).toBe(3321);
    expect((await list("kind=commune&parent=24@2025-07-01")).count).toBe(99);
    expect((await list("kind=commune&parent=24@2025-07-01&type=phuong")).count).toBe(33);
  });

  test("shows those of a day with as_of: 63 provinces, 696 districts and 10,035 communes before the change", async () => {
    const day = "as_of=2025-06-30";
    expect([
      (await list(`kind=province&${day}`)).count,
      (await list(`kind=district&${day}`)).count,
      (await list(`kind=commune&${day}`)).count,
    ]).toEqual([63, 696, 10_035]);
    expect((await list("kind=commune&as_of=2025-07-01")).count).toBe(3321);
  });

  test("lists every unit that ever had a code, and with a day the one of that day", async () => {
    expect((await list("code=24")).data.map(({ full_name, valid_to }) => [full_name, valid_to]).toSorted()).toEqual([
      ["Tỉnh Bắc Giang", "2025-06-30"],
      ["Tỉnh Bắc Ninh", null],
    ]);
    expect((await list("code=24&as_of=2024-12-31")).data.map(({ full_name }) => full_name)).toEqual(["Tỉnh Bắc Giang"]);
    expect((await list("code=24&as_of=2026-01-01")).data.map(({ full_name }) => full_name)).toEqual(["Tỉnh Bắc Ninh"]);
    expect((await list("code=27&as_of=2026-01-01")).data).toEqual([]);
    expect((await list("filter=code%20%3D%20%2224%22")).count).toBe(2);
  });

  test("takes names without marks, and walks by pages without losing one", async () => {
    expect((await list("name:match=bac ninh&kind=province")).data.map(({ code }) => code)).toEqual(["24"]);
    expect((await list(`name:prefix=${encodeURIComponent("bắc")}&kind=province`)).data.length).toBeGreaterThan(0);
    const seen: string[] = [];
    for (let path: string | null = "/v1/localities?kind=commune&parent:below=24@2025-07-01&sort=name&limit=13"; path;) {
      const { body } = await anyone.get(path);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      path = body.page.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([99, 99]);
  });
});

describe("GET /v1/localities/{id}", () => {
  test("takes an id, or a code with its day; a bare code has no meaning", async () => {
    const named = await anyone.get("/v1/localities/24@2024-12-31");
    expect(named.body).toMatchObject({ name: "Bắc Giang", kind: "province", valid_to: "2025-06-30" });
    expect((await anyone.get(`/v1/localities/${named.body.id}`)).body).toEqual(named.body);
    expect((await anyone.get("/v1/localities/24")).body).toMatchObject({ status: 400, code: "invalid-parameter" });
    expect((await anyone.get("/v1/localities/24@2025-02-30")).body).toMatchObject({ status: 400, code: "invalid-parameter" });
    expect((await anyone.get("/v1/localities/27@2026-01-01")).body).toMatchObject({ status: 404, code: "not-found" });
    expect((await anyone.get("/v1/localities/01a00000-0000-7000-8000-00000000abcd")).status).toBe(404);
  });

  test("holds no person: it may be kept, and asked after", async () => {
    const { headers } = await anyone.get("/v1/localities/24@2025-07-01");
    expect((await anyone.get("/v1/localities/24@2025-07-01", { "if-none-match": headers["etag"]! })).status).toBe(304);
  });

  test("is changed by nobody over HTTP", async () => {
    for (const method of ["POST", "PATCH", "DELETE", "PUT"]) {
      const { status, body, headers } = await registry.admin.call({ method, path: "/v1/localities/24@2025-07-01", headers: {} });
      expect([method, status, body.code, headers["allow"]]).toEqual([method, 405, "method-not-allowed", "GET, HEAD, OPTIONS"]);
    }
  });
});

describe("lineage", () => {
  const edges = async (path: string) =>
    (await anyone.get(`/v1/localities/${path}`)).body.data as { locality: { code: string; name: string }; kind: string; share: number }[];

  test("says what a former unit became, and what a unit of today came from", async () => {
    expect((await edges("27@2025-06-30/successors")).map(({ locality, kind }) => [locality.code, kind])).toEqual([["24", "merge"]]);
    expect((await edges("24@2025-07-01/predecessors")).map(({ locality }) => locality.name).toSorted()).toEqual(["Bắc Giang", "Bắc Ninh"]);
    expect(await edges("27@2025-06-30/successors?as_of=2025-06-30")).toEqual([]);
  });

  test("of the 99 communes is a mapping of 313, without a split", async () => {
    const { data } = await list("kind=commune&parent=24@2025-07-01");
    const predecessors = await Promise.all(data.map(({ id }) => edges(`${id}/predecessors?as_of=2025-06-30`)));
    const all = predecessors.flat().map(({ locality }) => locality.code);
    expect([all.length, new Set(all).size]).toEqual([313, 313]);
  });

  test("takes no parameter but the day", async () => {
    expect((await anyone.get("/v1/localities/24@2025-07-01/successors?asof=2025-01-01")).body.code).toBe("unknown-parameter");
    expect((await anyone.get("/v1/localities/24@2025-07-01/successors?as_of=2025")).body.code).toBe("invalid-parameter");
    expect((await anyone.get("/v1/localities/01a00000-0000-7000-8000-00000000abcd/successors")).status).toBe(404);
  });
});
