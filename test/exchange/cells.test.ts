import { describe, expect, test } from "vitest";
import { findPlace } from "../../src/exchange/cells/addresses.ts";
import { readEmails, readPhones } from "../../src/exchange/cells/contacts.ts";
import { orderOf, readDate, readYear } from "../../src/exchange/cells/dates.ts";
import { readIdentity } from "../../src/exchange/cells/identity.ts";
import { todayOf } from "../../src/exchange/cells/places.ts";
import { readCredentials, readEthnicity } from "../../src/exchange/cells/spellings.ts";
import { findRdField, findTrainingField } from "../../src/exchange/cells/studies.ts";
import { findUnit, looksLikeUnit } from "../../src/exchange/cells/units.ts";
import { decodeTcvn3, decodeVni } from "../../src/exchange/sheets/legacy-charsets.ts";
import { isSyllable } from "../../src/exchange/sheets/syllables.ts";
import { reference } from "./measure.ts";
import { encodeTcvn3 } from "./tcvn3.ts";

const style = { order: "dmy", epoch: 1900, today: "2026-01-15", birth: true } as const;

test.each([
  ["02/09/1985", "1985-09-02"],
  ["2/9/85", "1985-09-02"],
  ["2.9.1985", "1985-09-02"],
  ["02-09-1985", "1985-09-02"],
  ["2 - 9 - 1985", "1985-09-02"],
  ["1985-09-02", "1985-09-02"],
  ["1985-09-02 00:00:00", "1985-09-02"],
  ["ngày 2 tháng 9 năm 1985", "1985-09-02"],
  ["Ngày 02/09/1985", "1985-09-02"],
  ["02091985", "1985-09-02"],
  ["19850902", "1985-09-02"],
  ["9/1985", "1985-09"],
  ["tháng 9/1985", "1985-09"],
  ["tháng 9 năm 1985", "1985-09"],
  ["00/09/1985", "1985-09"],
  ["00/00/1985", "1985"],
  ["../../1985", "1985"],
  ["--/--/1985", "1985"],
  ["1985", "1985"],
  ["năm 1985", "1985"],
  ["NĂM 1985", "1985"],
  ["SN 1985", "1985"],
  ["1,985", "1985"],
  [1985, "1985"],
  [31292, "1985-09-02"],
  ["31292", "1985-09-02"],
  [{ day: "1985-09-02" }, "1985-09-02"],
  ["5/5/01", "2001-05-05"],
  ["5/5/26", "1926-05-05"],
] as const)("a birth written %j is %s", (cell, date) => {
  expect(readDate(cell, style)).toEqual({ date });
});

test("serial numbers of 1904 begin four years later", () => {
  expect(readDate(29830, { ...style, epoch: 1904 })).toEqual({ date: "1985-09-02" });
});

test.each([
  ["31/02/1998", "1998"],
  ["29/2/1999", "1999"],
  ["12/13/1980", "1980"],
  ["abc", null],
  ["99/99/99", "1999"],
  ["1/1/2090", null],
  [5, null],
])("a birth written %j exists only as %j", (cell, date) => {
  expect(readDate(cell, style)).toEqual({ date, fault: "invalid" });
});

test("a column is month first only when days above 12 stand second and never first", () => {
  expect(orderOf(["3/25/1980", "4/5/1981", "12/31/1975", "11/30/75"])).toBe("mdy");
  expect(orderOf(["3/25/1980", "14/5/1981", "12/31/1975", "11/30/75"])).toBe("dmy");
});

test("the year of a span is its end", () => {
  expect([readYear("2010-2015", style), readYear("06/2015", style), readYear(2015, style), readYear("K45", style)]).toEqual([
    2015,
    2015,
    2015,
    null,
  ]);
});

test.each([
  [912345678, ["+84912345678"]],
  ["0912.345.678", ["+84912345678"]],
  ["+84 912 345 678", ["+84912345678"]],
  ["84912345678", ["+84912345678"]],
  ["0084912345678", ["+84912345678"]],
  ["0169 123 4567", ["+84391234567"]],
  [1691234567, ["+84391234567"]],
  ["0241.3822.456", ["+842223822456"]],
  ["0222 3822456", ["+842223822456"]],
  ["(024) 3856 1234", ["+842438561234"]],
  ["0912345678/0987654321", ["+84912345678", "+84987654321"]],
  ["0912345678; ĐT: 0222.3822456", ["+84912345678", "+842223822456"]],
  ["+1 650 253 0000", ["+16502530000"]],
  ["12345", []],
  ["không có", []],
])("the telephone %j is %j", (cell, phones) => {
  expect(readPhones(cell).phones).toEqual(phones);
});

test("mail addresses are parted, put in small letters, and others named", () => {
  expect(readEmails("An.B@example.vn; mailto:c@example.org, sai-mail")).toEqual({
    emails: ["an.b@example.vn", "c@example.org"],
    unread: ["sai-mail"],
  });
});

describe("the citizen id", () => {
  const places = reference.spellings.idPlaces;
  const man = { gender: "male", birth_year: 1985 } as const;
  test.each([
    ["027085001234", { citizen_id: "027085001234", old_id_number: null }],
    ["027 085 001 234", { citizen_id: "027085001234", old_id_number: null }],
    [27085001234, { citizen_id: "027085001234", old_id_number: null, fault: "repaired" }],
    [1085001234, { citizen_id: "001085001234", old_id_number: null, fault: "repaired" }],
    [27185001234, { citizen_id: null, old_id_number: null, fault: "invalid" }],
    [27086001234, { citizen_id: null, old_id_number: null, fault: "invalid" }],
    ["02708500123", { citizen_id: null, old_id_number: null, fault: "invalid" }],
    ["027185001234", { citizen_id: "027185001234", old_id_number: null, fault: "differs" }],
    ["125123456", { citizen_id: null, old_id_number: "125123456" }],
    ["999085001234", { citizen_id: null, old_id_number: null, fault: "invalid" }],
  ])("%j is %j", (cell, read) => {
    expect(readIdentity(cell, man, places)).toEqual(read);
  });
});

describe("a place", () => {
  const find = (text: string): [string | null, string[], string | undefined] => {
    const { node, fault } = findPlace(reference.places, text);
    return [node?.row.code ?? null, node ? todayOf(node).map((one) => one.row.code) : [], fault];
  };
  test.each([
    ["Xã Đồng Tiến, huyện Hiệp Hòa, tỉnh Bắc Giang", "07822"],
    ["xã Đồng Tiến - Yên Thế - Bắc Giang", "07246"],
    ["TT. Thắng, H. Hiệp Hòa, Bắc Giang", "07840"],
    ["P. Suối Hoa, TP. Bắc Ninh, tỉnh Bắc Ninh", "09187"],
    ["phường Trang Hạ thị xã Từ Sơn tỉnh Bắc Ninh", "09385"],
    ["Thôn Đông, xã Tam Giang, tỉnh Bắc Ninh", "09202"],
  ])("%s lies in today's %s", (text, today) => {
    const found = find(text);
    expect(found[1].length === 1 ? found[1][0] : found).toBe(today);
  });
  test("of two old communes of one name none is chosen without its district", () => {
    expect(find("Xã Đồng Tiến, tỉnh Bắc Giang")).toEqual([null, [], "ambiguous"]);
  });
  test("what names nothing is unknown", () => {
    expect(find("Xã Không Đâu Cả, tỉnh Bắc Ninh")).toEqual([null, [], "unknown"]);
  });
  test("a province alone, one that has ended and a city of another province are found", () => {
    expect(find("Bắc Ninh")[0]).toBe("24");
    expect(find("tỉnh Bắc Giang")[1]).toEqual(["24"]);
    expect(find("Quận Ba Đình, Hà Nội")[0]).toBe("001");
  });
});

test.each([
  ["PGS.TS", "PGS", ["TS"]],
  ["PGS, TS", "PGS", ["TS"]],
  ["GS.TSKH.", "GS", ["TSKH"]],
  ["BS.CKII", null, ["CKII"]],
  ["BS CK1", null, ["CKI"]],
  ["Bác sĩ chuyên khoa cấp 2", null, ["CKII"]],
  ["ThS.BS", null, ["ThS"]],
  ["Thạc sỹ, Bác sỹ", null, ["ThS", "BS"]],
  ["Phó tiến sĩ", null, ["TS"]],
  ["ĐH", null, ["CN"]],
  ["Cao đẳng", null, ["CD"]],
  ["NCS", null, []],
  ["ĐHSP", null, ["CN"]],
  ["TS (Nga)", null, ["TS"]],
  ["Kỹ sư xây dựng", null, ["KS"]],
])("%s is the title %s and the degrees %j", (text, title, levels) => {
  const found = readCredentials(reference.spellings, text);
  expect([found.title, found.levels, found.known]).toEqual([title, levels, true]);
});

test("a text that names no degree is not known as one", () => {
  expect(readCredentials(reference.spellings, "12/12").known).toBe(false);
  expect(readCredentials(reference.spellings, "Cao cấp lý luận chính trị").known).toBe(false);
});

test("fields, units and ethnic groups are found by their usual names, and only whole", () => {
  const { studies, units, spellings } = reference;
  expect(["Cơ khí", "Luật", "Nông nghiệp", "CNTT", "304", "Thứ lạ"].map((text) => findRdField(studies, text))).toEqual([
    "203",
    "505",
    "4",
    "102",
    "304",
    null,
  ]);
  expect(["Quản trị kinh doanh", "7480201", "Thứ lạ"].map((text) => findTrainingField(studies, text))).toEqual(["340101", "480201", null]);
  expect(findUnit(units, "Sở KH&CN tỉnh Bắc Ninh")?.code).toBe("SKHCN");
  expect(findUnit(units, "Sở Y tế")?.code).toBe("SYT");
  expect(findUnit(units, "Khoa Luật")).toBeNull();
  expect(["Kinh", "Sán Dìu", "dân tộc Tày", "lạ"].map((text) => readEthnicity(spellings, text))).toEqual(["01", "18", "02", null]);
  expect(["Trường THPT Mẫu", "Trương Thị Mẫu", "Đoàn Văn Mẫu", "Đoàn Thanh niên"].map(looksLikeUnit)).toEqual([true, false, false, true]);
});

test("a syllable is told from what another encoding makes of it", () => {
  expect(["nguyễn", "Đức", "quốc", "Ước", "giếng", "khuỷu", "Thuý"].every(isSyllable)).toBe(true);
  expect(
    [
      "nguyôn",
      "Thóy",
      "Hïng",
      "tất"
        .normalize("NFD")
        .replace(/\u0301/, "")
        .normalize("NFC"),
      "bắć",
    ].some(isSyllable),
  ).toBe(false);
});

test.each([
  ["Nguyễn Thị Thuỷ", "Nguyeãn Thò Thuyû"],
  ["NGUYỄN ĐỨC HOÀNG", "NGUYEÃN ÑÖÙC HOAØNG"],
  ["Lê Quý Đôn", "Leâ Quyù Ñoân"],
  ["Trường Đại học Bách khoa Hà Nội", "Tröôøng Ñaïi hoïc Baùch khoa Haø Noäi"],
  ["Xã Ỷ La", "Xaõ YÛ La"],
  ["ĐHQG Hà Nội", "ÑHQG Haø Noäi"],
])("%s is decoded from TCVN3 and from VNI, its capitals mended", (text, vni) => {
  expect(decodeTcvn3(encodeTcvn3(text))).toBe(text);
  expect(decodeVni(vni)).toBe(text);
});
