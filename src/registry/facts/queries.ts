import type { Noun } from "../../core/registry/noun.ts";
import { column, sourceOf } from "../../db/query/source.ts";
import type { Source } from "../../db/query/source.ts";
import { from, isCurrent } from "../../db/query/visible.ts";
import { join, raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";

/** Confirmed before document_seen before declared before disputed, then the latest received: what makes a statement the preferred one. */
const rank = (row: Statement): Statement =>
  sql`(array_position(array['confirmed', 'document_seen', 'declared', 'disputed'], ${row}.verification), coalesce(date '2200-01-01' - ${row}.source_received_on, 1000000), ${row}.id)`;

/**
 * The source of a fact noun. `same` names the columns by which two statements of one person are of one and the same fact, or computes
 * what takes their place: they stand side by side, and one is preferred.
 */
export function factSource(noun: Noun, same: readonly (string | ((row: Statement) => Statement))[]): Source {
  const valueOf = (key: (typeof same)[number], row: Statement) => (typeof key === "string" ? column(row, key) : key(row));
  return {
    noun,
    conditions: {},
    derived: {
      is_current: (row, { today }) => isCurrent(row, today),
      preferred: (row, context) => {
        const equal = join(
          same.map((key) => sql`${valueOf(key, raw("o"))} is not distinct from ${valueOf(key, row)}`),
          " and ",
        );
        const others = from(sourceOf(context, noun.name), raw("o"), { person: column(row, "person_id") });
        return sql`not exists (select from ${others} where o.person_id = ${row}.person_id and o.hidden_at is null and ${equal} and ${rank(raw("o"))} < ${rank(row)})`;
      },
    },
  };
}
