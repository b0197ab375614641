import { deflateRawSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { writeXlsx } from "hucre";
import { describe, expect, test } from "vitest";
import type { ReferenceRows } from "../../src/exchange/cells/reference.ts";
import type { CheckedRow } from "../../src/exchange/imports/check.ts";
import type { AnalysisProgress } from "../../src/exchange/imports/analysis/reader.ts";
import { readingThreads } from "../../src/exchange/imports/analysis/threads.ts";
import { readSheets } from "../../src/exchange/sheets/workbook.ts";
import { referenceRows } from "./reference-rows.ts";

const reference = referenceRows();
const request = { reference, today: "2026-01-15", supplier: { code: "MAU", name: "Sở Mẫu" } };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const analyse = readingThreads();
const LIST = "Họ và tên;Năm sinh;Giới tính;Mã CB\nNguyễn Văn An;1970;Nam;7\n\nTrần Thị Bình;1980;Nữ;8\n";

function utf16(text: string): Uint8Array {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
}

/** A zip of one entry whose declared size may lie. */
function zip(name: string, content: Buffer, declared: number): Uint8Array {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(declared, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(declared, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

describe("the file", () => {
  test.each([
    ["UTF-8", utf8(LIST)],
    ["UTF-8 with a mark", utf8(`\uFEFF${LIST}`)],
    ["commas", utf8(LIST.replaceAll(";", ","))],
    ["tabs in UTF-16", utf16(LIST.replaceAll(";", "\t"))],
    ["line ends of Windows", utf8(LIST.replaceAll("\n", "\r\n"))],
  ])("a csv in %s is read, each row with its own line", async (_, bytes) => {
    const [sheet] = await readSheets(bytes, "a.csv");
    expect(sheet!.rows.map((row) => [row.number, row.cells[0]])).toEqual([
      [1, "Họ và tên"],
      [2, "Nguyễn Văn An"],
      [4, "Trần Thị Bình"],
    ]);
  });

  test("a quoted field over two lines keeps the line on which its record begins", async () => {
    const [sheet] = await readSheets(utf8('Họ tên,Ghi chú\nNguyễn Văn An,"một\nhai"\nTrần Bình,\n'), "a.csv");
    expect(sheet!.rows.map((row) => row.number)).toEqual([1, 2, 4]);
  });

  test("an old Windows encoding with tones as marks of their own is read", async () => {
    const bytes = Buffer.from("486F20742D656E2C4E", "hex");
    expect((await readSheets(bytes, "a.csv")).length).toBe(1);
    // "Họ tên,Nguyễn" in windows-1258: the tone follows its vowel.
    const viet = Uint8Array.from([...utf8("H"), 0x6f, 0xf2, ...utf8(" t"), 0xea, ...utf8("n,Nguy"), 0xea, 0xde, ...utf8("n")]);
    expect((await readSheets(viet, "a.csv"))[0]!.rows[0]!.cells).toEqual(["Họ tên", "Nguyễn"]);
  });

  test.each([
    ["an HTML page named xlsx", "a.xlsx", utf8("<html><table><tr><td>1</td></tr></table>")],
    ["an HTML page named xls", "a.xls", utf8("<html><table><tr><td>1</td></tr></table>")],
    ["a csv named xlsx", "a.xlsx", utf8(LIST)],
    ["a PDF named csv", "a.csv", utf8("%PDF-1.7\n")],
    ["an archive that is no workbook", "a.xlsx", zip("readme.txt", Buffer.from("x"), 1)],
    ["an empty file", "a.csv", new Uint8Array()],
    ["a damaged archive", "a.xlsx", Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(100)])],
    ["an OLE2 head without a body", "a.xls", Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)])],
    ["binary rubbish named csv", "a.csv", Buffer.from([1, 2, 3, 0, 0, 0, 7, 200, 255])],
  ])("%s is file-unreadable", async (_, name, bytes) => {
    await expect(readSheets(bytes, name)).rejects.toMatchObject({ code: "file-unreadable" });
  });

  test("an archive that unfolds to far more than it may is file-too-large, whatever size it declares", async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    await expect(readSheets(zip("xl/workbook.xml", zeros, zeros.length), "a.xlsx")).rejects.toMatchObject({ code: "file-too-large" });
    await expect(readSheets(zip("xl/workbook.xml", zeros, 1000), "a.xlsx")).rejects.toMatchObject({ code: "file-too-large" });
  });

  test("more rows than allowed are too-many-rows, the limit itself is not, and headers are no rows of a list", async () => {
    const limits = { bytes: 1e6, rows: 10, columns: 300 };
    const list = (count: number): Uint8Array => utf8(`DANH SÁCH\nHọ và tên,Năm sinh\n${"Nguyễn Văn An,1970\n".repeat(count)}`);
    const people = async (count: number) => (await analyse(list(count), "a.csv", { ...request, limits }, { rows: () => {} })).people;
    expect(await people(10)).toBe(10);
    for (const count of [11, 30]) await expect(people(count)).rejects.toMatchObject({ code: "too-many-rows", members: { limit: 10 } });
  });

  test("nothing but empty lines is no-table-found", async () => {
    await expect(readSheets(utf8("\n\n;;\n"), "a.csv")).rejects.toMatchObject({ code: "no-table-found" });
    await expect(readSheets(await writeXlsx({ sheets: [{ name: "A", rows: [] }] }), "a.xlsx")).rejects.toMatchObject({
      code: "no-table-found",
    });
  });
});

describe("the analysis", () => {
  test("runs in a thread of its own, gives the rows in order and counts that add up", async () => {
    const rows: CheckedRow[] = [];
    const progress: AnalysisProgress[] = [];
    const bytes = readFileSync(new URL("../fixtures/forms/so-y-te-2025.xlsx", import.meta.url));
    const analysis = await analyse(bytes, "so-y-te-2025.xlsx", request, {
      rows: (batch) => void rows.push(...batch),
      progress: (one) => void progress.push(one),
    });
    expect(analysis).toMatchObject({ used: 312, people: 300, other: 12 });
    expect(rows.map((row) => row.row)).toEqual(rows.map((row) => row.row).toSorted((a, b) => a - b));
    expect(rows).toHaveLength(312);
    expect(progress[0]).toEqual({ stage: "reading", done: 0, total: 0 });
    expect(analysis.sheets[0]!.header_rows).toEqual([7, 8]);
    expect(analysis.sheets[0]!.columns[2]).toEqual({ column: "C", header: "Năm sinh / Nam", field: "people.birth_date.male", by: "both" });
  });

  test("reads each sheet that lists people, with 200 columns, and leaves the others", async () => {
    const wide = Array.from({ length: 196 }, (_, index) => `Cột ${index}`);
    const list = [
      ["Họ và tên", "Năm sinh", "Giới tính", "Mã CB", ...wide],
      ["Nguyễn Văn An", 1970, "Nam", "7", ...wide.map(() => "x")],
      ["Trần Thị Bình", 1980, "Nữ", "8", ...wide.map(() => "x")],
    ];
    const bytes = await writeXlsx({
      sheets: [
        { name: "Hướng dẫn", rows: [["Điền đủ các cột"]] },
        { name: "Một", rows: list },
        { name: "Trống", rows: [] },
        { name: "Hai", rows: list },
      ],
    });
    const rows: CheckedRow[] = [];
    const analysis = await analyse(bytes, "a.xlsx", request, { rows: (batch) => void rows.push(...batch) });
    expect(analysis.sheets.map((sheet) => sheet.name)).toEqual(["Một", "Hai"]);
    expect(analysis.people).toBe(4);
    expect(rows.find((row) => row.kind === "person")!.read!.identifiers).toEqual([{ scheme: "local:MAU", value: "7" }]);
  });

  test("a user's correction of a column wins over header and content", async () => {
    const rows: CheckedRow[] = [];
    const overrides = [
      { column: "B", field: "degrees.graduation_year" },
      { column: "D", field: null },
    ];
    const analysis = await analyse(utf8(LIST), "a.csv", { ...request, overrides }, { rows: (batch) => void rows.push(...batch) });
    expect(analysis.sheets[0]!.columns.map((column) => [column.field, column.by])).toEqual([
      ["people.name.full", "both"],
      ["degrees.graduation_year", "user"],
      ["people.gender", "both"],
      [null, "user"],
    ]);
    const read = rows.find((row) => row.kind === "person")!.read!;
    expect([read.birth_date, read.degrees[0]!.graduation_year, read.identifiers]).toEqual([null, 1970, []]);
  });

  test("one file after another in the same thread knows nothing of the one before, and the reference rows it is given", async () => {
    const list = utf8('Họ và tên,Nơi ở hiện nay\nNguyễn Văn An,"Phường Kinh Bắc, tỉnh Bắc Ninh"\n');
    const places = async (rowsOfReference: ReferenceRows) => {
      const rows: CheckedRow[] = [];
      const analysis = await analyse(
        list,
        "a.csv",
        { ...request, reference: rowsOfReference },
        { rows: (batch) => void rows.push(...batch) },
      );
      return { used: analysis.used, row: rows.find(({ kind }) => kind === "person")! };
    };
    const first = await places(request.reference);
    expect(await places(request.reference)).toEqual(first);
    const fewer = { ...request.reference, localities: [], lineage: [] };
    expect(await places(fewer)).not.toEqual(first);
    await expect(analyse(utf8("Sản phẩm\nBút\n"), "a.csv", request, { rows: () => {} })).rejects.toMatchObject({ code: "no-table-found" });
    expect(await places(request.reference)).toEqual(first);
  });

  test("a sheet without people is no-table-found", async () => {
    await expect(analyse(utf8("Sản phẩm,Giá\nBút,1000\n"), "a.csv", request, { rows: () => {} })).rejects.toMatchObject({
      code: "no-table-found",
    });
  });

  test("too little memory or time ends as file-too-large, and the caller lives", async () => {
    const bytes = utf8(`Họ và tên,Năm sinh\n${"Nguyễn Văn An,1970\n".repeat(60_000)}`);
    const sink = { rows: () => {} };
    await expect(readingThreads({ timeMs: 50 })(bytes, "a.csv", request, sink)).rejects.toMatchObject({ code: "file-too-large" });
    await expect(readingThreads({ memoryMb: 24, timeMs: 60_000 })(bytes, "a.csv", request, sink)).rejects.toMatchObject({
      code: "file-too-large",
    });
  });
});
