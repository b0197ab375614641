import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { startJobs } from "../../src/db/upkeep/jobs.ts";
import type { JobFailed } from "../../src/db/upkeep/jobs.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { issueToken } from "../../src/http/access/tokens.ts";
import { services } from "../cli/program.ts";
import type { Served } from "../cli/program.ts";
import { csvOf, populationOf } from "../exchange/population.ts";
import { loadedDatabase } from "../setup/database.ts";
import type { TestUrls } from "../setup/template.ts";

const PEOPLE = 300;
const folder = mkdtempSync(join(tmpdir(), "trithuc-worker-"));
const { serve, work, killAll } = services();
let urls: TestUrls;
let settings: Record<string, string>;
let service: Served;
let token: string;
let owner: Client;

beforeAll(async () => {
  const keysFile = join(folder, "keys.json");
  writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
  urls = await loadedDatabase();
  settings = { DATABASE_URL: urls.serviceUrl, TRITHUC_KEYS_FILE: keysFile, TRITHUC_JOBS: "beside", TRITHUC_RATE_LIMIT: "off" };
  service = await serve(settings);
  const keys = loadKeys({ dataDir: folder, keysFile, embedded: false });
  token = await issueToken(keys, { audience: "trithuc", scope: ["imports", "people:read"], ttl: 3600, subject: "an", client: "desk" });
  owner = new Client({ connectionString: urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
  await owner.connect();
}, 60_000);
afterAll(async () => {
  await owner.end();
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

const call = async (method: string, path: string, body?: FormData) => {
  const answer = await fetch(`${service.url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body && { body }) });
  return (await answer.json()) as { id: string; state: string; counts: Record<string, number> };
};
const count = async (text: string): Promise<number> =>
  Number((await owner.query<{ n: string }>(`select count(*) as n from ${text}`)).rows[0]!.n);

async function uploaded(): Promise<string> {
  const form = new FormData();
  form.set("file", new Blob([csvOf(populationOf(PEOPLE))]), "danh-sach.csv");
  form.set("organization_id", "SNV");
  return (await call("POST", "/v1/imports", form)).id;
}
const reaches = (id: string, state: string) =>
  expect.poll(async () => (await call("GET", `/v1/imports/${id}`)).state, { timeout: 60_000, interval: 50 }).toBe(state);

describe("trithuc worker", { timeout: 120_000 }, () => {
  test("does what the service beside it leaves, and a kill -9 in the middle loses no job and does none twice", async () => {
    const id = await uploaded();
    const first = await work(settings);
    await reaches(id, "preview");

    // Whoever writes people now waits: the commitment is caught inside its transaction.
    await owner.query("begin; lock table people in share mode");
    expect((await call("POST", `/v1/imports/${id}/commitment`)).state).toBe("committing");
    const writing = "pg_locks where not granted and mode = 'RowExclusiveLock' and relation = 'trithuc.people'::regclass";
    await expect.poll(() => count(writing), { timeout: 20_000, interval: 5 }).toBe(1);
    await first.stop("SIGKILL");
    await owner.query("rollback");
    expect((await call("GET", `/v1/imports/${id}`)).state).toBe("committing");

    const others = await Promise.all([work(settings), work(settings)]);
    await reaches(id, "committed");
    expect(await count("people")).toBe(PEOPLE);
    expect(await count("revisions where noun = 'people'")).toBe(PEOPLE);
    expect((await call("GET", `/v1/imports/${id}`)).counts["applied"]).toBe(PEOPLE);
    await expect.poll(() => count("graphile_worker.jobs"), { timeout: 20_000 }).toBe(0);
    for (const { stop } of others) expect((await stop()).code).toBe(0);
  });

  test("is what does it: `serve` with TRITHUC_JOBS=beside takes no job", async () => {
    const waiting = await count("graphile_worker.jobs");
    await owner.query("select graphile_worker.add_job('sweep_imports', '{}'::json)");
    const { rows } = await owner.query("select attempts, locked_at from graphile_worker.jobs");
    expect(rows).toEqual([{ attempts: 0, locked_at: null }]);
    expect(waiting).toBe(0);
    const workers = await count(
      "pg_stat_activity where datname = current_database() and query like '%graphile_worker%' and pid <> pg_backend_pid()",
    );
    expect(workers).toBe(0);
    const worker = await work(settings);
    await expect.poll(() => count("graphile_worker.jobs"), { timeout: 20_000 }).toBe(0);
    await worker.stop();
  });

  test("goes on after the database went away while the end of a job was written", async () => {
    const own = await loadedDatabase();
    const lost: unknown[] = [];
    const hear = (error: unknown) => lost.push(error);
    process.on("unhandledRejection", hear);
    const [client, holder] = [new Client({ connectionString: own.adminUrl }), new Client({ connectionString: own.adminUrl })];
    await Promise.all([client.connect(), holder.connect()]);
    let done = 0;
    const holdUp = async () => {
      if (done++ === 0) await holder.query("begin; lock table graphile_worker._private_jobs in exclusive mode");
    };
    const told: unknown[] = [];
    const jobs = await startJobs(own.serviceUrl, { hold: holdUp }, { failed: ({ task }) => told.push(task) });
    const add = () => client.query("select graphile_worker.add_job('hold', '{}'::json)");
    await add();
    const ending = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%delete%'";
    await expect.poll(async () => (await client.query(`select ${ending}`)).rowCount, { timeout: 20_000 }).toBeGreaterThan(0);
    await client.query(`select pg_terminate_backend(pid) ${ending}`);
    await holder.query("rollback");
    await add();
    await expect.poll(() => done, { timeout: 20_000 }).toBeGreaterThan(1);
    await jobs.stop();
    await Promise.all([client.end(), holder.end()]);
    process.off("unhandledRejection", hear);
    expect([told, lost]).toEqual([[null], []]);
  });

  test("tells the log of a job that failed, by its name, its attempt and the error's code", async () => {
    const told: Parameters<JobFailed>[0][] = [];
    const failing = async () => {
      throw Object.assign(new Error("Nguyễn Văn Kín"), { code: "E_SECRET" });
    };
    const jobs = await startJobs(urls.serviceUrl, { fail: failing }, { failed: (failure) => told.push(failure) });
    await owner.query("select graphile_worker.add_job('fail', '{}'::json, max_attempts => 1)");
    await expect.poll(() => told.map(({ task, attempt }) => [task, attempt]), { timeout: 20_000 }).toEqual([["fail", 1]]);
    await jobs.stop();
    await owner.query("delete from graphile_worker._private_jobs");
  });

  test("writes that line, without what the error said", async () => {
    const worker = await work({ ...settings, TRITHUC_LOG_LEVEL: "info" });
    await owner.query("select graphile_worker.add_job('commit_import', '{\"import_id\": \"no-uuid\"}'::json, max_attempts => 1)");
    await expect.poll(() => worker.said.out, { timeout: 20_000 }).toContain("job failed");
    const line = worker.said.out.split("\n").find((one) => one.includes("job failed"))!;
    expect(JSON.parse(line)).toMatchObject({ level: "error", job: { task: "commit_import", attempt: 1 }, err: { code: "22P02" } });
    expect(line).not.toContain("no-uuid");
    await worker.stop();
    await owner.query("delete from graphile_worker._private_jobs");
  });
});
