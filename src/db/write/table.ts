import { customType, index, integer, pgTable, text, timestamp, uuid } from "../tables/drizzle.ts";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/**
 * What was answered to a request with an `Idempotency-Key`, sealed; written in the transaction of its effect, gone after 72 hours.
 * No reference leads to the record or the person: each would be checked on every write, for rows that live three days.
 */
export const idempotencyRecords = pgTable(
  "idempotency_records",
  {
    /** Keyed hash of client and key. */
    key_hash: bytes().primaryKey(),
    client: text().notNull(),
    /** Keyed hash of method, address and body. */
    fingerprint: bytes().notNull(),
    status: integer().notNull(),
    answer: bytes().notNull(),
    record_id: uuid().notNull(),
    /** The person by whose erasure it goes. */
    person_id: uuid(),
    created_at: timestamp({ withTimezone: true, mode: "string" }).notNull().defaultNow(),
  },
  (t) => [index("idempotency_records_person_id_index").on(t.person_id), index("idempotency_records_created_at_index").on(t.created_at)],
);
