import type { Source } from "../../db/query/source.ts";
import { Locality } from "./schema.ts";

/** How localities are read. */
export const localitySource: Source = { noun: Locality, derived: {}, conditions: {} };

export { predecessors, successors } from "./succession.ts";
