import { bigint, customType, index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from "../../db/tables/drizzle.ts";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const instant = () => timestamp({ withTimezone: true, mode: "string" });

/** Who was given which guarded fields of whom: only added to, by `db/write/access-log.ts`. */
export const accessLog = pgTable(
  "access_log",
  {
    id: uuid().primaryKey(),
    /** The order in which rows were begun; batches are ranges of it. */
    number: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    at: instant().notNull().defaultNow(),
    person_id: uuid(),
    import_row_id: uuid(),
    operation: text().notNull(),
    fields: text().array().notNull(),
    purpose: text(),
    client: text().notNull(),
    actor: text().notNull(),
    request_id: text().notNull(),
    hidden_at: instant(),
  },
  (t) => [
    unique("access_log_number_key").on(t.number),
    index("access_log_person_id_index").on(t.person_id, t.id),
    index("access_log_at_index").on(t.at.desc(), t.id),
  ],
);

/** What happened to the service itself: only added to, by `db/write/audit-events.ts`. */
export const auditEvents = pgTable(
  "audit_events",
  {
    id: uuid().primaryKey(),
    number: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    at: instant().notNull().defaultNow(),
    kind: text().notNull(),
    operation: text(),
    client: text(),
    actor: text(),
    request_id: text(),
    detail: jsonb().notNull(),
    hidden_at: instant(),
  },
  (t) => [unique("audit_events_number_key").on(t.number), index("audit_events_at_index").on(t.at.desc(), t.id)],
);

/** Batches of both, chained: the hash of each covers its rows and the batch before. */
export const auditSeals = pgTable("audit_seals", {
  n: integer().primaryKey(),
  sealed_at: instant().notNull(),
  access_after: bigint({ mode: "number" }).notNull(),
  access_upto: bigint({ mode: "number" }).notNull(),
  events_after: bigint({ mode: "number" }).notNull(),
  events_upto: bigint({ mode: "number" }).notNull(),
  /** Eight bytes of a row's number and the SHA-256 of its contents, row after row: by them an edit is found where it was made. */
  access_leaves: bytes().notNull(),
  events_leaves: bytes().notNull(),
  previous: bytes().notNull(),
  hash: bytes().notNull(),
});
