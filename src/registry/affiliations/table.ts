import { pointsAt } from "../../db/tables/constraints.ts";
import { check, sql } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { registryTable } from "../../db/tables/columns.ts";
import { Person } from "../people/schema.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Affiliation } from "./schema.ts";

/**
 * One row a statement of an affiliation.
 * That two primary employments of one source do not certainly overlap is an exclusion constraint, written by hand in the migration.
 */
export const affiliations = registryTable("affiliations", factColumns(Affiliation), (t) => [
  ...factConstraints(Affiliation, t),
  ...pointsAt(Affiliation, t, "organization_id", () => organizations["id"]!),
  check("affiliations_organization_named", sql`organization_id is not null or organization_text is not null`),
  ...planIndexes(Affiliation, t, Person),
]);
