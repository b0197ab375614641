import type { Bilingual, ProblemCode } from "../../../core/problems.ts";
import { Problem } from "../../../core/problems.ts";
import type { Reference, ReferenceRows } from "../../cells/reference.ts";
import type { SheetLimits } from "../../sheets/workbook.ts";
import { readSheets, SHEET_LIMITS, usedRows } from "../../sheets/workbook.ts";
import type { CheckedRow, CheckOptions } from "../check.ts";
import { checkSheet } from "../check.ts";
import type { By, MappedSheet, Override } from "../mapping.ts";
import { mapSheet } from "../mapping.ts";
import { NO_FIELD } from "../reading/person.ts";

/** What an analysis needs beside the file: the reference rows, the day (ISO), the supplier, the user's corrections, the limits. */
export type AnalysisRequest = {
  reference: ReferenceRows;
  today: string;
  supplier?: CheckOptions["supplier"];
  ethnicity?: boolean;
  overrides?: Override[];
  limits?: SheetLimits;
};

/** One sheet as the preview shows it; `header_rows` are numbers as a person sees them, `field` is null for a column that is not read. */
export type SheetSummary = {
  name: string;
  header_rows: number[];
  columns: { column: string; header: string | null; field: string | null; by: By | null }[];
};

/** The sheets with a list of people, and the used rows of all of them by kind: `people` and `other` add up to `used`. */
export type Analysis = { sheets: SheetSummary[]; used: number; people: number; other: number };

/** How far an analysis is; `total` rows are known once the file is read. */
export type AnalysisProgress = { stage: "reading" | "checking"; done: number; total: number };

/** Who takes the rows as they come, in order, and the progress. The next batch waits until the one before is taken. */
export type AnalysisSink = { rows: (rows: CheckedRow[]) => Promise<void> | void; progress?: (progress: AnalysisProgress) => void };

/** The next file for a thread; without the reference rows where they are those of the file before. */
export type ReadingTask = { bytes: Uint8Array; fileName: string; request: Omit<AnalysisRequest, "reference">; reference?: ReferenceRows };

/** What a thread says to its parent. */
export type WorkerMessage =
  | { type: "progress"; progress: AnalysisProgress }
  | { type: "rows"; rows: CheckedRow[] }
  | { type: "end"; analysis: Analysis }
  | { type: "problem"; code: ProblemCode; detail?: Bilingual; members: Record<string, unknown> };

const BATCH = 500;

/**
 * Reads, maps and checks a file in the caller's own thread.
 *
 * @throws Problem `file-unreadable` | `file-too-large` | `too-many-rows` | `no-table-found`
 */
export async function analyse(
  { bytes, fileName, request }: Omit<ReadingTask, "reference">,
  reference: Reference,
  sink: AnalysisSink,
): Promise<Analysis> {
  sink.progress?.({ stage: "reading", done: 0, total: 0 });
  const limits = request.limits ?? SHEET_LIMITS;
  const read = await readSheets(bytes, fileName, limits);
  const mapped = read.map((sheet) => mapSheet(sheet, reference.spellings, request.today, request.overrides)).filter((one) => one !== null);
  if (mapped.length === 0) throw new Problem("no-table-found");
  const listed = mapped.reduce((sum, { sheet, start }) => sum + usedRows(sheet.rows.slice(start)), 0);
  if (listed > limits.rows) throw new Problem("too-many-rows", { members: { limit: limits.rows, value: listed } });
  const total = mapped.reduce((sum, { sheet }) => sum + sheet.rows.length, 0);
  const analysis: Analysis = { sheets: mapped.map(summaryOf), used: 0, people: 0, other: 0 };
  const options: CheckOptions = {
    reference,
    today: request.today,
    supplier: request.supplier ?? null,
    ethnicity: request.ethnicity ?? false,
  };
  let batch: CheckedRow[] = [];
  for (const one of mapped) {
    for (const row of checkSheet(one, options)) {
      analysis.used += 1;
      if (row.kind === "person") analysis.people += 1;
      else analysis.other += 1;
      batch.push(row);
      if (batch.length < BATCH) continue;
      await sink.rows(batch);
      sink.progress?.({ stage: "checking", done: analysis.used, total });
      batch = [];
    }
  }
  if (batch.length > 0) await sink.rows(batch);
  return analysis;
}

function summaryOf({ sheet, header, columns }: MappedSheet): SheetSummary {
  return {
    name: sheet.name,
    header_rows: (header?.rows ?? []).map((index) => sheet.rows[index]!.number),
    columns: columns.map(({ column, header: text, target, by }) => ({
      column,
      header: text,
      field: target === null || NO_FIELD.has(target) ? null : target,
      by,
    })),
  };
}
