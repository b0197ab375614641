import { Problem } from "../../core/problems.ts";
import type { Reader } from "../../db/pools.ts";
import { rowOfRevision } from "../../db/query/past.ts";
import { Render } from "../../db/query/render.ts";
import type { Selection } from "../../db/query/selection.ts";
import { aliases } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { originColumns, recordColumns } from "../../db/tables/columns.ts";
import { literal, raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";

/** A revision as it was kept; `record` is the JSON of what the actor may read of it, null where it was erased. */
export type Kept = {
  version: number;
  action: string;
  recorded_at: string;
  actor: string;
  client: string | null;
  reason: string | null;
  source_organization_id: string | null;
  source_organization: unknown;
  import_id: string | null;
  import_row: number | null;
  /** What was written, while it stood, to rows of a member alone; null: nothing. */
  beside: unknown[] | null;
  hidden: boolean | null;
  record: string | null;
};

/** The newest versions of a record below `before` (null: all), as many as asked for. */
export function readRevisions(
  reader: Reader,
  id: string,
  source: Source,
  { before, limit }: { before: number | null; limit: number },
  context: Context,
): Promise<Kept[]> {
  return reader.read(revisionsStatement(id, source, sql`r.version < ${before ?? 2_147_483_647}::int`, limit, context));
}

/** A version of a record, the one before it, and the one that it is compared with. @throws Problem `not-found`, `invalid-parameter` */
export async function readRevision(
  reader: Reader,
  id: string,
  source: Source,
  { version, diff }: { version: number; diff: number | null },
  context: Context,
): Promise<{ revision: Kept; before: Kept | undefined; other: Kept | undefined }> {
  const wanted = [version, version - 1, diff ?? version - 1];
  const rows = await reader.read<Kept>(revisionsStatement(id, source, sql`r.version = any(${wanted}::int[])`, 3, context));
  const [revision, before, other] = wanted.map((number) => rows.find((row) => row.version === number));
  if (!revision) throw new Problem("not-found");
  if (diff !== null && !other) {
    const detail = { vi: "“diff” cần một phiên bản của bản ghi này.", en: "`diff` takes a version of this record." };
    throw new Problem("invalid-parameter", { detail, errors: [{ code: "invalid-parameter", parameter: "diff", detail }] });
  }
  return { revision, before, other };
}

/** The members that a version keeps. */
export const storedOf = ({ noun: { fields } }: Source): Selection => ({
  members: new Set(Object.keys(fields).filter((member) => fields[member]!.stored)),
  include: {},
});

const instantOf = (revision: Statement): Statement =>
  sql`to_char(${revision}.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** What an element says: its row without what every row has. */
const elementOf = (revision: Statement): Statement =>
  sql`case when ${revision}."row"->>'hidden_at' is null then ${revision}."row" - ${[...Object.keys({ ...recordColumns, ...originColumns }), "person_id"]}::text[] end`;

/**
 * What was typed into the rows of a member: the service writes them together with the record, whose version then tells of it. Read once for
 * all versions: a person's revisions are found by the person, and each version would go through all of them again. The transactions of its own
 * versions are gathered as a set: asked for one by one they could be sought by transaction, and an import's holds thousands of people.
 */
function typedInto({ member, table }: NonNullable<Source["beside"]>, id: string, { noun }: Source): Statement {
  const changes = sql`json_build_array(json_build_object('field', ${literal(member)}, 'from', ${elementOf(sql`p`)}, 'to', ${elementOf(sql`i`)}))`;
  return sql`with typed as materialized (
    select i.id, json_build_object('recorded_at', ${instantOf(sql`i`)}, 'actor', i.actor, 'client', i.client, 'reason', i.reason, 'changes', ${changes}) as j
    from revisions i left join revisions p on p.record_id = i.record_id and p.version = i.version - 1 and p.noun = i.noun
    where i.person_id = ${id}::uuid and i.noun = ${literal(table)}
      and i.xact not in (select o.xact from revisions o where o.record_id = ${id}::uuid and o.noun = ${literal(noun.table)})) `;
}

/** What of it was typed while version `r` stood. */
const BESIDE = sql`(select json_agg(t.j order by t.id) from typed t where t.id > r.id
    and t.id < coalesce((select n.id from revisions n where n.record_id = r.record_id and n.version = r.version + 1 and n.noun = r.noun), 9223372036854775807))`;

/** Versions of one record, the newest first; what was computed when it was read was never written down, and is left out. */
export function revisionsStatement(id: string, source: Source, which: Statement, limit: number, context: Context): Statement {
  const alias = aliases();
  const row = alias();
  const { table } = source.noun;
  const beside = source.beside ? BESIDE : sql`null::json`;
  const shown = new Render(context, alias).record(source, row, storedOf(source));
  return sql`${source.beside ? typedInto(source.beside, id, source) : raw("")}select r.version, r.action, ${instantOf(sql`r`)} as recorded_at, ${beside} as beside, r.actor, r.client, r.reason,
      r.source_organization_id, r.import_id, case when r."row"->>'import_id' = r.import_id::text then (r."row"->>'import_row')::int end as import_row,
      (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from organizations o where o.id = r.source_organization_id) as source_organization,
      case when r."row" is not null then ${row}.hidden_at is not null end as hidden, case when r."row" is not null then (${shown})::text end as record
    from (select * from revisions r where r.record_id = ${id}::uuid and r.noun = ${literal(table)} and ${which} order by r.version desc limit ${limit}::int) r
    left join lateral ${rowOfRevision(source.noun)} as ${row} on r."row" is not null order by r.version desc`;
}
