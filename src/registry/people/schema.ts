import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { Country, Email, Phone, text } from "../../core/registry/scalars.ts";
import { identityFields, statementFields, versionField } from "../../core/registry/record-fields.ts";
import { contactFields } from "./fields/contact.ts";
import { placeFields } from "./fields/place.ts";
import { Identifier, NameShape, OtherName } from "./shapes.ts";

export const RECORD_STATES = ["draft", "submitted", "verified", "published", "archived"] as const;

/** A person of the registry. */
export const Person = noun({
  name: "people",
  singular: "person",
  shape: "Person",
  standing: "person",
  label: { vi: "Người", en: "Person" },
  description: "An intellectual of the province, or one who comes from it.",
  parameters: [
    "name:match",
    "name:prefix",
    "name:exact",
    "code",
    "gender",
    "birth_date",
    "birth_year",
    "birth_year:gte",
    "birth_year:lt",
    "residence_locality",
    "residence_locality:below",
    "hometown_locality:below",
    "hometown_locality:exists",
    "work_locality:below",
    "residence_group",
    "record_state",
    "record_state:not",
    "life_status",
    "willing_to_advise",
    "degrees.level",
    "degrees.training_field:below",
    "degrees.institution",
    "academic_titles.title",
    "affiliations.organization",
    "affiliations.organization:below",
    "affiliations.kind",
    "affiliations.is_current",
    "expertise.field:below",
    "expertise.sector",
    "awards.award",
  ],
  combinations: [
    { filters: ["residence_locality"], sort: "name" },
    { filters: ["residence_locality", "expertise.field:below", "degrees.level"], sort: "name" },
    { filters: ["affiliations.organization:below"], sort: "name" },
  ],
  collections: {
    degrees: "degrees",
    academic_titles: "academic-titles",
    affiliations: "affiliations",
    expertise: "expertise",
    awards: "awards",
  },
  fields: {
    ...identityFields,
    code: f.text(z.string().regex(/^BN-\d{7}-\d$/), {
      label: { vi: "Mã số", en: "Code" },
      class: "public",
      write: "never",
      nullable: false,
      operators: ["="],
      sortable: true,
      description: "The number for people: seven digits and a check digit (ISO 7064 MOD 11,10).",
      example: "BN-0000123-5",
    }),
    name: f.name(NameShape, {
      label: { vi: "Họ và tên", en: "Name" },
      class: "public",
      nullable: false,
      required: true,
      sortable: true,
      description: "The name, family name first. A write sends `full` (titles are left out) and, to override the split, its parts.",
      example: { full: "Nguyễn Thị Minh Khai", family: "Nguyễn", middle: "Thị Minh", given: "Khai" },
    }),
    other_names: f.json(z.array(OtherName).max(20), {
      label: { vi: "Tên khác", en: "Other names" },
      nullable: false,
      description: "Former, pen, stage and religious names.",
      example: [],
    }),
    gender: f.choice(["male", "female", "other"], {
      label: { vi: "Giới tính", en: "Gender" },
      groupable: true,
      headers: "gioi tinh|gioi|phai|nam nu|gt|sex|gender|g tinh|gioi tinh nam nu|nam hay nu|~gioi tinh|~nam nu",
      description: "Gender; null: not known.",
      example: "female",
    }),
    birth_date: f.partialDate({
      label: { vi: "Ngày sinh", en: "Birth date" },
      sortable: true,
      headers: `
        nam sinh|ngay sinh|sinh ngay|sinh nam|ngay thang nam sinh|ngay thang sinh|ngay sinh nam sinh|n sinh|ns|
        ntns|dob|date of birth|birthday|birth date|year of birth|thang nam sinh|ngay thang nam|nam sinh ngay sinh|
        ~ngay sinh|~nam sinh|~ngay thang nam sinh|~thang nam sinh|~date of birth|~sinh ngay`,
      description: "Birth date, known in whole or in part.",
      example: "1985-09-02",
    }),
    birth_year: f.integer(1800, 2200, {
      stored: false,
      label: { vi: "Năm sinh", en: "Birth year" },
      class: "public",
      write: "never",
      sortable: true,
      groupable: true,
      description: "The year of `birth_date`.",
      example: 1985,
    }),
    ...contactFields,
    nationality: f.choice(["VN"], {
      label: { vi: "Quốc tịch", en: "Nationality" },
      type: Country,
      headers: "quoc tich|nationality",
      description: "ISO 3166-1 alpha-2.",
      example: "VN",
    }),
    ...placeFields,
    phones: f.texts(Phone, 10, {
      label: { vi: "Điện thoại", en: "Phones" },
      class: "restricted",
      bodyOnly: true,
      headers: `
        dien thoai|so dien thoai|sdt|so dt|dt|dtdd|di dong|dt di dong|dien thoai di dong|so dtdd|phone|tel|mobile|
        dien thoai lien he|so may|zalo|lien he|sdt lien he|dt lien he|d thoai|dthoai|~dien thoai|~sdt|~di dong|
        ~phone|~dtdd|~so dt`,
      description: "Phone numbers in E.164.",
      example: ["+84912345678"],
    }),
    emails: f.texts(Email, 10, {
      label: { vi: "Thư điện tử", en: "E-mails" },
      class: "restricted",
      bodyOnly: true,
      headers: `
        email|mail|e mail|thu dien tu|dia chi email|hop thu|hom thu|thu dt|~email|~e mail|~thu dien tu|
        ~hop thu dien tu`,
      description: "E-mail addresses.",
      example: ["khai@example.vn"],
    }),
    identifiers: f.json(z.array(Identifier).max(20), {
      label: { vi: "Mã định danh khác", en: "Identifiers" },
      nullable: false,
      class: "public",
      description: "Identifiers in other systems; unique per scheme. Suppliers' own numbers (`local:`) are internal.",
      example: [{ scheme: "orcid", value: "0000-0002-1825-0097" }],
    }),
    keywords: f.texts(text(60), 30, {
      label: { vi: "Từ khóa", en: "Keywords" },
      class: "public",
      description: "What the person works on, in free words.",
      example: ["vật liệu nano"],
    }),
    biography: f.text(text(4000), {
      label: { vi: "Tiểu sử", en: "Biography" },
      class: "public",
      operators: [],
      description: "A short text about the person.",
      example: null,
    }),
    record_state: f.choice(RECORD_STATES, {
      initial: "draft",
      label: { vi: "Trạng thái hồ sơ", en: "Record state" },
      nullable: false,
      groupable: true,
      description: "How far the record has come; `draft` if left out.",
      example: "submitted",
    }),
    life_status: f.choice(["active", "retired", "deceased"], {
      label: { vi: "Tình trạng", en: "Life status" },
      groupable: true,
      headers: "tinh trang|trang thai|hien trang|tinh trang cong tac|tinh trang lam viec|trang thai lam viec",
      description: "Working, retired or deceased; null: not known.",
      example: "active",
    }),
    died_on: f.partialDate({ label: { vi: "Ngày mất", en: "Died on" }, description: "Date of death.", example: null }),
    willing_to_advise: f.boolean({
      label: { vi: "Sẵn sàng tư vấn", en: "Willing to advise" },
      description: "Whether the person is willing to take part in advice and appraisal.",
      example: true,
    }),
    source: statementFields.source,
    quality: f.json(z.array(z.strictObject({ code: z.string(), detail: z.string() }).meta({ id: "Doubt" })), {
      stored: false,
      label: { vi: "Cảnh báo", en: "Quality" },
      nullable: false,
      write: "never",
      description: "What looks doubtful in the record and its facts.",
      example: [],
    }),
    ...versionField,
  },
});
