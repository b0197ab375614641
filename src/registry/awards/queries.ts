import { factSource } from "../facts/queries.ts";
import { Award } from "./schema.ts";

/** How awards are read; statements alike in these members are of one fact. */
export const awardSource = factSource(Award, ["award", "year"]);
