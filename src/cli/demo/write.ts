import { once } from "node:events";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { SCHEMA } from "../../db/schema.ts";
import type { Sheet } from "./rows.ts";

/** A connection for the write; a load holds locks no longer than its batches, and may take longer than a request. */
export async function connect(url: string): Promise<Client> {
  const options = `-c search_path=${SCHEMA} -c timezone=UTC -c statement_timeout=0 -c lock_timeout=30s -c jit=off`;
  const client = new Client({ connectionString: url, options, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the pending query rejects by itself
  await client.connect();
  return client;
}

/** Runs `work` in a transaction whose writes name the command as their actor. */
export async function inTransaction<T>(client: Client, source: string | null, reason: string, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    await client.query(
      "select set_config('trithuc.actor', 'demo', true), set_config('trithuc.source', $1, true), set_config('trithuc.reason', $2, true)",
      [source ?? "", reason],
    );
    const done = await work();
    await client.query("commit");
    return done;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

/** Sends rows by COPY. */
export async function copy(client: Client, { table, columns, lines }: Sheet): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
  const finished = once(stream, "finish");
  stream.end(`${lines.join("\n")}\n`);
  await finished;
}
