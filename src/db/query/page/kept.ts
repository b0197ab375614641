import { openClasses, redactedFields } from "../../../core/policy.ts";
import type { Actor } from "../../../core/actor.ts";
import { join, literal, name, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import type { Selection } from "../selection.ts";
import type { Context, Source } from "../source.ts";

/** The classes of which answers are kept: restricted and sensitive members are never stored a second time. */
const CLASSES = openClasses({ scopes: new Set(["people:read"]), purpose: null });

/** The collections of the answer that is asked for, if it is one that is kept: a whole person of today, for who reads no guarded member. */
export function keptCollections({ noun }: Source, { members, include }: Selection, context: Context): string[] | undefined {
  if (noun.standing !== "person" || members !== null || context.asOf !== null || openClasses(context.actor) !== CLASSES) return undefined;
  const asked = Object.keys(noun.collections).filter((member) => include[member]);
  const plain = asked.every((member) => include[member]!.members === null && Object.keys(include[member]!.include).length === 0);
  return plain && asked.length === Object.keys(include).length ? asked : undefined;
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
