import { beforeAll, describe, expect, test } from "vitest";
import { keyJobs } from "../../src/db/write/jobs.ts";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  return registry.close;
});

let keys = 0;
const newKey = () => `key-${keys++}`;
const withKey = (key: string) => ({ "idempotency-key": key });
const an = (n: number) => ({
  name: { full: `Mẫu Văn ${"ABCDEGHIKLM"[n % 11]}${n}` },
  citizen_id: String(24_085_000_000 + n).padStart(12, "0"),
});
const count = async (table: string) => Number((await registry.sql<{ n: string }>(`select count(*) as n from ${table}`))[0]!.n);
const create = (body: object, key: string, agent = clerk) => agent.post("/v1/people", body, withKey(key));

describe("a POST with an Idempotency-Key", () => {
  test("acts once: a repetition is answered alike, says so, and writes nothing", async () => {
    const key = newKey();
    const body = { name: { full: "Mẫu Thị Lặp" }, degrees: [{ level: "TS" }] };
    const first = await create(body, key);
    const before = [await count("people"), await count("degrees"), await count("revisions"), await count("person_numbers")];
    const second = await create(body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect([second.headers["etag"], second.headers["location"]]).toEqual([first.headers["etag"], first.headers["location"]]);
    expect([first.headers["idempotency-replayed"], second.headers["idempotency-replayed"]]).toEqual([undefined, "true"]);
    expect([await count("people"), await count("degrees"), await count("revisions"), await count("person_numbers")]).toEqual(before);
  });

  test("stands for facts, restorations and organizations too", async () => {
    const id = (await clerk.post("/v1/people", an(1))).body.id as string;
    const twice = async (agent: Agent, path: string, body?: object) => {
      const key = newKey();
      const [first, second] = [await agent.post(path, body, withKey(key)), await agent.post(path, body, withKey(key))];
      expect([path, first.status, second.status, second.headers["idempotency-replayed"]]).toEqual([path, 201, 201, "true"]);
      expect(second.text).toBe(first.text);
      return first.body.id as string;
    };
    const degree = await twice(clerk, `/v1/people/${id}/degrees`, { level: "ThS" });
    expect((await clerk.get(`/v1/people/${id}/degrees`)).body.data).toHaveLength(1);
    await clerk.delete(`/v1/degrees/${degree}`, 1);
    await twice(clerk, `/v1/degrees/${degree}/restorations`);
    await clerk.delete(`/v1/people/${id}`, 1);
    await twice(clerk, `/v1/people/${id}/restorations`);
    await twice(registry.admin, "/v1/organizations", { code: "MAU-LAP", name: "Đơn vị Mẫu", kind: "other" });
  });

  test("with another body, another address or other parameters is 422, and with the members in another order the same request", async () => {
    const key = newKey();
    const { body: made } = await create({ ...an(2), gender: "male" }, key);
    for (const [path, body] of [
      ["/v1/people", { ...an(2), gender: "female" }],
      ["/v1/people?reason=a", { ...an(2), gender: "male" }],
      ["/v1/people/019a0000-0000-7000-8000-000000000001/degrees", { level: "TS" }],
    ] as const) {
      const { status, body: problem } = await clerk.post(path, body, withKey(key));
      expect([path, status, problem.code, problem.errors[0].header]).toEqual([path, 422, "idempotency-key-reused", "Idempotency-Key"]);
    }
    const { citizen_id, name } = an(2);
    expect((await create({ gender: "male", citizen_id, name }, key)).body.id).toBe(made.id);
  });

  test("of another client is another key", async () => {
    const key = newKey();
    const mine = await create({ name: { full: "Mẫu Văn Khoá" } }, key);
    const theirs = await create({ name: { full: "Mẫu Thị Khoá" } }, key, registry.as({ client: "another-system" }));
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test("that failed is not kept: corrected, the same key acts", async () => {
    const key = newKey();
    expect((await create({ name: { full: "Mẫu Văn Sửa" }, gender: "x" }, key)).status).toBe(422);
    const { status, headers } = await create({ name: { full: "Mẫu Văn Sửa" }, gender: "male" }, key);
    expect([status, headers["idempotency-replayed"]]).toEqual([201, undefined]);
  });

  test("is answered through today's rights: what is closed now is closed in the kept answer, and what lies outside does not exist", async () => {
    const key = newKey();
    const body = { ...an(3), phones: ["+84912345678"], ethnicity: "01", degrees: [{ level: "TS" }] };
    const first = await create(body, key, registry.admin);
    expect(first.body).toMatchObject({ citizen_id: an(3).citizen_id, phones: ["+84912345678"], ethnicity: "01" });
    expect((await create(body, key, registry.admin)).text).toBe(first.text);
    const lesser = await create(body, key);
    expect(lesser.headers["idempotency-replayed"]).toBe("true");
    expect(lesser.body).toEqual((await clerk.get(`/v1/people/${first.body.id}?include=degrees`)).body);
    expect(lesser.text).not.toContain(an(3).citizen_id);
    const writer = await create(body, key, registry.as({ scope: ["people:write"] }));
    expect(writer.body).toEqual({ id: first.body.id, code: first.body.code, version: 1 });
    expect((await create(body, key, registry.as({ org: ["SYT"] }))).body.code).toBe("not-found");
    expect((await create(body, key, registry.as({ scope: ["people:read"] }))).status).toBe(403);
    expect((await create(body, key, registry.anonymous)).status).toBe(401);
  });

  test("keeps nothing that can be read: neither key nor answer stands in the clear", async () => {
    await create(an(4), "citizen-024085000004", registry.admin);
    const [row] = await registry.sql<{ text: string }>(
      "select string_agg(r::text || encode(answer, 'escape'), ' ') as text from idempotency_records r",
    );
    for (const canary of ["024085000004", "Mẫu Văn", "name", "citizen-0"]) expect(row!.text).not.toContain(canary);
  });

  test("is kept 72 hours, and swept", async () => {
    const [old, young] = [newKey(), newKey()];
    const before = await create({ name: { full: "Mẫu Văn Cũ" } }, old);
    await create({ name: { full: "Mẫu Văn Mới" } }, young);
    const age = (hours: number) =>
      registry.sql(`update idempotency_records set created_at = now() - interval '${hours} hours' where record_id = $1`, before.body.id);
    await age(71);
    expect((await create({ name: { full: "Mẫu Văn Cũ" } }, old)).body.id).toBe(before.body.id);
    await age(72);
    const again = await create({ name: { full: "Mẫu Văn Cũ" } }, old);
    expect([again.status, again.headers["idempotency-replayed"]]).toEqual([201, undefined]);
    expect(again.body.id).not.toBe(before.body.id);
    await registry.sql("update idempotency_records set created_at = now() - interval '73 hours' where record_id <> $1", again.body.id);
    await keyJobs(registry.work).sweep_idempotency_records!({}, 1);
    expect(await registry.sql("select record_id from idempotency_records")).toEqual([{ record_id: again.body.id }]);
  });

  test("names the record and its person, so that an erasure finds it", async () => {
    const { body } = await create({ name: { full: "Mẫu Văn Xoá" } }, newKey());
    const degree = await clerk.post(`/v1/people/${body.id}/degrees`, { level: "TS" }, withKey(newKey()));
    const rows = await registry.sql("select record_id from idempotency_records where person_id = $1 order by created_at", body.id);
    expect(rows).toEqual([{ record_id: body.id }, { record_id: degree.body.id }]);
  });
});

describe("an Idempotency-Key that is none", () => {
  test.each([
    ["empty", ""],
    ["256 characters", "a".repeat(256)],
    ["a blank within", "a b"],
    ["two of them", ["a", "b"]],
    ["letters beyond ASCII", Buffer.from("khoá", "utf8").toString("latin1")],
  ])("%s is invalid-header, with what else is wrong beside the body", async (_what, key) => {
    const { status, body } = await clerk.post("/v1/people?reason=a&nonsense=1", { gender: "x" }, { "idempotency-key": key as string });
    expect([status, body.code]).toEqual([400, "invalid-parameter"]);
    expect(body.errors.map(({ code }: { code: string }) => code)).toEqual(["unknown-parameter", "invalid-header"]);
    const alone = await clerk.post("/v1/people", { name: { full: "Mẫu Văn Sai" } }, { "idempotency-key": key as string });
    expect([alone.status, alone.body.code, alone.body.errors[0].header]).toEqual([400, "invalid-header", "Idempotency-Key"]);
  });

  test("255 characters are a key, and where nothing is created the header means nothing", async () => {
    expect((await create({ name: { full: "Mẫu Văn Dài" } }, "a".repeat(255))).status).toBe(201);
    expect((await clerk.get("/v1/people?limit=1", withKey("a b"))).status).toBe(200);
    expect((await clerk.post("/v1/people/search", {}, withKey("a b"))).status).toBe(200);
  });

  test("is asked of nobody: without one a POST acts each time", async () => {
    const agent = registry.as({ scope: CLERK });
    const twice = [await agent.post("/v1/people", an(6)), await agent.post("/v1/people", an(6))];
    expect(twice.map(({ status }) => status)).toEqual([201, 409]);
    expect(await registry.sql("select from idempotency_records where client = 'nobody'")).toEqual([]);
  });
});
