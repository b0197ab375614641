import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { Context, Source } from "../../db/query/source.ts";
import { streamRows } from "../../db/streaming.ts";
import { openSeals } from "../../http/nouns/seals.ts";
import { exportStatement } from "./queries.ts";
import type { ExportQuery } from "./queries.ts";

/**
 * The lines of an export in pieces of some hundred, as NDJSON, and the record that ends it: a stream that was cut cannot be taken for a
 * whole one. The hash is over the bytes before that record.
 */
export async function* exportLines(
  workers: Pool,
  asked: ExportQuery,
  source: Source,
  context: Context,
  signal: AbortSignal,
  told: (count: number) => void = () => {},
): AsyncGenerator<string, void, void> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const rows of streamRows<{ line: string }>(workers, exportStatement(asked, source, context), signal)) {
    const lines = rows.map(({ line }) => `${openSeals(line, source, context).replaceAll("\n", " ")}\n`).join("");
    hash.update(lines);
    count += rows.length;
    told(count);
    yield lines;
  }
  // Where to follow the change feed from; there is none yet.
  yield `${JSON.stringify({ end: true, count, sha256: hash.digest("hex"), position: null })}\n`;
}
