import { setTimeout as delay } from "node:timers/promises";
import { Logger, run, runMigrations } from "graphile-worker";
import type { Runner, RunnerOptions, Task } from "graphile-worker";
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
    sql`select from ${raw(SCHEMA)}.add_job(${task}, ${JSON.stringify(payload)}::json, queue_name => ${queue}, max_attempts => 25)`,
  );
}

/** What is done for a queued job; `attempt` counts from 1, and counts the times that the process was killed over it. */
export type Tasks = Readonly<Record<string, (payload: unknown, attempt: number) => Promise<void>>>;
/** Is told of a job that failed, each time; `task` is null where the working of the queue itself did. */
export type JobFailed = (failure: { task: string | null; attempt: number; error: unknown }) => void;

/**
 * Works the queue in this process until `stop`, and what the crontab (in UTC) wants done.
 * Each job holds a session's lock while it runs, so that the jobs of a process that was killed are known and taken over at once:
 * the library itself would wait four hours.
 */
export async function startJobs(
  url: string,
  tasks: Tasks,
  { crontab = "", failed = () => {} }: JobOptions = {},
): Promise<{ stop(): Promise<void> }> {
  const pool = new Pool({ ...connectionSettings(url, JOB_TIMEOUT_MS), connectionTimeoutMillis: CONNECT_MS, max: 6 });
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const options: RunnerOptions = {
    pgPool: pool,
    schema: SCHEMA,
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, lockedTask(task, failed)])),
    // Without a crontab of ours the library would look for a file of that name where it stands.
    ...(crontab === "" ? { parsedCronItems: [] } : { crontab }),
    concurrency: 2,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: quiet(),
    // By itself the library writes the end of a job without hearing of what goes wrong (0.18): a connection lost there ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
  const end = new AbortController();
  const state: { runner: Runner } = { runner: await run(options) };
  const over = keepWorking(state, options, end.signal, failed);
  const freeing = setInterval(() => void freeAbandoned(pool).catch(() => {}), LOOK_MS);
  return {
    async stop() {
      clearInterval(freeing);
      end.abort();
      await state.runner.stop().catch(() => {});
      await over;
      await pool.end();
    },
  };
}

/** When work comes round, and who is told of what failed. */
export type JobOptions = { crontab?: string; failed?: JobFailed };

/** The library ends for good when its own housekeeping fails once (0.18); its promise, unheard, would end the process. */
async function keepWorking(state: { runner: Runner }, options: RunnerOptions, signal: AbortSignal, failed: JobFailed): Promise<void> {
  for (;;) {
    const ended = await state.runner.promise.then(
      () => new Error("the working of the queue ended by itself"),
      (error: unknown) => error,
    );
    if (signal.aborted) return;
    failed({ task: null, attempt: 0, error: ended });
    await delay(LOOK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    state.runner = await restarted(state.runner, options, failed);
  }
}

async function restarted(gone: Runner, options: RunnerOptions, failed: JobFailed): Promise<Runner> {
  try {
    return await run(options);
  } catch (error) {
    failed({ task: null, attempt: 0, error });
    return gone; // and is tried again
  }
}

/** Nobody waits for an answer here; on a machine so busy that two seconds do not suffice, the library never found its way back (0.18). */
const CONNECT_MS = 60_000;
/** The first half of the locks' keys; the second is the job's id. */
const LOCKS = 0x7472_6a62;
const LOOK_MS = 5_000;

const lockedTask =
  (task: Tasks[string], failed: JobFailed): Task =>
  (payload, { job, withPgClient }) =>
    withPgClient(async (client) => {
      const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1, $2::bigint::int) as got", [LOCKS, job.id]);
      if (!rows[0]?.got) throw new Error("another process is still at this job");
      try {
        await task(payload, job.attempts);
      } catch (error) {
        failed({ task: job.task_identifier, attempt: job.attempts, error });
        throw error;
      } finally {
        await client.query("select pg_advisory_unlock($1, $2::bigint::int)", [LOCKS, job.id]);
      }
    });

/** Gives back to the queue what a process that is no more had taken: jobs marked as running that nobody holds the lock of. */
async function freeAbandoned(pool: Pool): Promise<void> {
  await pool.query(
    `with taken as (
       select j.locked_by, pg_try_advisory_xact_lock($1, j.id::int) as abandoned from ${SCHEMA}._private_jobs j
       where j.locked_by is not null and j.locked_at < now() - interval '5 seconds'
     ) select ${SCHEMA}.force_unlock_workers(array_agg(locked_by)) from taken where abandoned having count(*) > 0`,
    [LOCKS],
  );
}

/** The library logs job payloads; ours are ids, but failures quote what a statement was given: nothing of it is logged here. */
const quiet = () => new Logger(() => () => {});
