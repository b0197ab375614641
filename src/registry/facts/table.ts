import type { Noun } from "../../core/registry/noun.ts";
import { columnsOf, originColumns, recordColumns } from "../../db/tables/columns.ts";
import type { Columns } from "../../db/tables/columns.ts";
import { checksOf, pointsAt } from "../../db/tables/constraints.ts";
import { check, sql, uuid } from "../../db/tables/drizzle.ts";
import type { AnyPgColumn, PgTableExtraConfigValue } from "../../db/tables/drizzle.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { people } from "../people/table.ts";

/** The columns of a fact's table. */
export const factColumns = (noun: Noun): Columns => ({
  ...recordColumns,
  ...originColumns,
  ...columnsOf(noun),
  person_id: uuid().notNull(),
});

/** What holds for every fact: its person stands, its source stands, and it does not certainly end before it began. */
export function factConstraints(noun: Noun, t: Record<string, AnyPgColumn>): PgTableExtraConfigValue[] {
  return [
    ...checksOf(noun),
    check(`${noun.table}_period_order`, sql`valid_from_earliest <= valid_to_latest`),
    ...pointsAt(noun, t, "person_id", () => people["id"]!),
    ...pointsAt(noun, t, "origin_person_id", () => people["id"]!),
    ...pointsAt(noun, t, "source_organization_id", () => organizations["id"]!),
  ];
}
