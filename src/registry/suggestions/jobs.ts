import type { Database } from "../../db/pools.ts";
import { sql } from "../../db/statement.ts";
import type { Tasks } from "../../db/upkeep/jobs.ts";

/** Each night in Vietnam the names that are borne are put in order, after what the imports leave behind. */
export const NAME_CRONTAB = "40 19 * * * tidy_names";

/** Parts of the dictionary that are put in order one by one: a statement of a whole million would take longer than one may. */
const PARTS = 32;

/** What keeps the search for names right where two writers met: a name may stand twice, be left out, or outlive its last bearer. */
export const nameJobs = ({ database }: { database: Database }): Tasks => ({
  tidy_names: async () => {
    for (let part = 0; part < PARTS; part++)
      await database.workers.query(sql`select tidy_person_names(${part}::int, ${PARTS}::int)`.render());
  },
});
