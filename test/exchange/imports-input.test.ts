import { deflateRawSync } from "node:zlib";
import { writeXlsx } from "hucre";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";
import { analysed, committed, formOf, rowsOf, upload } from "./office.ts";
import type { Part } from "./office.ts";
import { xlsxOf } from "./population.ts";

// Each import starts a thread of its own, which a busy machine makes wait.
vi.setConfig({ testTimeout: 60_000 });

let registry: Registry;
let office: Agent;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  office = registry.as({ scope: ["imports"], client: "office" });
});
afterAll(async () => {
  expect(await registry.sql("select count(*)::int as n from people where name_full not like 'Nguyễn %'")).toEqual([{ n: 0 }]);
  expect((await registry.anonymous.call({ method: "GET", path: "/v1/imports" })).status).toBe(401);
  await registry.close();
});

const LIST = "Họ và tên,Năm sinh\nNguyễn Thị Mẫu,1980\n";
const send = async (parts: readonly [string, Part][]): Promise<Answer> => {
  const { body, type } = await formOf(parts);
  return office.call({ method: "POST", path: "/v1/imports", body, headers: { "content-type": type } });
};
const file = { name: "a.csv", bytes: LIST };

/** A zip whose one entry unfolds to zeros. */
function bomb(bytes: number): Buffer {
  const [name, packed] = ["xl/workbook.xml", deflateRawSync(Buffer.alloc(bytes))];
  const local = Buffer.alloc(30);
  const central = Buffer.alloc(46);
  const end = Buffer.alloc(22);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(1000, 24);
  central.writeUInt16LE(name.length, 28);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

describe("POST /v1/imports refuses", () => {
  const day = ["received_on", "31/12/2025"] as const;
  test.each<[string, [string, Part][], number, string, string]>([
    ["a form without a file", [["document", "CV 1"]], 422, "validation-failed", "/file"],
    ["an empty file", [["file", { name: "a.csv", bytes: "" }]], 422, "validation-failed", "/file"],
    ["a file sent as a text", [["file", LIST]], 422, "validation-failed", "/file"],
    [
      "a part that it does not know",
      [
        ["note", "x"],
        ["file", file],
      ],
      400,
      "unknown-field",
      "/note",
    ],
    ["a file under another name", [["attachment", file]], 422, "validation-failed", "/file"],
    [
      "two files",
      [
        ["file", file],
        ["file", file],
      ],
      422,
      "validation-failed",
      "/file",
    ],
    ["a day that is none", [[...day], ["file", file]], 422, "validation-failed", "/received_on"],
    [
      "a day that does not exist",
      [
        ["received_on", "2026-02-30"],
        ["file", file],
      ],
      422,
      "validation-failed",
      "/received_on",
    ],
    [
      "a document in 301 characters",
      [
        ["document", "ă".repeat(301)],
        ["file", file],
      ],
      422,
      "validation-failed",
      "/document",
    ],
    [
      "a document with control characters",
      [
        ["document", "a\u0000b"],
        ["file", file],
      ],
      422,
      "validation-failed",
      "/document",
    ],
    [
      "a supplier that is none",
      [
        ["organization_id", "x'; --"],
        ["file", file],
      ],
      422,
      "unknown-code",
      "/organization_id",
    ],
    [
      "a text of a megabyte",
      [
        ["document", "a".repeat(2 ** 20)],
        ["file", file],
      ],
      422,
      "validation-failed",
      "/document",
    ],
  ])("%s", async (_, parts, status, code, pointer) => {
    const answer = await send(parts);
    expect([answer.status, answer.text]).toEqual([status, answer.text]);
    expect(answer.body.errors.map((one: { code: string; pointer: string }) => [one.code, one.pointer])).toContainEqual([code, pointer]);
  });

  test("a file of 21 MiB, and takes one of 19", async () => {
    const large = await upload(office, "a.csv", Buffer.alloc(21 * 2 ** 20, "a"));
    expect([large.status, large.body.code]).toEqual([413, "file-too-large"]);
    const fitting = await analysed(office, "a.xls", Buffer.alloc(19 * 2 ** 20, "a"));
    expect(fitting).toMatchObject({ state: "failed", problem: { code: "file-unreadable" } });
  });

  test("a form that breaks off, one without an end, and what is no form at all", async () => {
    const { body, type } = await formOf([["file", file]]);
    for (const bytes of [body.subarray(0, body.length - 30), body.subarray(0, 60), Buffer.from("--x\r\n")]) {
      const answer = await office.call({ method: "POST", path: "/v1/imports", body: bytes, headers: { "content-type": type } });
      expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
      expect(answer.status, answer.text).toBeLessThan(500);
    }
    const json = await office.post("/v1/imports", { file: "x" });
    expect([json.status, json.body.code]).toEqual([415, "unsupported-media-type"]);
    const bare = await office.call({ method: "POST", path: "/v1/imports", body: body, headers: { "content-type": "multipart/form-data" } });
    expect(bare.status).toBeLessThan(500);
  });
});

describe("a file that cannot be read fails its import", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
  test.each<[string, string, Uint8Array | string, string]>([
    ["a picture named xlsx", "a.xlsx", png, "file-unreadable"],
    ["a text named xls", "a.xls", LIST, "file-unreadable"],
    ["a zip named csv", "a.csv", bomb(100), "file-unreadable"],
    ["a name without an ending", "a", LIST, "file-unreadable"],
    ["a spreadsheet bomb", "a.xlsx", bomb(400 * 2 ** 20), "file-too-large"],
    ["a list of goods", "a.csv", "Sản phẩm,Giá\nBút,1000\nVở,2000\n", "no-table-found"],
    ["one row too many", "a.csv", `Họ và tên,Năm sinh\n${"Nguyễn Thị Mẫu,1980\n".repeat(100_001)}`, "too-many-rows"],
  ])("%s", async (_, name, bytes, code) => {
    const failed = await analysed(office, name, bytes);
    expect(failed).toMatchObject({ state: "failed", counts: null, sheets: null, problem: { code, detail: expect.stringMatching(/\S/) } });
    expect((await rowsOf(office, failed.id)).length).toBe(0);
    if (code === "too-many-rows") expect(failed.problem).toMatchObject({ limit: 100_000, value: 100_001 });
  });

  test("an empty sheet", async () => {
    const bytes = await writeXlsx({ sheets: [{ name: "Trống", rows: [] }] });
    expect(await analysed(office, "a.xlsx", bytes)).toMatchObject({ state: "failed", problem: { code: "no-table-found" } });
  });
});

describe("a file with odd cells is read as far as it goes", () => {
  test("formulas by their values, an error of one told by its cell; a leading = + - @ of a csv taken as text", async () => {
    const cell = (formula: string, value: string | number) => ({ formula, formulaResult: value });
    const bytes = await writeXlsx({
      sheets: [
        {
          name: "A",
          rows: [
            ["Họ và tên", "Năm sinh", "Chức vụ"],
            ["Nguyễn Văn Công", null, "#REF!"],
          ],
          cells: new Map([["1,1", cell("1900+80", 1980)]]),
        },
      ],
    });
    const [row] = await rowsOf(office, (await analysed(office, "a.xlsx", bytes)).id);
    expect(row.read.birth_date).toBe("1980");
    expect(row.problems).toContainEqual(expect.objectContaining({ cell: "C2", code: "sheet-error" }));
    const csv = await analysed(office, "a.csv", "Họ và tên,Năm sinh,Đơn vị công tác,Chức vụ\nNguyễn Văn Bằng,1980,'=1+1,=cmd|calc\n");
    const [injected] = await rowsOf(office, csv.id);
    expect(JSON.stringify(injected.read)).not.toContain("'=");
  });

  test("NUL bytes and control characters are taken out, and nothing of them reaches the registry", async () => {
    const list = `${LIST}${"Nguyễn Thị Thường,1981\n".repeat(20)}`;
    const preview = await analysed(office, "a.csv", `${list}Nguyễn\u0001 Thị\u200b Lạ,1981\n`);
    const rows = await rowsOf(office, preview.id);
    expect(rows.at(-1).read.name.full).toBe("Nguyễn Thị Lạ");
    expect((await committed(office, preview.id)).state).toBe("committed");
    const zeros = await analysed(office, "a.csv", `${list}Nguyễn\u0000 Thị Không,1981\n`);
    expect(["preview", "failed"]).toContain(zeros.state);
    expect(JSON.stringify(zeros)).not.toContain("\\u0000");
  });

  test("cells of 10,000 characters are told and not cut silently", async () => {
    const [long, name] = ["x".repeat(10_000), "Nguyễn Văn ".repeat(1_000).trim()];
    const preview = await analysed(
      office,
      "a.csv",
      `Họ và tên,Năm sinh,Đơn vị công tác,Trình độ\nNguyễn Thị Dài,1980,${long},Thạc sĩ\n${name},1980,Trường A,Thạc sĩ\n`,
    );
    const rows = await rowsOf(office, preview.id);
    expect(rows.map(({ outcome }) => outcome)).toEqual(["error", "error"]);
    for (const row of rows) expect(row.problems.some((one: { severity: string }) => one.severity === "error")).toBe(true);
    expect((await committed(office, preview.id)).counts.applied).toBe(0);
  });

  test("a column in an encoding that is not read is an error on each of its rows", async () => {
    const rows = [
      ["STT", "Hoï vaø teân", "Naêm sinh", "Trình ñoä", "Ñôn vò"],
      [1, "Nguyeãn Thò Thuyû", 1970, "Thaïc só", "Sôû Khoa hoïc"],
      [2, "Leâ Quyù Ñoân", 1971, "Tieán só", "Phöôøng Kinh Baéc"],
    ];
    const preview = await analysed(office, "a.xlsx", await xlsxOf(rows));
    const read = await rowsOf(office, preview.id);
    expect(read.map(({ row, outcome, read: { name } }) => [row, outcome, name])).toEqual([
      [2, "error", null],
      [3, "error", null],
    ]);
    for (const { row, problems } of read) {
      const unread = problems.filter(({ code }: { code: string }) => code === "encoding-not-read");
      expect(unread.map(({ severity, cell }: { severity: string; cell: string }) => [severity, cell])).toEqual(
        ["B", "D", "E"].map((column) => ["error", `${column}${row}`]),
      );
    }
  });

  test("several sheets, merged cells and 200 columns", async () => {
    const wide = Array.from({ length: 196 }, (_, n) => `Cột ${n}`);
    const head = [["DANH SÁCH CÁN BỘ"], ["Họ và tên", "Năm sinh", null, "Trình độ", ...wide], [null, "Nam", "Nữ", null]];
    const list = (name: string) => [
      ...head,
      ...["An", "Bình"].map((given) => [`${name} ${given}`, 1980, null, "Thạc sĩ", ...wide.map(() => "x")]),
    ];
    const merges = [
      { startRow: 0, startCol: 0, endRow: 0, endCol: 9 },
      { startRow: 1, startCol: 1, endRow: 1, endCol: 2 },
      { startRow: 1, startCol: 0, endRow: 2, endCol: 0 },
    ];
    const bytes = await writeXlsx({
      sheets: [
        { name: "Một", rows: list("Nguyễn Thị Một"), merges },
        { name: "Ghi chú", rows: [["Điền đủ các cột"]] },
        { name: "Hai", rows: list("Nguyễn Thị Hai"), merges },
      ],
    });
    const preview = await analysed(office, "a.xlsx", bytes);
    expect(preview.sheets.map((one: { name: string; columns: unknown[] }) => [one.name, one.columns.length])).toEqual([
      ["Một", 200],
      ["Hai", 200],
    ]);
    const rows = await rowsOf(office, preview.id);
    expect(rows.map(({ sheet, row, read }) => [sheet, row, read.birth_date])).toEqual(
      ["Một", "Hai"].flatMap((sheet) => [4, 5].map((row) => [sheet, row, "1980"])),
    );
  });
});
