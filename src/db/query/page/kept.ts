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

/** The collections of the answer that is asked for, if it is one that is kept: a whole person of today, for who reads no guarded member. */
export function keptCollections(source: Source, selection: Selection, context: Context): string[] | undefined {
  return openClasses(context.actor) === CLASSES ? collectionsOf(source, selection, context) : undefined;
}

/** The same for who reads guarded members too: these are made each time they are asked for, `beside` what is kept. */
export function keptBeside(
  source: Source,
  selection: Selection,
  context: Context,
): { collections: string[]; beside: Selection } | undefined {
  const { actor } = context;
  if (onlyDirectory(actor) || openClasses(actor) === CLASSES) return undefined;
  const collections = collectionsOf(source, selection, context);
  return collections && { collections, beside: guardedOf(source, selection, context) };
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
