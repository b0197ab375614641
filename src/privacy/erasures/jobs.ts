import type { Pool } from "pg";
import type { Tasks } from "../../db/upkeep/jobs.ts";
import { logErasures } from "./commands.ts";

/** Every five minutes: an erasure whose process ended before it was logged waits no longer. */
export const ERASURE_CRONTAB = "*/5 * * * * log_erasures";

/** What writes the log of erasures should the request not have done it. */
export const erasureJobs = ({ database, erasureLog }: { database: { workers: Pool }; erasureLog?: string }): Tasks => ({
  log_erasures: async () => {
    if (erasureLog !== undefined) await logErasures(database.workers, erasureLog);
  },
});
