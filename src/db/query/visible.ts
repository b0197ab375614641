import { onlyDirectory } from "../../core/policy.ts";
import { join, name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { column } from "./source.ts";
import type { Context, Source } from "./source.ts";

const NOTHING = raw("false");

/** The conditions under which the actor may know of a row: hidden rows, territory, the directory (api.md 9). */
export function visibleRows({ noun }: Source, row: Statement, context: Context): Statement[] {
  const shown = sql`${row}.hidden_at is null`;
  if (noun.standing === "reference") return [shown];
  // Nobody is in the directory until consents stand.
  if (onlyDirectory(context.actor)) return [shown, NOTHING];
  if (noun.standing === "person") return [shown, ...territory(column(row, "id"), context)];
  const person = column(row, "person_id");
  return [shown, sql`exists (select from people p where p.id = ${person} and p.hidden_at is null)`, ...territory(person, context)];
}

/** Both claims must hold; within one claim any of its nodes will do. Reach is compared with today, so that a day passing counts. */
export function territory(person: Statement, { actor, today }: Pick<Context, "actor" | "today">): Statement[] {
  return [actor.org, actor.loc].flatMap((nodes) =>
    nodes === null
      ? []
      : [
          sql`exists (select from person_reach r where r.person_id = ${person} and r.node_id = any(${nodes}::uuid[]) and r.from_day <= ${today}::date and r.until_day >= ${today}::date)`,
        ],
  );
}

/** Facts and units that may have held on a day: left out only when they certainly did not. */
export function heldOn({ noun }: Source, row: Statement, day: string | null): Statement[] {
  if (day === null || !noun.fields["valid_from"] || !noun.fields["valid_to"]) return [];
  const partial = noun.fields["valid_from"].kind === "partial_date";
  const from = column(row, partial ? "valid_from_earliest" : "valid_from");
  const to = column(row, partial ? "valid_to_latest" : "valid_to");
  return [sql`coalesce(${from} <= ${day}::date, true) and coalesce(${to} >= ${day}::date, true)`];
}

/** Conditions joined by AND; none is true. */
export const all = (conditions: readonly Statement[]): Statement =>
  conditions.length === 0
    ? raw("true")
    : join(
        conditions.map((condition) => sql`(${condition})`),
        " and ",
      );

/** The FROM clause of a noun: `people as t0`. */
export const from = ({ noun }: Source, row: Statement): Statement => sql`${name(noun.table)} as ${row}`;
