import type { Noun } from "../../core/registry/noun.ts";
import { Problem } from "../../core/problems.ts";
import type { Database, Reader } from "../pools.ts";
import type { Shape } from "../readers/wire.ts";
import { name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { absent } from "./refusals.ts";
import { isRanged, isSearch, rowsOf } from "./list.ts";
import type { ListQuery, ListRow } from "./list.ts";
import type { Rows } from "./page/lifted.ts";
import { adviceFor, planOf } from "./page/plan.ts";
import type { Plan } from "./page/plan.ts";
import { pageParameters, pageRow, pageStatement } from "./page/prepared.ts";
import type { PreparedPage } from "./page/prepared.ts";
import { parameterText } from "./page/slot.ts";
import { refuseCostly } from "./refusals.ts";
import { Render } from "./render.ts";
import type { Selection } from "./selection.ts";
import { aliases } from "./source.ts";
import type { Context, Source } from "./source.ts";
import { all, from, hidden, readableRows } from "./visible.ts";

type Readers = Pick<Database, "reader" | "long" | "searches" | "pages">;

/** Who reads a page: what indexes answer, the readers; what reads on, others under a budget; a search among those planned for any name. */
async function rowOf(
  database: Readers,
  { plan, ranged, search }: Pick<PreparedPage, "plan" | "ranged" | "search">,
  statement: Statement,
): Promise<ListRow> {
  if (plan === "indexed" || ranged) return (await database.reader.read<ListRow>(statement))[0]!;
  const { text, values } = statement.render();
  const ask = search ? database.searches : database.long;
  return pageRow((await ask(text, values.map(parameterText)))!)!;
}

/**
 * The page of a statement: by indexes on the readers, or under a time budget beside them.
 * @throws Problem `query-too-costly` when it takes longer than a list may, naming filters that would help.
 */
export async function readPage(
  database: Readers,
  statement: Statement,
  list: ListQuery,
  source: Source,
  context: Context,
): Promise<ListRow & { plan: Plan }> {
  const plan = planOf(list, source, context);
  const kind = { plan, ranged: isRanged(list, source, context), search: isSearch(list, source) };
  return timed(plan, { list, source, context }, () => rowOf(database, kind, statement));
}

/** Under which names a page's statements are prepared on the connections that brief pages share. */
export type SharedShapes = { whole: Shape; alone: Shape | undefined; proof: Shape | undefined };

/**
 * The same of a statement that is prepared for any values; `shared`: on the connections that brief pages share, of kept answers alone first
 * where it has that statement.
 */
export async function readPrepared(
  database: Readers,
  page: PreparedPage,
  given: readonly unknown[],
  shared: SharedShapes | undefined,
  asked: Asked,
): Promise<ListRow & { plan: Plan }> {
  return timed(page.plan, asked, async () => {
    if (shared?.alone) {
      const kept = pageRow((await database.pages.first(shared.alone, pageParameters(page.alone!, given)))!);
      if (kept) return kept;
    }
    if (shared) return pageRow((await database.pages.first(shared.whole, pageParameters(page, given)))!)!;
    return rowOf(database, page, pageStatement(page, given));
  });
}

type Asked = { list: Rows; source: Source; context: Context };

async function timed(plan: Plan, { list, source, context }: Asked, read: () => Promise<ListRow>): Promise<ListRow & { plan: Plan }> {
  try {
    return { ...(await read()), plan };
  } catch (error) {
    // What costs much waits for what costs much; its turn did not come.
    if (plan === "scan" && /timeout exceeded when trying to connect/.test((error as Error).message))
      throw new Problem("overloaded", { headers: { "retry-after": "5" }, cause: error });
    if ((error as { code?: string }).code !== "57014") throw error;
    throw refuseCostly(adviceFor(list, source, context), context.inUrl ? { parameter: "filter" } : { pointer: "/filter" }, error);
  }
}

/** About how many rows a list has, as the planner thinks: for who is bound to a territory this would tell of others' rows. */
export async function estimateRows({ scans }: Pick<Database, "scans">, list: ListQuery, source: Source, context: Context): Promise<number> {
  const alias = aliases();
  const row = alias();
  const rows = sql`select from ${from(source, row)} where ${all(rowsOf(list, source, row, context, alias))}`;
  const [plan] = await scans.read<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(sql`explain (format json) ${rows}`);
  return plan!["QUERY PLAN"][0].Plan["Plan Rows"];
}

/** One statement that answers one record as JSON text, whether or not it is hidden: `{ body, version, hidden }`. */
export function recordStatement(id: Statement, source: Source, selection: Selection, context: Context, cut = true): Statement {
  const alias = aliases();
  const row = alias();
  const shown = new Render(context, alias, cut).record(source, row, selection);
  // A hidden one that the actor might see answers 410, not 404.
  return sql`select (${shown})::text as body, ${row}.version as version, ${hidden(source, row)} as hidden from ${from(source, row)}
    where ${row}.id = (${id}) and ${all(readableRows(source, row, { ...context, inTurn: true }))}`;
}

export type ReadRecord = { body: string; version: number };

/** One record that the actor may know of, by the `statement` that was made for it. @throws Problem `not-found`, `deleted`, `erased` */
export async function readRecord(
  reader: Reader,
  id: string,
  source: Source,
  selection: Selection,
  context: Context,
  statement = recordStatement(sql`${id}::uuid`, source, selection, context),
): Promise<ReadRecord> {
  const [row] = await reader.read<ReadRecord & { hidden: boolean }>(statement);
  if (!row) throw await absent(reader.read, id, context);
  if (row.hidden) throw new Problem("deleted");
  return row;
}

/** The statements that read one record, or several by their places, for any ids, day and territory of callers of the same rights. */
export type RecordShape = {
  one(id: string, context: Context): Statement;
  several(ids: readonly string[], context: Context): Statement;
};

/** Where the values of a request stand: texts that no request has. */
const SLOTS = { id: "\0id", today: "\0today", org: ["\0org"], loc: ["\0loc"] };

/** Compiles those statements once; `whole`: no collection needs to be cut. */
export function recordShape(source: Source, selection: Selection, context: Context, whole: boolean): RecordShape {
  const { org, loc } = context.actor;
  const actor = { ...context.actor, org: org && SLOTS.org, loc: loc && SLOTS.loc };
  const compiled = (id: Statement) => recordStatement(id, source, selection, { ...context, actor, today: SLOTS.today }, !whole);
  const one = compiled(sql`${SLOTS.id}::uuid`);
  const each = compiled(raw("x.id"));
  const several = sql`select x.n::int, r.* from unnest(${SLOTS.id}::uuid[]) with ordinality as x(id, n) cross join lateral (${each} offset 0) r`;
  const given = (shape: Statement, id: unknown, { actor: { org: units, loc: places }, today }: Context) => {
    const values = new Map<unknown, unknown>([
      [SLOTS.id, id],
      [SLOTS.today, today],
      [SLOTS.org, units],
      [SLOTS.loc, places],
    ]);
    return shape.with(shape.values.map((value) => (values.has(value) ? values.get(value) : value)));
  };
  return { one: (id, now) => given(one, id, now), several: (ids, now) => given(several, ids, now) };
}

/** The texts of several records that have just been written, in their order. @throws Problem `outside-territory` where one is not to be seen */
export async function readRecords(reader: Reader, ids: readonly string[], shape: RecordShape, context: Context): Promise<string[]> {
  const rows = await reader.read<ReadRecord & { n: number }>(shape.several(ids, context));
  if (rows.length < ids.length) throw new Problem("outside-territory");
  return rows.toSorted((a, b) => a.n - b.n).map(({ body }) => body);
}

/** Refuses a record that is hidden. @throws Problem `not-found`, `deleted` */
export async function requireShown(reader: Reader, noun: Noun, id: string): Promise<void> {
  const [row] = await reader.read<{ hidden: boolean }>(
    sql`select hidden_at is not null as hidden from ${name(noun.table)} where id = ${id}::uuid`,
  );
  if (!row) throw new Problem("not-found");
  if (row.hidden) throw new Problem("deleted");
}

/** The id, if a record of the noun has it, hidden or not. @throws Problem `not-found` */
export async function requireStanding(reader: Reader, noun: Noun, id: string): Promise<string> {
  const rows = await reader.read(sql`select from ${name(noun.table)} where id = ${id}::uuid`);
  if (rows.length === 0) throw new Problem("not-found");
  return id;
}
