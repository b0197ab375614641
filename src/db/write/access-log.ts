import { randomUUIDv7 } from "node:crypto";
import type { Pool } from "pg";
import type { Actor } from "../../core/actor.ts";
import { sql } from "../statement.ts";

/** The request that an entry comes from. */
export type Trace = { requestId: string; operation: string };

/** Who was given which guarded fields: of a person of the registry, or of a row of somebody's import. */
export type Accessed = { person: string | null; importRow?: string; fields: readonly string[] };

/** Keeps who was given what; the answer leaves after `record` has come back. */
export type AccessLog = {
  /** Entries that are on the disk when it comes back. @throws what the database throws: then nothing may be answered */
  record(accessed: readonly Accessed[], actor: Actor, trace: Trace): Promise<void>;
};

type Row = {
  id: string;
  person_id: string | null;
  import_row_id: string | null;
  operation: string;
  fields: readonly string[];
  purpose: string | null;
  client: string;
  actor: string;
  request_id: string;
};
type Waiting = { rows: Row[]; done: () => void; failed: (error: unknown) => void };

/** So many rows are written by one statement at most. */
const TOGETHER = 5_000;

/** The log over a pool of one connection. Entries of requests that wait at one moment share a commit, so that it costs each of them a part. */
export function accessLog(pool: Pool): AccessLog {
  let waiting: Waiting[] = [];
  let writing = false;
  const writeAll = async () => {
    writing = true;
    while (waiting.length > 0) {
      const together = waiting.splice(0, fitting(waiting));
      try {
        await insert(
          pool,
          together.flatMap(({ rows }) => rows),
        );
        for (const { done } of together) done();
      } catch (error) {
        for (const { failed } of together) failed(error);
      }
    }
    writing = false;
  };
  return {
    record: (accessed, actor, trace) =>
      new Promise((done, failed) => {
        if (accessed.length === 0) return done();
        waiting.push({ rows: accessed.map((one) => rowOf(one, actor, trace)), done, failed });
        if (!writing) void writeAll();
      }),
  };
}

function fitting(waiting: readonly Waiting[]): number {
  let rows = 0;
  const end = waiting.findIndex((one) => (rows += one.rows.length) > TOGETHER);
  return end === -1 ? waiting.length : Math.max(1, end);
}

const rowOf = ({ person, importRow, fields }: Accessed, { purpose, client, subject }: Actor, { operation, requestId }: Trace): Row => ({
  id: randomUUIDv7(),
  person_id: person,
  import_row_id: importRow ?? null,
  operation,
  fields,
  purpose,
  client,
  actor: subject,
  request_id: requestId,
});

const COLUMNS = "id, person_id, import_row_id, operation, fields, purpose, client, actor, request_id";

async function insert(pool: Pool, rows: readonly Row[]): Promise<void> {
  const { text, values } =
    sql`select * from json_to_recordset(${JSON.stringify(rows)}::json) as x(id uuid, person_id uuid, import_row_id uuid,
    operation text, fields text[], purpose text, client text, actor text, request_id text)`.render();
  await pool.query({ name: "access_log", text: `insert into access_log (${COLUMNS}) ${text}`, values });
}
