import type { Context } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import type { ReferenceRows } from "../cells/reference.ts";
import type { Schemes } from "./schemes.ts";

type Run = <Row>(statement: Statement) => Promise<Row[]>;

/** The reference rows that cells are read against. */
async function loadReferenceRows(run: Run, home: string): Promise<ReferenceRows> {
  const [row] = await run<{ rows: Omit<ReferenceRows, "home"> }>(sql`select json_build_object(
    'localities', (select json_agg(json_build_object('id', l.id, 'code', l.code, 'kind', l.kind, 'type', l.type, 'name', l.name, 'full_name', l.full_name,
      'parent_code', p.code, 'parent_valid_from', p.valid_from, 'valid_from', l.valid_from, 'valid_to', l.valid_to)) from localities l left join localities p on p.id = l.parent_id),
    'lineage', (select json_agg(json_build_object('predecessor_code', a.code, 'predecessor_valid_from', a.valid_from, 'successor_code', b.code, 'successor_valid_from', b.valid_from, 'kind', e.kind))
      from locality_lineage e join localities a on a.id = e.predecessor_id join localities b on b.id = e.successor_id),
    'organizations', (select json_agg(json_build_object('id', o.id, 'code', o.code, 'vi', o.name, 'en', o.name_en, 'short', o.short_name, 'kind', o.kind, 'valid_to', o.valid_to_latest,
      'names', (select coalesce(json_agg(n->>'name'), '[]'::json) from jsonb_array_elements(o.other_names) n))) from organizations o where o.hidden_at is null),
    'fields', (select json_agg(json_build_object('scheme', f.scheme, 'code', f.code, 'level', f.level, 'vi', f.vi, 'en', f.en)) from fields f),
    'codes', (select json_agg(json_build_object('list', c.list, 'code', c.code, 'vi', c.vi, 'en', c.en, 'attributes', c.attributes)) from codes c)) as rows`);
  return { home, ...row!.rows };
}

/** What tells whether the reference data are still those that were read: each change of a record counts its version. */
async function referenceStamp(run: Run): Promise<string> {
  const [row] = await run<{ stamp: string }>(sql`select concat_ws('.', (select concat(count(*), '-', sum(version)) from organizations),
    (select concat(count(*), '-', sum(version)) from localities), (select concat(count(*), '-', sum(version)) from fields), (select concat(count(*), '-', sum(version)) from codes), (select count(*) from locality_lineage)) as stamp`);
  return row!.stamp;
}

/** What is made of the reference rows, when first asked for and anew when they have changed: each import and many a reconciliation asks. */
export function keptReference<T>(run: Run, home: string, make: (rows: ReferenceRows) => T): () => Promise<T> {
  let made: { stamp: string; of: Promise<T> } | undefined;
  return async () => {
    const stamp = await referenceStamp(run);
    if (made?.stamp === stamp) return made.of;
    const next = { stamp, of: loadReferenceRows(run, home).then(make) };
    made = next;
    // What failed must be tried again by the next who asks.
    next.of.catch(() => {
      if (made === next) made = undefined;
    });
    return next.of;
  };
}

/** Whether each of several people would stand inside the actor's territory. */
export async function insideTerritory(
  run: Run,
  { actor, today }: Context,
  people: readonly { organizations: string[]; residence: string | null }[],
): Promise<boolean[]> {
  if (actor.org === null && actor.loc === null) return people.map(() => true);
  const named = people.flatMap(({ organizations }, n) => organizations.map((organization) => ({ n, organization })));
  const rows = await run<{ n: number }>(sql`
    with o as (select * from unnest(${named.map(({ n }) => n)}::int[], ${named.map(({ organization }) => organization)}::uuid[]) as o(n, id)),
      p as (select * from unnest(${people.map((_, n) => n)}::int[], ${people.map(({ residence }) => residence)}::uuid[]) as p(n, residence)),
      places as (select p.n, p.residence as id from p where p.residence is not null union select o.n, x.locality_id from o join organizations x on x.id = o.id where x.locality_id is not null)
    select p.n::int from p where
      (${actor.org}::uuid[] is null or exists (select from o join organization_tree t on t.organization_id = o.id where o.n = p.n and t.ancestor_id = any(${actor.org}::uuid[])
        and t.from_day <= ${today}::date and t.until_day >= ${today}::date))
      and (${actor.loc}::uuid[] is null or exists (select from places l join locality_tree t on t.locality_id = l.id where l.n = p.n and t.ancestor_id = any(${actor.loc}::uuid[])))`);
  const inside = new Set(rows.map(({ n }) => n));
  return people.map((_, n) => inside.has(n));
}

/** The version in force of every classification's code. */
export async function loadSchemes(run: Run): Promise<Schemes> {
  const rows = await run<{ code: string; version: string }>(sql`
    select distinct on (f.scheme, f.code) f.scheme || ' ' || f.code as code, f.scheme || '@' || f.scheme_version as version from fields f order by f.scheme, f.code, f.scheme_version desc`);
  const lists = await run<{ code: string; version: string }>(sql`
    select distinct on (c.list, c.code) c.list || ' ' || c.code as code, c.list || '@' || c.list_version as version from codes c order by c.list, c.code, c.list_version desc`);
  return new Map([...rows, ...lists].map(({ code, version }) => [code, version]));
}
