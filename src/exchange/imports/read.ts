import { opening } from "../../core/policy.ts";
import { Problem, PROBLEMS } from "../../core/problems.ts";
import type { Bilingual, ProblemCode } from "../../core/problems.ts";
import { unseal } from "../../core/secrets/sealing.ts";
import type { Reader } from "../../db/pools.ts";
import type { Context } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { Person } from "../../registry/people/schema.ts";
import { rowSeal } from "./commit.ts";
import { importJson, seenBy } from "./queries.ts";

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
  const [found] = await reader.read<{ id: string }>(
    sql`select o.id from organizations o where o.id::text = ${named.toLowerCase()} or o.code = ${named}`,
  );
  if (found) return found.id;
  const detail = { vi: "Không có đơn vị cung cấp này.", en: "There is no such supplier." };
  throw new Problem("unknown-code", { detail, errors: [{ code: "unknown-code", pointer: "/organization_id", detail }] });
}
