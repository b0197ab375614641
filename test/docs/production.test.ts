import { randomBytes } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { databaseUrl } from "../../src/db/upkeep/roles.ts";
import { newFolder } from "../setup/folder.ts";
import { administer } from "../setup/template.ts";
import { blocks, page, runSteps, startProcess } from "./walk.ts";

const README = page("README.md");
const [SQL, LINES] = [blocks(README, "sql")[0]!, blocks(README, "sh production")[0]!];

describe("the lines of the README for an own PostgreSQL, with its administrator's SQL before", () => {
  const { adminUrl, template } = inject("server");
  const mark = randomBytes(4).toString("hex");
  // Roles belong to the whole server, which serves other tests too.
  const names = {
    owner: `owner_${mark}`,
    service: `service_${mark}`,
    keeper: `keeper_${mark}`,
    reports: `reports_${mark}`,
    database: `${template}_${mark}`,
  };
  const keys = newFolder();
  const urlOf = (user: string, password: string): string => {
    const url = new URL(databaseUrl(adminUrl, names.database));
    [url.username, url.password] = [user, password];
    return url.href;
  };
  const [ownerUrl, serviceUrl] = [urlOf(names.owner, "thay-mat-khau-1"), urlOf(names.service, "thay-mat-khau-2")];
  const running = { DATABASE_URL: serviceUrl, TRITHUC_KEYS_FILE: join(keys, "keys.json") };
  let printed = "";

  beforeAll(async () => {
    const named = SQL.replaceAll("trithuc_owner", names.owner)
      .replaceAll("trithuc_service", names.service)
      .replaceAll("trithuc_keeper", names.keeper)
      .replaceAll("trithuc_reports", names.reports)
      .replace("DATABASE trithuc", `DATABASE ${names.database}`);
    await administer(adminUrl, async (admin) => {
      for (const statement of named.split(";\n").filter((one) => one.trim())) await admin.query(statement);
    });
    const environment = { TRITHUC_KEYS_FILE: join(keys, "keys.json"), DATABASE_URL: serviceUrl, TRITHUC_OWNER_URL: ownerUrl };
    const [outcome] = await runSteps([{ lines: LINES, promised: "", status: undefined, texts: [] }], environment);
    printed = outcome!.text;
  }, 120_000);
  afterAll(async () => {
    rmSync(keys, { recursive: true, force: true });
    await administer(adminUrl, async (admin) => {
      await admin.query(`DROP DATABASE IF EXISTS ${names.database} WITH (FORCE)`);
      for (const role of [names.owner, names.service, names.keeper, names.reports]) await admin.query(`DROP ROLE IF EXISTS ${role}`);
    });
  });

  test("make a keys file that nobody else reads, the tables, and the reference data", () => {
    expect(statSync(join(keys, "keys.json")).mode & 0o777).toBe(0o600);
    expect(printed).toContain("+ 0000_registry");
    expect(printed).toContain("The reference data are loaded.");
    expect(printed).toMatch(/All \d+ migrations are as in the source\./);
  });

  test("are followed by a service that is ready, on 34 provinces, and offers no token of its own accord", async () => {
    const service = await startProcess(running);
    try {
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
      expect(service.output()).not.toContain("Bearer");
      const count = "select count(*)::int as n from trithuc.localities where kind = 'province' and valid_to is null";
      const rows = await administer(serviceUrl, async (client) => (await client.query<{ n: number }>(count)).rows);
      expect(rows[0]!.n).toBe(34);
    } finally {
      expect(await service.stop()).toBe(0);
    }
  }, 60_000);

  test("guard the database from a service with other keys", async () => {
    const other = newFolder();
    try {
      await runSteps([{ lines: "npx trithuc token --scope people:read > /dev/null", promised: "", status: undefined, texts: [] }], {
        TRITHUC_DATA_DIR: other,
      });
      const started = startProcess({ ...running, TRITHUC_KEYS_FILE: join(other, "keys.json") });
      const outcome = await started.then(
        (service) => service.stop().then(() => "started"),
        (error: Error) => error.message,
      );
      expect(outcome).toContain("TRITHUC_KEYS_FILE");
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  }, 60_000);
});
