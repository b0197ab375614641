import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { identityFields, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";

export const ORGANIZATION_KINDS = [
  "party_state_body",
  "state_agency",
  "public_service_unit",
  "university",
  "college",
  "school",
  "research_institute",
  "hospital",
  "enterprise",
  "intellectual_association",
  "association",
  "other",
] as const;

const OrganizationName = z
  .strictObject({
    kind: z.enum(["official", "short", "former", "alias"]).meta({ example: "former" }),
    language: z.enum(["vi", "en"]).meta({ example: "vi" }),
    name: text(300).meta({ example: "Sở Khoa học và Công nghệ tỉnh Bắc Giang" }),
  })
  .meta({ id: "OrganizationName" });

/** A body in which intellectuals work, study or are members. */
export const Organization = noun({
  name: "organizations",
  singular: "organization",
  shape: "Organization",
  standing: "reference",
  label: { vi: "Tổ chức, đơn vị", en: "Organization" },
  description: "An organization, with what it came from and what it became.",
  parameters: [
    "code",
    "name:match",
    "kind",
    "status",
    "locality",
    "locality:below",
    "parent",
    "electronic_id",
    "tax_code",
    "training_institution_code",
  ],
  fields: {
    ...identityFields,
    code: f.text(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/), {
      label: { vi: "Mã đơn vị", en: "Code" },
      class: "public",
      nullable: false,
      required: true,
      write: "create",
      operators: ["=", "prefix"],
      sortable: true,
      description: "Our code, unique and never reused.",
      example: "SO-Y-TE",
    }),
    name: f.text(text(300), {
      label: { vi: "Tên", en: "Name" },
      class: "public",
      nullable: false,
      required: true,
      operators: ["=", "match", "prefix"],
      sortable: true,
      description: "Official name in Vietnamese.",
      example: "Sở Y tế tỉnh Bắc Ninh",
    }),
    name_en: f.text(text(300), {
      label: { vi: "Tên tiếng Anh", en: "English name" },
      class: "public",
      description: "Name in English.",
      example: "Department of Health of Bắc Ninh",
    }),
    short_name: f.text(text(100), {
      label: { vi: "Tên tắt", en: "Short name" },
      class: "public",
      description: "Short name.",
      example: "SYT",
    }),
    other_names: f.json(z.array(OrganizationName).max(50), {
      label: { vi: "Tên khác", en: "Other names" },
      class: "public",
      nullable: false,
      description: "Former and other names, typed.",
      example: [],
    }),
    kind: f.choice(ORGANIZATION_KINDS, {
      label: { vi: "Loại hình", en: "Kind" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      description: "What it is.",
      example: "state_agency",
    }),
    status: f.choice(["active", "dissolved", "merged", "unknown"], {
      initial: "active",
      label: { vi: "Tình trạng", en: "Status" },
      class: "public",
      nullable: false,
      groupable: true,
      description: "Whether it still stands; `active` if left out.",
      example: "active",
    }),
    locality: f.place({
      label: { vi: "Địa bàn", en: "Locality" },
      class: "public",
      groupable: true,
      description: "Where it is.",
      example: null,
    }),
    parent: f.unit({
      label: { vi: "Đơn vị cấp trên", en: "Parent" },
      class: "public",
      description: "The organization above it.",
      example: null,
    }),
    parent_since: f.day({
      label: { vi: "Trực thuộc từ", en: "Parent since" },
      class: "public",
      description: "Since when it stands below that parent; an earlier parent is kept.",
      example: null,
    }),
    electronic_id: f.text(z.string().regex(/^[0-9A-Z.]{1,35}$/), {
      label: { vi: "Mã định danh điện tử", en: "Electronic agency id" },
      class: "public",
      operators: ["="],
      description: "Electronic agency id (QĐ 20/2020/QĐ-TTg).",
      example: "H05.12",
    }),
    tax_code: f.text(z.string().regex(/^\d{10}(-\d{3})?$/), {
      label: { vi: "Mã số thuế", en: "Tax code" },
      class: "public",
      operators: ["="],
      description: "Tax code.",
      example: "2300123456",
    }),
    training_institution_code: f.text(z.string().regex(/^[A-Z0-9]{2,8}$/), {
      label: { vi: "Mã trường", en: "Training institution code" },
      class: "public",
      operators: ["="],
      description: "Admission code of the Ministry of Education and Training.",
      example: "BKA",
    }),
    ror_id: f.text(z.string().regex(/^0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$/), {
      label: { vi: "Mã ROR", en: "ROR id" },
      class: "public",
      operators: ["="],
      description: "Research Organization Registry id.",
      example: "04nyv3z04",
    }),
    website: f.text(z.url().max(300), {
      label: { vi: "Trang web", en: "Website" },
      class: "public",
      operators: [],
      description: "Website.",
      example: "https://syt.bacninh.gov.vn",
    }),
    valid_from: f.partialDate({
      label: { vi: "Thành lập", en: "Valid from" },
      class: "public",
      description: "When it was founded.",
      example: "1997",
    }),
    valid_to: f.partialDate({
      label: { vi: "Giải thể", en: "Valid to" },
      class: "public",
      description: "The last day on which it stood.",
      example: null,
    }),
    ...versionField,
  },
});
