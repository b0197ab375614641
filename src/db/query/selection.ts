import { isGuarded, opening } from "../../core/policy.ts";
import { problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import type { Place } from "../../core/query/tree.ts";
import { refuseClosed, refusePath } from "./refusals.ts";
import { sourceOf } from "./source.ts";
import type { Context, Source } from "./source.ts";

/** What a read answers of a record: its members (null: all) and what it includes; `found`: guarded fields by which its rows are found. */
export type Selection = { members: ReadonlySet<string> | null; include: Record<string, Selection>; found?: readonly string[] };

/** Every member, nothing included. */
export const WHOLE: Selection = { members: null, include: {} };

const MAX_DEPTH = 2;

/** Whether a member is answered. */
export const selects = ({ members, include }: Selection, member: string): boolean =>
  members === null || members.has(member) || include[member] !== undefined;

/** The guarded members of a record that are answered: those the actor may read and that were not left out. */
export const guardedMembers = ({ noun }: Source, selection: Selection, { actor }: Context): string[] =>
  Object.entries(noun.fields).flatMap(([member, field]) =>
    isGuarded(noun, field) && selects(selection, member) && opening(noun, field, actor).open ? [member] : [],
  );

/** Whether the access log will want to know whose a fact is, and nobody asked for that: it is rendered, and taken out again. */
export const hidesPerson = (source: Source, selection: Selection, context: Context): boolean =>
  source.noun.standing === "fact" &&
  !selects(selection, "person_id") &&
  ((selection.found ?? []).length > 0 || guardedMembers(source, selection, context).length > 0);

/**
 * Reads `fields=id,name,degrees.level` and `include=degrees,affiliations.organization` (depth 2).
 * @throws Problem for unknown members, or those that the actor may not read.
 */
export function readSelection(source: Source, fields: string | undefined, include: string | undefined, context: Context): Selection {
  const selection: Selection = { members: fields === undefined ? null : new Set(["id"]), include: {} };
  const violations: Violation[] = [];
  const attempt = (parameter: string, list: string | undefined, add: (path: string, at: Place) => void) => {
    for (const path of (list ?? "").split(",").filter(Boolean)) {
      try {
        add(path.trim(), context.inUrl ? { parameter } : { pointer: `/${parameter}` });
      } catch (error) {
        violations.push(...(error as { errors: Violation[] }).errors);
      }
    }
  };
  attempt("include", include, (path, at) => addInclude(selection, source, path.split("."), context, at));
  attempt("fields", fields, (path, at) => addField(selection, source, path.split("."), context, at));
  if (violations.length > 0) throw problemOf(violations, context.inUrl ? "query" : "body");
  return selection;
}

function addInclude(selection: Selection, source: Source, path: string[], context: Context, at: Place): void {
  const [member = "", ...rest] = path;
  const target = source.noun.collections[member] ?? source.noun.relations[member];
  const includable = [...Object.keys(source.noun.collections), ...Object.keys(source.noun.relations)];
  if (!target || path.length > MAX_DEPTH) throw refusePath(path.join("."), includable, at);
  refuseIfClosed(source, member, context, at);
  const inner = (selection.include[member] ??= { members: null, include: {} });
  if (rest.length > 0) addInclude(inner, sourceOf(context, target), rest, context, at);
}

function addField(selection: Selection, source: Source, path: string[], context: Context, at: Place): void {
  const [member = "", ...rest] = path;
  const target = source.noun.collections[member] ?? (rest.length > 0 ? source.noun.relations[member] : undefined);
  if (!target) {
    const field = source.noun.fields[member];
    if (!field || rest.length > 0)
      throw refusePath(path.join("."), [...Object.keys(source.noun.fields), ...Object.keys(source.noun.collections)], at);
    refuseIfClosed(source, member, context, at);
    (selection.members as Set<string>).add(member);
    return;
  }
  const wanted = selection.include[member];
  const inner = wanted ?? { members: rest.length > 0 ? new Set(["id"]) : null, include: {} };
  if (wanted && rest.length > 0 && wanted.members === null) (wanted as { members: Set<string> | null }).members = new Set(["id"]);
  selection.include[member] = inner;
  if (rest.length > 0) addField(inner, sourceOf(context, target), rest, context, at);
}

function refuseIfClosed(source: Source, member: string, context: Context, at: Place): void {
  const field = source.noun.fields[member];
  const answer = field && opening(source.noun, field, context.actor);
  if (answer && !answer.open) throw refuseClosed(member, answer.code, answer.scope, at);
}
