import type { Query } from "../../core/query/tree.ts";
import { rowsOf } from "../../db/query/list.ts";
import { Render } from "../../db/query/render.ts";
import type { Selection } from "../../db/query/selection.ts";
import { aliases } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { all, from } from "../../db/query/visible.ts";
import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";

/** What to export: which rows, and what of each; arrays are never cut. */
export type ExportQuery = { query: Query; selection: Selection; on: string | null };

/** The records as text, by the id. */
export function exportStatement(asked: ExportQuery, source: Source, context: Context): Statement {
  const alias = aliases();
  const row = alias();
  const conditions = rowsOf(asked, source, row, context, alias);
  const record = new Render(context, alias, false).record(source, row, asked.selection);
  return sql`select (${record})::text as line from ${from(source, row)} where ${all(conditions)} order by ${row}.id`;
}
