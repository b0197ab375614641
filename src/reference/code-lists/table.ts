import { columnsOf, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf } from "../../db/tables/constraints.ts";
import { uniqueIndex } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { Code, CodeList } from "./schema.ts";

/** One row a version of a list. */
export const codeLists = registryTable("code_lists", { ...recordColumns, ...columnsOf(CodeList) }, (t) => [
  ...checksOf(CodeList),
  ...planIndexes(CodeList, t),
  uniqueIndex("code_lists_list_version_key").on(t["list"]!, t["list_version"]!),
]);

/** One row a code. */
export const codes = registryTable("codes", { ...recordColumns, ...columnsOf(Code) }, (t) => [
  ...checksOf(Code),
  ...planIndexes(Code, t),
  uniqueIndex("codes_list_version_code_key").on(t["list"]!, t["list_version"]!, t["code"]!),
]);
