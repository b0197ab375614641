import { z } from "zod";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { identityFields, versionField } from "../../core/registry/record-fields.ts";
import { text } from "../../core/registry/scalars.ts";
import { KINDS } from "../clocks/deadlines.ts";
import { STATES, STEPS } from "./states.ts";

const create = { write: "create", nullable: false } as const;
const kept = { write: "never" } as const;
const purposeCode = z.string().regex(/^[a-z_]{1,40}$/);

/** What a person asks of those who keep the registry (Law 91/2025/QH15, Art. 4), from its receipt to its end, with the days it must be done by. */
export const DataRequest = noun({
  name: "data-requests",
  singular: "data_request",
  shape: "DataRequest",
  standing: "privacy",
  label: { vi: "Yêu cầu của chủ thể dữ liệu", en: "Data request" },
  description: "A person's request to view, copy, correct, restrict, object, withdraw or delete; what is due first comes first.",
  parameters: ["person_id", "kind", "state"],
  fields: {
    ...identityFields,
    person_id: f.id({
      label: { vi: "Người", en: "Person" },
      description: "The person whom it is about.",
      example: "019a0000-0000-7000-8000-000000000002",
    }),
    kind: f.choice(KINDS, { ...create, required: true, label: { vi: "Loại", en: "Kind" }, description: "What is asked.", example: "copy" }),
    state: f.choice(STATES, {
      ...kept,
      nullable: false,
      initial: "received",
      label: { vi: "Trạng thái", en: "State" },
      description: "Where it stands.",
      example: "received",
    }),
    received_on: f.day({
      ...create,
      label: { vi: "Ngày nhận", en: "Received on" },
      description: "The day on which it came; today if left out. The clocks begin there.",
      example: "2026-11-20",
    }),
    channel: f.choice(["written", "in_person", "email", "web", "phone"], {
      ...create,
      required: true,
      label: { vi: "Kênh nhận", en: "Channel" },
      description: "How it came.",
      example: "written",
    }),
    requested_by: f.choice(["self", "representative"], {
      ...create,
      initial: "self",
      label: { vi: "Người yêu cầu", en: "Requested by" },
      description: "The person, or who represents the person by law; `self` if left out.",
      example: "self",
    }),
    statement: f.text(text(2000), {
      write: "create",
      operators: [],
      label: { vi: "Nội dung", en: "Statement" },
      description: "What is asked, in the person's words.",
      example: "Tôi đề nghị cung cấp bản sao dữ liệu của tôi.",
    }),
    contact: f.text(text(300), {
      write: "create",
      operators: [],
      label: { vi: "Nơi nhận trả lời", en: "Contact" },
      description: "Where the answer goes.",
      example: "Nhận trực tiếp tại Văn phòng",
    }),
    purposes: f.texts(purposeCode, 20, {
      write: "create",
      operators: [],
      label: { vi: "Mục đích", en: "Purposes" },
      description: "`withdraw`, `object`: codes of `consent-purposes` that it is about; empty: all to which the person consents.",
      example: ["directory"],
    }),
    with_processor: f.boolean({
      ...create,
      initial: false,
      label: { vi: "Có bên xử lý, bên thứ ba", en: "With processor" },
      description: "Whether a processor or third party must act too, which gives more time; false if left out.",
      example: false,
    }),
    acknowledge_by: f.day({
      ...kept,
      nullable: false,
      label: { vi: "Hạn phản hồi tiếp nhận", en: "Acknowledge by" },
      description: "The last day to acknowledge it: two working days.",
      example: "2026-11-25",
    }),
    complete_by: f.day({
      ...kept,
      nullable: false,
      label: { vi: "Hạn thực hiện", en: "Complete by" },
      description: "The last day to carry it out, in working days after its receipt, with the extension if there is one.",
      example: "2026-12-04",
    }),
    due_on: f.day({
      ...kept,
      sortable: true,
      label: { vi: "Đến hạn", en: "Due on" },
      description: "The last day of what is to be done next; null: nothing is.",
      example: "2026-11-25",
    }),
    overdue: f.boolean({
      ...kept,
      stored: false,
      nullable: false,
      label: { vi: "Quá hạn", en: "Overdue" },
      description: "Whether that day has passed.",
      example: false,
    }),
    acknowledged_on: f.day({
      ...kept,
      label: { vi: "Ngày phản hồi", en: "Acknowledged on" },
      description: "When it was acknowledged.",
      example: null,
    }),
    decided_on: f.day({
      ...kept,
      label: { vi: "Ngày quyết định", en: "Decided on" },
      description: "When it was approved or refused.",
      example: null,
    }),
    completed_on: f.day({
      ...kept,
      label: { vi: "Ngày hoàn thành", en: "Completed on" },
      description: "When it was carried out.",
      example: null,
    }),
    extension_days: f.integer(1, 20, {
      ...kept,
      operators: ["exists"],
      label: { vi: "Số ngày gia hạn", en: "Extension" },
      description: "Working days by which it was extended, once.",
      example: 5,
    }),
    extension_reason: f.text(text(500), {
      ...kept,
      operators: [],
      label: { vi: "Lý do gia hạn", en: "Extension reason" },
      description: "Why.",
      example: "Cần đối chiếu hồ sơ giấy",
    }),
    extension_notified_on: f.day({
      ...kept,
      operators: [],
      label: { vi: "Ngày thông báo gia hạn", en: "Extension notified on" },
      description: "When the person was told of it.",
      example: "2026-11-30",
    }),
    refusal_ground: f.classification("refusal-grounds", {
      ...kept,
      label: { vi: "Căn cứ từ chối", en: "Refusal ground" },
      description: "The legal ground of a refusal: a code of the list `refusal-grounds`.",
      example: "not_identified",
    }),
    refusal_text: f.text(text(1000), {
      ...kept,
      operators: [],
      label: { vi: "Giải thích từ chối", en: "Refusal text" },
      description: "The refusal as it is explained to the person.",
      example: "Giấy tờ gửi kèm không phải của người yêu cầu.",
    }),
    outcome: f.text(text(1000), {
      ...kept,
      operators: [],
      label: { vi: "Kết quả", en: "Outcome" },
      description: "What was done.",
      example: "Đã giao bản sao.",
    }),
    ...versionField,
  },
});

const { fields } = DataRequest;
const said = (member: string, type: z.ZodType) =>
  type.optional().meta({ description: fields[member]!.description, example: fields[member]!.example });

/** A step of a request: its next state, a refusal with its ground, or the one extension. */
export const ChangeDataRequest = z
  .strictObject({
    state: z.enum(STEPS).optional().meta({ description: "The next state.", example: "acknowledged" }),
    refusal_ground: said("refusal_ground", z.string().regex(/^[a-z_]{1,40}$/)),
    refusal_text: said("refusal_text", text(1000)),
    extension_days: said("extension_days", z.int().min(1).max(20)),
    extension_reason: said("extension_reason", text(500)),
    extension_notified_on: said("extension_notified_on", z.iso.date()),
  })
  .meta({ id: "ChangeDataRequest", description: "A step of a data request." });

/** What is said when a request is carried out. */
export const CarryOut = z
  .strictObject({ outcome: text(1000).optional().meta({ description: fields["outcome"]!.description, example: "Đã giao bản sao." }) })
  .meta({ id: "CarryOutDataRequest", description: "A data request is carried out." });
