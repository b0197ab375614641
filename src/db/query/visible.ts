import { isOfPeople, onlyDirectory, STANDINGS } from "../../core/policy.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { join, name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { column } from "./source.ts";
import type { Context, Key, Source } from "./source.ts";

const NOTHING = raw("false");

/** The conditions under which the actor may read a row: hidden rows, territory, the directory (api.md 9). */
export const visibleRows = (source: Source, row: Statement, context: Context): Statement[] => [
  sql`${row}.hidden_at is null`,
  ...(source.noun.standing === "fact" ? [sql`not ${hiddenPerson(row)}`] : []),
  ...readableRows(source, row, context),
];

/** What is hidden answers 410; what hangs on a person is hidden with the person: today's, or the one of `people`. */
export const hidden = ({ noun }: Source, row: Statement, people?: Source): Statement =>
  noun.standing === "fact" ? sql`(${row}.hidden_at is not null or ${hiddenPerson(row, people)})` : sql`(${row}.hidden_at is not null)`;

const hiddenPerson = (row: Statement, people?: Source): Statement => {
  const person = column(row, "person_id");
  const table = people ? from(people, raw("h"), { id: person }) : raw("people h");
  return sql`exists (select from ${table} where h.id = ${person} and h.hidden_at is not null)`;
};

/** The same, of rows hidden or not. Whoever reads the directory alone is shown who consents to it, from the moment of the consent to its withdrawal. */
export function readableRows(source: Source, row: Statement, context: Context): Statement[] {
  const within = writableRows(source, row, context);
  if (!isOfPeople(source.noun) || !onlyDirectory(context.actor)) return within;
  return [context.actor.scopes.has("directory:read") ? inDirectory(personOf(source, row)) : NOTHING, ...within];
}

/** A person without a live consent is not in the directory (Law 91/2025/QH15, Art. 16: public with consent alone). */
const inDirectory = (person: Statement): Statement =>
  sql`exists (select from consents c where c.person_id = ${person} and c.purpose = 'directory' and c.withdrawn_at is null)`;

const personOf = ({ noun }: Source, row: Statement): Statement => column(row, STANDINGS[noun.standing].person!);

/** The conditions under which the actor may write a row, hidden or not: who may write and not read is bound by the territory alone. */
export function writableRows(source: Source, row: Statement, context: Context): Statement[] {
  if (STANDINGS[source.noun.standing].person === null) return [];
  return territory(personOf(source, row), context);
}

/** Both claims must hold; within one claim any of its nodes will do. Reach is compared with today, so that a day passing counts. */
export function territory(person: Statement, { actor, today, inTurn }: Pick<Context, "actor" | "today" | "inTurn">): Statement[] {
  return [actor.org, actor.loc].flatMap((nodes) =>
    nodes === null
      ? []
      : [
          sql`exists (select from person_reach r where r.person_id = ${person} and r.node_id = any(${nodes}::uuid[]) and r.from_day <= ${today}::date and r.until_day >= ${today}::date${raw(inTurn ? " offset 0" : "")})`,
        ],
  );
}

/** By how much an actor is bound in what hangs on people: by each claim, and by the directory. */
export const boundsOf = (noun: Noun, actor: Context["actor"]): number =>
  [actor.org !== null, actor.loc !== null, isOfPeople(noun) && onlyDirectory(actor)].filter(Boolean).length;

/** So many people of a territory are looked up one by one; what is rare among everybody's is found sooner by them than by reading on. */
const FEW_PEOPLE = 15_000;

/** People that are found where they are few: statements to be made first, whether they are few, and who they are. */
export type FewPeople = { parts: Statement[]; gate: Statement; ids: Statement };

/** The people on whom what an actor may see of a noun hangs, as far as he is bound; undefined where he is not. */
export function fewPeople(noun: Noun, context: Pick<Context, "actor" | "today">): FewPeople | undefined {
  const { actor, today } = context;
  const reached = [actor.org, actor.loc].flatMap((nodes) => {
    if (nodes === null) return [];
    const found = sql`select r.person_id as v from person_reach r
      where r.node_id = any(${nodes}::uuid[]) and r.from_day <= ${today}::date and r.until_day >= ${today}::date`;
    const [holds = NOTHING] = territory(raw("s.v"), { actor: { ...actor, org: nodes, loc: null }, today, inTurn: true });
    return [{ found, holds }];
  });
  const listed = {
    found: sql`select c.person_id as v from consents c where c.purpose = 'directory' and c.withdrawn_at is null`,
    holds: inDirectory(raw("s.v")),
  };
  const bounds = isOfPeople(noun) && onlyDirectory(actor) ? [...reached, listed] : reached;
  if (bounds.length === 0) return undefined;
  const part = (i: number) => raw(`bound${i}`);
  const size = (i: number) => sql`(select count(*) from ${part(i)})`;
  const few = (i: number) => sql`${size(i)} <= ${FEW_PEOPLE}::int`;
  // The narrowest of them; of the others it is asked whether they hold.
  const ids = bounds.map((_, i) => {
    const others = bounds.flatMap(({ holds }, j) => (j === i ? [] : [sql`${size(i)} ${raw(j < i ? "<" : "<=")} ${size(j)}`, holds]));
    return sql`select s.v from ${part(i)} s where ${all([few(i), ...others])}`;
  });
  return {
    parts: bounds.map(({ found }, i) => sql`${part(i)} as materialized (${found} limit ${FEW_PEOPLE + 1}::int)`),
    gate: sql`(${join(
      bounds.map((_, i) => few(i)),
      " or ",
    )})`,
    ids: join(ids, " union all "),
  };
}

/** Facts and units that may have held on a day: left out only when they certainly did not. */
export function heldOn({ noun }: Source, row: Statement, day: string | null): Statement[] {
  if (day === null || !noun.fields["valid_from"] || !noun.fields["valid_to"]) return [];
  const partial = noun.fields["valid_from"].kind === "partial_date";
  const from = column(row, partial ? "valid_from_earliest" : "valid_from");
  const to = column(row, partial ? "valid_to_latest" : "valid_to");
  return [sql`coalesce(${from} <= ${day}::date, true) and coalesce(${to} >= ${day}::date, true)`];
}

/** Whether a fact certainly does not hold on a day: it ended, or lies beside the day. */
export const hasEnded = (row: Statement, day: string): Statement =>
  sql`${row}.ended or ${row}.valid_to_latest < ${day}::date or ${row}.valid_from_earliest > ${day}::date`;

/** Whether a fact holds on a day, as far as it is certain: false when it ended or lies beside the day, true when it certainly holds, else null. */
export const isCurrent = (row: Statement, day: string): Statement => sql`case
    when ${hasEnded(row, day)} then false
    when ${row}.ended is false or (${row}.valid_from_latest <= ${day}::date and ${row}.valid_to_earliest >= ${day}::date) then true end`;

/** Conditions joined by AND; none is true. */
export const all = (conditions: readonly Statement[]): Statement =>
  conditions.length === 0
    ? raw("true")
    : join(
        conditions.map((condition) => sql`(${condition})`),
        " and ",
      );

/** The FROM clause of a noun: `people as t0`; of a noun as it was, the rows that `key` finds. */
export function from({ noun, past }: Pick<Source, "noun" | "past">, row: Statement, key?: Key): Statement {
  if (!past) return sql`${name(noun.table)} as ${row}`;
  if (!key) throw new Error(`rows of ${noun.name} as they were are found by a key`);
  return sql`lateral (${past(key)}) as ${row}`;
}
