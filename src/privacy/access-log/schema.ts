import { z } from "zod";
import { PURPOSES } from "../../core/actor.ts";
import { f } from "../../core/registry/field.ts";
import { noun } from "../../core/registry/noun.ts";
import { identityFields } from "../../core/registry/record-fields.ts";
import { EVENTS } from "../../db/write/audit-events.ts";
import { text } from "../../core/registry/scalars.ts";

const at = f.instant({
  label: { vi: "Lúc", en: "At" },
  description: "When it was kept; in UTC.",
  nullable: false,
  sortable: true,
  example: "2026-11-23T05:00:00.000000Z",
});
const name = (label: { vi: string; en: string }, description: string, example: string, nullable = false) =>
  f.text(text(255), { label, description, example, nullable, write: "never", operators: ["="] });
const operation = { vi: "Lời gọi", en: "Operation" };
const client = { vi: "Phần mềm", en: "Client" };
const actor = { vi: "Người dùng", en: "Actor" };
const request = { vi: "Mã yêu cầu", en: "Request id" };

/** One person in one answer that held restricted or sensitive fields: who was given what, when and why. No value stands in it. */
export const AccessEntry = noun({
  name: "access-log",
  singular: "access_entry",
  shape: "AccessEntry",
  standing: "log",
  label: { vi: "Nhật ký truy cập", en: "Access log" },
  description: "Who was given which restricted or sensitive fields of whom, when and why; never the values.",
  parameters: ["person_id"],
  fields: {
    ...identityFields,
    at,
    person_id: f.id({
      label: { vi: "Về người", en: "Person" },
      description: "Whose fields they are; null for a row of an import that is nobody's yet.",
      nullable: true,
      example: "019a0000-0000-7000-8000-000000000002",
    }),
    import_row_id: f.id({
      label: { vi: "Dòng nạp", en: "Import row" },
      description: "The row of an import whose values were shown.",
      nullable: true,
      example: null,
    }),
    fields: f.texts(text(100), 100, {
      label: { vi: "Các trường", en: "Fields" },
      description: "The fields that were answered, or by which the person was found.",
      write: "never",
      example: ["citizen_id", "degrees.certificate_no"],
    }),
    purpose: f.choice(PURPOSES, {
      label: { vi: "Mục đích", en: "Purpose" },
      description: "Why, as `Access-Purpose` said; null where an office looked at contacts of its own upload.",
      write: "never",
      example: "verification",
    }),
    client: name(client, "Which software asked.", "so-khcn"),
    actor: name(actor, "On whose behalf.", "can-bo-01"),
    operation: name(operation, "What was called.", "getPerson"),
    request_id: name(request, "`X-Request-Id` of the answer.", "019a0000-0000-7000-8000-000000000099"),
  },
});

/** Something that happened to the service itself. */
export const AuditEvent = noun({
  name: "audit-events",
  singular: "audit_event",
  shape: "AuditEvent",
  standing: "event",
  label: { vi: "Sự kiện kiểm toán", en: "Audit events" },
  description: "Refused tokens, exports, imports, changes of keys and of the policy, migrations.",
  fields: {
    ...identityFields,
    at,
    kind: f.choice(EVENTS, {
      label: { vi: "Loại", en: "Kind" },
      description: "What happened.",
      nullable: false,
      write: "never",
      example: "export",
    }),
    operation: name(operation, "What was called.", "exportPeople", true),
    client: name(client, "Which software asked, where that is known.", "so-khcn", true),
    actor: name(actor, "On whose behalf, where that is known.", "can-bo-01", true),
    request_id: name(request, "`X-Request-Id` of the answer.", "019a0000-0000-7000-8000-000000000099", true),
    detail: f.json(z.record(z.string(), z.unknown()), {
      label: { vi: "Chi tiết", en: "Detail" },
      description: "What is to be known of it: counts, names of fields and filters; never a value of a person.",
      nullable: false,
      write: "never",
      example: { noun: "people", count: 1000 },
    }),
  },
});
