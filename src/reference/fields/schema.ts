import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { sameEverywhere, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";

/** The classifications served as trees; each is a scheme with versions. */
export const FIELD_SCHEMES = ["rd", "training", "sector", "ford", "isced-f"] as const;
const shown = { class: "public", write: "never" } as const;

/** A node of a classification: R&D fields, training fields, sectors, FORD, ISCED-F. */
export const ClassificationField = noun({
  name: "fields",
  singular: "field",
  shape: "Field",
  standing: "reference",
  label: { vi: "Lĩnh vực, ngành", en: "Field" },
  description: "A node of a classification of fields.",
  parameters: ["scheme", "scheme_version", "code", "code:prefix", "parent_code", "level", "vi:match", "en:match"],
  fields: {
    ...sameEverywhere,
    scheme: f.choice(FIELD_SCHEMES, {
      label: { vi: "Bảng phân loại", en: "Scheme" },
      ...shown,
      nullable: false,
      description: "Which classification.",
      example: "rd",
    }),
    scheme_version: f.text(text(40), {
      label: { vi: "Phiên bản bảng", en: "Scheme version" },
      ...shown,
      nullable: false,
      operators: ["="],
      description: "Version of the classification.",
      example: "qd12-2008",
    }),
    code: f.text(text(20), {
      label: { vi: "Mã", en: "Code" },
      ...shown,
      nullable: false,
      operators: ["=", "prefix"],
      sortable: true,
      description: "Code within the scheme.",
      example: "102",
    }),
    parent_code: f.text(text(20), {
      label: { vi: "Mã cấp trên", en: "Parent code" },
      ...shown,
      operators: ["=", "exists"],
      description: "Code of the node above.",
      example: "1",
    }),
    level: f.integer(1, 9, {
      label: { vi: "Cấp", en: "Level" },
      ...shown,
      nullable: false,
      sortable: true,
      description: "Level in the tree, from 1.",
      example: 2,
    }),
    vi: f.text(text(300), {
      label: { vi: "Tên tiếng Việt", en: "Vietnamese label" },
      ...shown,
      operators: ["=", "match", "prefix"],
      sortable: true,
      description: "Label in Vietnamese.",
      example: "Khoa học máy tính và thông tin",
    }),
    en: f.text(text(300), {
      label: { vi: "Tên tiếng Anh", en: "English label" },
      ...shown,
      operators: ["=", "match", "prefix"],
      description: "Label in English.",
      example: "Computer and information sciences",
    }),
    ...versionField,
  },
});
