import type { Reader } from "../../db/pools.ts";
import { absent } from "../../db/query/refusals.ts";
import { sourceOf } from "../../db/query/source.ts";
import type { Context } from "../../db/query/source.ts";
import { all, writableRows } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";

/** The id, if the actor may know of the person, hidden or not: who is hidden has rights all the same. @throws Problem `not-found`, `erased` */
export async function requireSubject(reader: Reader, id: string, context: Context): Promise<string> {
  const source = sourceOf(context, "people");
  const known = all(writableRows(source, raw("p"), context));
  const rows = await reader.read(sql`select from people p where p.id = ${id}::uuid and ${known}`);
  if (rows.length === 0) throw await absent(reader.read, id, context);
  return id;
}
