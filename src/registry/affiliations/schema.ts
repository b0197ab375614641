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
      headers: `
        don vi|co quan|noi cong tac|noi lam viec|don vi cong tac|co quan cong tac|co quan don vi|don vi co quan|
        noi cong tac hien nay|dv cong tac|don vi hien nay|co quan hien nay|noi ct|co quan ct|don vi ct|
        dia chi co quan|ten co quan|ten don vi|to chuc|co quan noi cong tac|don vi truc thuoc|
        noi cong tac lam viec|hien cong tac tai|cong tac tai|workplace|organization|organisation|unit|employer|
        hoi thanh vien|don vi quan ly|co quan chu quan|truong co quan|~noi cong tac|~don vi cong tac|
        ~co quan cong tac|~noi lam viec|~co quan don vi|~don vi lam viec|~co quan don vi cong tac|~cong tac tai`,
      description: "The organization as it was written.",
      example: "Bệnh viện Đa khoa tỉnh Bắc Ninh",
    }),
    post: f.text(text(200), {
      label: { vi: "Chức vụ", en: "Post" },
      class: "public",
      headers: `
        chuc vu|chuc danh|vi tri|vi tri viec lam|chuc vu hien tai|chuc vu chuc danh|chuc danh chuc vu|
        chuc vu cong tac|cong viec|vtvl|vi tri cong tac|chuc vu dang chinh quyen|cong viec dam nhan|
        cong viec hien nay|position|title|nhiem vu|nghe nghiep|chuc vu don vi|chuc vu hien nay|
        chuc vu chinh quyen|chuc vu vi tri|~chuc vu|~vi tri viec lam|~vi tri cong tac|~chuc danh cong viec`,
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
