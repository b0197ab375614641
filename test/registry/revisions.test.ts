import { beforeAll, describe, expect, test } from "vitest";
import { CLERK, PUBLIC_URL, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry, Wish } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as({ subject: "chi-mai", client: "so-noi-vu" });
  return registry.close;
});

const register = async (body: object = {}) =>
  (await clerk.post("/v1/people?reason=Nh%E1%BA%ADp%20m%E1%BB%9Bi", { name: { full: "Ngô Thị Sử" }, ...body })).body.id as string;
const historyOf = async (path: string, agent = clerk) => (await agent.get(`/v1/${path}/revisions`)).body;
const RESTRICTED = [...CLERK, "people:read.restricted"] as const;
const typed = (update: string) => registry.sql(`begin; select set_config('trithuc.actor', 'dba', true); ${update}; commit`);

describe("GET /v1/people/{id}/revisions", () => {
  test("tells who changed what, when, through what and why, the present version first", async () => {
    const id = await register({ keywords: ["lúa"] });
    await clerk.patch(
      `/v1/people/${id}?reason=S%E1%BB%ADa`,
      { gender: "female", name: { given: "Sử", full: "Ngô Thị Sử" }, birth_date: "1985-09" },
      1,
    );
    await clerk.delete(`/v1/people/${id}`, 2);
    await clerk.post(`/v1/people/${id}/restorations`);
    const { data, page, meta } = await historyOf(`people/${id}`);
    expect(data.map((one: { version: number; action: string }) => [one.version, one.action])).toEqual([
      [4, "restored"],
      [3, "deleted"],
      [2, "changed"],
      [1, "created"],
    ]);
    expect(data[2]).toEqual({
      version: 2,
      action: "changed",
      recorded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      actor: "chi-mai",
      client: "so-noi-vu",
      reason: "Sửa",
      source_organization_id: null,
      source_organization: null,
      import_id: null,
      import_row: null,
      changes: [
        { field: "gender", from: null, to: "female" },
        { field: "birth_date", from: null, to: "1985-09" },
      ],
      redacted: meta.redacted,
    });
    expect([data[0].changes, data[1].changes]).toEqual([[], []]);
    expect(data[3]).toMatchObject({
      reason: "Nhập mới",
      changes: expect.arrayContaining([{ field: "keywords", from: null, to: ["lúa"] }]),
    });
    expect(page).toEqual({ limit: 50, next: null, cursor: null, has_more: false });
    expect(meta.redacted).toContain("citizen_id");
  });

  test("comes in pages, each change told once", async () => {
    const id = await register();
    for (let version = 1; version <= 6; version++) await clerk.patch(`/v1/people/${id}`, { keywords: [`từ ${version}`] }, version);
    const first = await clerk.get(`/v1/people/${id}/revisions?limit=3`);
    expect(first.headers["link"]).toBe(`<${PUBLIC_URL}${first.body.page.next}>; rel="next"`);
    const second = await clerk.get(first.body.page.next);
    const third = await clerk.get(second.body.page.next);
    expect([first, second, third].flatMap(({ body }) => body.data.map((one: { version: number }) => one.version))).toEqual([
      7, 6, 5, 4, 3, 2, 1,
    ]);
    expect(second.body.data.at(-1).changes).toEqual([{ field: "keywords", from: [], to: ["từ 1"] }]);
    expect(third.body.page.has_more).toBe(false);
    const other = await register();
    expect((await clerk.get(`/v1/people/${other}/revisions?cursor=${first.body.page.cursor}`)).body.code).toBe("cursor-mismatch");
  });

  test("says places with their names, dates in part, and identifiers as members", async () => {
    const [bn] = await registry.sql<{ id: string }>("select id from localities where code = '24' and valid_to is null");
    const id = await register({ identifiers: [{ scheme: "scopus", value: "77" }] });
    await clerk.patch(`/v1/people/${id}`, { residence_locality_id: bn!.id, identifiers: [] }, 1);
    const { data } = await historyOf(`people/${id}`);
    expect(data[0].changes).toEqual([
      { field: "residence_locality", from: null, to: { id: bn!.id, code: "24", name: "Bắc Ninh" } },
      { field: "identifiers", from: [{ scheme: "scopus", value: "77" }], to: [] },
    ]);
  });

  test("what is typed into the rows of its identifiers alone stands beside the version that stood", async () => {
    const id = await register({ identifiers: [{ scheme: "scopus", value: "88" }] });
    await typed(`update person_identifiers set value = '89' where person_id = '${id}'`);
    await clerk.patch(`/v1/people/${id}`, { identifiers: [{ scheme: "wos", value: "90" }] }, 1);
    await typed(`update person_identifiers set hidden_at = now() where person_id = '${id}' and scheme = 'wos'`);
    await typed(`delete from person_identifiers where person_id = '${id}' and scheme = 'scopus'`);
    const { data } = await historyOf(`people/${id}`);
    const told = data.map(
      (one: { beside?: { actor: string; changes: { field: string; from: { value: string } | null; to: { value: string } | null }[] }[] }) =>
        (one.beside ?? []).map(({ actor, changes: [change] }) => [
          actor,
          change!.field,
          change!.from?.value ?? null,
          change!.to?.value ?? null,
        ]),
    );
    expect(told).toEqual([
      [
        ["dba", "identifiers", "90", null],
        ["dba", "identifiers", null, null],
      ],
      [["dba", "identifiers", "88", "89"]],
    ]);
    expect(data[0].changes).toEqual([
      { field: "identifiers", from: [{ scheme: "scopus", value: "88" }], to: [{ scheme: "wos", value: "90" }] },
    ]);
  });

  test("a hand-typed UPDATE does not escape it", async () => {
    const id = await register();
    await typed(`update people set gender = 'male', hidden_at = null where id = '${id}'`);
    expect((await historyOf(`people/${id}`)).data[0]).toMatchObject({
      version: 2,
      actor: "dba",
      client: null,
      changes: [{ field: "gender", from: null, to: "male" }],
    });
  });
});

describe("GET /v1/{noun}/{id}/revisions/{version}", () => {
  test("gives the record as it was written down, with what changed since the version before or since diff", async () => {
    const id = await register({ gender: "male" });
    await clerk.patch(`/v1/people/${id}`, { gender: "female" }, 1);
    await clerk.patch(`/v1/people/${id}`, { gender: "other" }, 2);
    const at = async (path: string) => (await clerk.get(`/v1/people/${id}/revisions/${path}`)).body;
    expect(await at("2")).toMatchObject({
      version: 2,
      diff: 1,
      changes: [{ field: "gender", from: "male", to: "female" }],
      record: { id, version: 2, gender: "female", name: { full: "Ngô Thị Sử" } },
    });
    expect((await at("3?diff=1")).changes).toEqual([{ field: "gender", from: "male", to: "other" }]);
    expect((await at("1?diff=3")).changes).toEqual([{ field: "gender", from: "other", to: "male" }]);
    expect(await at("2?diff=2")).toMatchObject({ diff: 2, changes: [], action: "changed" });
    expect(await at("1")).toMatchObject({ diff: null, action: "created", record: { version: 1 } });
    expect((await at("1")).record.preferred).toBeUndefined();
  });

  test("has an ETag of its version, by which it is not sent twice", async () => {
    const id = await register();
    const first = await clerk.get(`/v1/people/${id}/revisions/1`);
    expect(first.headers["etag"]).toMatch(/^"1\./);
    const again = await clerk.get(`/v1/people/${id}/revisions/1`, { "if-none-match": first.headers["etag"]! });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  test.each([
    ["0", 400, "invalid-parameter", "version"],
    ["x", 400, "invalid-parameter", "version"],
    ["9999999999", 400, "invalid-parameter", "version"],
    ["1?diff=0", 400, "invalid-parameter", "diff"],
    ["1?diff=", 400, "invalid-parameter", "diff"],
    ["1?diff=1&diff=1", 400, "invalid-parameter", "diff"],
    ["1?diff=7", 400, "invalid-parameter", "diff"],
    ["1?fields=id", 400, "unknown-parameter", "fields"],
    ["2", 404, "not-found", undefined],
  ])("%s is %i %s", async (path, status, code, parameter) => {
    const { body } = await clerk.get(`/v1/people/${await register()}/revisions/${path}`);
    expect([body.status, body.code, body.errors[0]?.parameter]).toEqual([status, code, parameter]);
  });
});

describe("what is not for everybody", () => {
  const CITIZEN_ID = "024085000123";
  const pages = async (id: string, wish: Wish) => {
    const list = await registry.as(wish).get(`/v1/people/${id}/revisions`);
    const one = await registry.as(wish).get(`/v1/people/${id}/revisions/2?diff=1`);
    return { list: list.body, one: one.body, text: list.text + one.text };
  };

  test("opens by scope and purpose as in the record itself; else it is named, and no change of it is told", async () => {
    const id = await register({ citizen_id: CITIZEN_ID, phones: ["+84912345678"] });
    await clerk.patch(`/v1/people/${id}`, { citizen_id: "024085000456" }, 1);
    const open = await pages(id, { scope: RESTRICTED, purpose: "verification" });
    const change = { field: "citizen_id", from: CITIZEN_ID, to: "024085000456" };
    expect([open.list.data[0].changes, open.one.changes, open.one.record.citizen_id]).toEqual([[change], [change], "024085000456"]);
    for (const wish of [{ scope: CLERK }, { scope: RESTRICTED }] satisfies Wish[]) {
      const closed = await pages(id, wish);
      expect([closed.list.data[0].changes, closed.one.changes, closed.one.record.citizen_id]).toEqual([[], [], undefined]);
      for (const list of [closed.list.meta.redacted, closed.list.data[1].redacted, closed.one.redacted, closed.one.record.redacted])
        expect(list).toEqual(expect.arrayContaining(["citizen_id", "phones"]));
      expect(closed.text).not.toMatch(/02408500|\+8491|sealed|hash/);
    }
  });

  test("a citizen id that was sealed anew with the same number is no change", async () => {
    const id = await register({ citizen_id: "024085000789" });
    await typed(`update people set citizen_id_sealed = citizen_id_sealed || ''::bytea, gender = 'male' where id = '${id}'`);
    const { list } = await pages(id, { scope: RESTRICTED, purpose: "verification" });
    expect(list.data[0].changes).toEqual([{ field: "gender", from: null, to: "male" }]);
  });

  test("lies outside a territory as the record does, and is hidden with it", async () => {
    const id = await register({ degrees: [{ level: "TS" }] });
    const [degree] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    const paths = [
      `people/${id}/revisions`,
      `people/${id}/revisions/1`,
      `degrees/${degree.id}/revisions`,
      `degrees/${degree.id}/revisions/1`,
    ];
    const codes = async (agent: Agent) => Promise.all(paths.map(async (path) => (await agent.get(`/v1/${path}`)).body.code));
    expect(await codes(registry.as({ org: ["SYT"] }))).toEqual(["not-found", "not-found", "not-found", "not-found"]);
    expect(await codes(registry.as({ scope: ["directory:read"] }))).toEqual(Array(4).fill("scope-missing"));
    await clerk.delete(`/v1/people/${id}`, 1);
    expect(await codes(clerk)).toEqual(["deleted", "deleted", "deleted", "deleted"]);
    await clerk.post(`/v1/people/${id}/restorations`);
    expect(await codes(clerk)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("what was erased is said to be, and nothing of it is left", async () => {
    const id = await register({ keywords: ["bí mật"] });
    await clerk.patch(`/v1/people/${id}`, { keywords: ["khác"] }, 1);
    await registry.sql(`update revisions set "row" = null where record_id = $1 and version = 1`, id);
    const { data } = await historyOf(`people/${id}`);
    expect(data.map((one: { changes: unknown }) => one.changes)).toEqual([null, null]);
    const { body } = await clerk.get(`/v1/people/${id}/revisions/1`);
    expect([body.record, body.changes]).toEqual([null, null]);
    expect((await clerk.get(`/v1/people/${id}?known_at=${data[1].recorded_at}`)).body.code).toBe("erased");
  });
});

describe("every noun", () => {
  test("reference data too has a history, which any token reads", async () => {
    const one = async (text: string) => (await registry.sql<{ id: string }>(text))[0]!.id;
    const places = [
      `organizations/${await one("select id from organizations where code = 'SYT'")}`,
      "localities/24@2025-07-01",
      `fields/${await one("select id from fields limit 1")}`,
      `code-lists/${await one("select id from code_lists limit 1")}`,
      `code-lists/degree-levels/codes/${await one("select id from codes where list = 'degree-levels' limit 1")}`,
    ];
    for (const place of places) {
      const { data, meta } = await historyOf(place, registry.as({ scope: [], org: ["SYT"] }));
      expect([place, data.at(-1).version, data.at(-1).action, meta]).toEqual([place, 1, "created", {}]);
      expect(data.at(-1).changes.length).toBeGreaterThan(1);
    }
    const code = places[4]!.split("/").at(-1);
    expect((await clerk.get(`/v1/code-lists/awards/codes/${code}/revisions`)).body.code).toBe("not-found");
  });

  test("shows rows of an older shape with what stands where nothing was sent", async () => {
    const id = await register({ degrees: [{ level: "TS" }] });
    await registry.sql(`update revisions set "row" = "row" - 'keywords' - 'record_state' - 'biography' where record_id = $1`, id);
    const { body } = await clerk.get(`/v1/people/${id}/revisions/1`);
    expect(body.record).toMatchObject({ keywords: [], record_state: "draft", biography: null });
    expect((await clerk.get(`/v1/people/${id}?known_at=${body.recorded_at}`)).body).toMatchObject({ keywords: [], record_state: "draft" });
  });
});
