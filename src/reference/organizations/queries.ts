import type { Source } from "../../db/query/source.ts";
import { Organization } from "./schema.ts";

/** How organizations are read. */
export const organizationSource: Source = { noun: Organization, derived: {}, conditions: {} };

export { predecessors, successors } from "./succession.ts";
