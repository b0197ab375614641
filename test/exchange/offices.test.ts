import { writeXlsx } from "hucre";
import { describe, expect, test } from "vitest";
import { readFile, valuesOf } from "./measure.ts";
import { bytesOfTcvn3 } from "./tcvn3.ts";

type Cell = string | number | Date | null;

function workbook(rows: Cell[][], merges: [number, number, number, number][] = [], name = "DS"): Promise<Uint8Array> {
  const ranges = merges.map(([startRow, startCol, endRow, endCol]) => ({ startRow, startCol, endRow, endCol }));
  return writeXlsx({ sheets: [{ name, rows, merges: ranges }] });
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The people of a file, each with the fields asked for: a single value bare, several as a list, none left out. */
async function people(bytes: Uint8Array, name: string, fields: string[]): Promise<Record<string, unknown>[]> {
  const { rows, used } = await readFile(bytes, name);
  expect(rows.length).toBe(used);
  return rows
    .filter((row) => row.kind === "person")
    .map((row) =>
      Object.fromEntries(
        fields.flatMap((field): [string, unknown][] => {
          if (field === "row") return [["row", row.row]];
          if (field === "problems") return [["problems", row.problems.map((one) => `${one.severity} ${one.code} ${one.cell}`)]];
          const values = valuesOf(row.read!, field);
          return values.length === 0 ? [] : [[field, values.length === 1 ? values[0] : values]];
        }),
      ),
    );
}

const kinds = async (bytes: Uint8Array, name: string): Promise<string> =>
  (await readFile(bytes, name)).rows.map((row) => row.kind).join(" ");

const SCHOOL = `UBND TỈNH BẮC NINH;;;;;;;;;;
DANH SÁCH GIÁO VIÊN CÓ TRÌNH ĐỘ TRÊN ĐẠI HỌC;;;;;;;;;;
;;;;;;;;;;
TT;Họ và tên;Năm sinh;;Quê quán;Dân tộc;Trình độ chuyên môn;Chuyên ngành;Năm TN;Đơn vị công tác;Điện thoại
;;Nam;Nữ;;;;;;;
1;2;3;4;5;6;7;8;9;10;11
I;Trường THPT Mẫu Một;;;;;;;;;
1;Nguyễn Văn Ứng;1975;;Xã Tam Đa, huyện Yên Phong, Bắc Ninh;Kinh;Thạc sỹ;Toán học;2005;Trường THPT Mẫu Một;912345678
2;Trương Thị Ánh;;năm 1980;Phường Đáp Cầu, TP Bắc Ninh;Kinh;TS;Vật lý;2010;Trường THPT Mẫu Một;0241.3822456
3;ĐỖ THỊ ƯỚC;;12/5/82;Yên Phong, Bắc Ninh;Tày;Đại học;Ngữ văn;2004;Trường THPT Mẫu Một;0169 123 4567
II;Trường THPT Mẫu Hai;;;;;;;;;
4;Đoàn Ích Ổn;7/1969;;Xã Hương Gián, Yên Dũng, Bắc Giang;Sán Dìu;ThS;Hóa học;1999;Trường THPT Mẫu Hai;+84 912 345 679
5;Ngô Ý;;1990;;Kinh;CN;;;Trường THPT Mẫu Hai;
;Cộng: 5 người;;;;;;;;;
;;;;;;;Bắc Ninh, ngày 12 tháng 5 năm 2025;;;
;Người lập biểu;;;;;;GIÁM ĐỐC;;;
;Vũ Thị Mẫu;;;;;;Lê Văn Mẫu;;;
`;

describe("a list of teachers in TCVN3 bytes, header over two rows without merges", () => {
  const bytes = bytesOfTcvn3(SCHOOL.replaceAll("\n", "\r\n"));

  test("titles, sections, totals and signers are no persons", async () => {
    expect(await kinds(bytes, "giao-vien.csv")).toEqual(
      "title title header header header section person person person section person person total signature signature signature",
    );
  });

  test("each value is read: case mended, years by column, old phones, places of before", async () => {
    const fields = ["full_name", "gender", "birth_date", "degree", "major", "graduation_year", "hometown_code", "hometown_now", "phone"];
    expect(await people(bytes, "giao-vien.csv", fields)).toEqual([
      {
        full_name: "Nguyễn Văn Ứng",
        gender: "male",
        birth_date: "1975",
        degree: "ThS",
        major: "Toán học",
        graduation_year: 2005,
        hometown_code: "09199",
        hometown_now: "09208",
        phone: "+84912345678",
      },
      {
        full_name: "Trương Thị Ánh",
        gender: "female",
        birth_date: "1980",
        degree: "TS",
        major: "Vật lý",
        graduation_year: 2010,
        hometown_code: "09166",
        hometown_now: "09169",
        phone: "+842223822456",
      },
      {
        full_name: "Đỗ Thị Ước",
        gender: "female",
        birth_date: "1982-05-12",
        degree: "CN",
        major: "Ngữ văn",
        graduation_year: 2004,
        hometown_code: "258",
        phone: "+84391234567",
      },
      {
        full_name: "Đoàn Ích Ổn",
        gender: "male",
        birth_date: "1969-07",
        degree: "ThS",
        major: "Hóa học",
        graduation_year: 1999,
        hometown_code: "07690",
        hometown_now: "07699",
        phone: "+84912345679",
      },
      { full_name: "Ngô Ý", gender: "female", birth_date: "1990", degree: "CN" },
    ]);
  });
});

test("names in two columns, serial days, a tick for women and for degrees, the id without its zero", async () => {
  const bytes = await workbook([
    ["BÁO CÁO ĐỘI NGŨ GIẢNG VIÊN"],
    [],
    ["Số TT", "Mã GV", "Họ đệm", "Tên", "Ngày sinh", "Nữ", "Trình độ", null, null, "Học hàm", "Ngành", "Khoa/Phòng", "Số CMND/CCCD"],
    [null, null, null, null, null, null, "TS", "ThS", "ĐH"],
    [1, "GV001", "Nguyễn Văn", "An", new Date(Date.UTC(1980, 4, 6)), null, "x", null, null, "PGS", "Kế toán", "Khoa Một", "027080123456"],
    [2, "GV002", "Trần Thị Bích", "Bình", new Date(Date.UTC(1985, 0, 31)), "x", null, "x", null, null, "Luật", "Khoa Hai", 27185123456],
    [3, "GV003", "H'Hen", "Niê", 29000, "x", null, null, "x", null, "Du lịch", "Khoa Hai", "125123456"],
  ]);
  const fields = ["full_name", "given_name", "gender", "birth_date", "degree", "academic_title", "unit", "citizen_id", "old_id_number"];
  expect(await people(bytes, "gv.xlsx", fields)).toEqual([
    {
      full_name: "Nguyễn Văn An",
      given_name: "An",
      gender: "male",
      birth_date: "1980-05-06",
      degree: "TS",
      academic_title: "PGS",
      unit: "Khoa Một",
      citizen_id: "027080123456",
    },
    {
      full_name: "Trần Thị Bích Bình",
      given_name: "Bình",
      gender: "female",
      birth_date: "1985-01-31",
      degree: "ThS",
      unit: "Khoa Hai",
      citizen_id: "027185123456",
    },
    {
      full_name: "H'Hen Niê",
      given_name: "Niê",
      gender: "female",
      birth_date: "1979-05-25",
      degree: "CN",
      unit: "Khoa Hai",
      old_id_number: "125123456",
    },
  ]);
});

test("one header over two name columns, day, month and year apart, a residence abroad, a date that does not exist", async () => {
  const bytes = await workbook(
    [
      ["TT", "Họ và tên", null, "Ngày, tháng, năm sinh", null, null, "Giới tính", "Trình độ đào tạo", null, "Nơi ở hiện nay", "Ghi chú"],
      [null, null, null, "Ngày", "Tháng", "Năm", null, "Bằng cấp", "Trường", null, null],
      [
        "1",
        "Nguyễn Thị",
        "Lan",
        "2",
        "9",
        "1975",
        "Nữ",
        "Cử nhân",
        "ĐH Mẫu",
        "Số 12 đường Ngô Gia Tự, phường Kinh Bắc, Bắc Ninh",
        "Đã nghỉ hưu",
      ],
      ["2", "Phạm Văn", "Bách", null, "10", "1968", "Nam", "Kỹ sư", "ĐH Mẫu", "xã Đồng Tiến, huyện Hiệp Hòa, tỉnh Bắc Giang", null],
      ["3", "Hoàng", "Cẩm", null, null, "72", "Nam", "BS CKI", "ĐH Mẫu", "Xã Đồng Tiến, Bắc Giang", null],
      ["4", "Đinh Thị", "Dịu", "31", "2", "1979", "nữ", "Tiến sĩ", "ĐH Mẫu", "Hoa Kỳ", null],
    ],
    [
      [0, 1, 1, 2],
      [0, 3, 0, 5],
      [0, 7, 0, 8],
      [0, 0, 1, 0],
      [0, 9, 1, 9],
    ],
  );
  const fields = ["full_name", "birth_date", "degree", "residence_now", "residence_group", "life_status", "problems"];
  expect(await people(bytes, "ds.xlsx", fields)).toEqual(
    [
      {
        full_name: "Nguyễn Thị Lan",
        birth_date: "1975-09-02",
        degree: "CN",
        residence_now: "09187",
        residence_group: "in_province",
        life_status: "retired",
        problems: [],
      },
      {
        full_name: "Phạm Văn Bách",
        birth_date: "1968-10",
        degree: "KS",
        residence_now: "07822",
        residence_group: "in_province",
        problems: [],
      },
      {
        full_name: "Hoàng Cẩm",
        birth_date: "1972",
        degree: "CKI",
        residence_group: "in_province",
        problems: ["warning place-ambiguous J5", "note date-doubtful F5"],
      },
      { full_name: "Đinh Thị Dịu", birth_date: "1979", degree: "TS", residence_group: "overseas", problems: ["error date-invalid F6"] },
    ].map((one) => ({ ...one, problems: expect.arrayContaining(one.problems) as unknown })),
  );
});

test("titles around the name, a repeated header, formula errors, awards, numbers ruined by the spreadsheet", async () => {
  const header = [
    "TT",
    "Học hàm, học vị, Họ và tên",
    "Năm\nsinh",
    "Phái",
    "Cơ quan, đơn vị công tác",
    "ĐTDĐ",
    "Số CCCD\n(12 số)",
    "Danh hiệu",
  ];
  const bytes = await workbook([
    ["SỞ MẪU"],
    ["DANH SÁCH CHUYÊN GIA"],
    header,
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
    [1, "PGS.TS. Nguyễn Văn An", 1960, "Nam", "Viện Mẫu", "0913.123.456", "001060012345", "Nhà giáo ưu tú"],
    [2, "GS.TSKH Trần Văn Bình", "1950", "Nam", "Học viện Mẫu", "(024) 3856 1234", "1050012345", "NGND"],
    header,
    [3, "ThS. Lê Thị Cúc", 1985, "Nữ", "#N/A", "9.12345678E8", "027185001234", "CSTĐ cơ sở (2019)"],
    [4, "Ông Phạm Văn Dũng, KS", 1970, "Nam", "Công ty Mẫu", "84.912.345.678", "999999999999", null],
    [5, "Bà Hoàng Thị Én (BS.CKII)", 1970, "Nữ", "BV Mẫu", "0912345678 - 0912345679", null, "Giải lạ"],
    [null, "Danh sách này có 05 người./."],
    [null, "NGƯỜI LẬP", null, null, "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"],
    [],
    [null, "Nguyễn Thị Mẫu", null, null, "Trần Văn Mẫu"],
  ]);
  expect(await kinds(bytes, "cg.xlsx")).toEqual(
    "title title header header person person header person person person total signature signature",
  );
  expect(
    await people(bytes, "cg.xlsx", ["full_name", "degree", "academic_title", "unit", "phone", "citizen_id", "awards", "problems"]),
  ).toEqual([
    {
      full_name: "Nguyễn Văn An",
      degree: "TS",
      academic_title: "PGS",
      unit: "Viện Mẫu",
      phone: "+84913123456",
      citizen_id: "001060012345",
      awards: [{ award: "NGUT", year: null }],
      problems: [],
    },
    {
      full_name: "Trần Văn Bình",
      degree: "TSKH",
      academic_title: "GS",
      unit: "Học viện Mẫu",
      phone: "+842438561234",
      citizen_id: "001050012345",
      awards: [{ award: "NGND", year: null }],
      problems: ["warning citizen-id-repaired G6"],
    },
    {
      full_name: "Lê Thị Cúc",
      degree: "ThS",
      citizen_id: "027185001234",
      awards: [{ award: "CSTDCS", year: 2019 }],
      problems: ["warning sheet-error E8", "warning phone-invalid F8"],
    },
    {
      full_name: "Phạm Văn Dũng",
      degree: "KS",
      unit: "Công ty Mẫu",
      phone: "+84912345678",
      awards: [],
      problems: ["error citizen-id-invalid G9"],
    },
    {
      full_name: "Hoàng Thị Én",
      degree: "CKII",
      unit: "BV Mẫu",
      phone: ["+84912345678", "+84912345679"],
      awards: [],
      problems: ["warning award-unknown H10"],
    },
  ]);
});

test("groups of columns for each degree, a hometown over three columns", async () => {
  const bytes = await workbook([
    ["STT", "Họ và tên", "Ngày sinh", "Đại học", null, null, "Thạc sĩ", null, "Đơn vị", "Quê quán", null, null],
    [null, null, null, "Chuyên ngành", "Trường", "Năm TN", "Chuyên ngành", "Năm TN", null, "Xã", "Huyện", "Tỉnh"],
    [1, "Nguyễn Văn An", "01/02/1970", "Luật", "ĐH Mẫu", 1992, "Luật kinh tế", 2000, "Sở Mẫu", "Tam Giang", "Yên Phong", "Bắc Ninh"],
    [2, "Trần Thị Bình", "11/12/1980", "Kế toán", "HV Mẫu", 2002, null, null, "Sở Mẫu", "Thị trấn Chờ", "Yên Phong", "Bắc Ninh"],
  ]);
  expect(await people(bytes, "bang.xlsx", ["degree", "major", "graduation_year", "hometown_code"])).toEqual([
    { degree: ["CN", "ThS"], major: ["Luật", "Luật kinh tế"], graduation_year: [1992, 2000], hometown_code: "09202" },
    { degree: "CN", major: "Kế toán", graduation_year: 2002, hometown_code: "09193" },
  ]);
});

test("a list without a header is recognised by its content", async () => {
  const text = `1,Nguyễn Văn An,12/03/1970,Nam,TS,Sở Y tế,0912345678,an@example.vn
2,Trần Thị Bình,1/2/1981,Nữ,ThS,Sở Nội vụ,0987654321,binh@example.vn
3,Phạm Dũng,30/12/1965,Nam,CN,"Sở Văn hóa, Thể thao và Du lịch",0903123457,
`;
  expect(await people(utf8(text), "x.csv", ["row", "full_name", "gender", "birth_date", "degree", "unit", "phone", "email"])).toEqual([
    {
      row: 1,
      full_name: "Nguyễn Văn An",
      gender: "male",
      birth_date: "1970-03-12",
      degree: "TS",
      unit: "Sở Y tế",
      phone: "+84912345678",
      email: "an@example.vn",
    },
    {
      row: 2,
      full_name: "Trần Thị Bình",
      gender: "female",
      birth_date: "1981-02-01",
      degree: "ThS",
      unit: "Sở Nội vụ",
      phone: "+84987654321",
      email: "binh@example.vn",
    },
    {
      row: 3,
      full_name: "Phạm Dũng",
      gender: "male",
      birth_date: "1965-12-30",
      degree: "CN",
      unit: "Sở Văn hóa, Thể thao và Du lịch",
      phone: "+84903123457",
    },
  ]);
});

test("a column in VNI is an error on each of its rows and gives no value", async () => {
  const bytes = await workbook([
    ["STT", "Hoï vaø teân", "Naêm sinh", "Trình ñoä", "Ñôn vò"],
    [1, "Nguyeãn Thò Thuyû", 1970, "Thaïc só", "Sôû Khoa hoïc"],
    [2, "Leâ Quyù Ñoân", 1971, "Tieán só", "Phöôøng Kinh Baéc"],
  ]);
  const rows = await people(bytes, "vni.xlsx", ["full_name", "birth_date", "degree", "unit", "problems"]);
  expect(rows[0]).toEqual({
    birth_date: "1970",
    problems: ["error encoding-not-read B2", "error encoding-not-read D2", "error encoding-not-read E2"],
  });
  expect(rows).toHaveLength(2);
});

test("an American spreadsheet's month before the day is recognised by its column and told", async () => {
  const rows = ["3/25/1980", "4/5/1981", "12/31/1975", "11/30/1975"].map((day, index) => `Nguyễn Văn ${"ABCD"[index]}n,${day},Nam`);
  const read = await people(utf8(`Ho va ten,Ngay sinh,Gioi tinh\n${rows.join("\n")}\n`), "us.csv", ["birth_date", "problems"]);
  expect(read.map((one) => one["birth_date"])).toEqual(["1980-03-25", "1981-04-05", "1975-12-31", "1975-11-30"]);
  expect(read[1]!["problems"]).toEqual(["warning date-month-first B3"]);
});

test("a list of schools or goods has no persons", async () => {
  const { rows } = await readFile(
    utf8("STT,Tên,Địa chỉ\n1,Trường Mẫu Một,Xã Tam Giang\n2,Trường Mẫu Hai,Xã Yên Phong\n3,Trường Ba,x\n"),
    "t.csv",
  );
  expect(rows.filter((row) => row.kind === "person")).toEqual([]);
});

test("several values on the lines of one cell, remarks after a name, numbers that went through other software", async () => {
  const bytes = await workbook([
    ["STT", "Họ và tên", "Năm sinh", "Trình độ", "Điện thoại", "Danh hiệu"],
    ["1.0", "Nguyễn Văn An\nTrưởng phòng", "1970.0", "TS (Nga)", "0912 345 678\n0987 654 321", "Nhà giáo ưu tú\nCSTĐ cơ sở"],
    ["2.0", "Trần Thị Bình (nghỉ hưu)", "1955.0", "Thạc sĩ\nBác sĩ", "912345679.0", null],
    ["3.0", null, null, null, null, null],
  ]);
  expect(await people(bytes, "ds.xlsx", ["full_name", "birth_date", "degree", "phone"])).toEqual([
    {
      full_name: "Nguyễn Văn An",
      birth_date: "1970",
      degree: "TS",
      phone: ["+84912345678", "+84987654321"],
    },
    { full_name: "Trần Thị Bình", birth_date: "1955", degree: ["ThS", "BS"], phone: "+84912345679" },
  ]);
});
