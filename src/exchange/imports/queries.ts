import { opening } from "../../core/policy.ts";
import { Problem, PROBLEMS } from "../../core/problems.ts";
import type { Bilingual, ProblemCode } from "../../core/problems.ts";
import { unseal } from "../../core/secrets/sealing.ts";
import type { Reader } from "../../db/pools.ts";
import type { Context } from "../../db/query/source.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { Person } from "../../registry/people/schema.ts";
import type { RowProblemCode, Severity } from "../cells/row-problems.ts";
import { hashOf, rowSeal } from "../uploads/seals.ts";
import type { Upload } from "./commands.ts";
import type { SheetSummary } from "./analysis/reader.ts";
import type { STATES } from "./schema.ts";

/**
 * The imports that an actor may see: those of suppliers below his organizations, and his client's own. An office's file holds people of
 * any place, so that a bound of localities alone opens no other's.
 */
export function seenBy({ actor, today }: Context): Statement {
  if (actor.org === null) return actor.loc === null ? raw("true") : sql`(i.client = ${actor.client})`;
  return sql`(i.client = ${actor.client} or exists (select from organization_tree t where t.organization_id = i.organization_id and t.ancestor_id = any(${actor.org}::uuid[])
    and t.from_day <= ${today}::date and t.until_day >= ${today}::date))`;
}

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** An import as JSON, in the alias `i`. */
export const importJson = raw(`json_build_object('id', i.id, 'state', i.state, 'organization_id', i.organization_id,
  'organization', (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from organizations o where o.id = i.organization_id),
  'received_on', i.received_on, 'document', i.document, 'file_name', i.file_name, 'created_at', to_char(i.created_at at time zone 'UTC', ${INSTANT}),
  'ended_at', to_char(i.ended_at at time zone 'UTC', ${INSTANT}), 'progress', i.progress, 'counts', i.counts, 'sheets', i.sheets, 'problem', i.problem)`);

type Found = { import: Record<string, unknown> };

/** An import that the actor may see. @throws Problem `not-found` */
export async function readImport(reader: Reader, context: Context, id: string): Promise<object> {
  const [row] = await reader.read<Found>(
    sql`select ${importJson} as import from imports i where i.id = ${id}::uuid and ${seenBy(context)}`,
  );
  if (!row) throw new Problem("not-found");
  return inLanguage(row.import, context);
}

/** A page of imports, the newest first, one more than asked for. */
export async function readImports(reader: Reader, context: Context, after: string | null, limit: number): Promise<object[]> {
  const rows =
    await reader.read<Found>(sql`select ${importJson} as import from imports i where ${seenBy(context)} and (${after}::uuid is null or i.id < ${after}::uuid)
    order by i.id desc limit ${limit + 1}::int`);
  return rows.map((row) => inLanguage(row.import, context));
}

function inLanguage({ problem, ...rest }: Record<string, unknown>, { actor: { language } }: Context): object {
  if (problem === null || problem === undefined) return { ...rest, problem: null };
  const { code, detail, ...members } = problem as { code: ProblemCode; detail: Bilingual };
  return { ...rest, problem: { code, title: PROBLEMS[code].title[language], detail: detail[language], ...members } };
}

type RowsAsked = { after: number | null; limit: number; outcome: string | null; rowId?: string };
type RowFound = {
  row: { id: string; position: number; read: Record<string, unknown>; problems: { detail: Bilingual }[] };
  sealed: Buffer | null;
};

/** A page of rows in the order of the sheet, one more than asked for; values above the actor's classes are left out and named. */
export async function readRows(
  reader: Reader,
  context: Context,
  id: string,
  { after, limit, outcome, rowId }: RowsAsked,
): Promise<object[]> {
  await readImport(reader, context, id);
  const rows =
    await reader.read<RowFound>(sql`select json_build_object('id', r.id, 'position', r.position, 'sheet', r.sheet, 'row', r."row", 'outcome', r.outcome, 'read', r.read,
      'match', r.match, 'problems', r.problems, 'decision', r.decision, 'target_id', r.target_id) as row, r.citizen_id_sealed as sealed
    from import_rows r where r.import_id = ${id}::uuid and (${after}::int is null or r.position > ${after}::int) and (${outcome}::text is null or r.outcome = ${outcome})
      and (${rowId ?? null}::uuid is null or r.id = ${rowId ?? null}::uuid) order by r.position limit ${limit + 1}::int`);
  return rows.map((found) => shown(found, context));
}

function shown({ row, sealed }: RowFound, context: Context): object {
  const read: Record<string, unknown> = { ...row.read, citizen_id: sealed === null ? null : "" };
  const closed = Object.keys(read).filter((member) => {
    const field = Person.fields[member];
    return field !== undefined && !mayRead(member, context);
  });
  for (const member of closed) delete read[member];
  if (sealed !== null && !closed.includes("citizen_id")) read["citizen_id"] = unseal(context.keys, sealed, rowSeal(row.id));
  const problems = row.problems.map(({ detail, ...problem }) => ({ ...problem, detail: detail[context.actor.language] }));
  return { ...row, read, problems, ...(closed.length > 0 && { redacted: closed }) };
}

/** Whoever may see an upload sees how to reach its people again; identity numbers and what the law calls sensitive stay under their own rule. */
const OF_THE_UPLOAD: ReadonlySet<string> = new Set(["phones", "emails", "residence_text"]);

function mayRead(member: string, { actor }: Context): boolean {
  const field = Person.fields[member]!;
  return field.class === "public" || field.class === "internal" || OF_THE_UPLOAD.has(member) || opening(Person, field, actor).open;
}

/** The supplier of an upload: named by id or code, else the token's only `org`. @throws Problem `unknown-code` */
export async function findSupplier(reader: Reader, named: string | null, context: Context): Promise<string | null> {
  if (named === null) return context.actor.org?.length === 1 ? context.actor.org[0]! : null;
  const [found] = /\p{Cc}/u.test(named)
    ? []
    : await reader.read<{ id: string }>(
        sql`select o.id from organizations o where o.id::text = ${named.toLowerCase()} or o.code = ${named}`,
      );
  if (found) return found.id;
  const detail = { vi: "Không có đơn vị cung cấp này.", en: "There is no such supplier." };
  throw new Problem("unknown-code", { detail, errors: [{ code: "unknown-code", pointer: "/organization_id", detail }] });
}

/** An import as the shell tells of it: with its problems by kind, and the rows that nobody can decide but a person. */
export type ImportReport = {
  state: (typeof STATES)[number];
  progress: { stage: string; done: number; total: number } | null;
  counts: Record<string, number> | null;
  sheets: SheetSummary[] | null;
  problem: { code: ProblemCode; detail: Bilingual } | null;
  problems: { severity: Severity; code: RowProblemCode; count: number; cells: string[]; detail: Bilingual }[];
  doubtful: { row: number; sheet: string; name: string | null; twin: number | null; code: string | null }[];
};

const SHOWN = 12;

/** An import with its problems, the gravest first, and its first doubtful rows. @throws Problem `not-found` */
export async function readReport(reader: Reader, context: Context, id: string): Promise<ImportReport> {
  const [row] = await reader.read<{ report: ImportReport }>(sql`select json_build_object('state', i.state, 'progress', i.progress,
      'counts', i.counts, 'sheets', i.sheets, 'problem', i.problem,
      'problems', (select coalesce(json_agg(x order by array_position(array['error', 'warning', 'note'], x.severity), x.count desc), '[]'::json) from (
        select p->>'severity' as severity, p->>'code' as code, count(*)::int as count, (array_agg(p->>'cell' order by r.position))[1:${SHOWN}::int] as cells,
          min(p->>'detail')::json as detail
        from import_rows r, jsonb_array_elements(r.problems) p where r.import_id = i.id group by 1, 2) x),
      'doubtful', (select coalesce(json_agg(x), '[]'::json) from (
        select r."row", r.sheet, r.read->'name'->>'full' as name, r.match->'row' as twin, (select p.code from people p where p.id = (r.match->>'person_id')::uuid) as code
        from import_rows r where r.import_id = i.id and r.outcome = 'possible_duplicate' and r.decision is null order by r.position limit ${SHOWN}::int) x)) as report
    from imports i where i.id = ${id}::uuid and ${seenBy(context)}`);
  if (!row) throw new Problem("not-found");
  return row.report;
}

/** How far an import is. @throws Problem `not-found` */
export async function readProgress(reader: Reader, id: string): Promise<Pick<ImportReport, "state" | "progress">> {
  const [row] = await reader.read<Pick<ImportReport, "state" | "progress">>(
    sql`select state, progress from imports where id = ${id}::uuid`,
  );
  if (!row) throw new Problem("not-found");
  return row;
}

/** The client's previews of these very bytes, said to be of the same source; the newest first. */
export async function findPreviews(reader: Reader, { actor }: Context, upload: Upload): Promise<string[]> {
  const rows = await reader.read<{ id: string }>(sql`select i.id from imports i where i.client = ${actor.client} and i.state = 'preview'
    and i.file_hash = ${hashOf(upload.bytes)} and i.organization_id is not distinct from ${upload.organizationId}::uuid
    and i.received_on is not distinct from ${upload.receivedOn}::date and i.document is not distinct from ${upload.document} order by i.id desc`);
  return rows.map(({ id }) => id);
}
