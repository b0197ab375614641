import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { migrate } from "../../src/db/upkeep/migrations.ts";
import { databaseUrl, OWNER, prepareRoles, SERVICE } from "../../src/db/upkeep/roles.ts";
import { loadReference } from "../../src/reference/load.ts";

/** The server of a test run: its administrator, the template to copy, both roles' passwords, and its log where it is the run's own. */
export type TestServer = { adminUrl: string; template: string; passwords: { owner: string; service: string }; log?: string };
/** The connection URLs of one database, one for each role. */
export type TestUrls = { name: string; ownerUrl: string; serviceUrl: string; adminUrl: string };

/** Names what a run will make on the server: its template database and the passwords of both roles. */
export function newServer(adminUrl: string): TestServer {
  return { adminUrl, template: `test_${random(4)}`, passwords: { owner: random(12), service: random(12) } };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

/** The day on which the tests' reference data was loaded, and which is today in the tests' services. */
export const TODAY = "2026-11-23";

/** The template that holds the reference data too: loading it takes seconds, copying it no longer than an empty one. */
export const loadedTemplate = ({ template }: TestServer): string => `${template}_loaded`;

/** Makes both roles and the templates of this run: a migrated one, and one with the reference data in it. */
export async function prepareTemplate(server: TestServer): Promise<void> {
  await prepareRoles(server.adminUrl, { database: server.template, passwords: server.passwords });
  await migrate(urlsOf(server, server.template).ownerUrl);
  const loaded = loadedTemplate(server);
  await administer(server.adminUrl, (admin) => admin.query(`CREATE DATABASE ${loaded} TEMPLATE ${server.template} OWNER ${OWNER}`));
  await loadReference(urlsOf(server, loaded).ownerUrl, { today: TODAY });
}

/** The connection URLs of one database of the run's server. */
export function urlsOf({ adminUrl, passwords }: TestServer, name: string): TestUrls {
  const as = (user: string, password: string): string => {
    const url = new URL(databaseUrl(adminUrl, name));
    url.username = user;
    url.password = password;
    return url.href;
  };
  const adminHere = databaseUrl(adminUrl, name);
  return { name, ownerUrl: as(OWNER, passwords.owner), serviceUrl: as(SERVICE, passwords.service), adminUrl: adminHere };
}

/** Removes every database of the run from a server that goes on living. */
export async function dropDatabases({ adminUrl, template }: TestServer): Promise<void> {
  await administer(adminUrl, async (admin) => {
    const found = await admin.query<{ datname: string }>("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", [template]);
    for (const { datname } of found.rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  });
}

/**
 * Refuses a server that keeps a real registry: the roles belong to the whole server and get new passwords, its service would lose it.
 */
export async function refuseRealData(adminUrl: string): Promise<void> {
  const sql = `SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
    WHERE rolname = $1 AND NOT starts_with(datname, 'test_')`;
  const kept = await administer(adminUrl, (admin) => admin.query<{ datname: string }>(sql, [OWNER]));
  const names = kept.rows.map((row) => row.datname).join(", ");
  if (names) throw new Error(`This server keeps a registry (${names}): name a server of its own for the tests.`);
}

/** Runs `work` on a connection of the administrator and closes it. */
export async function administer<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
