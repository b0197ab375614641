import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { sameEverywhere, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";

const shown = { class: "public", write: "never" } as const;
/** A small list of codes in one version, with the period in which that version is in force. */
export const CodeList = noun({
  name: "code-lists",
  singular: "code_list",
  shape: "CodeList",
  standing: "reference",
  label: { vi: "Danh mục mã", en: "Code list" },
  description: "A version of a code list.",
  parameters: ["list", "list_version"],
  fields: {
    ...sameEverywhere,
    list: f.text(text(40), {
      label: { vi: "Danh mục", en: "List" },
      ...shown,
      nullable: false,
      operators: ["="],
      sortable: true,
      description: "Name of the list.",
      example: "degree-levels",
    }),
    list_version: f.text(text(40), {
      label: { vi: "Phiên bản danh mục", en: "List version" },
      ...shown,
      nullable: false,
      operators: ["="],
      description: "Version of the list.",
      example: "2022",
    }),
    vi: f.text(text(200), {
      label: { vi: "Tên tiếng Việt", en: "Vietnamese label" },
      ...shown,
      operators: ["match"],
      description: "Label in Vietnamese.",
      example: "Trình độ đào tạo",
    }),
    en: f.text(text(200), {
      label: { vi: "Tên tiếng Anh", en: "English label" },
      ...shown,
      operators: ["match"],
      description: "Label in English.",
      example: "Degree levels",
    }),
    document: f.text(text(300), {
      label: { vi: "Văn bản", en: "Document" },
      ...shown,
      operators: [],
      description: "The document it rests on.",
      example: "QĐ 1982/QĐ-TTg",
    }),
    valid_from: f.day({ label: { vi: "Từ ngày", en: "Valid from" }, ...shown, description: "First day in force.", example: null }),
    valid_to: f.day({
      label: { vi: "Đến ngày", en: "Valid to" },
      ...shown,
      description: "Last day in force; null: in force.",
      example: null,
    }),
    ...versionField,
  },
});

/** One code of a code list. */
export const Code = noun({
  name: "codes",
  singular: "code",
  shape: "Code",
  standing: "reference",
  label: { vi: "Mã", en: "Code" },
  description: "A code of a code list.",
  parameters: ["list_version", "code", "vi:match", "en:match"],
  fields: {
    ...sameEverywhere,
    list: f.text(text(40), {
      label: { vi: "Danh mục", en: "List" },
      ...shown,
      nullable: false,
      operators: ["="],
      description: "Name of the list.",
      example: "degree-levels",
    }),
    list_version: f.text(text(40), {
      label: { vi: "Phiên bản danh mục", en: "List version" },
      ...shown,
      nullable: false,
      operators: ["="],
      description: "Version of the list.",
      example: "2022",
    }),
    code: f.text(text(60), {
      label: { vi: "Mã", en: "Code" },
      ...shown,
      nullable: false,
      operators: ["="],
      sortable: true,
      description: "The code.",
      example: "TS",
    }),
    vi: f.text(text(300), {
      label: { vi: "Tên tiếng Việt", en: "Vietnamese label" },
      ...shown,
      operators: ["=", "match"],
      sortable: true,
      description: "Label in Vietnamese.",
      example: "Tiến sĩ",
    }),
    en: f.text(text(300), {
      label: { vi: "Tên tiếng Anh", en: "English label" },
      ...shown,
      operators: ["=", "match"],
      description: "Label in English.",
      example: "Doctor (PhD)",
    }),
    rank: f.integer(-1000, 1000, {
      label: { vi: "Thứ hạng", en: "Rank" },
      ...shown,
      sortable: true,
      description: "Order within its ladder, if it has one.",
      example: 6,
    }),
    attributes: f.json(z.record(z.string(), z.unknown()), {
      label: { vi: "Thuộc tính", en: "Attributes" },
      ...shown,
      nullable: false,
      description: "What else the list says of the code.",
      example: { ladder: "academic" },
    }),
    ...versionField,
  },
});
