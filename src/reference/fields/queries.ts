import type { Source } from "../../db/query/source.ts";
import { ClassificationField } from "./schema.ts";

/** How fields are read. */
export const fieldSource: Source = { noun: ClassificationField, derived: {}, conditions: {} };
