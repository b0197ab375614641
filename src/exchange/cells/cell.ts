import { clean } from "../../core/vietnamese/text.ts";

/** What one cell of a sheet holds: text as written, a number, a yes or no, a calendar day of a date format, or nothing. */
export type Cell = string | number | boolean | { day: string } | null;

/** The cell's text, cleaned; a number without an exponent, a day as `dd/mm/yyyy`; `""` for an empty cell. */
export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined || typeof cell === "boolean") return "";
  if (typeof cell === "number") return Number.isInteger(cell) ? BigInt(cell).toString() : String(cell);
  if (typeof cell === "object") return cell.day.split("-").toReversed().join("/");
  return unmark(clean(cell));
}

/** The cell's text with its lines parted by semicolons, for cells that hold several values. */
export function listOf(cell: Cell | undefined): string {
  return textOf(typeof cell === "string" ? cell.trim().replace(/\s*[\r\n]+\s*/g, "; ") : cell);
}

/** Whether a cell says nothing: empty, or only dashes and dots, as offices fill blanks. */
export function isBlank(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true;
  return typeof cell === "string" && !/[\p{L}\p{N}]/u.test(cell);
}

/** Whether a cell carries a spreadsheet's own error (`#N/A`, `#REF!`) instead of a value. */
export function isSheetError(text: string): boolean {
  return /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)$/.test(text);
}

// An apostrophe before a number or a formula sign says "this is text"; ="0123" is the same trick in a csv. Before a letter it is a name's.
function unmark(text: string): string {
  const formula = /^="([^"]*)"$/.exec(text);
  if (formula) return clean(formula[1]!);
  // A list that went through other software as numbers comes back as "1985.0".
  if (/^\d+\.0$/.test(text)) return text.slice(0, -2);
  return /^['‘’][=+\-@\d\s]/.test(text) ? text.slice(1).trim() : text;
}

/** The name of a column as a spreadsheet shows it, from its index: 0 -> "A", 27 -> "AB". */
export function columnName(index: number): string {
  let name = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
