import type { Cell } from "./cell.ts";
import { textOf } from "./cell.ts";

/** How a column's days are to be read: order of day and month, epoch of serials, the day of reading (ISO), whether they are births. */
export type DateStyle = { order: "dmy" | "mdy"; epoch: 1900 | 1904; today: string; birth: boolean };

/** A date read from a cell: a partial date or null, and what was wrong or doubtful with the writing. */
export type ReadDate = { date: string | null; fault?: "invalid" | "doubtful" | "swapped" };

const SERIAL_1900 = Date.UTC(1899, 11, 30);
const SERIAL_1904 = Date.UTC(1904, 0, 1);
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The date a cell means: `dd/mm/yyyy`, `d/m/yy`, `mm/yyyy`, `yyyy`, "năm 1965", ISO, a day cell or a serial number. */
export function readDate(cell: Cell, style: DateStyle): ReadDate {
  if (typeof cell === "number") return readNumber(cell, style);
  if (cell !== null && typeof cell === "object") return readDay(cell.day, style);
  const raw = textOf(cell);
  const text = raw
    .toLowerCase()
    .replace(/\s+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[ap]m)?$|t\d{2}:\d{2}.*$/, "")
    .replace(/^(?:sinh\s*)?(?:ngày|năm|tháng|ns|sn|s\.n|born)[\s.:]+(?=\d)|\s*\((?:âl|dl|âm lịch)\)$/gu, "")
    .replace(/^(?:[\s._…?x*-]+[/.-])+\s*(?=\d)/u, "")
    .trim();
  // A year that a format gave a thousands' sign: "1,965".
  if (/^[12][.,]\d{3}$/.test(text)) return checked(text.replace(/\D/, ""), "", "", style);
  const iso = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/.exec(text);
  if (iso) return checked(iso[1]!, iso[2]!, iso[3] ?? "", style);
  if (/^\d{4,6}$/.test(text) && text.length !== 6) return readNumber(Number(text), style);
  if (/^\d{8}$/.test(text)) return compact(text, style);
  const spoken = /^(\d{1,2})\s*tháng\s*(\d{1,2})[\s,]*năm\s*(\d{4})$/u.exec(text) ?? /^()(\d{1,2})[\s,]*năm\s*(\d{4})$/u.exec(text);
  if (spoken) return checked(spoken[3]!, spoken[2]!, spoken[1]!, style);
  const named = /^(\d{1,2})[-\s/.]([a-z]{3})[a-z]*[-\s/.,]+(\d{2,4})$/.exec(text);
  if (named && MONTHS.includes(named[2]!)) return checked(named[3]!, String(MONTHS.indexOf(named[2]!) + 1), named[1]!, style);
  const about = /^(?:khoảng|~|≈|tr\.?|k\.)\s*(\d{4})$|^(\d{4})\s*\??(?:\s*\(?\?\)?)$/u.exec(text);
  if (about) return { ...checked((about[1] ?? about[2])!, "", "", style), fault: "doubtful" };
  const parts = text
    .replace(/[.\s]+$/, "")
    .split(/\s*[-/.,\\]\s*|\s+/)
    .map((part) => part.trim());
  return fromParts(parts, style);
}

function fromParts(parts: string[], style: DateStyle): ReadDate {
  const year = parts.at(-1) ?? "";
  const usable = parts.every((part) => /^(?:\d{1,4}|[.…_?x]*)$/.test(part)) && /^(?:\d{2}|\d{4})$/.test(year);
  if (!usable || parts.length > 3) {
    const only = parts.join(" ").match(/(?<!\d)(?:19|20)\d{2}(?!\d)/g);
    return { date: only?.length === 1 ? (checked(only[0]!, "", "", style).date ?? null) : null, fault: "invalid" };
  }
  if (parts.length === 1 && year.length === 2)
    return style.birth ? { ...checked(year, "", "", style), fault: "doubtful" } : { date: null, fault: "invalid" };
  if (parts.length === 1) return checked(year, "", "", style);
  if (parts.length === 2) return checked(year, parts[0]!, "", style);
  return style.order === "dmy" ? checked(year, parts[1]!, parts[0]!, style) : checked(year, parts[0]!, parts[1]!, style);
}

function compact(text: string, style: DateStyle): ReadDate {
  const yearFirst = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])/.test(text);
  if (yearFirst) return checked(text.slice(0, 4), text.slice(4, 6), text.slice(6), style);
  return checked(text.slice(4), text.slice(2, 4), text.slice(0, 2), style);
}

function readNumber(value: number, style: DateStyle): ReadDate {
  if (Number.isInteger(value) && value >= 1850 && value <= 2100) return checked(String(value), "", "", style);
  if (value > 10_000_000 && Number.isInteger(value)) return compact(String(value).padStart(8, "0"), style);
  // Serials of 1900-2100; what lies outside is no date of a person.
  if (value < 366 || value > 73_415) return { date: null, fault: "invalid" };
  const start = style.epoch === 1904 ? SERIAL_1904 : SERIAL_1900;
  return checked(...split(new Date(start + Math.floor(value) * 86_400_000).toISOString().slice(0, 10)), style);
}

// A year typed into a cell of a date format has become the day of that serial number, in 1905.
function readDay(day: string, style: DateStyle): ReadDate {
  const serial = Math.round((Date.parse(day) - (style.epoch === 1904 ? SERIAL_1904 : SERIAL_1900)) / 86_400_000);
  if (serial >= 1900 && serial <= Number(style.today.slice(0, 4)) + 5)
    return { ...checked(String(serial), "", "", style), fault: "doubtful" };
  return checked(...split(day), style);
}

function split(day: string): [string, string, string] {
  const [year = "", month = "", date = ""] = day.split("-");
  return [year, month, date];
}

// A missing or placeholder part ("00", "..", "??") makes the date partial; an impossible one leaves the year, which still was written.
function checked(yearText: string, monthText: string, dayText: string, style: DateStyle): ReadDate {
  const year = yearText.length === 2 ? century(Number(yearText), style) : Number(yearText);
  const now = Number(style.today.slice(0, 4));
  if (yearText.length === 3 || year < 1850 || year > now + (style.birth ? 0 : 5)) return { date: null, fault: "invalid" };
  const month = Number(monthText.replace(/\D/g, "") || 0);
  const day = Number(dayText.replace(/\D/g, "") || 0);
  if (month === 0) return { date: String(year), ...(day > 0 ? { fault: "invalid" as const } : {}) };
  if (month > 12) return { date: String(year), fault: "invalid" };
  const partial = `${year}-${String(month).padStart(2, "0")}`;
  if (day === 0) return { date: partial };
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day > last) return { date: String(year), fault: "invalid" };
  const date = `${partial}-${String(day).padStart(2, "0")}`;
  if (style.birth && date > style.today) return { date: null, fault: "invalid" };
  if (style.order === "mdy") return { date, fault: "swapped" };
  // Old systems write 1 January where only the year is known.
  return style.birth && month === 1 && day === 1 ? { date, fault: "doubtful" } : { date };
}

function century(short: number, style: DateStyle): number {
  const limit = (Number(style.today.slice(0, 4)) % 100) - (style.birth ? 16 : -1);
  return short <= limit ? 2000 + short : 1900 + short;
}

/** The order of day and month in a column: month first (an American Excel) only where days above 12 stand second and never first. */
export function orderOf(cells: readonly Cell[]): "dmy" | "mdy" {
  let first = 0;
  let second = 0;
  for (const cell of cells) {
    const parts = typeof cell === "string" ? /^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?!\d)/.exec(cell) : null;
    if (!parts) continue;
    if (Number(parts[1]) > 12) first += 1;
    if (Number(parts[2]) > 12) second += 1;
  }
  return first === 0 && second >= 3 ? "mdy" : "dmy";
}

/** The year a cell names (of graduation, of a title), the last one of a span: "2010-2015" -> 2015; null when it names none. */
export function readYear(cell: Cell, style: DateStyle): number | null {
  const span = typeof cell === "string" ? textOf(cell).match(/(?<!\d)(?:19|20)\d{2}(?!\d)/g) : null;
  if (span && span.length > 0) return Number(span.at(-1));
  const { date } = readDate(cell, { ...style, birth: false });
  return date === null ? null : Number(date.slice(0, 4));
}
