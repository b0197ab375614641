import { drizzle } from "drizzle-orm/node-postgres";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool, PoolClient } from "pg";
import type { Actor } from "../../core/actor.ts";
import type { Statement } from "../statement.ts";

/** Why and on whose behalf a transaction writes; the triggers put it into the history. */
export type Purposeful = {
  actor: Pick<Actor, "client" | "subject">;
  reason?: string | null;
  importId?: string | null;
  source?: string | null;
};

/** An open transaction: statements of our own, drizzle's builder for rows, and the bare client for COPY. */
export type Transaction = { run<Row>(statement: Statement): Promise<Row[]>; orm: NodePgDatabase; client: PoolClient };

const RETRYABLE = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction on an exclusive client, and commits it.
 * Deadlocks and serialization failures are tried again twice; a client about whose state there is any doubt is thrown away:
 * drizzle's own `transaction` loses pool clients on a failed BEGIN and gives poisoned ones back (drizzle-orm #6114, #6241).
 */
export async function inTransaction<T>(pool: Pool, purposeful: Purposeful, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, purposeful, work);
    } catch (error) {
      if (attempt === 3 || !RETRYABLE.has((error as { code?: string }).code ?? "")) throw error;
    }
  }
}

async function once<T>(pool: Pool, purposeful: Purposeful, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let doubt: Error | undefined;
  try {
    await client.query(beginning(client, purposeful));
    const run = async <Row>(statement: Statement) => (await client.query(statement.render())).rows as Row[];
    const result = await work({ run, orm: drizzle(client), client });
    await client.query("commit");
    return result;
  } catch (error) {
    try {
      await client.query("rollback");
    } catch (broken) {
      doubt = broken as Error;
    }
    throw error;
  } finally {
    client.release(doubt);
  }
}

/** BEGIN and the context in one round trip; the values are escaped as literals. */
function beginning(client: PoolClient, { actor, reason, importId, source }: Purposeful): string {
  const context = { actor: actor.subject, client: actor.client, reason, import: importId, source };
  const sets = Object.entries(context).map(([name, value]) => `set_config('trithuc.${name}', ${client.escapeLiteral(value ?? "")}, true)`);
  return `begin; select ${sets.join(", ")}`;
}
