import { createInflateRaw } from "node:zlib";
import { Problem } from "../../core/problems.ts";

/** What a file is by its first bytes, whatever its name says. */
export type Kind = "xlsx" | "xls" | "csv" | "other";

const MAX_INFLATED_BYTES = 320 * 1024 * 1024;
const MAX_RATIO = 100;
const MAX_ENTRIES = 2000;

/** The kind of a file by its bytes: a zip with a workbook, an OLE2 container, text, or something else. */
export function kindOf(bytes: Uint8Array): Kind {
  if (starts(bytes, [0x50, 0x4b, 0x03, 0x04]))
    return entriesOf(bytes).some(({ name }) => /^xl\/workbook\.(?:xml|bin)$/.test(name)) ? "xlsx" : "other";
  if (starts(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return "xls";
  const head = bytes.subarray(0, 8000);
  if (starts(head, [0xff, 0xfe]) || starts(head, [0xfe, 0xff])) return "csv";
  if (/^\s*(?:<!doctype|<html|<\?xml|<table|%PDF|\{\\rtf)/i.test(new TextDecoder("latin1").decode(head.subarray(0, 200)))) return "other";
  const zeros = head.filter((byte) => byte === 0).length;
  // UTF-16 without a mark has a zero in every other byte of its ASCII; other zeros are no text.
  const even = head.filter((byte, index) => byte === 0 && index % 2 === 0).length;
  if (zeros > 0) return even === 0 && zeros > head.length / 8 ? "csv" : "other";
  const control = head.filter((byte) => byte < 32 && ![9, 10, 11, 12, 13, 26].includes(byte)).length;
  return control > head.length / 100 ? "other" : "csv";
}

/**
 * Refuses an archive that would unfold to far more than a workbook does: by the sizes it declares, and by counting, since they may lie.
 *
 * @throws Problem `file-too-large` | `file-unreadable`
 */
export async function refuseBomb(bytes: Uint8Array): Promise<void> {
  const entries = entriesOf(bytes);
  const packed = entries.reduce((sum, entry) => sum + entry.packed, 0);
  const most = Math.min(MAX_INFLATED_BYTES, Math.max(20 * 1024 * 1024, packed * MAX_RATIO));
  if (entries.length > MAX_ENTRIES || entries.reduce((sum, entry) => sum + entry.inflated, 0) > most) throw tooLarge();
  let left = most;
  for (const entry of entries) {
    left -= await inflatedSize(bytes, entry, left);
    if (left < 0) throw tooLarge();
  }
}

async function inflatedSize(bytes: Uint8Array, entry: Entry, most: number): Promise<number> {
  if (!entry.deflated) return entry.packed;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.offset + 30 > bytes.length) throw damaged();
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const inflate = createInflateRaw();
  inflate.end(bytes.subarray(start, start + entry.packed));
  let size = 0;
  try {
    for await (const chunk of inflate) {
      size += (chunk as Buffer).length;
      if (size > most) break;
    }
  } catch (cause) {
    throw damaged(cause);
  }
  return size;
}

function tooLarge(): Problem {
  return new Problem("file-too-large", {
    detail: { vi: "Nội dung giải nén của tệp quá lớn.", en: "The file unfolds to far more than a workbook may hold." },
  });
}

function damaged(cause?: unknown): Problem {
  return new Problem("file-unreadable", {
    detail: { vi: "Tệp Excel bị hỏng hoặc thiếu phần cuối.", en: "The Excel file is damaged or cut." },
    ...(cause === undefined ? {} : { cause }),
  });
}

type Entry = { name: string; packed: number; inflated: number; offset: number; deflated: boolean };

/** The entries that a zip's central directory declares. */
function entriesOf(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = -1;
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 65_557); at--) {
    if (view.getUint32(at, true) === 0x06054b50) {
      end = at;
      break;
    }
  }
  if (end < 0) throw damaged();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let index = 0; index < count && at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50; index++) {
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    entries.push({
      name,
      packed: view.getUint32(at + 20, true),
      inflated: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
      deflated: view.getUint16(at + 10, true) === 8,
    });
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function starts(bytes: Uint8Array, magic: number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
