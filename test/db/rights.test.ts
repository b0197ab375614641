import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { isGuarded } from "../../src/core/policy.ts";
import { columnsOf } from "../../src/db/tables/columns.ts";
import { grantReports } from "../../src/db/upkeep/reports.ts";
import { KEEPER, OWNER, REPORTS } from "../../src/db/upkeep/roles.ts";
import { readStanding, refuseStanding } from "../../src/db/upkeep/standing.ts";
import { catalog, reportColumns } from "../../src/nouns.ts";
import { loadedDatabase } from "../setup/database.ts";
import { administer } from "../setup/template.ts";
import type { TestUrls } from "../setup/template.ts";

let urls: TestUrls;
// Roles belong to the whole server, which serves other tests too: what is given here is given to a role of this file.
const role = `rights_${randomBytes(4).toString("hex")}`;
const { adminUrl } = inject("server");
const as = (sql: string) => administer(urls.adminUrl, (admin) => admin.query(sql));
let own: string;

beforeAll(async () => {
  urls = await loadedDatabase();
  await as(`create role ${role} login password 'x'; grant usage on schema trithuc to ${role}`);
  const url = new URL(urls.serviceUrl);
  [url.username, url.password] = [role, "x"];
  own = url.href;
});
afterAll(async () => {
  await as(`drop owned by ${role}`);
  await administer(adminUrl, (admin) => admin.query(`drop role ${role}`));
});

const refusal = async (url: string): Promise<string> => {
  try {
    refuseStanding(await readStanding(url));
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a service whose role may do more than it should", () => {
  test("does not start, and says what is too much", async () => {
    expect(await refusal(urls.serviceUrl)).toBe("");
    expect(await refusal(own)).toBe("");
    expect(await refusal(urls.adminUrl)).toContain("superuser");
    expect(await refusal(urls.ownerUrl)).toContain("ddl");
    const cases: [give: string, take: string, says: string][] = [
      [`alter role ${role} createrole`, `alter role ${role} nocreaterole`, "createrole"],
      [`alter role ${role} createdb`, `alter role ${role} nocreatedb`, "createdb"],
      [`alter role ${role} bypassrls`, `alter role ${role} nobypassrls`, "bypassrls"],
      [`alter role ${role} replication`, `alter role ${role} noreplication`, "replication"],
      [`grant create on schema trithuc to ${role}`, `revoke create on schema trithuc from ${role}`, "ddl"],
      [`grant delete on trithuc.access_log to ${role}`, `revoke delete on trithuc.access_log from ${role}`, "delete access_log"],
      [`grant update on trithuc.revisions to ${role}`, `revoke update on trithuc.revisions from ${role}`, "update revisions"],
      [`grant truncate on trithuc.audit_seals to ${role}`, `revoke truncate on trithuc.audit_seals from ${role}`, "truncate audit_seals"],
      [`grant ${OWNER} to ${role}`, `revoke ${OWNER} from ${role}`, `member of ${OWNER}`],
      [`grant ${KEEPER} to ${role}`, `revoke ${KEEPER} from ${role}`, `member of ${KEEPER}`],
      [`grant pg_read_all_data to ${role}`, `revoke pg_read_all_data from ${role}`, "member of pg_read_all_data"],
    ];
    for (const [give, take, says] of cases) {
      await as(give);
      expect(await refusal(own), give).toContain(says);
      await as(take);
    }
    expect(await refusal(own)).toBe("");
  });
});

describe("the role for reports", () => {
  const read = (sql: string) =>
    administer(urls.adminUrl, async (admin) => {
      await admin.query(`set role ${REPORTS}; set search_path = trithuc`);
      return (await admin.query(sql)).rowCount;
    });

  test("reads public and internal fields, and no other column of any table", async () => {
    expect(await grantReports(urls.ownerUrl, reportColumns())).toBe(true);
    expect(await read("select name_full, birth_date_earliest from people")).toBe(0);
    let closed = 0;
    for (const { noun } of Object.values(catalog)) {
      const guarded = Object.entries(noun.fields).filter(([, field]) => isGuarded(noun, field));
      for (const column of Object.keys(columnsOf({ ...noun, fields: Object.fromEntries(guarded) }))) {
        await expect(read(`select ${column} from ${noun.table}`), column).rejects.toMatchObject({ code: "42501" });
        closed += 1;
      }
    }
    expect(closed).toBeGreaterThan(6);
    for (const table of [
      "revisions",
      "access_log",
      "audit_events",
      "imports",
      "import_rows",
      "import_files",
      "consents",
      "person_identifiers",
    ]) {
      await expect(read(`select 1 from ${table}`), table).rejects.toMatchObject({ code: "42501" });
    }
    await expect(read("select * from people")).rejects.toMatchObject({ code: "42501" });
    await expect(read("update people set gender = 'male'")).rejects.toMatchObject({ code: "42501" });
  });

  test("loses a field that becomes restricted, with the next migration", async () => {
    const { people, ...others } = reportColumns();
    await grantReports(urls.ownerUrl, { ...others, people: people!.filter((column) => column !== "gender") });
    await expect(read("select gender from people")).rejects.toMatchObject({ code: "42501" });
    expect(await read("select name_full from people")).toBe(0);
  });
});
