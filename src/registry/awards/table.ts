import { registryTable } from "../../db/tables/columns.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { Person } from "../people/schema.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Award } from "./schema.ts";

/** One row a statement of an award. */
export const awards = registryTable("awards", factColumns(Award), (t) => [...factConstraints(Award, t), ...planIndexes(Award, t, Person)]);
