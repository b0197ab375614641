import { randomUUIDv7 } from "node:crypto";
import type { Actor } from "../../core/actor.ts";
import type { Pool } from "pg";
import { sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { Trace } from "./access-log.ts";

/** What kinds of things are kept that happen to the service itself. */
export const EVENTS = ["token-refused", "export", "import", "keys", "policy", "migration", "retention"] as const;

/** Something that happened to the service itself; `detail` holds counts and names, never a value of a person. */
export type Event = {
  kind: (typeof EVENTS)[number];
  actor?: Pick<Actor, "client" | "subject">;
  trace?: Trace;
  detail: Readonly<Record<string, unknown>>;
};

/** Keeps what happens; an event is on the disk when `record` comes back. */
export type AuditTrail = { record(...events: readonly Event[]): Promise<void> };

/** The trail over a pool that may write. */
export const auditTrail = (pool: Pool): AuditTrail => ({
  record: async (...events) => void (events.length > 0 && (await pool.query(insertEvents(events).render()))),
});

/** The statement that adds events. */
export function insertEvents(events: readonly Event[]): Statement {
  const rows = events.map(({ kind, actor, trace, detail }) => ({
    id: randomUUIDv7(),
    kind,
    operation: trace?.operation ?? null,
    client: actor?.client ?? null,
    actor: actor?.subject ?? null,
    request_id: trace?.requestId ?? null,
    detail,
  }));
  return sql`insert into audit_events (id, kind, operation, client, actor, request_id, detail)
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as x(id uuid, kind text, operation text, client text, actor text, request_id text, detail jsonb)`;
}
