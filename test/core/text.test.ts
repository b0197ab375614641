import { expect, test } from "vitest";
import { clean, fold, foldSearch } from "../../src/core/vietnamese/text.ts";

test("clean gives NFC with one space between words and nothing invisible", () => {
  expect(clean("  \uFEFFNguyễn\u00A0 Văn\u200B \tAn\n".normalize("NFD"))).toBe("Nguyễn Văn An");
});

test("clean gives the Vietnamese Đ for its look-alikes and leaves hòa and hoà as written", () => {
  expect(clean("\u00D0ỗ \u0189ức \u00F0en \u0256i")).toBe("Đỗ Đức đen đi");
  expect(clean("Hòa Hoà")).toBe("Hòa Hoà");
});

test("fold takes off marks, case and signs, and folds every form of Đ", () => {
  expect(fold("Đỗ  Thị Ước")).toBe("do thi uoc");
  expect(fold("\u00D0\u0189\u00F0\u0256Đđ")).toBe("dddddd");
  expect(fold("PGS.TS. H'Hen Niê (1992)")).toBe("pgs ts h hen nie 1992");
  expect(fold("Nguyễn".normalize("NFD"))).toBe(fold("Nguyễn"));
});

test("foldSearch makes y and i equal where both are written, and only there", () => {
  expect(foldSearch("Lý")).toBe(foldSearch("Lí"));
  expect(foldSearch("Quý Mỹ")).toBe(foldSearch("Quí Mĩ"));
  expect(foldSearch("Y Ban")).toBe(foldSearch("I Ban"));
  expect(foldSearch("Hay")).not.toBe(foldSearch("Hai"));
  expect(foldSearch("Thúy")).not.toBe(foldSearch("Thúi"));
  expect(foldSearch("Nguyên")).toBe("nguyen");
});
