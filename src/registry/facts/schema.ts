import { f } from "../../core/registry/field.ts";
import type { Field } from "../../core/registry/field.ts";
import { identityFields, statementFields, versionField } from "../../core/registry/record-fields.ts";

/** The members that every fact of a person carries (api.md 2): its person, its period and its standing. */
export const factFields = {
  ...identityFields,
  person_id: f.id({
    label: { vi: "Người", en: "Person" },
    description: "The person whom the fact is about.",
    example: "019a0000-0000-7000-8000-000000000002",
  }),
} satisfies Record<string, Field>;

/** A fact's period, whether it holds today, and which of several statements is preferred. */
export const periodFields = {
  valid_from: f.partialDate({
    label: { vi: "Từ", en: "Valid from" },
    sortable: true,
    description: "The day it began or was conferred, known in whole or in part.",
    example: "2010-09",
  }),
  valid_to: f.partialDate({ label: { vi: "Đến", en: "Valid to" }, description: "The last day on which it held.", example: "2020" }),
  ended: f.boolean({
    label: { vi: "Đã kết thúc", en: "Ended" },
    description: "Whether it has ended; null: not known. Speaks of today only.",
    example: false,
  }),
  is_current: f.boolean({
    stored: false,
    label: { vi: "Hiện nay", en: "Is current" },
    write: "never",
    description: "Whether it holds today, as far as its dates say; null: not known. An absent start does not mean current.",
    example: true,
  }),
  ...statementFields,
  preferred: f.boolean({
    stored: false,
    label: { vi: "Được ưu tiên", en: "Preferred" },
    write: "never",
    nullable: false,
    operators: [],
    description:
      "Of several sources' statements of one fact the preferred one: confirmed before document_seen before declared, then the latest received.",
    example: true,
  }),
  ...versionField,
} satisfies Record<string, Field>;
