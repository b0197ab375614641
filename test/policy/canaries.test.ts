import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { analysed, rowsOf } from "../exchange/office.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { valuesIn } from "../setup/server-log.ts";
import { administer } from "../setup/template.ts";

let registry: Registry;
/** Where the run has a server of its own; that of another is read by who keeps it. */
const { log } = inject("server");
const STARTED = "LOG:  database system is ready to accept connections";
const databaseLog = () => readFileSync(log!, "utf8");
const lines: string[] = [];
const scope: readonly Scope[] = ["people:read", "people:write", "people:read.restricted", "people:read.sensitive", "exports", "imports"];
/** Values that stand nowhere else: whatever is said to anybody but the caller must not hold them. */
const CANARIES = [
  "024061777001",
  "024061777002",
  "Lê Canary Kín",
  "le canary kin",
  "canary-9f3a@example.vn",
  "+84961777001",
  "961777001",
  "phố Canary",
  "QM-CANARY-1",
];

beforeAll(async () => {
  registry = await startRegistry({ jobs: true, log: { level: "info", destination: { write: (line: string) => void lines.push(line) } } });
});
afterAll(() => registry.close());

describe("values of people", () => {
  test("stand in no log, no metrics and no log of the database, whatever is asked and whatever fails", async () => {
    const agent = registry.as({ scope, purpose: "verification" });
    const body = {
      name: { full: "Lê Canary Kín" },
      citizen_id: "024061777001",
      emails: ["canary-9f3a@example.vn"],
      phones: ["+84961777001"],
      residence_text: "số 1 phố Canary",
      degrees: [{ level: "TS", certificate_no: "QM-CANARY-1" }],
    };
    const made = await agent.post("/v1/people", body);
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect((await agent.post("/v1/people?on_duplicate=create", body)).status).toBe(409);
    expect((await agent.post("/v1/people", { ...body, citizen_id: "0240617770011" })).status).toBe(422);
    expect((await agent.post("/v1/people", { ...body, "024061777002": 1 })).status).toBe(400);
    expect(
      (
        await agent.call({
          method: "POST",
          path: "/v1/people",
          body: '{"name":"Lê Canary Kín"',
          headers: { "content-type": "application/json" },
        })
      ).status,
    ).toBe(400);
    await agent.patch(`/v1/people/${id}`, { residence_text: "số 2 phố Canary" }, 1);
    await agent.patch(`/v1/people/${id}`, { residence_text: "số 3 phố Canary" }, 1);
    for (const filter of [
      "citizen_id = 024061777001",
      "citizen_id = 024061777002 and",
      'phones = "+84961777001"',
      'name match "Lê Canary Kín"',
    ])
      await agent.post("/v1/people/search", { filter });
    for (const path of [
      "?citizen_id=024061777001",
      `?name:match=${encodeURIComponent("Lê Canary Kín")}`,
      `/${id}`,
      "/by-id/citizen_id/024061777001",
      "/export?format=ndjson",
      "/suggest?q=le+canary+kin",
      "/024061777002",
    ])
      await agent.get(`/v1/people${path}`);
    const text =
      "Họ và tên,Ngày sinh,Số CCCD,Điện thoại\nLê Canary Kín,1961,024061777002,0961777001\nLê Canary Kín,31/02/1961,0240617770,\n";
    const office = registry.as({ scope: ["imports"], client: "office" });
    expect(await rowsOf(office, (await analysed(office, "Lê Canary Kín.csv", text)).id)).toHaveLength(2);
    // What the database refuses of itself, and what takes too long.
    await registry.sql("alter table people add constraint people_broken check (name_folded not like '%kin hong%') not valid");
    expect((await agent.post("/v1/people", { name: { full: "Lê Canary Kín Hỏng" } })).status).toBe(500);
    await registry.sql("revoke insert on access_log from trithuc_service");
    expect((await agent.get(`/v1/people/${id}`)).status).toBe(500);
    await registry.sql("grant insert on access_log to trithuc_service");

    const metrics = (await registry.app.inject("/metrics")).body;
    const logs = { service: lines.join(""), metrics, ...(log !== undefined && { database: databaseLog() }) };
    expect(lines.length).toBeGreaterThan(20);
    expect(logs.service).toContain("createPerson");
    expect(metrics).toContain("http_request_duration_seconds");
    expect(logs.database ?? STARTED).toContain(STARTED);
    for (const [name, said] of Object.entries(logs)) {
      for (const canary of CANARIES) expect([name, canary, said.includes(canary)]).toEqual([name, canary, false]);
    }
  }, 60_000);

  test("are found in the database's log where it keeps the statements that fail, and would fail the whole run", async () => {
    const logged = CANARIES.map((canary) => `2026-11-24 04:00:00.000 UTC [1] STATEMENT:  insert into people values ('${canary}')`);
    expect(valuesIn(["2026-11-24 04:00:00.000 UTC [1] LOG:  starting PostgreSQL 18.4", ...logged].join("\n"))).toEqual(logged);
    if (log === undefined) return;
    // No value of those for which this log is looked through at the end of the run (test/setup/server-log.ts).
    const word = "lời-kiểm-tra-9f3a";
    await administer(registry.urls.adminUrl, async (admin) => {
      await admin.query("set log_min_messages = error; set log_min_error_statement = error");
      await expect(admin.query(`select 1 / 0 as "${word}"`)).rejects.toThrow(/division by zero/);
    });
    await expect.poll(databaseLog).toContain(word);
  });
});
