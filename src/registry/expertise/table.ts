import { registryTable } from "../../db/tables/columns.ts";
import { sql, uniqueIndex } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { Person } from "../people/schema.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { Expertise } from "./schema.ts";

/** One row a statement of expertise; a source states one main field of a person. */
export const expertise = registryTable("expertise", factColumns(Expertise), (t) => [
  ...factConstraints(Expertise, t),
  uniqueIndex("expertise_person_main_key")
    .on(t["person_id"]!, sql`coalesce(source_organization_id, '00000000-0000-0000-0000-000000000000')`)
    .where(sql`"role" = 'main' and hidden_at is null`),
  ...planIndexes(Expertise, t, Person),
]);
