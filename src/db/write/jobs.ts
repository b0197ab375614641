import type { Database } from "../pools.ts";
import type { Tasks } from "../upkeep/jobs.ts";
import { KEPT } from "./idempotency.ts";

/** Every hour: what a key keeps is the whole answer, and worth no longer than was promised. */
export const KEY_CRONTAB = "25 * * * * sweep_idempotency_records";

/** Rows a statement: an hour of the busiest service in several, each well within its time. */
const BATCH = 5_000;

/** Removes the answers whose 72 hours are over. */
export const keyJobs = ({ database }: { database: Database }): Tasks => ({
  sweep_idempotency_records: async () => {
    const old = `select key_hash from idempotency_records where created_at <= now() - interval '${KEPT}' limit ${BATCH}`;
    for (let removed = BATCH; removed === BATCH;)
      removed = (await database.workers.query(`delete from idempotency_records where key_hash in (${old})`)).rowCount ?? 0;
  },
});
