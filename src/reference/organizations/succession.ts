import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { predecessorsOf, successorsOf } from "../succession.ts";
import type { Succession } from "../succession.ts";

const succession: Succession = {
  member: sql`organization`,
  table: sql`organizations`,
  edges: sql`select from_id as a, to_id as b, kind, null::float8 as share, valid_from as day, document
    from organization_links where kind <> 'parent' and hidden_at is null`,
  stood: (day) => sql`organization.hidden_at is null and coalesce(organization.valid_from_earliest <= ${day}::date, true)
    and coalesce(organization.valid_to_latest >= ${day}::date, true)`,
};

/** Rows `{ organization, kind, share, effective_on, document }`: what an organization had become by a day. */
export const successors = (id: string, asOf: string): Statement => successorsOf(succession, id, asOf);

/** Rows of the same members: what stood in an organization's place on a day. */
export const predecessors = (id: string, asOf: string): Statement => predecessorsOf(succession, id, asOf);
