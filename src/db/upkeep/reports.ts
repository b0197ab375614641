import { Client } from "pg";
import { SCHEMA } from "../schema.ts";
import { REPORTS } from "./roles.ts";

/** Columns that reports may read, by table. */
export type Readable = Readonly<Record<string, readonly string[]>>;

/**
 * Gives the reports' role exactly these columns and takes away any other, as the owner; false where there is no such role.
 * By columns and not by views: a field that becomes restricted is closed by the next migration, whatever was made of it.
 */
export async function grantReports(ownerUrl: string, readable: Readable): Promise<boolean> {
  const client = new Client({ connectionString: ownerUrl, options: `-c search_path=${SCHEMA}`, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the pending query rejects by itself
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [REPORTS]);
    if (rowCount === 0) return false;
    const grants = Object.entries(readable).map(
      ([table, columns]) =>
        `grant select (${columns.map((one) => client.escapeIdentifier(one)).join(", ")}) on ${client.escapeIdentifier(table)} to ${REPORTS}`,
    );
    const revoked = await client.query<{ sql: string }>(
      "select format('revoke all on %I.%I from %I', schemaname, tablename, $2::text) as sql from pg_tables where schemaname = $1",
      [SCHEMA, REPORTS],
    );
    await client.query(
      ["begin", ...revoked.rows.map(({ sql }) => sql), `grant usage on schema ${SCHEMA} to ${REPORTS}`, ...grants, "commit"].join(";\n"),
    );
    return true;
  } finally {
    await client.end();
  }
}
