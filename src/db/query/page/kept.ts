import { onlyDirectory, openClasses, redactedFields } from "../../../core/policy.ts";
import type { Actor } from "../../../core/actor.ts";
import { join, literal, name, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
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

/** How the JSON of a person ends: what comes after the arrays that are asked for. */
export const endOf = ({ noun }: Source, actor: Actor): string => `, "redacted" : ${JSON.stringify(redactedFields(noun, actor))}}`;
