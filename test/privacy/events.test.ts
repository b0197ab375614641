import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newKeysText } from "../../src/http/access/keys.ts";
import { noteConfiguration } from "../../src/privacy/access-log/commands.ts";
import { run } from "../cli/program.ts";
import { analysed, committed } from "../exchange/office.ts";
import { loadedDatabase } from "../setup/database.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { administer } from "../setup/template.ts";

let registry: Registry;
const folder = mkdtempSync(join(tmpdir(), "trithuc-audit-"));
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

type Row = { kind: string; client: string | null; operation: string | null; detail: Record<string, unknown> };
const events = (kind: string) => registry.sql<Row>("select * from audit_events where kind = $1 order by number", kind);

describe("the audit trail", () => {
  test("keeps exports and imports with who asked, before anything of them leaves, and never what was searched for", async () => {
    const exporter = registry.as({ scope: ["exports", "people:read"], client: "so-khcn" });
    expect((await exporter.get("/v1/people/export?format=ndjson&name:match=Tran+Thi+Bi+Mat")).status).toBe(200);
    expect(await events("export")).toMatchObject([
      { client: "so-khcn", operation: "exportPeople", detail: { noun: "people", parameters: ["format", "name:match"], purpose: null } },
    ]);
    const office = registry.as({ scope: ["imports"], client: "office" });
    const { id } = await analysed(office, "a.csv", "Họ và tên,Ngày sinh\nĐỗ Thị Nạp,1980\n");
    await committed(office, id);
    expect((await events("import")).map(({ detail }) => detail)).toEqual([
      { import_id: id, what: "upload" },
      { import_id: id, what: "commitment" },
    ]);
    const [{ text }] = (await registry.sql<{ text: string }>("select string_agg(e::text, '') as text from audit_events e")) as [
      { text: string },
    ];
    expect(text).not.toContain("Bi+Mat");
    expect(text).not.toContain("Bi Mat");
  }, 60_000);

  test("keeps migrations, and the keys' ids and the policy where they changed since the last start", async () => {
    expect((await events("migration"))[0]!.detail["applied"]).toContain("0050_access_log");
    const seen = { keys: { current: "k1" }, policy: { sha256: "a" } };
    await noteConfiguration(registry.work.database, seen);
    await noteConfiguration(registry.work.database, seen);
    await noteConfiguration(registry.work.database, { ...seen, keys: { current: "k2" } });
    expect((await events("keys")).map(({ detail }) => detail)).toEqual([{ current: "k1" }, { current: "k2" }]);
    expect(await events("policy")).toHaveLength(1);
  });

  test("is listed to auditors alone", async () => {
    const { body } = await registry.as({ scope: ["audit"] }).get("/v1/access-log/events?kind=export&sort=-at");
    expect(body.data[0]).toMatchObject({ kind: "export", client: "so-khcn" });
    expect((await registry.as({ scope: ["admin", "privacy"] }).get("/v1/access-log/events")).status).toBe(403);
  });

  test("counts refused tokens, so that a flood of them fills no disk", async () => {
    const own = await startRegistry();
    const call = (token: string) => own.anonymous.call({ method: "GET", path: "/v1/people", headers: { authorization: token } });
    for (let i = 0; i < 100; i++) expect((await call(`Bearer a.b.${i}`)).status).toBe(401);
    expect((await own.anonymous.get("/v1/people")).status).toBe(401);
    expect(await own.sql("select from audit_events where kind = 'token-refused'")).toEqual([]);
    await own.app.close();
    const rows = await own.sql<Row>("select * from audit_events where kind = 'token-refused'");
    expect(rows.map(({ detail }) => detail)).toEqual([{ code: "unauthenticated", address: expect.any(String), count: 100 }]);
    await own.close();
  });
});

describe("trithuc audit", { timeout: 240_000 }, () => {
  test("keeps imports and exports from the shell as well, as the operator's", async () => {
    const { serviceUrl } = await loadedDatabase();
    const own = { DATABASE_URL: serviceUrl, TRITHUC_KEYS: newKeysText(), TRITHUC_LOG_LEVEL: "silent" };
    const file = join(folder, "don-vi.csv");
    writeFileSync(file, "Họ và tên,Ngày sinh\nĐỗ Thị Vỏ,1981\n");
    const brought = await run(["import", file, "--org", "SNV", "--commit", "--lang", "en"], own);
    expect(brought.code, brought.err).toBe(0);
    expect((await run(["export", "people", "--out", join(folder, "people.ndjson"), "--lang", "en"], own)).code).toBe(0);
    const kept = await administer(serviceUrl, async (client) => {
      const { rows } = await client.query<Row>("select * from trithuc.audit_events where kind in ('import', 'export') order by number");
      return rows.map(({ kind, client: who, operation, detail }) => [kind, who, operation, detail["what"] ?? detail["noun"]]);
    });
    expect(kept).toEqual([
      ["import", "trithuc-import", "trithuc import", "upload"],
      ["import", "trithuc-import", "trithuc import", "commitment"],
      ["export", "trithuc-export", "trithuc export", "people"],
    ]);
  }, 40_000);

  test("seals, prints the head, and tells by it whether anything was changed, deleted or cut off", async () => {
    const keysFile = join(folder, "keys.json");
    writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
    const own = { DATABASE_URL: registry.urls.serviceUrl, TRITHUC_KEYS_FILE: keysFile };
    const audit = (...args: string[]) => run(["audit", ...args, "--lang", "en"], own);
    const [head = ""] = (await audit("seal")).out.split(" ");
    expect(head).toMatch(/^[0-9a-f]{64}$/);
    const served = (await registry.as({ scope: [] }).get("/v1/access-log/head")).body;
    expect(served).toMatchObject({ hash: head, seal: 1 });
    expect((await audit("verify", "--head", head)).code).toBe(0);
    await registry.sql("alter table audit_events disable trigger user");
    await registry.sql("update audit_events set client = 'somebody else' where kind = 'export'");
    const found = await audit("verify", "--head", head);
    expect([found.code, found.out]).toEqual([1, expect.stringMatching(/^audit_events \d+ \(audit_seals 1\): was changed/)]);
    await registry.sql("alter table audit_seals disable trigger user");
    await registry.sql("delete from audit_seals");
    expect((await audit("verify")).out).toContain("rows not sealed yet");
    expect(await audit("verify", "--head", head)).toMatchObject({ code: 1, out: expect.stringContaining("no longer in the chain") });
    expect((await audit("verify", "--head", "xyz")).code).toBe(2);
  });
});
