import { factSource } from "../facts/queries.ts";
import { Degree } from "./schema.ts";

/** How degrees are read; statements alike in these members are of one fact. */
export const degreeSource = factSource(Degree, ["level", "training_field"]);
