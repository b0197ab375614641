import type { Actor, Scope } from "./actor.ts";
import type { Field, Visibility } from "./registry/field.ts";
import type { Noun } from "./registry/noun.ts";
import type { ProblemCode } from "./problems.ts";

const BY_CLASS: Record<Visibility, Scope> = {
  public: "people:read",
  internal: "people:read",
  restricted: "people:read.restricted",
  sensitive: "people:read.sensitive",
};

/** What an actor may read of a class of fields: it is open, or why it is not. */
export type Opening = { open: true } | { open: false; code: Extract<ProblemCode, "scope-missing" | "purpose-required">; scope: Scope };

/**
 * Whether an actor may read a field of a noun; the one place that says so.
 * Reference nouns are open to every valid token; restricted and sensitive fields need their scope and a stated purpose (api.md 9).
 */
export function opening(noun: Noun, field: Pick<Field, "class">, actor: Actor): Opening {
  // A log is read by the scope of its route alone.
  if (noun.standing === "reference" || noun.standing === "log") return { open: true };
  if (noun.standing === "privacy") return mayRead(noun, actor) ? { open: true } : { open: false, code: "scope-missing", scope: "privacy" };
  const scope = BY_CLASS[field.class];
  const holds = actor.scopes.has(scope) || (field.class === "public" && actor.scopes.has("directory:read"));
  if (!holds) return { open: false, code: "scope-missing", scope };
  return isGuarded(noun, field) && actor.purpose === null ? { open: false, code: "purpose-required", scope } : { open: true };
}

/** Whether a field of a noun is read for a stated purpose only, and each reading leaves an entry in the access log. */
export const isGuarded = ({ standing }: Noun, field: Pick<Field, "class">): boolean =>
  (standing === "person" || standing === "fact") && (field.class === "restricted" || field.class === "sensitive");

/** The fields of a noun that an actor may not read, by name: what `redacted` lists. */
export function redactedFields(noun: Noun, actor: Actor): string[] {
  return Object.entries(noun.fields).flatMap(([member, field]) => (opening(noun, field, actor).open ? [] : [member]));
}

/** Whether an actor may read records of a noun at all, the directory aside: what a write answers with. */
export const mayRead = ({ standing }: Noun, { scopes }: Actor): boolean =>
  standing === "reference" || scopes.has(standing === "privacy" ? "privacy" : "people:read");

/** Whether the rows of a noun are people or what the registry says of them. */
export const isOfPeople = ({ standing }: Noun): boolean => standing === "person" || standing === "fact";

/** Whether an actor reads no more than the directory: public fields of persons with a live consent. */
export const onlyDirectory = (actor: Actor): boolean => !actor.scopes.has("people:read");
