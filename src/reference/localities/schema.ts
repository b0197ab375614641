import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { sameEverywhere, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";

export const LOCALITY_KINDS = ["province", "district", "commune"] as const;
const shown = { class: "public", write: "never" } as const;

/** An administrative unit of a period: a code has no meaning without a date. */
export const Locality = noun({
  name: "localities",
  singular: "locality",
  shape: "Locality",
  standing: "reference",
  label: { vi: "Đơn vị hành chính", en: "Locality" },
  description: "A province, district (until 30 June 2025) or commune, as it was in a period.",
  parameters: ["code", "kind", "type", "name:match", "parent", "parent:below"],
  fields: {
    ...sameEverywhere,
    code: f.text(text(10), {
      label: { vi: "Mã", en: "Code" },
      ...shown,
      nullable: false,
      operators: ["="],
      sortable: true,
      description: "Code of the General Statistics Office; it may have named another unit before.",
      example: "07210",
    }),
    kind: f.choice(LOCALITY_KINDS, {
      label: { vi: "Cấp", en: "Kind" },
      ...shown,
      nullable: false,
      groupable: true,
      description: "Level.",
      example: "commune",
    }),
    type: f.text(text(20), {
      label: { vi: "Loại", en: "Type" },
      ...shown,
      nullable: false,
      operators: ["="],
      description: "phuong, xa, thi_tran, dac_khu, huyen, quan, thi_xa, thanh_pho, tinh.",
      example: "phuong",
    }),
    name: f.text(text(100), {
      label: { vi: "Tên", en: "Name" },
      ...shown,
      nullable: false,
      operators: ["=", "match", "prefix"],
      sortable: true,
      description: "Name without its type.",
      example: "Bắc Giang",
    }),
    full_name: f.text(text(120), {
      label: { vi: "Tên đầy đủ", en: "Full name" },
      ...shown,
      nullable: false,
      operators: ["=", "match"],
      description: "Name with its type.",
      example: "Phường Bắc Giang",
    }),
    parent: f.place({
      label: { vi: "Đơn vị cấp trên", en: "Parent" },
      ...shown,
      description: "The unit above it.",
      example: null,
    }),
    valid_from: f.day({
      label: { vi: "Từ ngày", en: "Valid from" },
      ...shown,
      description: "First day; null: before the registry's data begin.",
      example: "2025-07-01",
    }),
    valid_to: f.day({ label: { vi: "Đến ngày", en: "Valid to" }, ...shown, description: "Last day; null: it stands.", example: null }),
    ...versionField,
  },
});
