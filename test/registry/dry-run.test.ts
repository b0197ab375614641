import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  return registry.close;
});

const TABLES = ["people", "degrees", "revisions", "person_reach", "person_identifiers", "person_numbers", "idempotency_records"];
/** All that a trial could have left behind, the next number among it. */
const state = async () => {
  const counts = TABLES.map((table) => `(select count(*) from ${table})`).join(" || '.' || ");
  const [row] = await registry.sql<{ state: string }>(
    `select ${counts} || '.' || (select last_value from person_numbers_n_seq) || '.' || (select sum(version) from people) as state`,
  );
  return row!.state;
};
const make = async (more: object = {}) => (await clerk.post("/v1/people", { name: { full: "Mẫu Văn Thử" }, ...more })).body;
const { stringify } = JSON;
/** A record without what only one that stands has. */
const bare = (record: object): unknown =>
  JSON.parse(stringify(record, (key, value: unknown) => (["id", "code", "version", "person_id"].includes(key) ? undefined : value)));
const trial = (answer: Answer) => [answer.status, answer.headers["dry-run"], answer.headers["location"], answer.headers["etag"]];

describe("dry_run=true", () => {
  test("of a person with facts does all, answers the same without id, code, version and place, and leaves nothing", async () => {
    const body = {
      name: { full: "Mẫu Thị Thử" },
      identifiers: [{ scheme: "wos", value: "THU-1" }],
      degrees: [{ level: "TS", training_field: "480101" }],
      expertise: [{ field: "102", role: "main" }],
    };
    await make();
    const before = await state();
    const tried = await clerk.post("/v1/people?dry_run=true", body, { "idempotency-key": "thu-1" });
    expect(trial(tried)).toEqual([201, "true", undefined, undefined]);
    expect(await state()).toBe(before);
    expect(tried.text).not.toMatch(/"(id|code|version|person_id)"/);
    const real = await clerk.post("/v1/people", body, { "idempotency-key": "thu-1" });
    expect(real.headers["idempotency-replayed"]).toBeUndefined();
    expect(tried.body).toEqual(bare(real.body));
  });

  test("is refused as the real one would be, by the database too", async () => {
    await make({ identifiers: [{ scheme: "wos", value: "THU-2" }] });
    const before = await state();
    const refused = async (body: object) =>
      (await clerk.post("/v1/people?dry_run=true", { name: { full: "Mẫu Văn Hai" }, ...body })).body.code;
    expect(await refused({ gender: "x" })).toBe("validation-failed");
    expect(await refused({ identifiers: [{ scheme: "wos", value: "THU-2" }] })).toBe("duplicate-identifier");
    const main = { field: "102", role: "main" };
    expect(await refused({ expertise: [main, { ...main, field: "103" }] })).toBe("state-conflict");
    expect(await state()).toBe(before);
  });

  test("of changes, deletions, restorations and facts leaves all as it stood", async () => {
    const { id } = await make({ degrees: [{ level: "CN" }] });
    const [degree] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    const before = await state();
    const path = `/v1/people/${id}`;
    const patched = await clerk.patch(`${path}?dry_run=true`, { gender: "female" }, 1);
    expect(trial(patched)).toEqual([200, "true", undefined, undefined]);
    expect(patched.body).toMatchObject({ gender: "female" });
    for (const member of ["id", "code", "version"]) expect(patched.body).not.toHaveProperty(member);
    expect((await clerk.patch(`${path}?dry_run=true`, { gender: "female" }, 9)).body.code).toBe("version-mismatch");
    expect((await clerk.patch(`${path}?dry_run=true`, { gender: "female" })).body.code).toBe("if-match-required");
    const deleted = await clerk.delete(`${path}?dry_run=true`, 1);
    expect([...trial(deleted), deleted.text]).toEqual([204, "true", undefined, undefined, ""]);
    const added = await clerk.post(`${path}/degrees?dry_run=true`, { level: "TS" });
    expect(trial(added)).toEqual([201, "true", undefined, undefined]);
    expect(added.body).toMatchObject({ level: "TS", person_id: id });
    expect(added.body).not.toHaveProperty("id");
    expect(trial(await clerk.patch(`/v1/degrees/${degree.id}?dry_run=true`, { graduation_year: 2001 }, 1))[0]).toBe(200);
    expect(trial(await clerk.delete(`/v1/degrees/${degree.id}?dry_run=true`, 1))[0]).toBe(204);
    expect(await state()).toBe(before);
    await clerk.delete(path, 1);
    const hidden = await state();
    expect(trial(await clerk.post(`${path}/restorations?dry_run=true`))).toEqual([201, "true", undefined, undefined]);
    expect(await state()).toBe(hidden);
    expect((await clerk.get(path)).status).toBe(410);
  });

  test("without a read scope answers an empty record", async () => {
    const tried = await registry.as({ scope: ["people:write"] }).post("/v1/people?dry_run=true", { name: { full: "Mẫu Văn Kín" } });
    expect([tried.status, tried.body]).toEqual([201, {}]);
  });

  test("many at once do not wait for each other's number", async () => {
    const before = await state();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => clerk.post("/v1/people?dry_run=true", { name: { full: "Mẫu Văn Nhiều" } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await state()).toBe(before);
  });

  test("takes true and false alone, once, and only where it is offered", async () => {
    for (const query of ["dry_run=1", "dry_run=", "dry_run=TRUE", "dry_run=true&dry_run=true"]) {
      const { status, body } = await clerk.post(`/v1/people?${query}`, { name: { full: "Mẫu Văn Sai" } });
      expect([query, status, body.code, body.errors[0].parameter]).toEqual([query, 400, "invalid-parameter", "dry_run"]);
    }
    expect((await clerk.post("/v1/people?dry_run=false", { name: { full: "Mẫu Văn Thật" } })).headers["dry-run"]).toBeUndefined();
    expect((await registry.admin.post("/v1/organizations?dry_run=true", {})).body.code).toBe("unknown-parameter");
    expect((await clerk.get("/v1/people?dry_run=true")).body.code).toBe("unknown-parameter");
  });
});
