import { Problem } from "../../core/problems.ts";
import type { Reader } from "../../db/pools.ts";
import type { Source } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { Code, CodeList } from "./schema.ts";

/** How versions of code lists are read. */
export const codeListSource: Source = { noun: CodeList, derived: {}, conditions: {} };
/** How codes are read. */
export const codeSource: Source = { noun: Code, derived: {}, conditions: {} };

/** @throws Problem `not-found` when there is no list of this name */
export async function requireList(reader: Reader, list: string): Promise<void> {
  const rows = await reader.read(sql`select from code_lists where list = ${list} and hidden_at is null limit 1`);
  if (rows.length === 0) throw new Problem("not-found");
}

/** The id, if a code of this list has it. @throws Problem `not-found` */
export async function requireCode(reader: Reader, list: string, id: string): Promise<string> {
  const rows = await reader.read(sql`select from codes where id = ${id}::uuid and list = ${list}`);
  if (rows.length === 0) throw new Problem("not-found");
  return id;
}
