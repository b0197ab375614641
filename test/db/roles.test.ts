import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { ANALYST, databaseUrl, OWNER, prepareAnalyst, prepareRoles } from "../../src/db/upkeep/roles.ts";
import { grantReports } from "../../src/db/upkeep/reports.ts";
import { reportColumns } from "../../src/nouns.ts";
import { testDatabase } from "../setup/database.ts";
import { administer, type TestUrls } from "../setup/template.ts";

const value = async (url: string, sql: string): Promise<unknown> =>
  administer(url, async (client) => Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]);

describe("the roles of a database", () => {
  let urls: TestUrls;
  beforeAll(async () => {
    urls = await testDatabase();
  });

  test("are two: one owns the database and its schema, the other may only enter", async () => {
    expect(await value(urls.ownerUrl, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")).toBe(OWNER);
    expect(await value(urls.ownerUrl, "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'trithuc'")).toBe(OWNER);
    expect(await value(urls.serviceUrl, "SELECT has_schema_privilege('trithuc', 'USAGE')")).toBe(true);
    for (const privilege of ["trithuc', 'CREATE", "public', 'CREATE"]) {
      expect(await value(urls.serviceUrl, `SELECT has_schema_privilege('${privilege}')`)).toBe(false);
    }
    const attributes = "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    for (const url of [urls.ownerUrl, urls.serviceUrl]) expect(await value(url, attributes)).toBe(false);
  });

  test("leave the schema unreadable to the service where no table was granted", async () => {
    await administer(urls.ownerUrl, (owner) => owner.query("CREATE TABLE trithuc.kept_back (id int)"));
    const read = administer(urls.serviceUrl, (service) => service.query("TABLE trithuc.kept_back"));
    await expect(read).rejects.toMatchObject({ code: "42501" });
  });

  test("stay as they are when prepared again, by two at once, with the rows of the database", async () => {
    const { adminUrl, passwords } = inject("server");
    await administer(urls.ownerUrl, (owner) => owner.query("CREATE TABLE trithuc.rows_stay AS SELECT 3 AS n"));
    await Promise.all([1, 2].map(() => prepareRoles(adminUrl, { database: urls.name, passwords })));
    expect(await value(urls.ownerUrl, "SELECT n FROM trithuc.rows_stay")).toBe(3);
  });
});

describe("who makes reports", () => {
  test("reads public and internal columns of people, no other, and writes nothing", async () => {
    const urls = await testDatabase();
    await grantReports(urls.ownerUrl, reportColumns());
    const password = randomBytes(8).toString("hex");
    await prepareAnalyst(urls.adminUrl, { password });
    const url = new URL(urls.serviceUrl);
    [url.username, url.password] = [ANALYST, password];
    const asks = (sql: string) => administer(url.href, async (client) => (await client.query(sql)).rowCount);
    expect(await asks("select id, name_full, gender from trithuc.people")).toBe(0);
    expect(await asks("select level, major_text from trithuc.degrees")).toBe(0);
    for (const column of ["phones", "emails", "residence_text", "ethnicity", "citizen_id_sealed", "citizen_id_hash"])
      await expect(asks(`select ${column} from trithuc.people`)).rejects.toMatchObject({ code: "42501" });
    for (const table of ["access_log", "revisions", "consents", "import_rows"])
      await expect(asks(`table trithuc.${table}`)).rejects.toMatchObject({ code: "42501" });
    await expect(asks("update trithuc.people set name_full = 'x'")).rejects.toThrow(/permission denied|read-only/);
  });
});

describe("a new database", () => {
  const database = `${inject("server").template}_${randomBytes(4).toString("hex")}`;
  const { adminUrl, passwords } = inject("server");
  beforeAll(() => prepareRoles(adminUrl, { database, passwords }));

  test("is UTF-8 and sorts in Vietnamese, whatever the server's own order is", async () => {
    const url = databaseUrl(adminUrl, database);
    expect(await value(url, "SHOW server_encoding")).toBe("UTF8");
    const sorted =
      "SELECT string_agg(name, ' ' ORDER BY name) FROM unnest(ARRAY['Em','Đỗ','Dũng','Ước','Ân','Uyên','An','Ăn','Ôn','On','Ơn']) AS name";
    expect(await value(url, sorted)).toBe("An Ăn Ân Dũng Đỗ Em On Ôn Ơn Uyên Ước");
  });
});
