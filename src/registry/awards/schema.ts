import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { text } from "../../core/registry/scalars.ts";
import { factFields, periodFields } from "../facts/schema.ts";

/** An honour or a prize. */
export const Award = noun({
  name: "awards",
  singular: "award",
  shape: "Award",
  standing: "fact",
  label: { vi: "Danh hiệu, giải thưởng", en: "Award" },
  description: "An honour, order or prize of a person.",
  relations: { person: "people" },
  parameters: ["award", "year", "year:gte", "year:lt", "verification"],
  fields: {
    ...factFields,
    award: f.classification("awards", {
      label: { vi: "Danh hiệu", en: "Award" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      headers: `
        khen thuong|danh hieu|giai thuong|danh hieu khen thuong|hinh thuc khen thuong|thanh tich|
        thanh tich khen thuong|danh hieu thi dua|giai thuong khcn|danh hieu cao nhat|danh hieu giai thuong|
        khen thuong danh hieu|danh hieu vinh du nha nuoc|danh hieu vinh du|~khen thuong|~danh hieu|~giai thuong`,
      description: "A code of the list `awards`.",
      example: "TTUT",
    }),
    year: f.integer(1900, 2100, {
      label: { vi: "Năm", en: "Year" },
      class: "public",
      sortable: true,
      groupable: true,
      description: "Year of the award.",
      example: 2020,
    }),
    decision: f.text(text(200), {
      label: { vi: "Quyết định", en: "Decision" },
      operators: [],
      description: "The decision that conferred it.",
      example: "1234/QĐ-CTN",
    }),
    issuer: f.text(text(300), {
      label: { vi: "Cơ quan trao tặng", en: "Issuer" },
      description: "Who conferred it.",
      example: "Chủ tịch nước",
    }),
    ...periodFields,
  },
});
