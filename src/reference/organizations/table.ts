import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf, pointsAt } from "../../db/tables/constraints.ts";
import { date, index, pgTable, text, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { localities } from "../localities/table.ts";
import { Organization } from "./schema.ts";

/** One row an organization; its code is never reused. */
export const organizations = registryTable("organizations", { ...recordColumns, ...columnsOf(Organization) }, (t) => [
  ...checksOf(Organization),
  ...planIndexes(Organization, t),
  ...pointsAt(Organization, t, "parent_id", () => organizations["id"]!),
  ...pointsAt(Organization, t, "locality_id", () => localities["id"]!),
  uniqueIndex("organizations_code_key").on(t["code"]!),
]);

/** Earlier parents (`parent`), and what an organization became (`merge`, `split`, `rename`, `transfer`): from `from_id` to `to_id`. */
export const organizationLinks = pgTable(
  "organization_links",
  {
    ...recordColumns,
    from_id: uuid().notNull(),
    to_id: uuid().notNull(),
    kind: text().notNull(),
    valid_from: date({ mode: "string" }),
    valid_to: date({ mode: "string" }),
    document: text(),
  },
  (t) => [
    ...pointsAt({ table: "organization_links" }, t, "from_id", () => organizations["id"]!),
    ...pointsAt({ table: "organization_links" }, t, "to_id", () => organizations["id"]!),
  ],
);

/** Every organization below every organization, itself included, with the days on which it stood there. */
export const organizationTree = pgTable(
  "organization_tree",
  {
    ancestor_id: uuid().notNull(),
    organization_id: uuid().notNull(),
    from_day: date({ mode: "string" }).notNull(),
    until_day: date({ mode: "string" }).notNull(),
  },
  (t) => [
    ...pointsAt({ table: "organization_tree" }, t, "organization_id", () => organizations["id"]!),
    ...pointsAt({ table: "organization_tree" }, t, "ancestor_id", () => organizations["id"]!).slice(0, 1),
    index("organization_tree_ancestor_id_index").on(t.ancestor_id, t.organization_id, t.from_day, t.until_day),
  ],
);
