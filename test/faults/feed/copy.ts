import { once } from "node:events";
import { rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { startEmbedded } from "../../../src/db/embedded.ts";
import { SCHEMA } from "../../../src/db/schema.ts";
import { migrate } from "../../../src/db/upkeep/migrations.ts";
import { databaseUrl } from "../../../src/db/upkeep/roles.ts";
import { newFolder } from "../../setup/folder.ts";

/** A cluster of its own, whose transactions are counted anew. */
export type Fresh = {
  serviceUrl: string;
  /** Copies every table of the database that an administrator's URL names, as a restored dump leaves it. */
  copy(adminUrl: string): Promise<void>;
  close(): Promise<void>;
};

/** Makes a fresh cluster with the schema and nothing in it. */
export async function openFresh(): Promise<Fresh> {
  const folder = newFolder();
  const embedded = await startEmbedded({ dataDir: folder, settings: { max_connections: "100" } });
  await migrate(embedded.ownerUrl);
  return {
    serviceUrl: embedded.serviceUrl,
    copy: (adminUrl) => copyTables(adminUrl, databaseUrl(embedded.superuserUrl, "trithuc")),
    close: async () => {
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function copyTables(adminUrl: string, target: string): Promise<void> {
  const options = `-c search_path=${SCHEMA} -c session_replication_role=replica`;
  const [from, to] = [adminUrl, target].map((connectionString) => new Client({ connectionString, options })) as [Client, Client];
  await Promise.all([from.connect(), to.connect()]);
  const tables = await from.query<{ name: string; columns: string }>(
    `select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' group by 1`,
    [SCHEMA],
  );
  for (const { name, columns } of tables.rows) {
    await to.query(`delete from ${name}`);
    const writing = to.query(copyFrom(`copy ${name} (${columns}) from stdin`));
    const done = once(writing, "finish");
    await pipeline(from.query(copyTo(`copy ${name} (${columns}) to stdout`)), writing);
    await done.catch(() => {});
  }
  const sequences = await from.query<{ name: string; last: string }>(
    "select sequencename as name, last_value::text as last from pg_sequences where schemaname = $1 and last_value is not null",
    [SCHEMA],
  );
  for (const { name, last } of sequences.rows) await to.query("select setval($1::regclass, $2)", [name, last]);
  await Promise.all([from.end(), to.end()]);
}
