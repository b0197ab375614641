import type { Actor, Scope } from "./actor.ts";
import type { Field, Visibility } from "./registry/field.ts";
import type { Noun, Standing } from "./registry/noun.ts";
import type { ProblemCode } from "./problems.ts";

/** What is needed to read fields of a class: every one of these scopes, and for `guarded` ones a purpose, of which the access log tells. */
export type ClassRule = { scopes: readonly Scope[]; directory: boolean; guarded: boolean };

/** What each visibility class asks for; `directory`: open to `directory:read` too, of persons with a live consent. */
export const CLASSES: Readonly<Record<Visibility, ClassRule>> = {
  public: { scopes: ["people:read"], directory: true, guarded: false },
  internal: { scopes: ["people:read"], directory: false, guarded: false },
  restricted: { scopes: ["people:read", "people:read.restricted"], directory: false, guarded: true },
  sensitive: { scopes: ["people:read", "people:read.sensitive"], directory: false, guarded: true },
};

/**
 * What holds for the rows of a noun: whether fields have classes, by which column a row's person is known (null: rows are for all, whatever
 * a token's territory), and the scope that reads them beside the directory (null: any token, or the scope of the route).
 */
export type StandingRule = { classes: boolean; person: "id" | "person_id" | null; scope: Scope | null };

export const STANDINGS: Readonly<Record<Standing, StandingRule>> = {
  person: { classes: true, person: "id", scope: "people:read" },
  fact: { classes: true, person: "person_id", scope: "people:read" },
  privacy: { classes: false, person: "person_id", scope: "privacy" },
  log: { classes: false, person: "person_id", scope: null },
  event: { classes: false, person: null, scope: null },
  reference: { classes: false, person: null, scope: null },
};

/** What an actor may read of a class of fields: it is open, or why it is not. */
export type Opening = { open: true } | { open: false; code: Extract<ProblemCode, "scope-missing" | "purpose-required">; scope: Scope };

/**
 * Whether an actor may read a field of a noun; the one place that says so.
 * Reference nouns are open to every valid token; restricted and sensitive fields need their scope and a stated purpose (api.md 9).
 */
export function opening(noun: Noun, field: Pick<Field, "class">, { scopes, purpose }: Actor): Opening {
  const { classes, scope } = STANDINGS[noun.standing];
  if (!classes) return scope === null || scopes.has(scope) ? { open: true } : { open: false, code: "scope-missing", scope };
  const rule = CLASSES[field.class];
  const missing = rule.scopes.findLast((one) => !scopes.has(one));
  if (missing !== undefined && !(rule.directory && scopes.has("directory:read"))) {
    return { open: false, code: "scope-missing", scope: missing };
  }
  return rule.guarded && purpose === null ? { open: false, code: "purpose-required", scope: rule.scopes.at(-1)! } : { open: true };
}

/** Whether a field of a noun is read for a stated purpose only, and each reading leaves an entry in the access log. */
export const isGuarded = ({ standing }: Noun, field: Pick<Field, "class">): boolean =>
  STANDINGS[standing].classes && CLASSES[field.class].guarded;

/** The fields of a noun that an actor may not read, by name: what `redacted` lists. */
export function redactedFields(noun: Noun, actor: Actor): string[] {
  return Object.entries(noun.fields).flatMap(([member, field]) => (opening(noun, field, actor).open ? [] : [member]));
}

/** Whether an actor may read records of a noun at all, the directory aside: what a write answers with. */
export function mayRead({ standing }: Noun, { scopes }: Actor): boolean {
  const { scope } = STANDINGS[standing];
  return scope === null || scopes.has(scope);
}

/** Whether the rows of a noun are people or what the registry says of them. */
export const isOfPeople = ({ standing }: Noun): boolean => STANDINGS[standing].classes;

/** The classes of fields of people that are open to an actor: `public internal`. */
export const openClasses = ({ scopes, purpose }: Pick<Actor, "scopes" | "purpose">): string =>
  Object.entries(CLASSES)
    .filter(([, rule]) => rule.scopes.every((one) => scopes.has(one)) || (rule.directory && scopes.has("directory:read")))
    .flatMap(([name, { guarded }]) => (guarded && purpose === null ? [] : [name]))
    .join(" ");

/** Whether an actor reads no more than the directory: public fields of persons with a live consent. */
export const onlyDirectory = (actor: Actor): boolean => !actor.scopes.has("people:read");
