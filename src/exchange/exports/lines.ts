import { createHash } from "node:crypto";
import type { Database } from "../../db/pools.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { streamRows } from "../../db/readers/streaming.ts";
import { deliver } from "../../http/nouns/delivery.ts";
import { readFollowing } from "../changes/queries.ts";
import { exportStatement } from "./queries.ts";
import type { ExportQuery } from "./queries.ts";

/**
 * The lines of an export in pieces of some hundred, as NDJSON, and the record that ends it: a stream that was cut cannot be taken for a
 * whole one. The hash is over the bytes before that record.
 */
export async function* exportLines(
  database: Pick<Database, "workers" | "access">,
  asked: ExportQuery,
  source: Source,
  context: Context,
  signal: AbortSignal,
  told: (count: number) => void = () => {},
): AsyncGenerator<string, void, void> {
  const hash = createHash("sha256");
  // Before the snapshot, so that whatever this position leaves behind is in it.
  const position = await readFollowing(database.workers);
  let count = 0;
  for await (const rows of streamRows<{ line: string }>(database.workers, exportStatement(asked, source, context), signal)) {
    const records = await deliver(
      database,
      rows.map(({ line }) => line),
      source,
      asked.selection,
      context,
    );
    const lines = records.map((line) => `${line.replaceAll("\n", " ")}\n`).join("");
    hash.update(lines);
    count += rows.length;
    told(count);
    yield lines;
  }
  yield `${JSON.stringify({ end: true, count, sha256: hash.digest("hex"), position })}\n`;
}
