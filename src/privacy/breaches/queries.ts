import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";

/** A period, its end not included, and one client or all of them. */
export type Period = { from: string; to: string; client: string | null };

/** Of one client, actor, purpose and operation: how much was delivered, of how many people, which fields, from when to when. */
export type Delivery = {
  client: string;
  actor: string;
  purpose: string | null;
  operation: string;
  answers: number;
  people: number;
  import_rows: number;
  fields: string[];
  first_at: string;
  last_at: string;
};

/** What left the service in a period, for the notice of a breach (Law 91/2025/QH15, Art. 23; NĐ 356/2025/NĐ-CP, Art. 28: within 72 hours). */
export type BreachReport = Period & {
  /** Distinct people whose guarded fields were delivered. */
  people: number;
  deliveries: Delivery[];
  exports: { at: string; client: string | null; actor: string | null; detail: unknown }[];
  /** Tokens that were refused: attempts. */
  refused_tokens: number;
};

type Run = <Row>(statement: Statement) => Promise<Row[]>;
const instant = (value: Statement): Statement => sql`to_char(${value} at time zone 'UTC', ${raw(`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`)})`;

/** Reads what was delivered to whom; ids of people stand in the access log itself. */
export async function readBreachReport(run: Run, period: Period): Promise<BreachReport> {
  const { from, to, client } = period;
  const within = sql`at >= ${from}::timestamptz and at < ${to}::timestamptz and (${client}::text is null or client = ${client})`;
  const deliveries = await run<Delivery>(sql`select a.client, a.actor, a.purpose, a.operation, count(distinct a.id)::int as answers,
      count(distinct a.person_id)::int as people, count(distinct a.import_row_id)::int as import_rows, array_agg(distinct f.field order by f.field) as fields,
      ${instant(raw("min(a.at)"))} as first_at, ${instant(raw("max(a.at)"))} as last_at
    from (select * from access_log where ${within}) a cross join lateral unnest(a.fields) f(field)
    group by a.client, a.actor, a.purpose, a.operation order by people desc, a.client, a.actor, a.operation`);
  const [sum] = await run<{ people: number }>(sql`select count(distinct person_id)::int as people from access_log where ${within}`);
  const exports = await run<BreachReport["exports"][number]>(
    sql`select ${instant(raw("at"))} as at, client, actor, detail from audit_events where kind = 'export' and ${within} order by id`,
  );
  const [refused] = await run<{ n: number }>(
    sql`select count(*)::int as n from audit_events where kind = 'token-refused' and at >= ${from}::timestamptz and at < ${to}::timestamptz`,
  );
  return { ...period, people: sum!.people, deliveries, exports, refused_tokens: refused!.n };
}
