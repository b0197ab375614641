import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import type { Field } from "../../core/registry/field.ts";

/** Numbers that name a person before the state, and ethnicity: what the law of personal data guards most. */
export const contactFields = {
  citizen_id: f.sealed(z.string().regex(/^\d{12}$/), {
    label: { vi: "Số định danh cá nhân", en: "Citizen id" },
    sortable: false,
    description: "Personal identification number, 12 digits. Absent without the scope and a purpose, whole with them; never in a URL.",
    example: "024085000123",
  }),
  old_id_number: f.text(z.string().regex(/^\d{9}(\d{3})?$/), {
    label: { vi: "Số CMND cũ", en: "Old id number" },
    class: "restricted",
    bodyOnly: true,
    operators: ["="],
    description: "Number of an identity card of before, 9 or 12 digits.",
    example: "121234567",
  }),
  ethnicity: f.classification("ethnic-groups", {
    label: { vi: "Dân tộc", en: "Ethnicity" },
    class: "sensitive",
    operators: ["=", "exists"],
    description: "Ethnic group (54 groups and two codes). Sensitive by law 91/2025/QH15: not collected unless a consent stands.",
    example: "01",
  }),
} satisfies Record<string, Field>;
