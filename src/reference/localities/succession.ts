import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { predecessorsOf, successorsOf } from "../succession.ts";
import type { Succession } from "../succession.ts";

const succession: Succession = {
  member: sql`locality`,
  table: sql`localities`,
  edges: sql`select predecessor_id as a, successor_id as b, kind, share, effective_on as day, document
    from locality_lineage where hidden_at is null`,
  stood: (day) => sql`coalesce(locality.valid_from <= ${day}::date, true) and coalesce(locality.valid_to >= ${day}::date, true)`,
  // A province that did not change has no edges either: it stands for itself, whatever became of its communes.
  below: sql`select c.id from parts p join localities u on u.id = p.id and u.valid_to is not null join localities c on c.parent_id = u.id
    where c.valid_to is not null and c.hidden_at is null and not exists (select from edges e where e.a = p.id)`,
};

/** Rows `{ locality, kind, share, effective_on, document }`: what a locality had become by a day. */
export const successors = (id: string, asOf: string): Statement => successorsOf(succession, id, asOf);

/** Rows of the same members: what stood in a locality's place on a day. */
export const predecessors = (id: string, asOf: string): Statement => predecessorsOf(succession, id, asOf);
