import { f } from "./field.ts";
import type { Field } from "./field.ts";
import { text } from "./scalars.ts";

export const VERIFICATION = ["declared", "document_seen", "confirmed", "disputed"] as const;

/** The id of a record that somebody wrote. */
export const identityFields = {
  id: f.id({
    label: { vi: "Mã bản ghi", en: "Id" },
    class: "public",
    description: "UUIDv7, never reused.",
    example: "019a0000-0000-7000-8000-000000000001",
  }),
} satisfies Record<string, Field>;

/** The id of a record that every registry is born with: made from what it stands for. */
export const sameEverywhere = {
  id: { ...identityFields.id, description: "UUIDv7; the same record has the same id everywhere." },
} satisfies Record<string, Field>;

/** How often a record changed; the first part of its ETag. */
export const versionField = {
  version: f.integer(1, 2_147_483_647, {
    label: { vi: "Phiên bản", en: "Version" },
    class: "public",
    write: "never",
    nullable: false,
    operators: [],
    description: "Counts the changes of the record itself, from 1.",
    example: 1,
  }),
} satisfies Record<string, Field>;

/** Who stated a record, in which document, and how far it has been verified. */
export const statementFields = {
  source: f.source({
    label: { vi: "Nguồn", en: "Source" },
    description: "Who stated it, when it was received and in which document.",
    example: { organization_id: null, received_on: "2025-09-30", document: "Báo cáo 12/BC-SYT" },
  }),
  verification: f.choice(VERIFICATION, {
    initial: "declared",
    label: { vi: "Mức xác minh", en: "Verification" },
    nullable: false,
    groupable: true,
    description: "How far it has been verified; `declared` if left out.",
    example: "document_seen",
  }),
  verification_evidence: f.text(text(300), {
    label: { vi: "Căn cứ xác minh", en: "Evidence" },
    description: "What the verification rests on.",
    example: "Bản sao chứng thực",
    operators: [],
  }),
  verified_by: f.text(text(200), {
    label: { vi: "Người xác minh", en: "Verified by" },
    description: "Who verified it.",
    example: "Phòng Tổ chức cán bộ",
    operators: [],
  }),
  verified_on: f.day({ label: { vi: "Ngày xác minh", en: "Verified on" }, description: "When it was verified.", example: "2025-10-12" }),
} satisfies Record<string, Field>;
