import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { OWNER } from "../../src/db/upkeep/roles.ts";
import { administer, loadedTemplate, urlsOf, type TestUrls } from "./template.ts";

/**
 * Gives a test file a migrated database of its own, copied from the template in 20-40 ms.
 * Nobody drops it: dropping one costs 300 ms, and the server of the run goes as a whole.
 */
export function testDatabase(): Promise<TestUrls> {
  return copyOf(inject("server").template);
}

/** Gives a test file a database of its own that holds the reference data. */
export function loadedDatabase(): Promise<TestUrls> {
  return copyOf(loadedTemplate(inject("server")));
}

/** Gives a copy of a test's database, to which nobody may be connected. */
export function copiedDatabase({ name }: TestUrls): Promise<TestUrls> {
  return copyOf(name);
}

async function copyOf(template: string): Promise<TestUrls> {
  const server = inject("server");
  const name = `${server.template}_${randomBytes(4).toString("hex")}`;
  await administer(server.adminUrl, (admin) =>
    admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy OWNER ${OWNER}`),
  );
  return urlsOf(server, name);
}
