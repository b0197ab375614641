import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { Country, text } from "../../core/registry/scalars.ts";
import { factFields, periodFields } from "../facts/schema.ts";

/** A degree of a person, the specialist medical ladder included; several a person. */
export const Degree = noun({
  name: "degrees",
  singular: "degree",
  shape: "Degree",
  standing: "fact",
  label: { vi: "Học vị, văn bằng", en: "Degree" },
  description: "A degree that a person holds. Specialist medical degrees are a ladder of their own.",
  relations: { person: "people" },
  parameters: [
    "level",
    "training_field",
    "training_field:below",
    "institution",
    "country",
    "graduation_year",
    "graduation_year:gte",
    "graduation_year:lt",
    "verification",
  ],
  fields: {
    ...factFields,
    level: f.classification("degree-levels", {
      label: { vi: "Trình độ", en: "Level" },
      class: "public",
      nullable: false,
      required: true,
      groupable: true,
      headers: `
        trinh do chuyen nganh|trinh do nganh dao tao|trinh do va chuyen nganh|trinh do nganh|trinh do|hoc vi|
        trinh do chuyen mon|trinh do dao tao|trinh do hoc van|bang cap|hoc vi cao nhat|trinh do cao nhat|
        trinh do cm|trinh do chuyen mon cao nhat|trinh do chuyen mon nghiep vu|bang cap cao nhat|van bang|
        van bang chuyen mon|td chuyen mon|tdcm|tdhv|hoc van|cap bac dao tao|bac dao tao|trinh do hoc vi|degree|
        bang|trinh do dt|trinh do cmnv|chuc danh chuyen mon|trinh do hoc van cao nhat|cap dao tao|loai bang|
        ~hoc vi|~trinh do chuyen mon|~trinh do dao tao|~trinh do cao nhat|~bang cap|~trinh do hoc van|~van bang`,
      description: "Degree level: one of the 16 codes of the list `degree-levels`.",
      example: "TS",
    }),
    training_field: f.classification("training", {
      label: { vi: "Ngành đào tạo", en: "Training field" },
      class: "public",
      groupable: true,
      headers: "ma nganh|ma nganh dao tao|ma chuyen nganh|~ma nganh",
      description: "Training field (TT 09/2022) without its level digit: `48`, `4801`, `480101`.",
      example: "480101",
    }),
    major_text: f.text(text(300), {
      label: { vi: "Chuyên ngành", en: "Major" },
      class: "public",
      headers: `
        chuyen nganh|nganh dao tao|chuyen mon|nganh|nganh hoc|chuyen nganh dao tao|chuyen mon dao tao|nganh nghe|
        chuyen nganh nganh|nganh chuyen nganh|cn dao tao|chuyen khoa|nganh nghe dao tao|
        trinh do chuyen mon chuyen nganh|chuyen mon nghiep vu|nganh tot nghiep|chuyen nganh tot nghiep|major|
        nganh chuyen mon|chuyen mon duoc dao tao|trinh do chuyen mon nganh|n dao tao|nganh dt|chuyen nganh dt|
        nganh nghe chuyen mon|~chuyen nganh|~nganh dao tao|~nganh hoc|~nganh tot nghiep|~chuyen mon dao tao`,
      description: "The major as it was written.",
      example: "Khoa học máy tính",
    }),
    institution: f.unit({
      label: { vi: "Cơ sở đào tạo", en: "Institution" },
      class: "public",
      groupable: true,
      description: "Who conferred it.",
      example: null,
    }),
    institution_text: f.text(text(300), {
      label: { vi: "Cơ sở đào tạo (nguyên văn)", en: "Institution as written" },
      class: "public",
      headers: `
        noi dao tao|co so dao tao|truong dao tao|don vi dao tao|truong tot nghiep|tot nghiep truong|
        noi tot nghiep|truong dai hoc|cs dao tao|noi cap bang|truong|co so cap bang|noi hoc|truong cap bang|
        noi dt|cosodaotao|truong dt|university|institution|~noi dao tao|~co so dao tao|~truong dao tao|
        ~tot nghiep truong|~noi tot nghiep|~truong tot nghiep|~don vi dao tao|~don vi cap bang|~co so cap bang|
        ~noi cap bang`,
      description: "The institution as it was written.",
      example: "Đại học Bách khoa Hà Nội",
    }),
    country: f.choice(["VN"], {
      label: { vi: "Nước cấp bằng", en: "Country" },
      type: Country,
      class: "public",
      groupable: true,
      headers: `
        nuoc dao tao|quoc gia dao tao|nuoc|quoc gia|nuoc tot nghiep|nuoc cap bang|noi dao tao nuoc|country|
        ~nuoc dao tao|~quoc gia dao tao|~dao tao tai nuoc`,
      description: "ISO 3166-1 alpha-2.",
      example: "VN",
    }),
    mode: f.choice(["full_time", "in_service", "distance", "joint", "other"], {
      label: { vi: "Hình thức đào tạo", en: "Mode" },
      description: "Full time (chính quy), in service (vừa làm vừa học), distance, joint programme.",
      example: "full_time",
    }),
    studied_from: f.partialDate({
      label: { vi: "Bắt đầu học", en: "Studied from" },
      description: "When the studies began.",
      example: "2004",
    }),
    graduation_year: f.integer(1900, 2100, {
      label: { vi: "Năm tốt nghiệp", en: "Graduation year" },
      class: "public",
      sortable: true,
      groupable: true,
      headers: `
        nam tot nghiep|nam tn|tot nghiep nam|nam tot nghiep dai hoc|nam cap bang|nam nhan bang|nam bao ve|tn nam|
        nam dat|thoi gian tot nghiep|nam|nam hoan thanh|khoa tot nghiep|nam ra truong|nam tot|graduation year|
        nam cap|~nam tot nghiep|~nam tn|~nam cap bang|~nam bao ve|~tot nghiep nam|~nam ra truong`,
      description: "The year of graduation.",
      example: 2008,
    }),
    certificate_no: f.text(text(60), {
      label: { vi: "Số hiệu văn bằng", en: "Certificate number" },
      class: "restricted",
      bodyOnly: true,
      operators: ["="],
      description: "The number on the certificate.",
      example: "QM 012345",
    }),
    recognition: f.choice(["not_needed", "recognised", "pending", "refused"], {
      label: { vi: "Công nhận văn bằng nước ngoài", en: "Recognition" },
      description: "Recognition of a foreign degree.",
      example: "not_needed",
    }),
    recognition_no: f.text(text(100), {
      label: { vi: "Số công nhận", en: "Recognition number" },
      operators: [],
      description: "Number of the recognition.",
      example: null,
    }),
    ...periodFields,
  },
});
