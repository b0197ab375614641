import { sql } from "./statement.ts";
import type { Statement } from "./statement.ts";
import type { Pipeline } from "./readers/pipeline.ts";
import type { Shape } from "./readers/wire.ts";

type Territory = { org: string[] | null; loc: string[] | null };

/** A token's claims, as it makes them: ids or codes of units. A claim that is absent bounds nothing. */
export type Claims = { org?: string[] | undefined; loc?: string[] | undefined };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What one claim is looked up by: what may be ids, and all of it as codes. */
export const lookedUpBy = (claim: readonly string[]): { ids: string[]; codes: readonly string[] } => ({
  ids: claim.filter((value) => UUID.test(value)),
  codes: claim,
});

/** Where the values of a claim stand in a statement. */
type Places = { ids: unknown; codes: unknown };

/**
 * Units are looked up one by one, by an index each: one condition on ids and codes reads every unit. What is found twice may come twice,
 * because shared connections do not sort.
 */
const organizationsOf = ({ ids, codes }: Places): Statement =>
  sql`select o.id from unnest(${ids}::uuid[]) c(id) cross join lateral (select o.id from organizations o where o.id = c.id offset 0) o
    union all select o.id from unnest(${codes}::text[]) c(code) cross join lateral (select o.id from organizations o where o.code = c.code offset 0) o`;

/** Of units that shared a code the one of today is meant; a code that no unit has today means the last that had it. */
const namedBy = ({ ids, codes }: Places): Statement =>
  sql`select l.id, l.today from unnest(${ids}::uuid[]) c(id) cross join lateral (select l.id, l.valid_to is null as today from localities l where l.id = c.id offset 0) l
    union all
    select l.id, l.today from unnest(${codes}::text[]) c(code) cross join lateral (select l.id, l.valid_to is null as today from localities l where l.code = c.code offset 0) l
      where l.today or not exists (select from localities n where n.code = c.code and n.valid_to is null offset 0)`;

const LOCALITIES = sql`select n.id from named n where n.today
    union all select t.locality_id from named n cross join lateral (select t.locality_id from locality_tree t where t.ancestor_id = n.id offset 0) t
      cross join lateral (select l.valid_to, l.kind from localities l where l.id = t.locality_id offset 0) l
    where not n.today and (l.valid_to is null and l.kind = 'commune' or exists (select from organizations o where o.locality_id = t.locality_id offset 0))`;

/** The part of a statement that looks claims up for the rest of it: one row `claimed` with the nodes of each. */
export function claimedPart({ org, loc }: { org: Places | null; loc: Places | null }): Statement {
  const named = loc ? sql`with named as materialized (${namedBy(loc)}) ` : sql``;
  const units = org ? sql`array(${organizationsOf(org)})` : sql`null::uuid[]`;
  return sql`claimed as materialized (${named}select ${units} as org, ${loc ? sql`array(${LOCALITIES})` : sql`null::uuid[]`} as loc)`;
}

/**
 * The same for claims of one value each, the usual ones: the unit of today is one look at an index, where former units, which count through what
 * became of them, take a plan of twenty-five nodes (60 us of the 150 of a page's proof, 2026-11). Where it finds no place of today nothing is
 * to be believed, and the question asked again with `claimedPart`. Undefined for other claims.
 */
export function plainPart(claims: Claims, { org, loc }: { org: Places | null; loc: Places | null }): Statement | undefined {
  if (kindOf(claims.org) === "many" || kindOf(claims.loc) === "many") return undefined;
  const asked = (claim: keyof Claims, { ids, codes }: Places) =>
    kindOf(claims[claim]) === "id" ? sql`u.id = any(${ids}::uuid[])` : sql`u.code = any(${codes}::text[])`;
  const units = org ? sql`array(select u.id from organizations u where ${asked("org", org)})` : sql`null::uuid[]`;
  const places = loc ? sql`array(select u.id from localities u where ${asked("loc", loc)} and u.valid_to is null)` : sql`null::uuid[]`;
  return sql`claimed as materialized (select ${units} as org, ${places} as loc)`;
}

/** What the text of that part depends on. */
export const plainKey = ({ org, loc }: Claims): string => `${kindOf(org)} ${kindOf(loc)}`;

const kindOf = (claim: readonly string[] | undefined): "none" | "id" | "code" | "many" =>
  claim === undefined ? "none" : claim.length !== 1 ? "many" : UUID.test(claim[0]!) ? "id" : "code";

/** The nodes of a claim in a statement that has this part; it stands where an actor's nodes do. */
export const claimedNodes = (claim: "org" | "loc"): string[] =>
  (claim === "org" ? sql`(select c.org from claimed c)` : sql`(select c.loc from claimed c)`) as unknown as string[];

const RESOLVE: Shape = {
  name: "territory",
  text: sql`with named as materialized (${namedBy({ ids: 1, codes: 1 })}) select
    (select string_agg(u.id::text, ',') from (${organizationsOf({ ids: 1, codes: 1 })}) u), (select string_agg(u.id::text, ',') from (${LOCALITIES}) u)`.render()
    .text,
};

/**
 * Turns a token's claims into nodes of `person_reach`: ids of organizations; codes or ids of localities, where a former unit
 * counts through the communes that it became, and through the units of before in which organizations still stand.
 * A value that names nothing opens nothing; only an absent claim opens the whole province.
 */
export async function resolveTerritory(points: Pipeline, org?: readonly string[], loc?: readonly string[]): Promise<Territory> {
  const row = await points.first(RESOLVE, [idsOf(loc), textsOf(loc), idsOf(org), textsOf(org)]);
  const nodes = (claim: readonly string[] | undefined, found: Buffer | null | undefined) =>
    claim === undefined ? null : [...new Set(found ? String(found).split(",") : [])];
  return { org: nodes(org, row?.[0]), loc: nodes(loc, row?.[1]) };
}

const idsOf = (claim: readonly string[] = []): string => `{${lookedUpBy(claim).ids.join()}}`;
const textsOf = (claim: readonly string[] = []): string => `{${claim.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join()}}`;
