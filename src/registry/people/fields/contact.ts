import { z } from "zod";
import { f } from "../../../core/registry/field.ts";
import type { Field } from "../../../core/registry/field.ts";

/** Numbers that name a person before the state, and ethnicity: what the law of personal data guards most. */
export const contactFields = {
  citizen_id: f.sealed(z.string().regex(/^\d{12}$/), {
    label: { vi: "Số định danh cá nhân", en: "Citizen id" },
    sortable: false,
    headers: `
      cccd|so cccd|can cuoc|so can cuoc|can cuoc cong dan|so can cuoc cong dan|so dinh danh|
      so dinh danh ca nhan|ma dinh danh|ma dinh danh ca nhan|sddcn|dinh danh|so dd|citizen id|id number|
      cccd cmnd|cmnd cccd|so cmnd cccd|so cccd cmnd|cmt cccd|so the can cuoc|the can cuoc|~cccd|~can cuoc|
      ~dinh danh ca nhan|~so dinh danh`,
    description: "Personal identification number, 12 digits. Absent without the scope and a purpose, whole with them; never in a URL.",
    example: "024085000123",
  }),
  old_id_number: f.text(z.string().regex(/^\d{9}(\d{3})?$/), {
    label: { vi: "Số CMND cũ", en: "Old id number" },
    class: "restricted",
    bodyOnly: true,
    operators: ["="],
    headers: `
      cmnd|so cmnd|cmt|so cmt|cmtnd|so cmtnd|chung minh nhan dan|so chung minh nhan dan|chung minh thu|cmnd cu|
      so cmnd cu|so cmt cu|so chung minh thu`,
    description: "Number of an identity card of before, 9 or 12 digits.",
    example: "121234567",
  }),
  ethnicity: f.classification("ethnic-groups", {
    label: { vi: "Dân tộc", en: "Ethnicity" },
    class: "sensitive",
    operators: ["=", "exists"],
    headers: "dan toc|d toc|thanh phan dan toc|ethnicity|~dan toc",
    description: "Ethnic group (54 groups and two codes). Sensitive by law 91/2025/QH15: not collected unless a consent stands.",
    example: "01",
  }),
} satisfies Record<string, Field>;
