import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { factSource } from "../facts/queries.ts";
import { Affiliation } from "./schema.ts";

/**
 * The unit's name as written, where it alone says which unit is meant: one that the registry knows is meant however it was written,
 * while units that it does not know stand under their supplier.
 */
const unknownUnit = (row: Statement): Statement =>
  sql`case when ${row}.organization_id is null or ${row}.organization_id = ${row}.source_organization_id then ${row}.organization_text end`;

/** How affiliations are read; statements alike in these are of one fact. */
export const affiliationSource = factSource(Affiliation, ["organization_id", unknownUnit, "post"]);
