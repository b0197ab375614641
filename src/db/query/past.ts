import { named } from "../../core/registry/noun.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { Problem } from "../../core/problems.ts";
import type { Reader } from "../pools.ts";
import { literal, name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { absent } from "./refusals.ts";
import { Render } from "./render.ts";
import type { Selection } from "./selection.ts";
import { aliases, sourceOf } from "./source.ts";
import type { Catalog, Context, Key, Source } from "./source.ts";
import { all, from, hidden, readableRows } from "./visible.ts";

/** An instant of the past, and the day on which it lay in Vietnam: what was current then is asked of that day. */
export type Then = { instant: string; day: string };

/** A row as a revision `r` kept it. Columns that came by a later migration have what stands where a client sends nothing. */
export function rowOfRevision(noun: Noun): Statement {
  const later = Object.entries(noun.fields).flatMap(([member, { kind, stored, nullable, initial }]): [string, unknown][] => {
    if (!stored) return [];
    if (initial !== undefined) return [[member, initial]];
    return kind === "texts" || (kind === "json" && !nullable) ? [[member, []]] : [];
  });
  return sql`jsonb_populate_record(null::${name(noun.table)}, ${literal(JSON.stringify(Object.fromEntries(later)))}::jsonb || r."row")`;
}

/**
 * The rows of a noun that stood at an instant. A record's versions ascend in time, so that what was written until then are its first ones.
 * A fact may have moved to another person since the version that names this one.
 */
function rowsAt(noun: Noun, key: Key, instant: string): Statement {
  const written = sql`r.noun = ${literal(noun.table)} and r.recorded_at <= ${instant}::timestamptz`;
  const last =
    "id" in key
      ? sql`select r."row" from revisions r where r.record_id = ${key.id} and ${written} order by r.version desc limit 1`
      : sql`select r."row" from revisions r where r.person_id = ${key.person} and ${written} and not exists (select from revisions n
          where n.record_id = r.record_id and n.version > r.version and n.noun = r.noun and n.recorded_at <= ${instant}::timestamptz)`;
  return sql`select x.* from (${last}) r cross join lateral ${rowOfRevision(noun)} x where r."row" is not null`;
}

/** Every noun as the registry knew it at an instant: the same fields and the same compiler, over rows that the history kept. */
function catalogAt(catalog: Catalog, instant: string): Catalog {
  const sources = Object.entries(catalog).map(([noun, source]) => [
    noun,
    { ...source, past: (key: Key) => rowsAt(source.noun, key, instant) } satisfies Source,
  ]);
  return named(Object.fromEntries(sources) as Record<string, Source>);
}

type Found = { future: boolean; found: boolean | null; known: boolean; erased: boolean; hidden: boolean; body: string; version: number };

/**
 * One record as the registry knew it at an instant, for an actor who may know of it today.
 * @throws Problem `invalid-parameter` for an instant to come, `not-found` also where it was not known yet, `deleted` where it was hidden
 * then or is now, `erased`
 */
export async function readRecordAt(
  reader: Reader,
  id: string,
  source: Source,
  selection: Selection,
  context: Context,
  then: Then,
): Promise<{ body: string; version: number }> {
  const [row] = await reader.read<Found>(recordAtStatement(id, source, selection, context, then));
  if (row!.future) throw refuseFuture();
  if (!row!.found) throw await absent(reader.read, id, context);
  if (row!.hidden) throw new Problem("deleted");
  if (!row!.known) throw new Problem(row!.erased ? "erased" : "not-found");
  return row!;
}

/** The statement of `readRecordAt`: who may read is asked of today's row, and what of the row then. */
export function recordAtStatement(id: string, source: Source, selection: Selection, context: Context, { instant, day }: Then): Statement {
  const past: Context = { ...context, catalog: catalogAt(context.catalog, instant), today: day };
  const then = sourceOf(past, source.noun.name);
  const alias = aliases();
  const [now, row] = [alias(), alias()];
  const shown = new Render(past, alias, false).record(then, row, selection);
  const gone = sql`${hidden(source, now)} or (${row}.id is not null and ${hidden(then, row, sourceOf(past, "people"))})`;
  const written = (compare: "<=" | ">=") =>
    sql`exists (select from revisions r where r.record_id = ${now}.id and r.noun = ${literal(source.noun.table)} and r.recorded_at ${raw(compare)} ${instant}::timestamptz)`;
  // The database's clock says what is to come: by it the history is dated, which has gone on where the clock was set back.
  return sql`select ${instant}::timestamptz > clock_timestamp() and f.later is not true as future, f.* from (select) as one left join (
    select true as found, ${written(">=")} as later, ${row}.id is not null as known, ${row}.id is null and ${written("<=")} as erased, ${gone} as hidden,
      ${row}.version as version, case when ${row}.id is not null then (${shown})::text end as body
    from ${from(source, now)} left join ${from(then, row, { id: sql`${now}.id` })} on true
    where ${now}.id = ${id}::uuid and ${all(readableRows(source, now, context))}) as f on true`;
}

function refuseFuture(): Problem {
  const detail = {
    vi: "“known_at” cần một thời điểm không muộn hơn lúc này: chưa ai biết điều sẽ được ghi.",
    en: "`known_at` takes an instant that is not later than now: what will be written nobody knows.",
  };
  return new Problem("invalid-parameter", { detail, errors: [{ code: "invalid-parameter", parameter: "known_at", detail }] });
}
