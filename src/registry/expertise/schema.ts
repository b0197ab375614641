import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { text } from "../../core/registry/scalars.ts";
import { factFields, periodFields } from "../facts/schema.ts";

/** A field that a person is expert in; one main field a person and source. */
export const Expertise = noun({
  name: "expertise",
  singular: "expertise",
  shape: "Expertise",
  standing: "fact",
  label: { vi: "Lĩnh vực chuyên môn", en: "Expertise" },
  description: "A field of research and development that a person is expert in.",
  relations: { person: "people" },
  parameters: ["field", "field:below", "role", "sector", "verification"],
  fields: {
    ...factFields,
    field: f.classification("rd", {
      label: { vi: "Lĩnh vực", en: "Field" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      headers: `
        linh vuc|linh vuc chuyen mon|linh vuc hoat dong|linh vuc nghien cuu|linh vuc khoa hoc|linh vuc khcn|
        linh vuc kh cn|nganh khoa hoc|nganh linh vuc|nhom linh vuc|chuyen mon linh vuc|huong nghien cuu|
        linh vuc chuyen sau|linh vuc cong tac|linh vuc nghien cuu chinh|nganh nghe linh vuc|so truong linh vuc|
        linh vuc khoa hoc va cong nghe|research field|field|~linh vuc`,
      description: "R&D field (QĐ 12/2008) at level 1, 2 or 3.",
      example: "102",
    }),
    field_text: f.text(text(300), {
      label: { vi: "Lĩnh vực (nguyên văn)", en: "Field as written" },
      class: "public",
      description: "The field as it was written.",
      example: "Công nghệ thông tin",
    }),
    role: f.choice(["main", "secondary"], {
      label: { vi: "Vai trò", en: "Role" },
      nullable: false,
      required: true,
      groupable: true,
      description: "The main field (one) or a further one.",
      example: "main",
    }),
    sector: f.classification("sector", {
      label: { vi: "Ngành theo kế hoạch", en: "Sector" },
      groupable: true,
      description: "Sector of the province's plan 371/KH-UBND.",
      example: "HEALTH",
    }),
    ...periodFields,
  },
});
