import { originColumns, recordColumns } from "../../db/tables/columns.ts";
import { pointsAt } from "../../db/tables/constraints.ts";
import { customType, date, jsonb, pgTable, sql, text, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { people } from "../people/table.ts";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/**
 * What a supplier says of a person whose record another one made, where it says something else: kept beside the record, never in its place.
 * `members` holds the values by the columns of `people`; the citizen id lies sealed as there, bound to the id of this row.
 */
export const personStatements = pgTable(
  "person_statements",
  {
    ...recordColumns,
    ...originColumns,
    person_id: uuid().notNull(),
    source_organization_id: uuid().notNull(),
    source_received_on: date({ mode: "string" }),
    source_document: text(),
    members: jsonb().notNull(),
    citizen_id_sealed: bytes(),
    citizen_id_hash: bytes(),
  },
  (t) => [
    ...pointsAt({ table: "person_statements" }, t, "person_id", () => people["id"]!),
    ...pointsAt({ table: "person_statements" }, t, "origin_person_id", () => people["id"]!),
    ...pointsAt({ table: "person_statements" }, t, "source_organization_id", () => organizations["id"]!),
    uniqueIndex("person_statements_person_source_key")
      .on(t.person_id, t.source_organization_id)
      .where(sql`hidden_at is null`),
  ],
);
