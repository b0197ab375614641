import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";

let registry: Registry;
let officer: Agent;
let visitor: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  officer = registry.as({ scope: ["privacy"], subject: "officer-1" });
  visitor = registry.as({ scope: ["directory:read"] });
  return registry.close;
});

const GIVEN = {
  purpose: "directory",
  wording: "directory-1",
  method: "written",
  evidence: "Phiếu số 1/PĐY",
  given_at: "2026-01-05T02:00:00Z",
};
const WITHDRAWN = { method: "email", evidence: "Thư ngày 01/03/2026" };
const person = async (more: object = {}): Promise<string> =>
  (await registry.as().post("/v1/people", { name: { full: "Kiều Thị Thuận" }, ...more })).body.id as string;
const consent = (id: string, more: object = {}): Promise<Answer> => officer.post(`/v1/people/${id}/consents`, { ...GIVEN, ...more });
const nobody = "01a00000-0000-7000-8000-00000000abcd";

describe("POST /v1/people/{id}/consents", () => {
  test("keeps what is needed to prove it: who recorded it, when, by what, in which wording", async () => {
    const id = await person();
    const { status, body, headers } = await consent(id);
    expect([status, headers["location"]]).toEqual([201, `https://tri-thuc.example/v1/consents/${body.id}`]);
    expect(body).toEqual({
      id: body.id,
      person_id: id,
      ...GIVEN,
      given_at: "2026-01-05T02:00:00.000000Z",
      purpose_scheme: "consent-purposes@1",
      wording_scheme: "consent-texts@1",
      given_by: "self",
      recorded_by: "officer-1",
      live: true,
      withdrawn_at: null,
      withdrawal_method: null,
      withdrawal_evidence: null,
      withdrawal_recorded_by: null,
      version: 1,
    });
    const [text] = (await officer.get("/v1/code-lists/consent-texts/codes?code=directory-1")).body.data;
    expect(text.attributes.text_vi).toMatch(/Tôi đồng ý .* rút sự đồng ý/);
    expect(text.attributes.text_en).toMatch(/I agree/);
  });

  test("says everything that is wrong at once", async () => {
    const id = await person();
    const { status, body } = await consent(id, {
      purpose: "dragons",
      wording: "advice-1",
      method: "silence",
      given_at: "2030-01-01T00:00:00Z",
    });
    expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, ["/method"]]);
    const again = await consent(id, { purpose: "dragons", wording: "directory-1", given_at: "2030-01-01T00:00:00Z" });
    expect(again.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
      ["/given_at", "validation-failed"],
      ["/purpose", "unknown-code"],
      ["/wording", "validation-failed"],
    ]);
    expect((await consent(id, { wording: "advice-1" })).body.errors[0]).toMatchObject({ pointer: "/wording", code: "validation-failed" });
    expect((await consent(nobody)).body.code).toBe("not-found");
    expect((await registry.sql("select from consents where person_id = $1", id)).length).toBe(0);
  });

  test("the same wording twice is a conflict that names the one that holds; a newer wording takes its place", async () => {
    const id = await person();
    const { body: first } = await consent(id);
    const twice = await consent(id);
    expect([twice.status, twice.body.code, twice.body.consent_id]).toEqual([409, "state-conflict", first.id]);
    await registry.sql(`begin; select set_config('trithuc.actor', 'test', true);
      insert into codes (id, list, list_version, code, vi, en, attributes) values (gen_random_uuid(), 'consent-texts', '1', 'directory-2', 'x', 'x', '{"purpose":"directory"}'); commit`);
    const { body: second } = await consent(id, { wording: "directory-2", given_at: "2026-02-01T00:00:00Z" });
    const { body } = await officer.get(`/v1/people/${id}/consents`);
    expect(body.data.map((row: Record<string, unknown>) => [row["id"], row["live"], row["withdrawal_method"]])).toEqual([
      [first.id, false, "replaced"],
      [second.id, true, null],
    ]);
    expect((await visitor.get(`/v1/people/${id}`)).status).toBe(200);
  });
});

describe("POST /v1/consents/{id}/withdrawal", () => {
  test("withdraws once: a second time it says when that was", async () => {
    const { body } = await consent(await person());
    const path = `/v1/consents/${body.id}/withdrawal`;
    expect((await officer.post(path, { ...WITHDRAWN, withdrawn_at: "2025-01-01T00:00:00Z" })).body.errors[0]).toMatchObject({
      code: "date-order",
    });
    const first = await officer.post(path, { ...WITHDRAWN, withdrawn_at: "2026-03-01T02:00:00Z" });
    expect([first.status, first.body.live, first.body.withdrawal_recorded_by, first.body.version]).toEqual([201, false, "officer-1", 2]);
    const second = await officer.post(path, WITHDRAWN);
    expect([second.status, second.body.code]).toEqual([409, "state-conflict"]);
    expect(second.body.detail).toContain("2026-03-01T02:00:00.000Z");
    expect((await officer.post(`/v1/consents/${nobody}/withdrawal`, WITHDRAWN)).status).toBe(404);
  });

  test("is kept in the history with the consent itself", async () => {
    const { body } = await consent(await person());
    await officer.post(`/v1/consents/${body.id}/withdrawal?reason=Theo+th%C6%B0`, WITHDRAWN);
    const rows = await registry.sql<{ version: number; actor: string; reason: string | null }>(
      "select version, actor, reason from revisions where record_id = $1 order by version",
      body.id,
    );
    expect(rows).toEqual([
      { version: 1, actor: "officer-1", reason: null },
      { version: 2, actor: "officer-1", reason: "Theo thư" },
    ]);
  });
});

describe("the scope privacy", () => {
  test("alone opens consents, within its territory", async () => {
    const id = await person();
    const { body } = await consent(id);
    for (const agent of [registry.admin, visitor, registry.as({ scope: ["people:read", "audit", "admin"] })]) {
      for (const path of ["/v1/consents", `/v1/consents/${body.id}`, `/v1/consents/${body.id}/revisions`, `/v1/people/${id}/consents`])
        expect([path, (await agent.get(path)).body.code]).toEqual([path, "scope-missing"]);
    }
    const elsewhere = registry.as({ scope: ["privacy"], org: ["SYT"] });
    expect((await elsewhere.get(`/v1/consents/${body.id}`)).status).toBe(404);
    expect((await elsewhere.get(`/v1/people/${id}/consents`)).status).toBe(404);
    expect((await elsewhere.post(`/v1/people/${id}/consents`, { ...GIVEN, purpose: "advice", wording: "advice-1" })).status).toBe(404);
    expect((await elsewhere.get("/v1/consents?count=exact")).body.meta.count.value).toBe(0);
  });

  test("serves people who are hidden too: they have their rights all the same", async () => {
    const id = await person();
    await registry.as().delete(`/v1/people/${id}`, 1);
    expect((await consent(id)).status).toBe(201);
    expect((await visitor.get(`/v1/people/${id}`)).status).toBe(410);
  });
});
