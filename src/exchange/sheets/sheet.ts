import type { Cell } from "../cells/cell.ts";

/** One row with the number by which a person knows it (csv: the line on which the record begins). */
export type SheetRow = { number: number; cells: Cell[] };

/** A merged range, by indexes from 0, all ends included. */
export type Merge = { top: number; left: number; bottom: number; right: number };

/** A sheet as read: rows in order without the empty ones at the end, merges by index of row, the epoch of its serial dates. */
export type Sheet = { name: string; rows: SheetRow[]; merges: Merge[]; epoch: 1900 | 1904 };
