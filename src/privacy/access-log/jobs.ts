import type { Database } from "../../db/pools.ts";
import type { Tasks } from "../../db/upkeep/jobs.ts";
import { sealLogs } from "./commands.ts";

/** Each minute: what is not sealed could still be changed without a trace. */
export const SEAL_CRONTAB = "* * * * * seal_logs";

/** The work that the logs leave for later. */
export const sealJobs = ({ database }: { database: Database }): Tasks => ({
  seal_logs: async () => void (await sealLogs(database.workers)),
});
