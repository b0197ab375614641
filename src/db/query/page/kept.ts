import { onlyDirectory, openClasses, redactedFields } from "../../../core/policy.ts";
import type { Actor } from "../../../core/actor.ts";
import { join, literal, name, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { Render } from "../render.ts";
import { guardedMembers } from "../selection.ts";
import type { Selection } from "../selection.ts";
import { sourceOf } from "../source.ts";
import type { Context, Source } from "../source.ts";

/** The classes of which answers are kept: restricted and sensitive members are never stored a second time. */
const CLASSES = openClasses({ scopes: new Set(["people:read"]), purpose: null });

/** What of an answer is kept: these collections of the person, and what is made `beside` it each time it is asked for. */
export type KeptPart = { collections: string[]; beside?: Selection };

/** What is kept of the answer that is asked for, if it is a whole person of today; `beside` are the guarded members, for who reads them. */
export function keptPart(source: Source, selection: Selection, context: Context): KeptPart | undefined {
  const { actor } = context;
  const collections = onlyDirectory(actor) ? undefined : collectionsOf(source, selection, context);
  if (collections === undefined) return undefined;
  return openClasses(actor) === CLASSES ? { collections } : { collections, beside: guardedOf(source, selection, context) };
}

function collectionsOf({ noun }: Source, { members, include }: Selection, { asOf }: Context): string[] | undefined {
  if (noun.standing !== "person" || members !== null || asOf !== null) return undefined;
  const asked = Object.keys(noun.collections).filter((member) => include[member]);
  const plain = asked.every((member) => include[member]!.members === null && Object.keys(include[member]!.include).length === 0);
  return plain && asked.length === Object.keys(include).length ? asked : undefined;
}

/** The ids and guarded members of what is asked for, and of the collections that have some. */
function guardedOf(source: Source, selection: Selection, context: Context): Selection {
  const inner = Object.entries(selection.include).flatMap(([member, chosen]) => {
    const target = sourceOf(context, source.noun.collections[member]!);
    return guardedMembers(target, chosen, context).length === 0 ? [] : [[member, guardedOf(target, chosen, context)] as const];
  });
  return { members: new Set(["id", ...guardedMembers(source, selection, context)]), include: Object.fromEntries(inner) };
}

/** That an answer holds: of this version, stamp and day, and made by this code. */
export const stillHolds = (answer: Statement, person: Statement, maker: string, today: string): Statement =>
  sql`${answer}.person_id = ${person}.id and ${answer}.of_version = ${person}.version and ${answer}.of_stamp = ${answer}.stamp
    and ${answer}.made_by = ${maker} and ${answer}.from_day <= ${today}::date and ${answer}.until_day > ${today}::date`;

/** The text of a kept answer with these collections; null where one of them is longer than an answer shows. */
export const keptText = (answer: Statement, collections: readonly string[], person: Source, actor: Actor): Statement =>
  sql`${answer}.person${join(
    collections.map((member) => sql` || ${literal(`, "${member}" : `)} || ${answer}.${name(member)}`),
    "",
  )} || ${literal(endOf(person, actor))}`;

/** What is kept of a row, as text; with what is made beside it, an array of the two, for who opens it to join. */
export function standingText(
  answer: Statement,
  { collections, beside }: KeptPart,
  source: Source,
  row: Statement,
  context: Context,
  alias: () => Statement,
): Statement {
  const text = keptText(answer, collections, source, context.actor);
  return beside ? sql`'[' || ${text} || ',' || (${new Render(context, alias, false).record(source, row, beside)})::text || ']'` : text;
}

/** How the JSON of a person ends: what comes after the arrays that are asked for. */
export const endOf = ({ noun }: Source, actor: Actor): string => `, "redacted" : ${JSON.stringify(redactedFields(noun, actor))}}`;

/**
 * What a page of people is made of, so that it need not be made again while that is the same: its rows in their versions, and where an
 * answer shows more than a row's own columns, the stamps of the kept answers that it was made of.
 */
export type Proving = "rows" | "answers";

/** How a page can be proven; undefined where it shows what neither a version nor a stamp tells of. */
export function provingOf(source: Source, selection: Selection, context: Context): Proving | undefined {
  if (source.noun.standing !== "person" || context.asOf !== null) return undefined;
  const kept = context.kept === undefined ? undefined : keptPart(source, selection, context);
  if (kept) return kept.beside ? undefined : "answers";
  const { members, include } = selection;
  if (members === null || Object.keys(include).length > 0) return undefined;
  return [...members].every((member) => isOwn(source, member)) ? "rows" : undefined;
}

/** Whether a member is told by the columns of its row alone; a unit's name is another row's. */
function isOwn({ noun, derived }: Source, member: string): boolean {
  const kind = noun.fields[member]?.kind;
  return kind !== undefined && kind !== "place" && kind !== "unit" && kind !== "sealed" && derived[member] === undefined;
}

/** What one row adds to a proof; null where its answer is not kept. */
export const proofOfRow = (proving: Proving, row: Statement, stamp: Statement): Statement =>
  proving === "rows"
    ? sql`uuid_send(${row}.id) || int4send(${row}.version)`
    : sql`uuid_send(${row}.id) || int4send(${row}.version) || int8send(${stamp})`;

/** The proof of rows in an order. One that has none leaves them without: a sum of texts would pass over it. */
export const proofOfRows = (piece: Statement, order: Statement): Statement =>
  sql`case when bool_and(${piece} is not null) is not false then coalesce(string_agg(${piece}, ''::bytea order by ${order}), ''::bytea) end`;

/** Whether a page that had this proof, and more after it or not, is still what it was: `now` is of one row more than the page has, if there is one. */
export const isProven = (now: Buffer, { proof, more }: { proof: Buffer; more: boolean }): boolean =>
  now.length > proof.length === more && proof.equals(now.subarray(0, proof.length));

/**
 * One statement that says what a page would be made of now: its `rows` with nothing shown, each as long as another. In the order in which
 * they come: another one would be no proof, and the page made again. A stamp that no answer has stands for one that is not kept.
 */
export function provenRows(rows: Statement, proving: Proving, context: Context): Statement {
  const [row, answer] = [raw("q"), raw("a")];
  const piece = proofOfRow(proving, row, sql`coalesce(${answer}.stamp, 0)`);
  const holds = () => stillHolds(answer, row, context.kept!, context.today);
  const kept = proving === "answers" ? sql` left join person_answers ${answer} on ${holds()}` : sql``;
  // Of a place that is none of today nothing is said (territory.ts).
  const found = context.claims?.loc ? sql` having (select c.loc <> '{}' from claimed c)` : sql``;
  return sql`select coalesce(string_agg(${piece}, ''::bytea), ''::bytea) as proof from (${rows}) ${row}${kept}${found}`;
}
