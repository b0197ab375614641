import { Client } from "pg";
import { SCHEMA } from "../schema.ts";

/** The role that owns the database and the schema; only migrations and reference loads connect as it. */
export const OWNER = "trithuc_owner";
/** The role of the running service: it owns nothing and makes no tables. */
export const SERVICE = "trithuc_service";
/** Nobody logs in as it: the owner of the functions that take values out of the history; the owner of the database may give them to it. */
export const KEEPER = "trithuc_keeper";
/** Nobody logs in as it: whoever makes reports is given it, and reads public and internal fields with it. */
export const REPORTS = "trithuc_reports";
/** Who logs in to make reports, where an office wants one such role. */
export const ANALYST = "trithuc_analyst";
/** The passwords of both roles that log in. */
export type RolePasswords = { owner: string; service: string };

// Any number will do, as long as nothing else in the product takes the same advisory lock in the administration database.
const LOCK = 7_204_371;

/**
 * Makes the four roles, the database and its schema where they are missing, and sets the passwords of those that log in.
 * Repeating it changes nothing; two at once wait for each other. `adminUrl` names a superuser, or a role with CREATEROLE and CREATEDB.
 */
export async function prepareRoles(adminUrl: string, options: { database: string; passwords: RolePasswords }): Promise<void> {
  const { database, passwords } = options;
  await connected(adminUrl, async (admin) => {
    await admin.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await prepareRole(admin, OWNER, passwords.owner);
    await prepareRole(admin, SERVICE, passwords.service);
    for (const role of [KEEPER, REPORTS]) await prepareGroup(admin, role);
    await admin.query(`GRANT ${KEEPER} TO ${OWNER}`);
    if (await isMissing(admin, "SELECT 1 FROM pg_database WHERE datname = $1", database)) {
      // Sorting and lower() follow Vietnamese whatever the server's own default is; folds are ASCII, so LC_CTYPE may stay "C".
      await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(database)} OWNER ${OWNER}
        TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'vi' LOCALE 'C'`);
    }
    await connected(databaseUrl(adminUrl, database), prepareSchema);
  });
}

/** Makes or renews the one who makes reports: member of the reports' group, read-only, and of nothing else. After `prepareRoles`. */
export async function prepareAnalyst(adminUrl: string, { password }: { password: string }): Promise<void> {
  await connected(adminUrl, async (admin) => {
    await prepareRole(admin, ANALYST, password);
    await admin.query(`ALTER ROLE ${ANALYST} SET default_transaction_read_only = on`);
    await admin.query(`GRANT ${REPORTS} TO ${ANALYST}`);
  });
}

/** The same connection URL for another database of the same server. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

async function prepareRole(admin: Client, role: string, password: string): Promise<void> {
  if (await isMissing(admin, "SELECT 1 FROM pg_roles WHERE rolname = $1", role)) await admin.query(`CREATE ROLE ${role}`);
  await admin.query(`ALTER ROLE ${role} LOGIN NOCREATEROLE NOCREATEDB PASSWORD ${admin.escapeLiteral(password)}`);
  // An administrator who is no superuser must be a member of a role before giving it a database or a schema.
  if (await isMissing(admin, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper")) {
    await admin.query(`GRANT ${role} TO CURRENT_USER`);
  }
}

async function prepareGroup(admin: Client, role: string): Promise<void> {
  if (await isMissing(admin, "SELECT 1 FROM pg_roles WHERE rolname = $1", role)) await admin.query(`CREATE ROLE ${role} NOLOGIN`);
}

async function prepareSchema(admin: Client): Promise<void> {
  if (await isMissing(admin, "SELECT 1 FROM pg_namespace WHERE nspname = $1", SCHEMA)) {
    await admin.query(`CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${OWNER}`);
  }
  await admin.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${SERVICE}`);
}

async function isMissing(admin: Client, sql: string, ...names: string[]): Promise<boolean> {
  return (await admin.query(sql, names)).rowCount === 0;
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // a dying server must not end the process; the pending query rejects by itself
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
