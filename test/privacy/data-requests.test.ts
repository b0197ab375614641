import { beforeAll, describe, expect, test } from "vitest";
import { addWorkingDays, isWorkingDay } from "../../src/privacy/clocks/working-days.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";

let registry: Registry;
let officer: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  officer = registry.as({ scope: ["privacy"], subject: "officer-1" });
  return registry.close;
});

let count = 0;
const person = async (): Promise<string> =>
  (await registry.as().post("/v1/people", { name: { full: `Lương Thị ${"ABCDEGHIKLMNOPQ"[count++ % 15]}${"uêoai"[count % 5]}` } })).body
    .id as string;
const ask = (id: string, kind: string, more: object = {}): Promise<Answer> =>
  officer.post(`/v1/people/${id}/data-requests`, { kind, channel: "written", ...more });
const step = (id: string, version: number, body: object): Promise<Answer> => officer.patch(`/v1/data-requests/${id}`, body, version);
const approved = async (id: string, kind: string, more: object = {}): Promise<string> => {
  const { body } = await ask(id, kind, more);
  await step(body.id, 1, { state: "acknowledged" });
  expect((await step(body.id, 2, { state: "approved" })).body.state).toBe("approved");
  return body.id as string;
};
const carryOut = (request: string, body: object = {}): Promise<Answer> => officer.post(`/v1/data-requests/${request}/execution`, body);
const nobody = "01a00000-0000-7000-8000-00000000abcd";

describe("working days", () => {
  const calendar = new Map([
    ["2026-02-16", "holiday"],
    ["2026-02-17", "holiday"],
    ["2026-02-28", "working"],
  ] as const);

  test("skip weekends and holidays, and count a Saturday worked in exchange", () => {
    expect(isWorkingDay("2026-02-13", calendar)).toBe(true);
    expect(isWorkingDay("2026-02-14", calendar)).toBe(false);
    expect(isWorkingDay("2026-02-16", calendar)).toBe(false);
    expect(isWorkingDay("2026-02-28", calendar)).toBe(true);
    expect(addWorkingDays("2026-02-13", 2, calendar)).toBe("2026-02-19");
    expect(addWorkingDays("2026-02-26", 2, calendar)).toBe("2026-02-28");
  });

  test("are those of the registry's own list: Tết 2026 puts a deadline off by a week, a swapped Saturday brings it near", async () => {
    const deadlines = async (received_on: string, kind = "view", more: object = {}) => {
      const { body } = await ask(await person(), kind, { received_on, ...more });
      return [body.acknowledge_by, body.complete_by];
    };
    // Off: 14 to 22 February. 13 February is a Friday.
    expect(await deadlines("2026-02-12")).toEqual(["2026-02-23", "2026-03-05"]);
    // 31 August is worked on Saturday 22 August; 1 and 2 September are off.
    expect(await deadlines("2026-08-20")).toEqual(["2026-08-22", "2026-09-07"]);
    expect(await deadlines("2026-09-14", "restrict")).toEqual(["2026-09-16", "2026-10-05"]);
    expect(await deadlines("2026-09-14", "delete")).toEqual(["2026-09-16", "2026-10-12"]);
    expect(await deadlines("2026-09-14", "delete", { with_processor: true })).toEqual(["2026-09-16", "2026-10-26"]);
    expect(await deadlines("2026-09-14", "copy", { with_processor: true })).toEqual(["2026-09-16", "2026-10-05"]);
  });
});

describe("POST /v1/people/{id}/data-requests", () => {
  test("of people who do not exist, or lie outside, is 404 alike", async () => {
    const id = await person();
    const elsewhere = registry.as({ scope: ["privacy"], org: ["SYT"] });
    const absent = await ask(nobody, "view");
    const outside = await elsewhere.post(`/v1/people/${id}/data-requests`, { kind: "view", channel: "web" });
    const told = ({ status, body }: Answer) => [status, { ...body, request_id: null }];
    expect(told(absent)).toEqual(told(outside));
    expect(absent.body.code).toBe("not-found");
  });

  test("says everything that is wrong at once", async () => {
    const { status, body } = await ask(await person(), "view", { received_on: "2027-01-01", purposes: ["directory", "dragons"] });
    expect([status, body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])]).toEqual([
      422,
      [
        ["/received_on", "validation-failed"],
        ["/purposes/1", "unknown-code"],
        ["/purposes", "validation-failed"],
      ],
    ]);
    expect((await ask(await person(), "forget")).body.errors[0].pointer).toBe("/kind");
  });
});

describe("GET /v1/data-requests", () => {
  test("has what is due first at the top, and what is done at the end", async () => {
    const days = ["2026-11-16", "2026-11-02", "2026-11-20"];
    for (const received_on of days) await ask(await person(), "correct", { received_on });
    await carryOut(await approved(await person(), "correct"), { outcome: "Đã sửa." });
    const { body } = await officer.get("/v1/data-requests?limit=500");
    const due = body.data.map(({ due_on }: { due_on: string | null }) => due_on ?? "9999");
    expect(due).toEqual(due.toSorted());
    expect(due.at(-1)).toBe("9999");
    expect(body.meta.plan).toBe("indexed");
    for (const row of body.data as { overdue: boolean; due_on: string | null }[])
      expect(row.overdue).toBe(row.due_on !== null && row.due_on < TODAY);
    const pages = await officer.get("/v1/data-requests?limit=2");
    expect((await officer.get(pages.body.page.next)).body.data[0].id).toBe(body.data[2].id);
  });
});

describe("the steps of a request", () => {
  test("go one way: received, acknowledged, approved, completed", async () => {
    const { body } = await ask(await person(), "copy", { received_on: TODAY });
    expect([body.state, body.due_on]).toEqual(["received", body.acknowledge_by]);
    expect((await step(body.id, 1, { state: "approved" })).body).toMatchObject({ code: "state-conflict", state: "received" });
    expect((await officer.patch(`/v1/data-requests/${body.id}`, { state: "acknowledged" })).body.code).toBe("if-match-required");
    const acknowledged = (await step(body.id, 1, { state: "acknowledged" })).body;
    expect(acknowledged).toMatchObject({ state: "acknowledged", acknowledged_on: TODAY, due_on: body.complete_by, version: 2 });
    expect((await step(body.id, 1, { state: "approved" })).body.code).toBe("version-mismatch");
    expect((await carryOut(body.id)).body.code).toBe("state-conflict");
    expect((await step(body.id, 2, { state: "approved" })).body).toMatchObject({ decided_on: TODAY, state: "approved" });
    expect((await carryOut(body.id, { outcome: "Đã giao." })).body).toMatchObject({
      state: "completed",
      completed_on: TODAY,
      due_on: null,
      outcome: "Đã giao.",
    });
    expect((await carryOut(body.id)).body.code).toBe("state-conflict");
    expect((await step(body.id, 4, { state: "cancelled" })).body.code).toBe("state-conflict");
    const { data } = (await officer.get(`/v1/data-requests/${body.id}/revisions`)).body;
    expect(data.map(({ version, actor }: { version: number; actor: string }) => [version, actor])).toEqual(
      [4, 3, 2, 1].map((version) => [version, "officer-1"]),
    );
  });

  test("a refusal needs its legal ground, and nothing else has one", async () => {
    const { body } = await ask(await person(), "delete");
    expect((await step(body.id, 1, { state: "refused" })).body.errors[0].pointer).toBe("/refusal_ground");
    expect((await step(body.id, 1, { state: "refused", refusal_ground: "no_mood" })).body.errors[0]).toMatchObject({
      code: "unknown-code",
    });
    expect((await step(body.id, 1, { state: "acknowledged", refusal_ground: "no_data" })).body.errors[0].pointer).toBe("/refusal_ground");
    const refused = await step(body.id, 1, { state: "refused", refusal_ground: "not_identified", refusal_text: "Thiếu giấy tờ." });
    expect(refused.body).toMatchObject({
      state: "refused",
      refusal_ground: "not_identified",
      refusal_ground_scheme: "refusal-grounds@1",
      due_on: null,
    });
  });

  test("one extension, with its reason, notified in time, of no more days than the decree gives", async () => {
    const { body } = await ask(await person(), "view", { received_on: "2026-11-16" });
    const told = { extension_reason: "Đối chiếu hồ sơ giấy", extension_notified_on: "2026-11-20" };
    expect((await step(body.id, 1, { extension_days: 5 })).body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      "/extension_reason",
      "/extension_notified_on",
    ]);
    expect((await step(body.id, 1, { ...told, extension_days: 11 })).body.errors[0].pointer).toBe("/extension_days");
    expect((await step(body.id, 1, { ...told, extension_notified_on: "2026-12-24", extension_days: 5 })).status).toBe(422);
    const extended = (await step(body.id, 1, { ...told, extension_days: 5, state: "acknowledged" })).body;
    expect([body.complete_by, extended.complete_by, extended.due_on]).toEqual(["2026-12-01", "2026-12-08", "2026-12-08"]);
    expect((await step(body.id, 2, { ...told, extension_days: 1 })).body.code).toBe("state-conflict");
    const late = (await ask(await person(), "view", { received_on: "2026-10-01" })).body;
    expect((await step(late.id, 1, { ...told, extension_days: 5 })).body.errors[0]).toMatchObject({ code: "date-order" });
  });
});

describe("POST /v1/data-requests/{id}/execution", () => {
  const consent = async (id: string, purpose: string) => {
    const given = { purpose, wording: `${purpose}-1`, method: "web", evidence: "Cổng", given_at: "2026-01-05T02:00:00Z" };
    expect((await officer.post(`/v1/people/${id}/consents`, given)).status).toBe(201);
  };
  const live = async (id: string): Promise<string[]> =>
    (await officer.get(`/v1/people/${id}/consents?live=true`)).body.data.map(({ purpose }: { purpose: string }) => purpose).toSorted();

  test("withdraw and object end the consents named, or all", async () => {
    const id = await person();
    for (const purpose of ["directory", "advice", "photo"]) await consent(id, purpose);
    await carryOut(await approved(id, "withdraw", { purposes: ["photo"] }));
    expect(await live(id)).toEqual(["advice", "directory"]);
    const request = await approved(id, "object");
    await carryOut(request);
    expect(await live(id)).toEqual([]);
    const [first] = (await officer.get(`/v1/people/${id}/consents?purpose=advice`)).body.data;
    expect(first).toMatchObject({ withdrawal_method: "data_request", withdrawal_evidence: request, withdrawal_recorded_by: "officer-1" });
  });

  test("restrict hides the record and keeps it, until the restriction is lifted", async () => {
    const id = await person();
    const request = await approved(id, "restrict");
    await carryOut(request);
    expect((await registry.admin.get(`/v1/people/${id}`)).body.code).toBe("deleted");
    expect((await registry.admin.post(`/v1/people/${id}/restorations`)).body.code).toBe("state-conflict");
    expect((await registry.sql("select from people where id = $1", id)).length).toBe(1);
    expect((await officer.post(`/v1/data-requests/${request}/reversal`)).body.state).toBe("lifted");
    expect((await registry.admin.get(`/v1/people/${id}`)).status).toBe(200);
    expect((await officer.post(`/v1/data-requests/${request}/reversal`)).body.code).toBe("state-conflict");
  });

  test("lifting a restriction does not show whoever was hidden before it", async () => {
    const id = await person();
    await registry.as().delete(`/v1/people/${id}`, 1);
    const request = await approved(id, "restrict");
    await carryOut(request);
    expect((await officer.post(`/v1/data-requests/${request}/reversal`)).status).toBe(201);
    expect((await registry.admin.get(`/v1/people/${id}`)).body.code).toBe("deleted");
    const other = (await ask(id, "view")).body.id as string;
    expect((await officer.post(`/v1/data-requests/${other}/reversal`)).body.code).toBe("state-conflict");
  });
});
