import { index } from "drizzle-orm/pg-core";
import { pointsAt } from "../../db/tables/constraints.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { registryTable } from "../../db/tables/columns.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Degree } from "./schema.ts";

/** One row a statement of a degree. */
export const degrees = registryTable("degrees", factColumns(Degree), (t) => [
  ...factConstraints(Degree, t),
  ...pointsAt(Degree, t, "institution_id", () => organizations["id"]!),
  index("degrees_level_index").on(t["level"]!, t["training_field"]!, t["person_id"]!),
  index("degrees_training_field_index").on(t["training_field"]!, t["person_id"]!),
]);
