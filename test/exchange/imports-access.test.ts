import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { analysed, committed, rowsOf, settled, upload } from "./office.ts";

// Each import starts a thread of its own, which a busy machine makes wait.
vi.setConfig({ testTimeout: 60_000 });

let registry: Registry;
let office: Agent;
let id: (code: string) => Promise<string>;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  office = registry.as({ scope: ["imports"], client: "office" });
  id = async (code) => (await registry.sql<{ id: string }>("select id from organizations where code = $1", code))[0]!.id;
});
afterAll(() => registry.close());

const HEADER = "Họ và tên,Ngày sinh,Giới tính,Nơi ở hiện nay,Trình độ,Đơn vị công tác";
const csv = (...rows: string[]): string => `${[HEADER, ...rows].join("\n")}\n`;
const ONE = csv("Nguyễn Thị Đầu,1980,Nữ,,Thạc sĩ,");

describe("a token of one office", () => {
  test("is the supplier where none is named, and knows of no other", async () => {
    const health = registry.as({ scope: ["imports"], org: [await id("SYT")], client: "health" });
    const mine = await analysed(health, "a.csv", csv("Trần Thị Nhà,1980,Nữ,,Thạc sĩ,"));
    expect(mine.organization.code).toBe("SYT");
    const foreign = await upload(health, "a.csv", ONE, { organization_id: "STC" });
    expect([foreign.status, foreign.body.code, foreign.body.errors[0].pointer]).toEqual([422, "unknown-code", "/organization_id"]);
    const unknown = await upload(office, "a.csv", ONE, { organization_id: "NO-SUCH" });
    expect([unknown.status, unknown.body.code]).toEqual([422, "unknown-code"]);
  });

  test("sees the imports of its office and its client's own; another's answer as what does not exist", async () => {
    const health = registry.as({ scope: ["imports"], org: [await id("SYT")], client: "health" });
    const finance = registry.as({ scope: ["imports"], org: [await id("STC")], client: "finance" });
    const theirs = await analysed(office, "b.csv", ONE, { organization_id: "SYT" });
    expect((await health.get(`/v1/imports/${theirs.id}`)).status).toBe(200);
    expect((await health.get("/v1/imports?limit=500")).body.data.map((one: { id: string }) => one.id)).toContain(theirs.id);
    const closed = [
      finance.get(`/v1/imports/${theirs.id}`),
      finance.get(`/v1/imports/${theirs.id}/rows`),
      finance.patch(`/v1/imports/${theirs.id}`, { columns: [] }),
      finance.post(`/v1/imports/${theirs.id}/commitment`),
      finance.delete(`/v1/imports/${theirs.id}`),
    ];
    for (const answer of await Promise.all(closed)) expect([answer.status, answer.body.code]).toEqual([404, "not-found"]);
    expect((await finance.get("/v1/imports")).body.data).toEqual([]);
  });

  test("cannot place anybody outside its territory: such a row is an error, and matches nobody there", async () => {
    await committed(
      office,
      (await analysed(office, "c.csv", csv("Lê Thị Ngoài,01/01/1981,Nữ,,Thạc sĩ,Sở Tài chính"), { organization_id: "STC" })).id,
    );
    const commune = registry.as({ scope: ["imports"], loc: ["09169"], client: "commune" });
    const { id: preview } = await analysed(
      commune,
      "d.csv",
      csv("Lê Thị Ngoài,01/01/1981,Nữ,,Tiến sĩ,", 'Lê Thị Trong,1982,Nữ,"phường Vũ Ninh, tỉnh Bắc Ninh",,'),
    );
    const rows = await rowsOf(commune, preview);
    expect(rows[0]).toMatchObject({ outcome: "error", match: null });
    expect(rows[0].problems.map((one: { code: string }) => one.code)).toContain("outside-territory");
    expect(rows[1].outcome).toBe("create");
  });

  test("without the scope may do nothing with imports", async () => {
    const answer = await upload(registry.as({ scope: ["people:write"] }), "a.csv", ONE);
    expect([answer.status, answer.body.code]).toEqual([403, "scope-missing"]);
  });
});

describe("PATCH /v1/imports/{id}", () => {
  test("reads a column otherwise, and analyses again", async () => {
    const preview = await analysed(office, "e.csv", "Họ và tên,Số,Giới tính\nNguyễn Thị Số,1980,Nữ\n", { organization_id: "SNV" });
    const changed = await office.patch(`/v1/imports/${preview.id}`, { columns: [{ column: "B", field: "people.birth_date" }] });
    expect([changed.status, changed.body.state]).toEqual([200, "analysing"]);
    const after = await settled(office, preview.id);
    expect(after.sheets[0].columns[1]).toMatchObject({ column: "B", field: "people.birth_date", by: "user" });
    expect((await rowsOf(office, preview.id))[0].read.birth_date).toBe("1980");
  });

  test("refuses a field that no column can be read as, and a column that is none", async () => {
    const preview = await analysed(office, "f.csv", ONE, { organization_id: "SNV" });
    const wrong = [
      { column: "B", field: "people.record_state" },
      { column: "B1", field: "people.birth_date" },
      { column: "Z", field: "people.birth_date" },
      { sheet: "Khác", column: "B", field: null },
    ];
    for (const column of wrong) {
      const answer = await office.patch(`/v1/imports/${preview.id}`, { columns: [column] });
      expect([answer.status, answer.body.code]).toEqual([422, "validation-failed"]);
    }
    expect((await office.get(`/v1/imports/${preview.id}`)).body.state).toBe("preview");
  });
});

describe("the state of an import", () => {
  test("allows each thing once: what was applied or given up stays so", async () => {
    const given = await analysed(office, "g.csv", ONE, { organization_id: "SNV" });
    expect((await office.delete(`/v1/imports/${given.id}`)).status).toBe(204);
    expect((await office.get(`/v1/imports/${given.id}`)).body).toMatchObject({ state: "cancelled", ended_at: expect.any(String) });
    const done = await analysed(office, "h.csv", csv("Nguyễn Thị Xong,1980,Nữ,,Thạc sĩ,"), { organization_id: "SNV" });
    const [row] = await rowsOf(office, done.id);
    await committed(office, done.id);
    for (const one of [given.id, done.id]) {
      const refused = [
        office.post(`/v1/imports/${one}/commitment`),
        office.delete(`/v1/imports/${one}`),
        office.patch(`/v1/imports/${one}`, { columns: [] }),
        office.patch(`/v1/imports/${one}/rows/${row.id}`, { decision: "skip" }),
      ];
      for (const answer of await Promise.all(refused)) expect([answer.status, answer.body.code]).toEqual([409, "state-conflict"]);
    }
  });

  test("is `analysing` until the job is done, and a file given up meanwhile is not analysed to its end", async () => {
    const sent = await upload(
      office,
      "i.csv",
      csv(...Array.from({ length: 5_000 }, (_, n) => `Nguyễn Thị Dài ${n % 9},${1950 + (n % 40)},Nữ,,,`)),
      {
        organization_id: "SNV",
      },
    );
    expect(sent.body).toMatchObject({ state: "analysing", counts: null, sheets: null });
    const early = await office.post(`/v1/imports/${sent.body.id}/commitment`);
    expect([early.status, early.body.code]).toEqual([409, "state-conflict"]);
    expect((await office.delete(`/v1/imports/${sent.body.id}`)).status).toBe(204);
    expect((await settled(office, sent.body.id)).state).toBe("cancelled");
  });

  test("survives a killed process: what nobody works at any more is taken up again", async () => {
    const preview = await analysed(office, "j.csv", csv("Nguyễn Thị Sống,1980,Nữ,,Thạc sĩ,"), { organization_id: "SNV" });
    await registry.sql("update imports set state = 'committing' where id = $1", preview.id);
    await registry.sql(
      "select graphile_worker.add_job('commit_import', $1, queue_name => $2, max_attempts => 25)",
      { import_id: preview.id },
      `import-${preview.id}`,
    );
    // As a process leaves it that was killed while it worked: marked as taken, and no session that holds its lock.
    await registry.sql(
      "update graphile_worker._private_jobs set locked_by = 'gone', locked_at = now() - interval '10 seconds', attempts = 1 where payload->>'import_id' = $1",
      preview.id,
    );
    await registry.sql(
      "update graphile_worker._private_job_queues set locked_by = 'gone', locked_at = now() - interval '10 seconds' where queue_name = $1",
      `import-${preview.id}`,
    );
    expect((await settled(office, preview.id)).state).toBe("committed");
  });

  test("fails in plain words when the work cannot be done, without a trace in the registry", async () => {
    const preview = await analysed(office, "k.csv", csv("Nguyễn Thị Hỏng,1980,Nữ,,Thạc sĩ,"), { organization_id: "SNV" });
    await registry.sql("update import_files set sealed = '\\x00' where import_id = $1", preview.id);
    await registry.sql("update imports set state = 'analysing' where id = $1", preview.id);
    const { importJobs } = await import("../../src/exchange/imports/jobs.ts");
    // Thrown on for the log, once the import has been told.
    await expect(importJobs(registry.work)["analyse_import"]!({ import_id: preview.id }, 5)).rejects.toThrow("not at hand");
    const { body } = await office.get(`/v1/imports/${preview.id}`);
    expect(body).toMatchObject({ state: "failed", progress: null, problem: { code: "internal" } });
  });
});
