import type { Reader } from "../../db/pools.ts";
import type { Source } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { Code, CodeList } from "./schema.ts";

/** How versions of code lists are read. */
export const codeListSource: Source = { noun: CodeList, derived: {}, conditions: {} };
/** How codes are read. */
export const codeSource: Source = { noun: Code, derived: {}, conditions: {} };

/** Whether there is a list of this name. */
export async function listStands(reader: Reader, list: string): Promise<boolean> {
  return (await reader.read(sql`select from code_lists where list = ${list}`)).length > 0;
}
