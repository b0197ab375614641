import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { text } from "../../core/registry/scalars.ts";
import { factFields, periodFields } from "../facts/schema.ts";

/** Professor or associate professor, once a person and title; the highest that is not revoked is the person's title. */
export const AcademicTitle = noun({
  name: "academic-titles",
  singular: "academic_title",
  shape: "AcademicTitle",
  standing: "fact",
  label: { vi: "Học hàm", en: "Academic title" },
  description: "An academic title (GS, PGS) of a person.",
  relations: { person: "people" },
  parameters: ["title", "field:below", "year", "year:gte", "year:lt", "revoked", "verification"],
  fields: {
    ...factFields,
    title: f.classification("academic-titles", {
      label: { vi: "Học hàm", en: "Title" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      headers: `
        hoc ham|chuc danh khoa hoc|gs pgs|chuc danh gs pgs|academic title|ham|chuc danh khoa hoc hoc ham|
        hoc ham hoc ham|hoc ham chuc danh`,
      description: "`GS` or `PGS`.",
      example: "PGS",
    }),
    field: f.classification("rd", {
      label: { vi: "Ngành", en: "Field" },
      class: "public",
      groupable: true,
      description: "R&D field of the title (QĐ 12/2008).",
      example: "102",
    }),
    field_text: f.text(text(300), {
      label: { vi: "Ngành (nguyên văn)", en: "Field as written" },
      class: "public",
      description: "The field as it was written.",
      example: "Công nghệ thông tin",
    }),
    year: f.integer(1900, 2100, {
      label: { vi: "Năm công nhận", en: "Year" },
      class: "public",
      sortable: true,
      groupable: true,
      headers: `
        nam phong|nam cong nhan|nam duoc phong|nam phong hoc ham|nam cong nhan hoc ham|nam bo nhiem chuc danh|
        nam dat chuan|hoc ham nam|hoc ham nam phong|nam phong gs pgs|nam cong nhan chuc danh|
        chuc danh nam cong nhan`,
      description: "Year of recognition.",
      example: 2019,
    }),
    decision: f.text(text(200), {
      label: { vi: "Quyết định", en: "Decision" },
      operators: [],
      description: "The decision that conferred it.",
      example: "26/QĐ-HĐGSNN",
    }),
    revoked: f.boolean({
      initial: false,
      label: { vi: "Đã bị thu hồi", en: "Revoked" },
      nullable: false,
      description: "Whether it was taken back.",
      example: false,
    }),
    ...periodFields,
  },
});
