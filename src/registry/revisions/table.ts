import { bigint, index, integer, jsonb, pgTable, sql, text, timestamp, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";

/**
 * The history: every version of every record of registry and reference, written by the tables' own triggers.
 * There is no end column: a version ends where the next begins.
 */
export const revisions = pgTable(
  "revisions",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity({ name: "revisions_id_seq" }),
    noun: text().notNull(),
    record_id: uuid().notNull(),
    person_id: uuid(),
    version: integer().notNull(),
    action: text().notNull(),
    recorded_at: timestamp({ withTimezone: true, mode: "string" }).notNull(),
    row: jsonb(),
    actor: text().notNull(),
    client: text(),
    source_organization_id: uuid(),
    import_id: uuid(),
    reason: text(),
    /** The writing transaction, by which a publisher orders what has been committed. */
    xact: bigint({ mode: "bigint" })
      .notNull()
      .default(sql`(pg_current_xact_id()::text)::bigint`),
  },
  (t) => [
    uniqueIndex("revisions_record_version_key").on(t.record_id, t.version, t.noun),
    index("revisions_person_id_index").on(t.person_id, t.id),
  ],
);
