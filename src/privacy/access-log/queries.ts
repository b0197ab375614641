import type { Pool } from "pg";
import { Problem } from "../../core/problems.ts";
import type { Reader } from "../../db/pools.ts";
import { sourceOf } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { all, writableRows } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { AccessEntry, AuditEvent } from "./schema.ts";
import type { Line, Log, Pruning, Seal } from "./seals.ts";

/** How the logs are read. */
export const accessSource: Source = { noun: AccessEntry, derived: {}, conditions: {} };
export const eventSource: Source = { noun: AuditEvent, derived: {}, conditions: {} };

/** The person's id, hidden or not, if the territory holds the person: whoever reads logs need not read people. @throws Problem `not-found` */
export async function requireKnown(reader: Reader, id: string, context: Context): Promise<string> {
  const inside = all(writableRows(sourceOf(context, "people"), raw("p"), context));
  const rows = await reader.read(sql`select from people p where p.id = ${id}::uuid and ${inside}`);
  if (rows.length === 0) throw new Problem("not-found");
  return id;
}

/** Runs one statement, wherever. */
export type Run = <Row>(statement: Statement) => Promise<Row[]>;

/** Runs statements on a pool. */
export const runOn =
  (pool: Pool): Run =>
  async <Row>(statement: Statement) =>
    (await pool.query(statement.render())).rows as Row[];

const INSTANT = raw(`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`);
const at = (column: string): Statement => sql`to_char(${raw(column)} at time zone 'UTC', ${INSTANT})`;

/** Everything that stands in a row, as one text that is the same on every server and in every time zone. */
const WHOLE: Record<Log, Statement> = {
  access_log: sql`json_build_array(number, id, ${at("at")}, person_id, import_row_id, operation, fields, purpose, client, actor, request_id, ${at("hidden_at")})::text`,
  audit_events: sql`json_build_array(number, id, ${at("at")}, kind, operation, client, actor, request_id, detail::text, ${at("hidden_at")})::text`,
};

/** Rows of a log beyond a number, in their order, at most `limit`, up to `upto`. */
export async function readLines(run: Run, log: Log, after: number, upto: number, limit: number): Promise<Line[]> {
  const rows = await run<{ n: string; line: string }>(sql`select number::text as n, ${WHOLE[log]} as line from ${raw(log)}
    where number > ${after}::bigint and number <= ${upto}::bigint order by number limit ${limit}::int`);
  return rows.map(({ n, line }) => ({ n: Number(n), line }));
}

type Row = {
  n: number;
  sealed_at: string;
  access_after: string;
  access_upto: string;
  events_after: string;
  events_upto: string;
  access_leaves: Buffer;
  events_leaves: Buffer;
  previous: Buffer;
  hash: Buffer;
};

/** Batches beyond a number, in their order. */
export async function readSeals(run: Run, after: number, limit: number): Promise<Seal[]> {
  const rows = await run<Row>(sql`select *, ${at("sealed_at")} as sealed_at from audit_seals
    where n > ${after}::int order by n limit ${limit}::int`);
  return rows.map(sealOf);
}

/** The last batch, if there is one. */
export async function readHead(run: Run): Promise<Seal | undefined> {
  const [row] = await run<Row>(sql`select *, ${at("sealed_at")} as sealed_at from audit_seals order by n desc limit 1`);
  return row && sealOf(row);
}

const sealOf = (row: Row): Seal => ({
  n: row.n,
  sealedAt: row.sealed_at,
  parts: {
    access_log: { after: Number(row.access_after), upto: Number(row.access_upto), leaves: row.access_leaves },
    audit_events: { after: Number(row.events_after), upto: Number(row.events_upto), leaves: row.events_leaves },
  },
  previous: row.previous,
  hash: row.hash,
});

/** What the events say was taken away beyond its retention. */
export const readPrunings = (run: Run): Promise<Pruning[]> =>
  run(sql`select (detail->>'upto')::int as upto, detail->>'at' as at from audit_events where kind = 'retention' order by number`);

/** The highest number of each log, and how many rows are not sealed yet. */
export async function readUnsealed(run: Run, log: Log, upto: number): Promise<{ count: number; from: number | null; to: number | null }> {
  const [row] = await run<{ count: string; from: string | null; to: string | null }>(
    sql`select count(*) as count, min(number) as from, max(number) as to from ${raw(log)} where number > ${upto}::bigint`,
  );
  const number = (text: string | null) => (text === null ? null : Number(text));
  return { count: Number(row!.count), from: number(row!.from), to: number(row!.to) };
}
