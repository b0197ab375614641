import { parse } from "csv-parse/sync";
import { Problem } from "../../core/problems.ts";
import { decodeTcvn3 } from "./legacy-charsets.ts";
import { syllableShare } from "./syllables.ts";
import type { SheetRow } from "./sheet.ts";

/**
 * The rows of a delimited text, each with the line on which its record begins; empty lines are left out.
 *
 * @throws Problem `file-unreadable` when quotes do not close
 */
export function readCsv(bytes: Uint8Array): SheetRow[] {
  const text = decodeText(bytes);
  const delimiter = delimiterOf(text);
  for (const relaxed of [false, true]) {
    try {
      return records(text, delimiter, relaxed);
    } catch (cause) {
      if (relaxed) throw new Problem("file-unreadable", { detail: BROKEN, cause });
    }
  }
  return [];
}

const BROKEN = { vi: "Tệp CSV có dấu nháy không khép.", en: "The CSV file has quotes that do not close." };

function records(text: string, delimiter: string, relaxed: boolean): SheetRow[] {
  const rows: SheetRow[] = [];
  let line = 1;
  // A quote that opens a field but is none of a quoted field ("Nguyễn "Út" Văn") is taken as a letter on the second try.
  const quoting = relaxed ? { quote: null } : { relax_quotes: true };
  parse(text, {
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    ...quoting,
    on_record: (record: string[], context: { lines: number }) => {
      const cells = record.map((cell) => (cell === "" ? null : cell));
      if (cells.some((cell) => cell !== null)) rows.push({ number: line, cells });
      line = context.lines + 1;
      return null;
    },
  });
  return rows;
}

/** The text of bytes in UTF-8, UTF-16 or an old Vietnamese encoding; TCVN3 comes out as its codes look, to be decoded by column. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const head = bytes.subarray(0, 4000);
  const zeros = head.reduce((count, byte, index) => count + (byte === 0 && index % 2 === 1 ? 1 : 0), 0);
  if (zeros > head.length / 8) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeSingleByte(bytes);
  }
}

// windows-1258 writes the tones as marks of their own; NFC joins them. It wins only where its words are real.
function decodeSingleByte(bytes: Uint8Array): string {
  const latin = new TextDecoder("windows-1252").decode(bytes);
  const viet = new TextDecoder("windows-1258").decode(bytes).normalize("NFC");
  const asViet = syllableShare(linesOf(viet)).share;
  const asTcvn3 = syllableShare(linesOf(latin).map(decodeTcvn3)).share;
  return asViet >= 0.5 && asViet > asTcvn3 ? viet : latin;
}

function linesOf(text: string): string[] {
  return text.slice(0, 200_000).split("\n");
}

/** The sign that parts the fields: of comma, semicolon, tab and bar the one that parts most lines alike, outside quotes. */
export function delimiterOf(text: string): string {
  const lines = text
    .slice(0, 100_000)
    .replace(/"(?:[^"]|"")*"/g, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(0, 200);
  const first = /^\uFEFF?sep=(.)/.exec(text)?.[1];
  if (first) return first;
  let best = ",";
  let most = 0;
  for (const sign of [";", "\t", ",", "|"]) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(sign).length - 1;
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    // Lines that agree on their number of fields weigh more than commas strewn in addresses.
    const score = Math.max(0, ...[...counts].map(([count, times]) => times * Math.min(count, 6)));
    if (score > most) [best, most] = [sign, score];
  }
  return best;
}
