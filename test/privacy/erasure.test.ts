import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { reapplyErasures } from "../../src/privacy/erasures/commands.ts";
import { readErasures } from "../../src/privacy/erasures/log.ts";
import { newFolder } from "../setup/folder.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { findInTables } from "./canaries.ts";
import { administratorOf, canaryOf, officeOf, spellings } from "./office.ts";
import type { PrivacyOffice } from "./office.ts";

const folder = newFolder();
const log = join(folder, "log", "erasures.log");
let registry: Registry;
let office: PrivacyOffice;

beforeAll(async () => {
  registry = await startRegistry({ erasureLog: log });
  office = await officeOf(registry);
  return async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  };
}, 60_000);

const HISTORY = `select version, recorded_at, action, "row", row_digest as digest, reason from revisions
  where person_id = $1 and noun <> 'data_requests' order by id`;
type Kept = { version: number; recorded_at: Date; action: string; row: object | null; digest: Buffer | null; reason: string | null };
const standing = ({ version, recorded_at, action }: Kept) => ({ version, recorded_at, action });

describe("POST /v1/data-requests/{id}/execution of an approved request to delete", () => {
  test("leaves the fact of it, and 410 at everything that was the person's", async () => {
    const { officer } = office;
    const id = await office.register(1);
    const [degree] = (await registry.admin.get(`/v1/people/${id}/degrees`)).body.data;
    const [consent] = (await officer.get(`/v1/people/${id}/consents`)).body.data;
    const before = await registry.sql<Kept>(HISTORY, id);
    const request = await office.erase(id, canaryOf(1));

    for (const path of [`/v1/people/${id}`, `/v1/degrees/${degree.id}`, `/v1/people/${id}/degrees`, `/v1/people/${id}/revisions`])
      expect([path, (await registry.admin.get(path)).body.code]).toEqual([path, "erased"]);
    expect((await registry.admin.get(`/v1/people/${id}?known_at=2026-11-23T00:00:00Z`)).body.code).toBe("erased");
    for (const path of [`/v1/consents/${consent.id}`, `/v1/people/${id}/consents`, `/v1/people/${id}/data-requests`])
      expect([path, (await officer.get(path)).body.code]).toEqual([path, "erased"]);
    expect((await registry.admin.patch(`/v1/people/${id}`, {}, 4)).body.code).toBe("erased");
    expect((await registry.admin.post(`/v1/people/${id}/restorations`)).body.code).toBe("erased");
    expect((await officer.post(`/v1/people/${id}/data-requests`, { kind: "view", channel: "web" })).body.code).toBe("erased");
    // Whoever is bound to a part of the registry does not learn that there was anybody.
    expect((await registry.as({ org: ["SYT"] }).get(`/v1/people/${id}`)).body.code).toBe("not-found");
    expect((await registry.as({ scope: ["directory:read"] }).get(`/v1/people/${id}`)).body.code).toBe("not-found");

    expect((await officer.get(`/v1/data-requests/${request}`)).body).toMatchObject({
      state: "completed",
      person_id: id,
      statement: null,
      contact: null,
      due_on: null,
    });
    const after = await registry.sql<Kept>(HISTORY, id);
    expect(after.slice(0, before.length).map(standing)).toEqual(before.map(standing));
    expect(after.filter(({ row, reason }) => row !== null || reason !== null)).toEqual([]);
    expect(after.filter(({ action, digest }) => action !== "erased" && digest?.length !== 32)).toEqual([]);
    expect(after.filter(({ action }) => action === "erased").length).toBe(9);
    const steps = await registry.sql<{ state: string }>(
      `select "row"->>'state' as state from revisions where record_id = $1 order by version`,
      request,
    );
    expect(steps.map(({ state }) => state)).toEqual(["received", "acknowledged", "approved", "approved", "completed"]);
    const [erasure] = await registry.sql("select request_id, ground from erasures where person_id = $1", id);
    expect(erasure).toEqual({ request_id: request, ground: "Law 91/2025/QH15, Art. 14" });
  });

  test("is on the disk outside the database before it is answered: ids and an instant, for the service's eyes alone", async () => {
    const lines = await readErasures(log);
    expect(lines.length).toBe(1);
    expect(Object.keys(lines[0]!)).toEqual(["id", "person_id", "request_id", "erased_at"]);
    expect(await registry.sql("select from erasures where logged_at is null")).toEqual([]);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(readFileSync(log, "utf8")).not.toContain(canaryOf(1));
  });

  test("is told of in the feed, as ids", async () => {
    const told = await startRegistry({ feed: true });
    try {
      const own = await officeOf(told);
      const id = await own.register(4);
      await own.erase(id, canaryOf(4));
      const follower = told.as({ scope: ["changes:read", "people:read"] });
      const events = await vi.waitFor(
        async () => {
          const { body } = await follower.get("/v1/changes?limit=500");
          const mine = body.data.filter((event: { subject: string }) => event.subject === id);
          expect(mine.at(-1)?.type).toMatch(/erased$/);
          return mine as { type: string; data: object }[];
        },
        { timeout: 20_000, interval: 100 },
      );
      expect(events.map(({ type }) => type)).toContain("person.erased");
      expect(JSON.stringify(events)).not.toContain(canaryOf(4));
    } finally {
      await told.close();
    }
  }, 60_000);

  test("is refused to any other request, and the service's role has no other way", async () => {
    const id = await office.register(2);
    const { body } = await office.officer.post(`/v1/people/${id}/data-requests`, { kind: "delete", channel: "web" });
    expect((await office.officer.post(`/v1/data-requests/${body.id}/execution`, {})).body.code).toBe("state-conflict");
    const service = new Client({ connectionString: registry.urls.serviceUrl, options: `-c search_path=${SCHEMA}` });
    await service.connect();
    const code = (text: string) =>
      service.query(text).then(
        () => "done",
        (error: { code: string }) => error.code,
      );
    await service.query("select set_config('trithuc.actor', 'x', false)");
    expect(await code(`select erase_person('${body.id}', gen_random_uuid(), '\\x00')`)).toBe("TI003");
    expect(await code(`select take_out_person('${id}', '\\x00')`)).toBe("42501");
    expect(await code(`select reapply_erasure(gen_random_uuid(), '${id}', '${body.id}', now(), '\\x00')`)).toBe("42501");
    expect(await code("delete from erasures")).toBe("42501");
    await service.end();
    expect((await registry.admin.get(`/v1/people/${id}`)).status).toBe(200);
  });

  test("whose log cannot be written says so; the log is made up for", async () => {
    const blocked = await startRegistry({ erasureLog: join(log, "below-a-file", "erasures.log") });
    try {
      const own = await officeOf(blocked);
      const id = await own.register(3);
      const request = await own.approve(id, "x");
      const { status, body } = await own.officer.post(`/v1/data-requests/${request}/execution`, {});
      expect([status, body.code]).toEqual([503, "unavailable"]);
      expect((await blocked.admin.get(`/v1/people/${id}`)).body.code).toBe("erased");
      expect((await blocked.sql("select from erasures where logged_at is null")).length).toBe(1);
    } finally {
      await blocked.close();
    }
  });
});

describe("trithuc erasures reapply", () => {
  test("erases whoever a restore brought back, and once more without effect", async () => {
    const id = await office.register(7);
    const before = await dumpOf(id);
    await office.erase(id, canaryOf(7));
    expect(await findInTables(registry, spellings(7))).toEqual([]);
    await restore(id, before);
    expect((await registry.admin.get(`/v1/people/${id}`)).body.id).toBe(id);

    const lines = await readErasures(log);
    const owner = new Client({ connectionString: registry.urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
    await owner.connect();
    expect(await reapplyErasures(owner, registry.keys, lines)).toBe(1);
    expect((await registry.admin.get(`/v1/people/${id}`)).body.code).toBe("erased");
    expect(await findInTables(registry, spellings(7))).toEqual([]);
    expect(await reapplyErasures(owner, registry.keys, lines)).toBe(0);
    await owner.end();
  });
});

const TABLES = ["people", "person_identifiers", "degrees", "affiliations", "awards", "consents", "data_requests", "revisions"];
type Dump = { table: string; columns: string; rows: string[] }[];

/** Every row that names a person. */
function dumpOf(id: string): Promise<Dump> {
  return Promise.all(
    TABLES.map(async (table) => {
      const rows = await registry.sql<{ row: string }>(
        `select t::text as row from ${table} t where ${table === "people" ? "id" : "person_id"} = $1`,
        id,
      );
      const [{ columns }] = (await registry.sql<{ columns: string }>(
        "select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        table,
      )) as [{ columns: string }];
      return { table, columns, rows: rows.map(({ row }) => row) };
    }),
  );
}

/** The database as it was when the dump was made: no erasure is known, and nothing that was written since. */
async function restore(id: string, dump: Dump): Promise<void> {
  const administrator = await administratorOf(registry);
  await administrator.query("begin; set local session_replication_role = replica");
  await administrator.query("delete from erasures where person_id = $1", [id]);
  for (const { table, columns, rows } of dump) {
    await administrator.query(`delete from ${table} where ${table === "people" ? "id" : "person_id"} = $1`, [id]);
    const into = `insert into ${table} (${columns}) overriding system value select ${columns} from (select ($1::${table}).*) x`;
    for (const row of rows) await administrator.query(into, [row]);
  }
  await administrator.query("commit");
  await administrator.end();
}
