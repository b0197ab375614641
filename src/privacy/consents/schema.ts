import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { identityFields, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";

/** How a consent is given so that it can be proved (NĐ 356/2025/NĐ-CP, Art. 6). Silence is none, and no box is ticked beforehand. */
export const METHODS = ["written", "recorded_call", "sms", "email", "web", "other"] as const;

/** How a consent ends: as it may be given, by a newer wording of the same purpose, or by a request of the person. */
const ENDINGS = [...METHODS, "replaced", "data_request"] as const;

const create = { write: "create", required: true, nullable: false } as const;
const kept = { write: "never" } as const;
const EVIDENCE = text(500, 3);

/**
 * What a person agreed to, for one purpose, in the words of one version of a text (Law 91/2025/QH15, Art. 9): who recorded it, when, and by
 * what it is proved. It is never changed, only withdrawn.
 */
export const Consent = noun({
  name: "consents",
  singular: "consent",
  shape: "Consent",
  standing: "privacy",
  label: { vi: "Sự đồng ý", en: "Consent" },
  description: "A person's consent to one purpose, with its proof; withdrawn, it stays as history.",
  parameters: ["person_id", "purpose"],
  fields: {
    ...identityFields,
    person_id: f.id({
      label: { vi: "Người", en: "Person" },
      description: "The person who consents.",
      example: "019a0000-0000-7000-8000-000000000002",
    }),
    purpose: f.classification("consent-purposes", {
      ...create,
      label: { vi: "Mục đích", en: "Purpose" },
      description: "What the person agrees to, one purpose a consent: a code of the list `consent-purposes`.",
      example: "directory",
    }),
    wording: f.classification("consent-texts", {
      ...create,
      label: { vi: "Văn bản đồng ý", en: "Wording" },
      description: "The version of the text that the person agreed to: a code of the list `consent-texts` for this purpose.",
      example: "directory-1",
    }),
    method: f.choice(METHODS, {
      ...create,
      label: { vi: "Cách đồng ý", en: "Method" },
      description: "How the person said so.",
      example: "written",
    }),
    evidence: f.text(EVIDENCE, {
      ...create,
      operators: [],
      label: { vi: "Bằng chứng", en: "Evidence" },
      description: "Where the proof lies: number of the signed form, recording, message.",
      example: "Phiếu đồng ý số 12/PĐY, hồ sơ lưu tại Văn phòng",
    }),
    given_by: f.choice(["self", "representative"], {
      write: "create",
      initial: "self",
      nullable: false,
      label: { vi: "Người thể hiện sự đồng ý", en: "Given by" },
      description: "The person, or who represents the person by law; `self` if left out.",
      example: "self",
    }),
    given_at: f.instant({
      ...create,
      label: { vi: "Thời điểm đồng ý", en: "Given at" },
      description: "When the person said so; not in the future.",
      example: "2026-01-05T02:00:00Z",
    }),
    recorded_by: f.text(text(300), {
      ...kept,
      nullable: false,
      operators: [],
      label: { vi: "Người ghi nhận", en: "Recorded by" },
      description: "Who recorded it.",
      example: "clerk-7",
    }),
    live: f.boolean({
      ...kept,
      stored: false,
      nullable: false,
      label: { vi: "Còn hiệu lực", en: "Live" },
      description: "Whether it holds now: given and not withdrawn.",
      example: true,
    }),
    withdrawn_at: f.instant({
      ...kept,
      label: { vi: "Thời điểm rút", en: "Withdrawn at" },
      description: "When the person withdrew it; null: it holds.",
      example: null,
    }),
    withdrawal_method: f.choice(ENDINGS, {
      ...kept,
      label: { vi: "Cách rút", en: "Withdrawal method" },
      description: "How it ended: as the person said so, `replaced` by a newer wording, or by a `data_request`.",
      example: "email",
    }),
    withdrawal_evidence: f.text(EVIDENCE, {
      ...kept,
      operators: [],
      label: { vi: "Bằng chứng rút", en: "Withdrawal evidence" },
      description: "Where the proof of the withdrawal lies.",
      example: "Thư điện tử ngày 01/03/2026",
    }),
    withdrawal_recorded_by: f.text(text(300), {
      ...kept,
      operators: [],
      label: { vi: "Người ghi nhận việc rút", en: "Withdrawal recorded by" },
      description: "Who recorded the withdrawal.",
      example: "clerk-7",
    }),
    ...versionField,
  },
});

/** What is sent to withdraw a consent. */
export const WithdrawConsent = z
  .strictObject({
    method: z.enum(METHODS).meta({ description: "How the person said so.", example: "email" }),
    evidence: EVIDENCE.meta({ description: "Where the proof of it lies.", example: "Thư điện tử ngày 01/03/2026" }),
    withdrawn_at: z.iso.datetime().optional().meta({
      description: "When the person said so; now if left out. It closes at once, whatever it says.",
      example: "2026-03-01T02:00:00Z",
    }),
  })
  .meta({ id: "WithdrawConsent", description: "A person withdraws a consent." });
