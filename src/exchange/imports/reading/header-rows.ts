import { fold } from "../../../core/vietnamese/text.ts";
import type { Cell } from "../../cells/cell.ts";
import { isBlank, textOf } from "../../cells/cell.ts";
import { headerForm, matchHeader } from "./headers.ts";
import type { Merge, SheetRow } from "../../sheets/sheet.ts";

/** Where a table's header stands (indexes of rows, in order) and each column's texts from the outermost to its own. */
export type Header = { rows: number[]; paths: string[][]; numbers: number | null };

const SEARCHED = 60;

/**
 * The header of a sheet's table: the row that names most fields, with the rows above and below that belong to it.
 *
 * Offices merge cells over two or three rows ("Năm sinh" over "Nam" and "Nữ"); files without merges leave blanks instead.
 */
export function findHeader(rows: readonly SheetRow[], merges: readonly Merge[], decode: (text: string) => string): Header | null {
  // Decoded before it is cleaned: cleaning takes the soft hyphen, which is ư in TCVN3.
  const text = (row: number, column: number): string => {
    const cell = rows[row]?.cells[column];
    return textOf(typeof cell === "string" ? decode(cell) : cell);
  };
  let best = -1;
  let most = 0;
  for (let row = 0; row < Math.min(rows.length, SEARCHED); row++) {
    const targets = new Set<string>();
    let score = 0;
    let filled = 0;
    rows[row]!.cells.forEach((cell, column) => {
      if (isBlank(cell)) return;
      filled += 1;
      const match = typeof cell === "string" ? matchHeader(text(row, column)) : null;
      if (!match || targets.has(match.target)) return;
      targets.add(match.target);
      score += match.strength;
    });
    // A wide sheet may have more columns unknown than known; a name among three known ones is a header all the same.
    const known = score >= filled * 0.3 || (targets.size >= 3 && [...targets].some((target) => target.startsWith("people.name")));
    if (targets.size >= 2 && score > most && known) [best, most] = [row, score];
  }
  if (best < 0 || most < 1.7) return null;
  const first = startOf(rows, merges, best);
  const last = endOf(rows, merges, best, text);
  const block = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const width = Math.max(...block.map((row) => rows[row]!.cells.length));
  const paths = Array.from({ length: width }, (_, column) => pathOf(block, column, merges, text));
  const after = rows[last + 1];
  return { rows: block, paths, numbers: after && isColumnNumbers(after.cells) ? last + 1 : null };
}

function startOf(rows: readonly SheetRow[], merges: readonly Merge[], best: number): number {
  let first = best;
  for (const merge of merges) if (merge.top < best && merge.bottom >= best && merge.top >= best - 2) first = Math.min(first, merge.top);
  if (first < best) return first;
  const above = rows[best - 1];
  if (!above) return best;
  const width = rows[best]!.cells.filter((cell) => !isBlank(cell)).length;
  const groups = above.cells.filter((cell) => typeof cell === "string" && !isBlank(cell) && cell.length < 60).length;
  const spans = merges.filter(
    (merge) => merge.top === best - 1 && merge.right > merge.left && merge.right - merge.left < width * 0.7,
  ).length;
  // A group's header above has company of its own kind; a title stands alone, and two offices' names have the motto beside them.
  const titled = above.cells.some(
    (cell) => typeof cell === "string" && /cong hoa xa hoi|doc lap tu do|danh sach|bieu tong hop/.test(fold(cell)),
  );
  const named = above.cells.filter((cell) => typeof cell === "string" && matchHeader(textOf(cell))).length;
  return !titled && groups >= 2 && (spans >= 1 || named >= 2) && named >= 1 ? best - 1 : best;
}

function endOf(rows: readonly SheetRow[], merges: readonly Merge[], best: number, text: (row: number, column: number) => string): number {
  let last = best;
  for (const merge of merges) if (merge.top <= best && merge.bottom > best && merge.bottom <= best + 3) last = Math.max(last, merge.bottom);
  if (last > best) return last;
  for (let row = best + 1; row <= best + 2 && row < rows.length; row++) {
    const cells = rows[row]!.cells;
    const filled = cells.map((cell, column) => ({ cell, column })).filter(({ cell }) => !isBlank(cell));
    const own = rows[row - 1]!.cells;
    const inner = filled.length > 0 && filled.every(({ cell, column }) => typeof cell === "string" && isInner(text(row, column)));
    // Each inner header stands under a header of its own or to the right of one that spans it, and some header has none below.
    const hung = filled.every(({ column }) => own.slice(0, column + 1).some((cell) => !isBlank(cell)));
    if (!inner || !hung || filled.length >= own.filter((cell) => !isBlank(cell)).length + 4) break;
    last = row;
  }
  return last;
}

function isInner(text: string): boolean {
  const form = headerForm(text);
  if (/^(?:nam|nu|ngay|thang|xa|huyen|tinh|gs|pgs|ts|ths|dh|cd|trong nuoc|nuoc ngoai|nganh|truong|ho|ten)$/.test(form)) return true;
  return (matchHeader(text)?.strength ?? 0) === 1 || /^(?:xa|huyen|tinh|phuong|quan) /.test(form);
}

function pathOf(block: number[], column: number, merges: readonly Merge[], text: (row: number, column: number) => string): string[] {
  const path: string[] = [];
  block.forEach((row, index) => {
    const merge = merges.find((one) => one.top <= row && one.bottom >= row && one.left <= column && one.right >= column);
    let own = merge ? text(merge.top, merge.left) : text(row, column);
    const below = index < block.length - 1 && block.slice(index + 1).some((lower) => text(lower, column) !== "");
    if (own === "" && !merge && below && index < block.length - 1) own = spannedBy(row, column, block[index + 1]!, text);
    if (own !== "" && own !== path.at(-1)) path.push(own);
  });
  return path;
}

function spannedBy(row: number, column: number, lower: number, text: (row: number, column: number) => string): string {
  for (let left = column - 1; left >= 0; left--) {
    const header = text(row, left);
    if (header !== "") return text(lower, left) !== "" ? header : "";
    if (text(lower, left) === "") return "";
  }
  return "";
}

/** Whether a row only numbers the columns: (1) (2) (3), 1 2 3, A B 1 2. */
export function isColumnNumbers(cells: readonly Cell[]): boolean {
  const filled = cells.map((cell) => textOf(cell).replace(/[()[\]\s]/g, "")).filter((text) => text !== "");
  if (filled.length < 3) return false;
  const numbers = filled.filter((text) => /^\d{1,2}(?:=.*)?$/.test(text)).map((text) => Number.parseInt(text, 10));
  const letters = filled.filter((text) => /^[A-Z]$/.test(text)).length;
  const rising = numbers.every((number, index) => index === 0 || number === numbers[index - 1]! + 1);
  return rising && numbers.length + letters === filled.length && numbers.length >= 2;
}
