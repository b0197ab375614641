import { Problem } from "../problems.ts";
import type { Place } from "./tree.ts";

/** A word (bare text or a quoted one) or a mark of the filter's grammar, with its position in the text. */
export type Token = { kind: "word" | "quoted" | "mark"; text: string; position: number };

const MARK = /\s*(!=|<=|>=|[=<>(),])/y;
const BARE = /\s*([\p{L}\p{M}\p{N}._:+@-]+)/uy;
const QUOTED = /\s*"((?:[^"\\]|\\["\\])*)"/uy;

/** Cuts the text of a filter into tokens. @throws Problem `filter-syntax` with the position. */
export function tokens(text: string, at: Place): Token[] {
  const found: Token[] = [];
  let position = 0;
  while (text.slice(position).trim() !== "") {
    const read = (pattern: RegExp) => {
      pattern.lastIndex = position;
      return pattern.exec(text);
    };
    const mark = read(MARK);
    const match = mark ?? read(BARE) ?? read(QUOTED);
    // No stored text has a NUL, and Postgres takes none as a parameter.
    if (!match || match[0].includes("\0")) throw unreadable(text, position, at);
    const start = position + match[0].length - match[0].trimStart().length;
    const kind = mark ? "mark" : match[0].trimStart().startsWith('"') ? "quoted" : "word";
    found.push({ kind, text: kind === "quoted" ? match[1]!.replace(/\\(["\\])/g, "$1") : match[1]!, position: start });
    position += match[0].length;
  }
  return found;
}

function unreadable(text: string, position: number, at: Place): Problem {
  const place = position + text.slice(position).length - text.slice(position).trimStart().length;
  const quote = text[place] === '"';
  const detail = {
    vi: `Ở vị trí ${place + 1}: ${quote ? "dấu ngoặc kép không đóng" : "ký tự không đọc được; hãy đặt giá trị trong ngoặc kép"}.`,
    en: `At position ${place + 1}: ${quote ? "the quotation mark is not closed" : "a character that cannot be read; put the value in quotation marks"}.`,
  };
  return new Problem("filter-syntax", { errors: [{ code: "filter-syntax", detail, ...at }] });
}
