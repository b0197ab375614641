import type { Cell } from "../cells/cell.ts";
import { columnName, isBlank, textOf } from "../cells/cell.ts";
import type { Charset } from "../sheets/legacy-charsets.ts";
import { decodeCell, decodeVni, detectCharset } from "../sheets/legacy-charsets.ts";
import type { SpellingIndex } from "../cells/spellings.ts";
import type { Shares } from "./reading/content.ts";
import { sharesOf } from "./reading/content.ts";
import type { Header } from "./reading/header-rows.ts";
import { findHeader } from "./reading/header-rows.ts";
import { levelOfGroup, levelOfHeader, matchHeader, matchPath } from "./reading/headers.ts";
import type { Sheet } from "../sheets/sheet.ts";
import type { Target } from "./reading/person.ts";
import { settleTargets } from "./reading/settling.ts";

/** How a column's field was found. */
export type By = "header" | "content" | "both" | "user";

/**
 * One column of a sheet: its letter, its header as decoded, the target it is read as (null: not read), how that was found; the
 * degree level of its group of columns, and the one its own header names. */
export type Column = {
  index: number;
  column: string;
  header: string | null;
  target: Target | null;
  by: By | null;
  charset: Charset;
  level: string | null;
  named: string | null;
  shares: Shares;
};

/** A sheet understood: where its header stands, what its columns are, and from which row on its table begins. */
export type MappedSheet = { sheet: Sheet; header: Header | null; start: number; columns: Column[] };

/** A user's correction of one column: the target it is to be read as, or null to leave it out. */
export type Override = { sheet?: string | undefined; column: string; field: string | null };

const SAMPLE = 400;

/** What a sheet's columns are, by header, content or both, and as the user corrected them; null for a sheet without a list of people. */
export function mapSheet(sheet: Sheet, spellings: SpellingIndex, today: string, overrides: readonly Override[] = []): MappedSheet | null {
  const width = sheet.rows.reduce((most, row) => Math.max(most, row.cells.length), 0);
  const charsets = charsetsOf(sheet, width);
  const lean = charsets.find((charset) => charset === "tcvn3" || charset === "vni");
  const decode = (text: string): string => {
    const decoded = lean === "tcvn3" ? decodeCell(text) : lean === "vni" ? decodeVni(text) : text;
    return matchHeader(decoded) === null && matchHeader(text) !== null ? text : decoded;
  };
  const header = findHeader(sheet.rows, sheet.merges, decode);
  const start = header ? (header.numbers ?? header.rows.at(-1)!) + 1 : 0;
  const columns = Array.from({ length: width }, (_, index): Column => {
    const path = header?.paths[index] ?? [];
    const charset = charsets[index]!;
    const read = (cell: Cell): Cell => (charset === "tcvn3" && typeof cell === "string" ? decodeCell(cell) : cell);
    const shares = sharesOf(sample(sheet, index, start).map(read), spellings, today);
    return {
      index,
      column: columnName(index),
      header: path.length > 0 ? path.join(" / ") : null,
      target: matchPath(path)?.target ?? null,
      by: null,
      charset,
      level: levelOfGroup(path),
      named: levelOfHeader(path.at(-1) ?? "", spellings),
      shares,
    };
  });
  const settled = settleTargets(columns, header !== null);
  for (const { sheet: name, column, field } of overrides) {
    const found = settled.find((one) => one.column === column && (name === undefined || name === sheet.name));
    if (found) Object.assign(found, { target: field as Target | null, by: "user" });
  }
  return isPeople(settled) ? { sheet, header, start, columns: settled } : null;
}

// A list of people names them and says something more; a list of schools or goods has a column "Tên" too, but no persons in it.
function isPeople(columns: readonly Column[]): boolean {
  const targets = columns.map((column) => column.target ?? "").filter((target) => target.includes("."));
  const encoded = columns.some((column) => column.charset === "vni" || column.charset === "unknown");
  const named = columns.find((column) => column.target === "people.name.full" || column.target === "people.name.given");
  if (!named) return false;
  const share = Math.max(
    named.shares["people.name.full"] ?? 0,
    named.target === "people.name.given" ? (named.shares["people.name.given"] ?? 0) : 0,
  );
  if (!encoded && named.by !== "user" && named.shares.filled > 0 && share < 0.3) return false;
  return new Set(targets).size >= 2 || encoded || columns.some((column) => column.target === "ordinal");
}

function charsetsOf(sheet: Sheet, width: number): Charset[] {
  const texts = Array.from({ length: width }, (_, index) => sample(sheet, index, 0).filter((cell) => typeof cell === "string"));
  const lean = detectCharset(texts.flatMap((cells) => cells.slice(0, 60)));
  return texts.map((cells) => detectCharset(cells, lean));
}

// Distinct texts: a column that says "Nữ" a thousand times must not outweigh the others of a sheet.
function sample(sheet: Sheet, index: number, start: number): Cell[] {
  const step = Math.max(1, Math.floor((sheet.rows.length - start) / SAMPLE));
  const cells: Cell[] = [];
  for (let row = start; row < sheet.rows.length && cells.length < SAMPLE; row += step) {
    const cell = sheet.rows[row]!.cells[index];
    if (cell !== undefined && !isBlank(cell) && textOf(cell).length < 500) cells.push(cell);
  }
  return cells;
}
