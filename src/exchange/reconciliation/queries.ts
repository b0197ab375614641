import { foldSearch } from "../../core/vietnamese/text.ts";
import type { Context } from "../../db/query/source.ts";
import { all, visibleRows } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { personSource } from "../../registry/people/queries.ts";
import { hintOf } from "../../registry/suggestions/queries.ts";

export type Run = <Row>(statement: Statement) => Promise<Row[]>;

/** A person who is looked for, in the forms that the database compares. */
export type Wanted = {
  n: number;
  name: string;
  birth: { earliest: string; latest: string } | null;
  organization: string | null;
  citizen_id_hash: Buffer | null;
};

/** A person who may be meant, and what was compared. */
export type Found = {
  n: number;
  rank: number;
  id: string;
  code: string;
  name: string;
  hint: string;
  earliest: string | null;
  latest: string | null;
  at_unit: boolean;
  other_number: boolean;
};

const [NAMES, OF_ONE_NAME] = [12, 6];

/**
 * People whose names fit, of those whom the caller may know of; where somebody bears the name as written, names like it are not asked for.
 * Names that only others bear neither answer that nor take a name's place: what is left out would tell that they stand.
 */
export function findByName(run: Run, context: Context, wanted: readonly Wanted[]): Promise<Found[]> {
  const p = raw("p");
  const visible = all(visibleRows(personSource, p, { ...context, inTurn: true }));
  const borne = (by: Statement): Statement => sql`exists (select from people p where ${by} and ${visible} offset 0)`;
  return run<Found>(sql`
    with q as (select * from unnest(${wanted.map(({ n }) => n)}::int[], ${wanted.map(({ name }) => name.toLowerCase())}::text[], ${wanted.map(({ name }) => foldSearch(name))}::text[],
      ${wanted.map(({ birth }) => birth?.earliest ?? null)}::date[], ${wanted.map(({ birth }) => birth?.latest ?? null)}::date[],
      ${wanted.map(({ organization }) => organization)}::uuid[], ${wanted.map(({ citizen_id_hash }) => citizen_id_hash)}::bytea[]) as q(n, typed, folded, earliest, latest, unit, number))
    select q.n, r.rank, p.id, p.code, p.name_full as name, ${hintOf(context)} as hint, p.birth_date_earliest as earliest, p.birth_date_latest as latest,
      exists (select from affiliations a where a.person_id = p.id and a.organization_id = q.unit and a.hidden_at is null) as at_unit,
      coalesce(p.citizen_id_hash <> q.number, false) as other_number
    from q cross join lateral (
        select x.* from (select x.name_full, min(x.rank) as rank from (
          select w.name_full, w.rank from names_with_words(q.typed, string_to_array(q.folded, ' ')) w
          union all
          select l.name_full, l.rank from names_like(q.typed, string_to_array(q.folded, ' ')) l
            where not ${borne(sql`p.name_folded = q.folded`)}) x
          group by x.name_full order by 2, x.name_full collate "C") x
        where ${borne(sql`p.name_full = x.name_full`)} limit ${NAMES}::int) r
      cross join lateral (
        select p.* from people p where p.name_full = r.name_full and ${visible}
        order by (p.birth_date_earliest <= q.latest and p.birth_date_latest >= q.earliest) desc nulls last, p.id limit ${OF_ONE_NAME}::int) p
    where q.folded <> ''`);
}

/** The same of people who are known to be meant. */
export function findByEvidence(run: Run, context: Context, evidence: readonly { n: number; id: string }[]): Promise<Found[]> {
  const p = raw("p");
  return run<Found>(sql`
    select e.n, -1 as rank, p.id, p.code, p.name_full as name, ${hintOf(context)} as hint, p.birth_date_earliest as earliest, p.birth_date_latest as latest,
      false as at_unit, false as other_number
    from unnest(${evidence.map(({ n }) => n)}::int[], ${evidence.map(({ id }) => id)}::uuid[]) as e(n, id) join people p on p.id = e.id
    where ${all(visibleRows(personSource, p, context))}`);
}

/** Codes of the degree levels in force, with their names and ids. */
export const degreeLevels = (run: Run): Promise<{ id: string; code: string; name: string }[]> =>
  run(
    sql`select distinct on (c.code) c.id, c.code, c.vi as name from codes c where c.list = 'degree-levels' and c.hidden_at is null order by c.code, c.version desc`,
  );

/** The id of each field that a code of a scheme names, of its latest version. */
export const fieldIds = (run: Run, scheme: string, codes: readonly string[]): Promise<{ id: string; code: string }[]> =>
  run(
    sql`select distinct on (f.code) f.id, f.code from fields f where f.scheme = ${scheme} and f.code = any(${codes}::text[]) and f.hidden_at is null order by f.code, f.scheme_version desc`,
  );

/** Rows by the question that they answer. */
export function byQuestion<T extends { n: number }>(rows: readonly T[]): Map<number, T[]> {
  const found = new Map<number, T[]>();
  for (const row of rows) found.set(row.n, [...(found.get(row.n) ?? []), row]);
  return found;
}
