import type { Pipeline } from "./readers/pipeline.ts";
import type { Shape } from "./readers/wire.ts";

type Territory = { org: string[] | null; loc: string[] | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Each request asks this. Units are looked up one by one, by an index each: one condition on ids and codes reads every unit, and putting
 * together what is found twice is left to the process, because shared connections do not sort.
 * Of units that shared a code the one of today is meant; a code that no unit has today means the last that had it.
 */
const RESOLVE: Shape = {
  name: "territory",
  text: `with named as materialized (
      select l.id, l.today from unnest($3::uuid[]) c(id) cross join lateral (select l.id, l.valid_to is null as today from localities l where l.id = c.id offset 0) l
      union all
      select l.id, l.today from unnest($4::text[]) c(code) cross join lateral (select l.id, l.valid_to is null as today from localities l where l.code = c.code offset 0) l
        where l.today or not exists (select from localities n where n.code = c.code and n.valid_to is null offset 0))
    select
      (select string_agg(u.id::text, ',') from (
        select o.id from unnest($1::uuid[]) c(id) cross join lateral (select o.id from organizations o where o.id = c.id offset 0) o
        union all select o.id from unnest($2::text[]) c(code) cross join lateral (select o.id from organizations o where o.code = c.code offset 0) o) u),
      (select string_agg(u.id::text, ',') from (
        select n.id from named n where n.today
        union all select t.locality_id from named n cross join lateral (select t.locality_id from locality_tree t where t.ancestor_id = n.id offset 0) t
          cross join lateral (select l.valid_to, l.kind from localities l where l.id = t.locality_id offset 0) l
        where not n.today and (l.valid_to is null and l.kind = 'commune' or exists (select from organizations o where o.locality_id = t.locality_id offset 0))) u)`,
};

/**
 * Turns a token's claims into nodes of `person_reach`: ids of organizations; codes or ids of localities, where a former unit
 * counts through the communes that it became, and through the units of before in which organizations still stand.
 * A value that names nothing opens nothing; only an absent claim opens the whole province.
 */
export async function resolveTerritory(points: Pipeline, org?: readonly string[], loc?: readonly string[]): Promise<Territory> {
  const row = await points.first(RESOLVE, [idsOf(org), textsOf(org), idsOf(loc), textsOf(loc)]);
  const nodes = (claim: readonly string[] | undefined, found: Buffer | null | undefined) =>
    claim === undefined ? null : [...new Set(found ? String(found).split(",") : [])];
  return { org: nodes(org, row?.[0]), loc: nodes(loc, row?.[1]) };
}

const idsOf = (claim: readonly string[] = []): string => `{${claim.filter((value) => UUID.test(value)).join()}}`;
const textsOf = (claim: readonly string[] = []): string => `{${claim.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join()}}`;
