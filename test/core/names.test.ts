import { expect, test } from "vitest";
import { splitName, stripTitles } from "../../src/core/vietnamese/names.ts";

test("a name is split into family, middle and given name", () => {
  expect(splitName("Ngô  Thị Minh Ánh")).toEqual({ full: "Ngô Thị Minh Ánh", family: "Ngô", middle: "Thị Minh", given: "Ánh" });
  expect(splitName("Lê Ân")).toEqual({ full: "Lê Ân", family: "Lê", middle: null, given: "Ân" });
});

test("a mononym has a given name alone, and minority names are kept as written", () => {
  expect(splitName("K'Brôi")).toEqual({ full: "K'Brôi", family: null, middle: null, given: "K'Brôi" });
  expect(splitName("H'Hen Niê")).toEqual({ full: "H'Hen Niê", family: "H'Hen", middle: null, given: "Niê" });
  expect(splitName("Y Blim Niê")).toEqual({ full: "Y Blim Niê", family: "Y", middle: "Blim", given: "Niê" });
});

test.each([
  ["PGS.TS. Ngô Văn An", "Ngô Văn An", ["PGS", "TS"]],
  ["GS. TS. NGND. Lê Sĩ Bình", "Lê Sĩ Bình", ["GS", "TS", "NGND"]],
  ["ThS.BS Trần Thị Cúc", "Trần Thị Cúc", ["ThS", "BS"]],
  ["Th.S Trần Thị Cúc", "Trần Thị Cúc", ["Th.S"]],
  ["BSCKII. Đỗ Dũng", "Đỗ Dũng", ["BSCKII"]],
  ["BS CK I Đỗ Dũng", "Đỗ Dũng", ["BS CK I"]],
  ["TS.Nguyễn Văn Én", "Nguyễn Văn Én", ["TS"]],
  ["TSNguyễn Văn Én", "Nguyễn Văn Én", ["TS"]],
  ["Tiến sỹ Nguyễn Văn Én", "Nguyễn Văn Én", ["Tiến sỹ"]],
  ["Bác sĩ chuyên khoa II Phạm Giang", "Phạm Giang", ["Bác sĩ chuyên khoa II"]],
  ["Nguyễn Văn Hải, PGS.TS", "Nguyễn Văn Hải", ["PGS", "TS"]],
  ["Nguyễn Văn Hải (TS)", "Nguyễn Văn Hải", ["TS"]],
  ["Nguyễn Văn Hải - Thạc sĩ", "Nguyễn Văn Hải", ["Thạc sĩ"]],
  ["Bà Nguyễn Thị Hạnh", "Nguyễn Thị Hạnh", []],
  ["Ông: Vũ Khoa", "Vũ Khoa", []],
  ["Đ/c Vũ Khoa", "Vũ Khoa", ["Đ/c"]],
])("%s: the title is no part of the name", (cell, name, titles) => {
  expect(stripTitles(cell)).toEqual({ name, titles });
});

test.each([
  "Ông Ích Mẫu",
  "Anh Lý",
  "Nguyễn Tiến Sĩ",
  "Cô Văn Mẫu",
  "Bạch Sĩ",
  "Thạc Văn Sĩ",
  "H'Hen Niê",
  "Y Blim Niê",
  "K'Brôi",
  "Tsang Văn Mẫu",
  "Drăng Mẫu",
  "TÔ THỊ SÁU",
])("%s is a name and stays whole", (name) => {
  expect(stripTitles(name)).toEqual({ name, titles: [] });
});
