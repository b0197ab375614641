import { index } from "drizzle-orm/pg-core";
import { registryTable } from "../../db/tables/columns.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Award } from "./schema.ts";

/** One row a statement of an award. */
export const awards = registryTable("awards", factColumns(Award), (t) => [
  ...factConstraints(Award, t),
  index("awards_award_index").on(t["award"]!, t["person_id"]!),
]);
