import { pointsAt } from "../../db/tables/constraints.ts";
import { index, sql } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { registryTable } from "../../db/tables/columns.ts";
import { Person } from "../people/schema.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Degree } from "./schema.ts";

/** One row a statement of a degree. */
export const degrees = registryTable("degrees", factColumns(Degree), (t) => [
  ...factConstraints(Degree, t),
  ...pointsAt(Degree, t, "institution_id", () => organizations["id"]!),
  ...planIndexes(Degree, t, Person),
  index("degrees_certificate_no_index")
    .on(t["certificate_no"]!)
    .where(sql`certificate_no is not null`),
]);
