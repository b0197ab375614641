import { factSource } from "../facts/queries.ts";
import { Expertise } from "./schema.ts";

/** How expertise are read; statements alike in these members are of one fact. */
export const expertiseSource = factSource(Expertise, ["field", "role"]);
