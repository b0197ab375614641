import { EncryptedFileError, HucreError, readXls, readXlsx } from "hucre";
import { Problem } from "../../core/problems.ts";
import type { Bilingual } from "../../core/problems.ts";
import type { Cell } from "../cells/cell.ts";
import { kindOf, refuseBomb } from "./archive.ts";
import { readCsv } from "./csv.ts";
import type { Merge, Sheet, SheetRow } from "./sheet.ts";

/** How much a file may hold; `rows` counts those with content, over all sheets. */
export type SheetLimits = { bytes: number; rows: number; columns: number };

/** The limits of the contract (api.md 1): 20 MiB, 100,000 rows. */
export const SHEET_LIMITS: SheetLimits = { bytes: 20 * 1024 * 1024, rows: 100_000, columns: 1000 };

/**
 * The sheets of a workbook or a delimited text, cells typed, hidden sheets left out.
 *
 * @throws Problem `file-unreadable` | `file-too-large` | `too-many-rows` | `no-table-found`
 */
export async function readSheets(bytes: Uint8Array, fileName: string, limits: SheetLimits = SHEET_LIMITS): Promise<Sheet[]> {
  if (bytes.length > limits.bytes) throw new Problem("file-too-large");
  if (bytes.length === 0) throw unreadable({ vi: "Tệp rỗng.", en: "The file is empty." });
  const kind = kindOf(bytes);
  const ending = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
  if (kind === "other" || !ENDINGS[kind].includes(ending)) {
    throw unreadable({
      vi: `Nội dung tệp không phải là ${ending === "" ? "bảng tính" : `.${ending}`} như tên tệp.`,
      en: `The file's content is not what its name (.${ending}) says.`,
    });
  }
  const sheets = kind === "csv" ? [{ name: "csv", rows: readCsv(bytes), merges: [], epoch: 1900 as const }] : await readBook(bytes, kind);
  // Which rows are headers and titles, and which sheets are no list, is known only once the columns are.
  const used = sheets.reduce((sum, { rows }) => sum + usedRows(rows), 0);
  if (used > 2 * limits.rows) throw new Problem("too-many-rows", { members: { limit: limits.rows, value: used } });
  if (sheets.some((sheet) => sheet.rows.some((row) => row.cells.length > limits.columns))) throw new Problem("file-too-large");
  const filled = sheets.filter((sheet) => sheet.rows.length > 0);
  if (filled.length === 0) throw new Problem("no-table-found");
  return filled;
}

/** How many rows have anything in them. */
export const usedRows = (rows: Sheet["rows"]): number => rows.filter(({ cells }) => cells.some((cell) => cell !== null)).length;

const ENDINGS: Record<"xlsx" | "xls" | "csv", string[]> = { xlsx: ["xlsx", "xlsm"], xls: ["xls", "xlt"], csv: ["csv", "txt", "tsv"] };

function unreadable(detail: Bilingual, cause?: unknown): Problem {
  return new Problem("file-unreadable", { detail, ...(cause === undefined ? {} : { cause }) });
}

async function readBook(bytes: Uint8Array, kind: "xlsx" | "xls"): Promise<Sheet[]> {
  if (kind === "xlsx") await refuseBomb(bytes);
  try {
    const book = kind === "xls" ? await readXls(bytes) : await readXlsx(bytes, { sheets: (sheet) => !sheet.hidden && !sheet.veryHidden });
    const epoch = book.dateSystem === "1904" ? 1904 : 1900;
    return book.sheets.map((sheet) => ({
      name: sheet.name,
      rows: rowsOf(sheet.rows),
      merges: (sheet.merges ?? []).map(mergeOf),
      epoch,
    }));
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof EncryptedFileError)
      throw unreadable({ vi: "Tệp có mật khẩu.", en: "The file is protected by a password." }, cause);
    if (cause instanceof HucreError && /limit|span/i.test(cause.message)) throw new Problem("file-too-large", { cause });
    throw unreadable({ vi: "Tệp bảng tính bị hỏng.", en: "The workbook is damaged." }, cause);
  }
}

type Value = string | number | boolean | Date | null | undefined;

function rowsOf(rows: readonly (readonly Value[] | undefined)[]): SheetRow[] {
  const read: SheetRow[] = [];
  for (let index = 0; index < rows.length; index++) {
    const cells = Array.from(rows[index] ?? [], cellOf);
    while (cells.length > 0 && cells.at(-1) === null) cells.pop();
    read.push({ number: index + 1, cells });
  }
  while (read.at(-1)?.cells.length === 0) read.pop();
  return read;
}

function cellOf(value: Value): Cell {
  if (value === undefined || value === null || value === "") return null;
  if (!(value instanceof Date)) return value;
  if (Number.isNaN(value.getTime())) return null;
  return { day: value.toISOString().slice(0, 10) };
}

function mergeOf(merge: { startRow: number; startCol: number; endRow: number; endCol: number }): Merge {
  return { top: merge.startRow, left: merge.startCol, bottom: merge.endRow, right: merge.endCol };
}
