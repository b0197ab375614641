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
      description: "Degree level: one of the 16 codes of the list `degree-levels`.",
      example: "TS",
    }),
    training_field: f.classification("training", {
      label: { vi: "Ngành đào tạo", en: "Training field" },
      class: "public",
      groupable: true,
      description: "Training field (TT 09/2022) without its level digit: `48`, `4801`, `480101`.",
      example: "480101",
    }),
    major_text: f.text(text(300), {
      label: { vi: "Chuyên ngành", en: "Major" },
      class: "public",
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
      description: "The institution as it was written.",
      example: "Đại học Bách khoa Hà Nội",
    }),
    country: f.choice(["VN"], {
      label: { vi: "Nước cấp bằng", en: "Country" },
      type: Country,
      class: "public",
      groupable: true,
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
