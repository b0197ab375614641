import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SCHEMA } from "../../src/db/schema.ts";
import type { Registry } from "../setup/registry.ts";

type Column = { schema: string; table: string; column: string };

/** A text, or the bytes of a hash. */
type Canary = string | Buffer;

/** Where in a database any of these texts stands: every column of every table that can hold text or bytes, whatever it is for. */
export async function findInTables(registry: Registry, canaries: readonly Canary[]): Promise<string[]> {
  const columns = await registry.sql<Column>(
    `select n.nspname as schema, c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and n.nspname in ($1, 'graphile_worker')`,
    SCHEMA,
  );
  const wanted = canaries.flatMap((canary) => (typeof canary === "string" ? [canary, hex(Buffer.from(canary))] : [hex(canary)]));
  const tables = Map.groupBy(columns, ({ schema, table }) => `"${schema}"."${table}"`);
  const found: string[] = [];
  for (const [name, members] of tables) {
    // Rows older than the database came with its template, the reference data: nobody in particular stands there.
    const rows = await registry.sql<Record<string, string | null>>(
      `select ${members.map(({ column }, i) => `t."${column}"::text as c${i}`).join(", ")} from ${name} t
       where t.xmin::text::bigint >= (select xmin::text::bigint from pg_database where datname = current_database())`,
    );
    const holds = (i: number) => rows.some((row) => wanted.some((text) => row[`c${i}`]?.includes(text)));
    found.push(...members.filter((_, i) => holds(i)).map(({ table, column }) => `${table}.${column}`));
  }
  return found.toSorted();
}

const hex = (bytes: Buffer): string => bytes.toString("hex");

/** Files below a folder, the write-ahead log aside, in which any of these texts stands. */
export function findInFiles(folder: string, canaries: readonly Canary[]): string[] {
  const wanted = canaries.map((canary) => (typeof canary === "string" ? Buffer.from(canary) : canary));
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    if (name.startsWith("pg_wal") || !statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    const text = readFileSync(path);
    return wanted.some((canary) => text.includes(canary));
  });
}
