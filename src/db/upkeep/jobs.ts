import { Logger, run, runMigrations } from "graphile-worker";
import type { Runner, TaskList } from "graphile-worker";
import { Client, Pool } from "pg";
import { connectionSettings } from "../pools.ts";
import { raw, sql } from "../statement.ts";
import type { Transaction } from "../write/transaction.ts";

const SCHEMA = "graphile_worker";
/** Jobs may take as long as an import of 100,000 rows. */
const JOB_TIMEOUT_MS = 600_000;

/** What a job is told: ids only, never personal data. */
export type JobPayload = Record<string, string>;

/**
 * Makes the tables of the job library as the owner, and opens them to the service's role.
 * The library switches row-level security on without a policy: a role that does not own the tables would see no job.
 */
export async function prepareJobs(ownerUrl: string, service: string): Promise<void> {
  await runMigrations({ connectionString: ownerUrl, schema: SCHEMA });
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const role = client.escapeIdentifier(service);
    await client.query(`grant usage on schema ${SCHEMA} to ${role};
      grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${role};
      grant usage, select on all sequences in schema ${SCHEMA} to ${role};
      grant execute on all functions in schema ${SCHEMA} to ${role}`);
    const tables = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = $1 and rowsecurity", [
      SCHEMA,
    ]);
    for (const { name } of tables.rows) {
      const table = `${SCHEMA}.${client.escapeIdentifier(name)}`;
      await client.query(
        `drop policy if exists service on ${table}; create policy service on ${table} to ${role} using (true) with check (true)`,
      );
    }
  } finally {
    await client.end();
  }
}

/** Puts a job into the queue in the same transaction as what it is about; one of a kind at a time for each `queue`. */
export async function addJob(tx: Pick<Transaction, "run">, task: string, payload: JobPayload, queue: string): Promise<void> {
  await tx.run(
    sql`select from ${raw(SCHEMA)}.add_job(${task}, ${JSON.stringify(payload)}::json, queue_name => ${queue}, max_attempts => 5)`,
  );
}

/** Works the queue in this process until `stop`. */
export async function startJobs(url: string, tasks: TaskList): Promise<{ stop(): Promise<void> }> {
  const pool = new Pool({ ...connectionSettings(url, JOB_TIMEOUT_MS), max: 4 });
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const runner: Runner = await run({
    pgPool: pool,
    schema: SCHEMA,
    taskList: tasks,
    concurrency: 2,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: quiet(),
  });
  return {
    async stop() {
      await runner.stop();
      await pool.end();
    },
  };
}

/** The library logs job payloads; ours are ids, but failures quote what a statement was given: nothing of it is logged here. */
const quiet = () => new Logger(() => () => {});
