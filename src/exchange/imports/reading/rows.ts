import { fold } from "../../../core/vietnamese/text.ts";
import type { Cell } from "../../cells/cell.ts";
import { isBlank, textOf } from "../../cells/cell.ts";
import { looksLikeUnit } from "../../cells/units.ts";
import { looksLikeName, nameText } from "./content.ts";
import { isColumnNumbers } from "./header-rows.ts";

/** What a used row of a sheet is; only a `person` is read further. */
export type RowKind = "person" | "title" | "header" | "section" | "total" | "signature" | "note";

/** What telling rows apart needs to know of the table: where name and ordinal stand, which columns carry values, the header's texts. */
export type TableShape = { name: number[]; ordinal: number | null; valued: number[]; headers: ReadonlySet<string> };

const TOTAL = new RegExp(
  "^(?:tong cong|tong so|tong(?= *$| *:| \\d)|cong(?= *$| *:| \\d| \\()|cong tong|danh sach (?:nay )?(?:gom|co)|an dinh danh sach|total)" +
    "(?=$|[\\s:]|\\d)",
);
// With its marks, for "TỔNG CỘNG" is written like a name, and Tống Công is one.
const SURE_TOTAL = /^\s*(?:tổng cộng|tổng số|cộng tổng|tổng|cộng)(?:\s*[:(]?\s*\d|\s*:|\s*$|\s+(?:số|cộng|toàn|chung|có|là))/iu;
const SIGNATURE = new RegExp(
  [
    "^(?:(?:nguoi|can bo) (?:lap|tong hop|ky|bao cao)|thu truong|xac nhan cua|ky (?:ghi ro )?(?:ho )?ten|ky ten|ky dong dau|noi nhan)",
    "^(?:luu vt|t m |tm |kt |k t |tl |tuq |nguoi duyet|phu trach|da ky|ky ghi ro)",
    "^(?:giam doc|hieu truong|chu tich|truong phong|vien truong)$",
    "(?:^|[\\s,])ngay \\d{0,2} ?thang \\d{0,2} ?nam|lap bieu$|dong dau|ghi ro ho ten",
  ].join("|"),
);
const NOTE = /^(?:ghi chu|luu y|chu thich|nguon|\*)/;
// A template's own example ("Ví dụ", "VD", "Mẫu" where the number stands) is nobody.
const EXAMPLE = /^(?:vd|vi du|mau|example)\b/;
const NUMERAL = /^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:/]?$/;
const SECTION = /^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:/]\s*\S|^[-+*•]\s*\S/;

/** Tells the kinds of the rows below the header, given one after the other; null for an empty one. */
export function rowTeller(shape: TableShape): (cells: readonly Cell[]) => RowKind | null {
  let ended: RowKind | null = null;
  return (cells) => {
    const filled = cells.map((cell, column) => ({ column, text: textOf(cell), cell })).filter(({ cell }) => !isBlank(cell));
    if (filled.length === 0) return null;
    const kind = kindOf(filled, cells, shape, ended);
    if (kind === "signature" || kind === "total") ended = ended === "signature" ? ended : kind;
    if (kind === "person" || kind === "section") ended = null;
    return kind;
  };
}

type Filled = { column: number; text: string; cell: Cell };

function kindOf(filled: Filled[], cells: readonly Cell[], shape: TableShape, ended: RowKind | null): RowKind {
  const named = shape.name.filter((column) => !isBlank(cells[column])).map((column) => nameText(cells[column] ?? null));
  const name = named.join(" ");
  const values = filled.filter(({ column }) => shape.valued.includes(column) && !shape.name.includes(column));
  const numbered = shape.ordinal !== null && /^\d+[.)]?$/.test(textOf(cells[shape.ordinal]));
  const isName = name !== "" && looksLikeName(name);
  if (filled[0]!.column !== shape.name[0] && EXAMPLE.test(fold(filled[0]!.text))) return "note";
  if (!numbered && filled.some(({ text }) => SURE_TOTAL.test(text))) return "total";
  if (isName && values.length >= 3) return "person";
  const folded = filled.map(({ text }) => fold(text));
  if (folded.filter((text) => shape.headers.has(text)).length >= Math.max(2, filled.length * 0.6)) return "header";
  if (isColumnNumbers(cells)) return "header";
  if (TOTAL.test(folded[0]!) && !isName) return "total";
  if (!numbered && values.length <= 3 && folded.some((text) => SIGNATURE.test(text)) && !(isName && values.length >= 2)) return "signature";
  if (NOTE.test(folded[0]!) && values.length <= 1) return "note";
  // Below a signature stands the signer's name, and it is no person of the list.
  if (ended === "signature" && values.length < 3 && !numbered) return "signature";
  if (ended === "total" && isName && values.length === 0 && !numbered) return "signature";
  if (TOTAL.test(fold(name)) && !isName) return "total";
  if (values.length === 0 || (values.length === 1 && !isName && !numbered)) {
    const whole = filled.map(({ text }) => text).join(" ");
    const first = filled[0]!.text;
    if (NUMERAL.test(first) && filled.length > 1 && !numbered) return "section";
    if (isName && (numbered || !SECTION.test(whole))) return "person";
    if (SECTION.test(whole) || looksLikeUnit(name || first) || filled.length - (numbered ? 1 : 0) <= 2) {
      return numbered && filled.length === 1 ? "note" : numbered && name !== "" && !looksLikeUnit(name) ? "person" : "section";
    }
  }
  if (name === "" && values.length === 1) return "note";
  const roman = shape.ordinal !== null && /^(?:[IVXLC]{1,6}|[A-ZĐ])[.)]?$/.test(textOf(cells[shape.ordinal]));
  if (roman && !isName && (name === "" || looksLikeUnit(name) || values.length <= 2)) return "section";
  // A heading with its own count beside it ("Khoa Nội", 12) is no person.
  if (!isName && name !== "" && looksLikeUnit(name) && values.every(({ cell }) => typeof cell === "number")) return "section";
  return "person";
}

/** The unit a section heading names ("II. Khoa Nội tổng hợp (12 người)" -> "Khoa Nội tổng hợp"), or null when it names none. */
export function unitOfSection(cells: readonly Cell[]): string | null {
  const text = cells
    .filter((cell) => typeof cell === "string" && !isBlank(cell))
    .map((cell) => textOf(cell))
    .filter((part, index) => !(index === 0 && NUMERAL.test(part)))[0];
  if (text === undefined) return null;
  const bare = text
    .replace(/^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:/]\s*/, "")
    .replace(/^[-+*•]\s*/, "")
    .replace(/\s*[:(–-]\s*\(?\d+\s*(?:người|cán bộ|gv|đ\/c|đồng chí|hội viên)?\)?\s*$/iu, "")
    .replace(/[:;.]\s*$/, "")
    .trim();
  return looksLikeUnit(bare) ? bare : null;
}
