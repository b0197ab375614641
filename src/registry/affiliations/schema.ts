import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { text } from "../../core/registry/scalars.ts";
import { factFields, periodFields } from "../facts/schema.ts";

/** A post, membership or other bond between a person and an organization. */
export const Affiliation = noun({
  name: "affiliations",
  singular: "affiliation",
  shape: "Affiliation",
  standing: "fact",
  label: { vi: "Nơi công tác", en: "Affiliation" },
  description:
    "A person's bond with an organization: employment, membership, secondment or advice. `organization_id` or `organization_text` must stand.",
  relations: { person: "people" },
  parameters: ["kind", "organization", "organization:below", "grade", "regime", "is_primary", "is_current", "verification"],
  fields: {
    ...factFields,
    kind: f.choice(["employment", "membership", "secondment", "advisory"], {
      label: { vi: "Loại", en: "Kind" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      description: "What kind of bond.",
      example: "employment",
    }),
    organization: f.unit({
      label: { vi: "Đơn vị", en: "Organization" },
      class: "public",
      groupable: true,
      description: "The organization, if it is known.",
      example: null,
    }),
    organization_text: f.text(text(300), {
      label: { vi: "Đơn vị (nguyên văn)", en: "Organization as written" },
      class: "public",
      description: "The organization as it was written.",
      example: "Bệnh viện Đa khoa tỉnh Bắc Ninh",
    }),
    post: f.text(text(200), {
      label: { vi: "Chức vụ", en: "Post" },
      class: "public",
      description: "The post held.",
      example: "Trưởng khoa",
    }),
    grade: f.classification("civil-service-grades", {
      label: { vi: "Ngạch, chức danh nghề nghiệp", en: "Grade" },
      groupable: true,
      description: "Civil-service grade or professional title.",
      example: "V.08.01.02",
    }),
    regime: f.choice(["cong_chuc", "vien_chuc", "enterprise", "self_employed", "retired", "other"], {
      label: { vi: "Chế độ", en: "Regime" },
      groupable: true,
      description: "Civil servant, public employee, enterprise, self-employed, retired.",
      example: "vien_chuc",
    }),
    is_primary: f.boolean({
      initial: false,
      label: { vi: "Nơi làm việc chính", en: "Is primary" },
      nullable: false,
      description: "The main employment; two that certainly overlap are refused.",
      example: true,
    }),
    share: f.number(0, 100, {
      label: { vi: "Tỷ lệ thời gian (%)", en: "Share" },
      description: "Share of a full-time post in percent.",
      example: 100,
    }),
    ...periodFields,
  },
});
