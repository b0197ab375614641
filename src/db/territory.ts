import { UUID } from "../core/registry/scalars.ts";
import { sql } from "./statement.ts";
import type { Reader } from "./pools.ts";

type Territory = { org: string[] | null; loc: string[] | null };

/** Each request asks this: ids and codes are looked up by an index each, where one condition on both reads every unit. */
const idsOf = (claim: readonly string[] | undefined): string[] => (claim ?? []).filter((value) => UUID.test(value));

/**
 * Turns a token's claims into nodes of `person_reach`: ids of organizations; codes or ids of localities, where a former unit
 * counts through the communes that it became, and through the units of before in which organizations still stand.
 * A value that names nothing opens nothing; only an absent claim opens the whole province.
 */
export async function resolveTerritory(reader: Reader, org?: readonly string[], loc?: readonly string[]): Promise<Territory> {
  const organizations = sql`select o.id::text as node from organizations o where o.id = any(${idsOf(org)}::uuid[])
    union select o.id::text from organizations o where o.code = any(${org ?? []}::text[])`;
  // Of units that shared a code the one of today is meant; a code that no unit has today means the last that had it.
  const named = sql`select l.id, l.valid_to is null as today from localities l where l.id = any(${idsOf(loc)}::uuid[])
    union select l.id, l.valid_to is null from localities l where l.code = any(${loc ?? []}::text[])
    and (l.valid_to is null or not exists (select from localities n where n.code = l.code and n.valid_to is null))`;
  const localities = sql`select n.id::text as node from (${named}) n where n.today
    union select t.locality_id::text from (${named}) n join locality_tree t on t.ancestor_id = n.id join localities l on l.id = t.locality_id
      where not n.today and (l.valid_to is null and l.kind = 'commune' or exists (select from organizations o where o.locality_id = l.id))`;
  const nodes = async (claim: readonly string[] | undefined, statement: typeof named) =>
    claim === undefined ? null : (await reader.read<{ node: string }>(statement)).map(({ node }) => node);
  return { org: await nodes(org, organizations), loc: await nodes(loc, localities) };
}
