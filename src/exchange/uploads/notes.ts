import { isGuarded } from "../../core/policy.ts";
import type { Database } from "../../db/pools.ts";
import type { Context } from "../../db/query/source.ts";
import type { AccessLog } from "../../db/write/access-log.ts";
import { Person } from "../../registry/people/schema.ts";

/** Keeps in the access log who is given which guarded values of an upload's rows; they may be answered when it has come back. */
export async function noteRows(access: AccessLog, rows: readonly object[], { actor, trace }: Context): Promise<void> {
  const accessed = (rows as { id: string; match: { person_id?: string | null } | null; read: Record<string, unknown> }[]).flatMap(
    ({ id, match, read }) => {
      const fields = Object.keys(read).filter((member) => isFilled(read[member]) && guardsPerson(member));
      return fields.length === 0 ? [] : [{ person: match?.person_id ?? null, importRow: id, fields }];
    },
  );
  if (accessed.length === 0) return;
  if (!trace) throw new Error("guarded values would leave without an entry in the access log");
  await access.record(accessed, actor, trace);
}

const isFilled = (value: unknown): boolean => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
const guardsPerson = (member: string): boolean => Person.fields[member] !== undefined && isGuarded(Person, Person.fields[member]);

/** Keeps what is asked of an import: a commitment before it is done, that a file came in before it is answered. */
export async function noteImport({ events }: Database, { actor, trace }: Context, what: string, id: string): Promise<void> {
  await events.record({ kind: "import", actor, ...(trace && { trace }), detail: { import_id: id, what } });
}
