import type { Noun } from "../../core/registry/noun.ts";
import { Problem } from "../../core/problems.ts";
import type { Reader } from "../pools.ts";
import { name, sql } from "../statement.ts";
import { listStatement, recordStatement } from "./list.ts";
import type { ListQuery, ListRow } from "./list.ts";
import type { Selection } from "./selection.ts";
import type { Context, Source } from "./source.ts";

/** One page. @throws Problem `query-too-costly` when it takes longer than a list may. */
export async function readPage(reader: Reader, list: ListQuery, source: Source, context: Context): Promise<ListRow> {
  try {
    const [row] = await reader.read<ListRow>(listStatement(list, source, context));
    return row!;
  } catch (error) {
    if ((error as { code?: string }).code !== "57014") throw error;
    const detail = {
      vi: "Truy vấn quá tốn kém: hãy thêm một bộ lọc hẹp hơn, chẳng hạn residence_locality:below hoặc degrees.level.",
      en: "The query is too costly: add a narrower filter, such as residence_locality:below or degrees.level.",
    };
    throw new Problem("query-too-costly", { detail, cause: error });
  }
}

export type ReadRecord = { body: string; version: number };

/** One record that the actor may know of. @throws Problem `not-found`, `deleted` */
export async function readRecord(reader: Reader, id: string, source: Source, selection: Selection, context: Context): Promise<ReadRecord> {
  const [row] = await reader.read<ReadRecord & { hidden: boolean }>(recordStatement(sql`${id}::uuid`, source, selection, context));
  if (!row) throw new Problem("not-found");
  if (row.hidden) throw new Problem("deleted");
  return row;
}

/** The id, if a record of the noun has it, hidden or not. @throws Problem `not-found` */
export async function requireStanding(reader: Reader, noun: Noun, id: string): Promise<string> {
  const rows = await reader.read(sql`select from ${name(noun.table)} where id = ${id}::uuid`);
  if (rows.length === 0) throw new Problem("not-found");
  return id;
}
