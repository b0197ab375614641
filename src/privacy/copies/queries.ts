import { SCOPES } from "../../core/actor.ts";
import { Render } from "../../db/query/render.ts";
import { WHOLE } from "../../db/query/selection.ts";
import { aliases, sourceOf } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { from } from "../../db/query/visible.ts";
import type { Reader } from "../../db/pools.ts";
import { raw, sql } from "../../db/statement.ts";

/** A record as JSON holds it. */
export type Json = Record<string, unknown>;
/** An entry of the access log, as the person is shown it. */
export type Access = { at: string; operation: string; fields: string[]; purpose: string | null; client: string; actor: string };
/** A line of the history: what happened to which record, without the values of before. */
export type Step = {
  noun: string;
  record_id: string;
  version: number;
  action: string;
  recorded_at: string;
  actor: string;
  client: string | null;
};

const INSTANT = raw(`'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`);

/** Whoever makes a person's own copy sees everything of that person (Law 91/2025/QH15, Art. 15), for that purpose. */
export const seeingAll = (context: Context): Context => ({
  ...context,
  actor: { ...context.actor, scopes: new Set(SCOPES), org: null, loc: null, purpose: "data-subject-request" },
});

/** Every record of a noun that is a person's, hidden ones too, as JSON texts with their seals closed. */
export async function readOwn(reader: Reader, source: Source, person: string, context: Context): Promise<string[]> {
  const alias = aliases();
  const row = alias();
  const record = new Render(context, alias, false).record(source, row, WHOLE);
  const own = source.noun.standing === "person" ? raw("id") : raw("person_id");
  const rows = await reader.read<{ body: string }>(
    sql`select (${record})::text as body from ${from(source, row)} where ${row}.${own} = ${person}::uuid order by ${row}.created_at, ${row}.id`,
  );
  return rows.map(({ body }) => body);
}

/** Nouns of which a person may have records, in the order of a copy. */
export const ownNouns = (context: Context): Source[] => [
  sourceOf(context, "people"),
  ...Object.values(context.catalog).filter(({ noun }) => noun.standing === "fact"),
  ...Object.values(context.catalog).filter(({ noun }) => noun.standing === "privacy"),
];

/** Everybody who was given guarded fields of the person, the latest first. */
export function readAccess(reader: Reader, person: string): Promise<Access[]> {
  return reader.read<Access>(sql`select to_char(at at time zone 'UTC', ${INSTANT}) as at, operation, fields, purpose, client, actor
    from access_log where person_id = ${person}::uuid order by id desc`);
}

/** Every change of what is the person's, in its order. */
export function readSteps(reader: Reader, person: string): Promise<Step[]> {
  return reader.read<Step>(sql`select noun, record_id, version, action, to_char(recorded_at at time zone 'UTC', ${INSTANT}) as recorded_at, actor, client
    from revisions where person_id = ${person}::uuid order by id`);
}

/** Names of organizations by their ids, and labels of codes by `scheme@version code`. */
export async function readNames(reader: Reader, units: readonly string[], codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.read<{
    key: string;
    name: string;
  }>(sql`select o.id::text as key, o.name from organizations o where o.id = any(${units}::uuid[])
    union all select c.list || '@' || c.list_version || ' ' || c.code, c.vi from codes c where c.list || '@' || c.list_version || ' ' || c.code = any(${codes}::text[]) and c.vi is not null
    union all select f.scheme || '@' || f.scheme_version || ' ' || f.code, f.vi from fields f where f.scheme || '@' || f.scheme_version || ' ' || f.code = any(${codes}::text[]) and f.vi is not null`);
  return new Map(rows.map(({ key, name }) => [key, name]));
}
