import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf, pointsAt } from "../../db/tables/constraints.ts";
import { date, doublePrecision, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { Locality } from "./schema.ts";

/** One row a unit and period. */
export const localities = registryTable(
  "localities",
  {
    ...recordColumns,
    ...columnsOf(Locality),
    /** The one unit of today that this one became; its own id today; null where it was split. Kept by the reference load. */
    today_id: uuid(),
  },
  (t) => [
    ...checksOf(Locality),
    ...planIndexes(Locality, t),
    ...pointsAt(Locality, t, "parent_id", () => localities["id"]!),
    ...pointsAt(Locality, t, "today_id", () => localities["id"]!),
    uniqueIndex("localities_code_valid_from_key").on(t["code"]!, t["valid_from"]!),
    index("localities_kind_code_index").on(t["kind"]!, t["code"]!),
  ],
);

/** How units became others (rename, merge, split, transfer), with the share of the predecessor that went over, if known. */
export const localityLineage = pgTable(
  "locality_lineage",
  {
    ...recordColumns,
    predecessor_id: uuid().notNull(),
    successor_id: uuid().notNull(),
    kind: text().notNull(),
    share: doublePrecision(),
    effective_on: date({ mode: "string" }).notNull(),
    document: text(),
  },
  (t) => [
    ...pointsAt({ table: "locality_lineage" }, t, "predecessor_id", () => localities["id"]!),
    ...pointsAt({ table: "locality_lineage" }, t, "successor_id", () => localities["id"]!),
  ],
);

/** Every unit below every unit, itself included; a former unit counts what it became, and a unit of today what became part of it. */
export const localityTree = pgTable("locality_tree", { ancestor_id: uuid().notNull(), locality_id: uuid().notNull() }, (t) => [
  primaryKey({ name: "locality_tree_pkey", columns: [t.ancestor_id, t.locality_id] }),
  ...pointsAt({ table: "locality_tree" }, t, "locality_id", () => localities["id"]!),
  ...pointsAt({ table: "locality_tree" }, t, "ancestor_id", () => localities["id"]!).slice(0, 1),
]);
