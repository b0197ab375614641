import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf } from "../../db/tables/constraints.ts";
import { index, pgTable, primaryKey, text, uniqueIndex } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { ClassificationField } from "./schema.ts";

/** One row a node of a classification and version. */
export const fields = registryTable("fields", { ...recordColumns, ...columnsOf(ClassificationField) }, (t) => [
  ...checksOf(ClassificationField),
  ...planIndexes(ClassificationField, t),
  uniqueIndex("fields_scheme_version_code_key").on(t["scheme"]!, t["scheme_version"]!, t["code"]!),
  index("fields_scheme_parent_index").on(t["scheme"]!, t["scheme_version"]!, t["parent_code"]!),
]);

/** Every code below every code of a scheme version, itself included. */
export const fieldTree = pgTable(
  "field_tree",
  { scheme: text().notNull(), scheme_version: text().notNull(), ancestor_code: text().notNull(), code: text().notNull() },
  (t) => [primaryKey({ name: "field_tree_pkey", columns: [t.scheme, t.scheme_version, t.ancestor_code, t.code] })],
);

/** Which code of one classification stands for which of another. */
export const fieldCrosswalk = pgTable(
  "field_crosswalk",
  {
    ...recordColumns,
    from_scheme: text().notNull(),
    from_version: text().notNull(),
    from_code: text().notNull(),
    to_scheme: text().notNull(),
    to_version: text().notNull(),
    to_code: text().notNull(),
  },
  (t) => [uniqueIndex("field_crosswalk_key").on(t.from_scheme, t.from_version, t.from_code, t.to_scheme, t.to_version, t.to_code)],
);
