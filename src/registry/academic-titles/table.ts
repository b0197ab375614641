import { registryTable } from "../../db/tables/columns.ts";
import { sql, uniqueIndex } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { Person } from "../people/schema.ts";
import { factColumns, factConstraints } from "../facts/table.ts";
import { AcademicTitle } from "./schema.ts";

/** One row a statement of a title; a source states each title of a person once. */
export const academicTitles = registryTable("academic_titles", factColumns(AcademicTitle), (t) => [
  ...factConstraints(AcademicTitle, t),
  uniqueIndex("academic_titles_person_title_key")
    .on(t["person_id"]!, t["title"]!, sql`coalesce(source_organization_id, '00000000-0000-0000-0000-000000000000')`)
    .where(sql`hidden_at is null`),
  ...planIndexes(AcademicTitle, t, Person),
]);
