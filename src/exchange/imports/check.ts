import type { Cell } from "../cells/cell.ts";
import { columnName, isSheetError, textOf } from "../cells/cell.ts";
import { orderOf } from "../cells/dates.ts";
import { decodeCell } from "../sheets/legacy-charsets.ts";
import type { Reference } from "../cells/reference.ts";
import type { RowProblem, RowProblemCode } from "../cells/row-problems.ts";
import { rowProblem } from "../cells/row-problems.ts";
import { fold } from "../../core/vietnamese/text.ts";
import type { Column, MappedSheet } from "./mapping.ts";
import type { ReadPerson } from "./reading/person.ts";
import { readPerson } from "./reading/read-person.ts";
import type { RowKind } from "./reading/rows.ts";
import { rowTeller, unitOfSection } from "./reading/rows.ts";
import type { Target } from "./reading/person.ts";
import { NO_FIELD } from "./reading/person.ts";

/** What reading a row needs beside the row: the reference, the day (ISO), the supplier, and whether sensitive fields are collected. */
export type CheckOptions = {
  reference: Reference;
  today: string;
  supplier?: { id?: string; code: string; name: string } | null;
  ethnicity?: boolean;
};

/** One used row of a sheet: its number as a person sees it, its kind, and for a person what was read and what is wrong. */
export type CheckedRow = { sheet: string; row: number; kind: RowKind; read: ReadPerson | null; problems: RowProblem[] };

/** The cells of one row by target, decoded, and a place to say what is wrong with one. */
export type RowCells = {
  columns: (target: Target) => Column[];
  cell: (column: Column | undefined) => Cell;
  text: (target: Target) => string;
  report: (code: RowProblemCode, column?: Column) => void;
  hidden: (column: Column) => boolean;
  order: (column: Column) => "dmy" | "mdy";
  epoch: 1900 | 1904;
  section: string | null;
};

/** Every used row of a mapped sheet, in order: titles and headers above, people, sections, totals and signatures. */
export function* checkSheet(mapped: MappedSheet, options: CheckOptions): Generator<CheckedRow> {
  const { sheet, header, columns, start } = mapped;
  const inHeader = new Set([...(header?.rows ?? []), header?.numbers ?? -1]);
  for (let index = 0; index < start; index++) {
    const row = sheet.rows[index]!;
    if (row.cells.every((cell) => textOf(cell) === "")) continue;
    yield { sheet: sheet.name, row: row.number, kind: inHeader.has(index) ? "header" : "title", read: null, problems: [] };
  }
  const by = new Map<Target, Column[]>();
  for (const column of columns) if (column.target) by.set(column.target, [...(by.get(column.target) ?? []), column]);
  const of = (target: Target): Column[] => by.get(target) ?? [];
  const decoded = (cells: readonly Cell[]): Cell[] => cells.map((cell, index) => decode(cell, columns[index]));
  const body = sheet.rows.slice(start);
  const names = (["full", "family", "middle", "given"] as const).flatMap((part) => of(`people.name.${part}`)).map((one) => one.index);
  const kindOf = rowTeller({
    name: names,
    ordinal: of("ordinal")[0]?.index ?? null,
    valued: columns.filter((column) => column.target !== null && !NO_FIELD.has(column.target)).map((column) => column.index),
    headers: new Set((header?.paths ?? []).flat().map((text) => fold(text))),
  });
  const orders = new Map(columns.map((column) => [column.index, orderOf(body.map((row) => row.cells[column.index] ?? null))]));
  let section: string | null = null;
  for (const row of body) {
    const read = decoded(row.cells);
    const kind = kindOf(read);
    if (!kind) continue;
    if (kind === "section") section = unitOfSection(read);
    if (kind !== "person") {
      yield { sheet: sheet.name, row: row.number, kind, read: null, problems: [] };
      continue;
    }
    const problems: RowProblem[] = [];
    const report = (code: RowProblemCode, column?: Column): void => {
      const cell = `${column?.column ?? columnName(names[0] ?? 0)}${row.number}`;
      if (!problems.some((one) => one.code === code && one.cell === cell)) problems.push(rowProblem(code, cell));
    };
    const cells = readable(read, columns, report);
    const person = readPerson(
      {
        columns: of,
        cell: (column) => (column ? (cells[column.index] ?? null) : null),
        text: (target) => textOf(cells[of(target)[0]?.index ?? -1]),
        report,
        hidden: (column) => textOf(row.cells[column.index]) !== "" && textOf(cells[column.index]) === "",
        order: (column) => orders.get(column.index) ?? "dmy",
        epoch: sheet.epoch,
        section,
      },
      options,
    );
    yield { sheet: sheet.name, row: row.number, kind, read: person, problems };
  }
}

/** Line breaks part the values of one cell; no other control character means anything, and Postgres refuses NUL. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

function decode(cell: Cell, column: Column | undefined): Cell {
  if (typeof cell !== "string") return cell;
  return (column?.charset === "tcvn3" ? decodeCell(cell) : cell).replace(CONTROL, "");
}

// What an encoding not read yet, or a formula's error, stands for is not known: such a cell is told and left out, never taken as it stands.
function readable(cells: readonly Cell[], columns: readonly Column[], report: (code: RowProblemCode, column: Column) => void): Cell[] {
  return cells.map((cell, index) => {
    const column = columns[index];
    if (!column || typeof cell !== "string") return cell;
    if ((column.charset === "vni" || column.charset === "unknown") && textOf(cell) !== "" && column.target !== null) {
      if (!NO_FIELD.has(column.target)) report("encoding-not-read", column);
      return null;
    }
    if (!isSheetError(cell.trim())) return cell;
    if (column.target !== null && !NO_FIELD.has(column.target)) report("sheet-error", column);
    return null;
  });
}
