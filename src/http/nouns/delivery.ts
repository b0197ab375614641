import { isGuarded, opening } from "../../core/policy.ts";
import type { Noun } from "../../core/registry/noun.ts";
import type { Query } from "../../core/query/tree.ts";
import { unseal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import type { Database } from "../../db/pools.ts";
import { joinOf } from "../../db/readers/joined.ts";
import type { Join } from "../../db/readers/joined.ts";
import { guardedMembers, hidesPerson, selects } from "../../db/query/selection.ts";
import type { Selection } from "../../db/query/selection.ts";
import { sourceOf } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";

type Json = Record<string, unknown>;
/** Fields by person. */
type Seen = Map<string, Set<string>>;

/**
 * Makes records fit to leave: opens their seals, and keeps in the access log who is given which guarded fields of whom.
 *
 * Takes JSON text as the compiler wrote it (a record, or records joined by commas) or a list of such, and comes back when the entries are
 * on the disk. Where nothing guarded is shown the text is given back as it came. The database never has the key, so this is the one place
 * where rows are rebuilt in JavaScript.
 */
export async function deliver<T extends string | string[]>(
  database: Pick<Database, "access">,
  text: T,
  source: Source,
  selection: Selection,
  context: Context,
): Promise<T> {
  const handing = handingOf(source, selection, context);
  if (!handing) return text;
  const given = [text].flat().map((one) => recordsIn(one, handing));
  await handOver(database, given.flat(), handing, context);
  const opened = given.map((records) => JSON.stringify(records).slice(1, -1));
  return (typeof text === "string" ? opened[0] : opened) as T;
}

/** The same of one text for who has found out what is to be done with its records. */
export async function deliverTo(database: Pick<Database, "access">, text: string, handing: Handing, context: Handed): Promise<string> {
  const records = recordsIn(text, handing);
  await handOver(database, records, handing, context);
  return JSON.stringify(records).slice(1, -1);
}

/** Who is given records, by which keys, and of which request. */
type Handed = Pick<Context, "actor" | "keys" | "trace">;

/** Opens records where they are, and comes back when it is on the disk who is given them. */
export async function handOver(
  { access }: Pick<Database, "access">,
  records: readonly Json[],
  { watch }: Handing,
  { actor, keys, trace }: Handed,
): Promise<void> {
  const seen: Seen = new Map();
  for (const record of records) walk(record, watch, keys, seen);
  if (seen.size === 0) return;
  if (!trace) throw new Error("guarded values would leave without an entry in the access log");
  const entries = [...seen].map(([person, fields]) => ({ person, fields: [...fields].toSorted() }));
  await access.record(entries, actor, trace);
}

/** What is to be done with each record of a selection, found out once for all of them. */
export type Handing = { watch: Watch; join: Join };

/** Undefined: its records leave as they are, nothing in them is to be opened or noted; asked before a single character is parsed. */
export function handingOf(source: Source, selection: Selection, context: Context): Handing | undefined {
  const watch = watchOf(source, selection, context);
  return watch && { watch, join: joinOf(source, selection, context) };
}

/** Records as they are written, or as an array of what is kept of them and what was made beside it. */
function recordsIn(text: string, { join }: Handing): Json[] {
  const written = JSON.parse(`[${text}]`) as (Json | [Json, Json])[];
  return written.map((one) => {
    const record = Array.isArray(one) ? join(one[0], one[1]) : one;
    if (!record) throw new Error("what is kept of a record is not of the rows that it has");
    return record;
  });
}

/** A selection that knows by which guarded fields its rows are found: whoever is on a list of these is told of, whatever is shown of him. */
export function foundBy(query: Query, selection: Selection, source: Source, context: Context): Selection {
  const found = [...new Set(guardedPaths(query, source, context))];
  return found.length === 0 ? selection : { ...selection, found };
}

function guardedPaths(query: Query, source: Source, context: Context): string[] {
  switch (query.is) {
    case "and":
    case "or":
      return query.items.flatMap((item) => guardedPaths(item, source, context));
    case "not":
      return guardedPaths(query.item, source, context);
    case "compare": {
      const [head = "", ...rest] = query.path.split(".");
      if (rest.length > 0) return inside(head, { ...query, path: rest.join(".") }, source, context);
      const field = source.noun.fields[head];
      return field && isGuarded(source.noun, field) ? [nameOf(source, head)] : [];
    }
    default:
      return query.where ? inside(query.path, query.where, source, context) : [];
  }
}

function inside(member: string, query: Query, { noun }: Source, context: Context): string[] {
  const target = noun.collections[member] ?? noun.relations[member];
  return target === undefined ? [] : guardedPaths(query, sourceOf(context, target), context);
}

/** As the log names a field: `citizen_id`, `degrees.certificate_no`. */
const nameOf = ({ noun }: Source, member: string): string => (noun.standing === "person" ? member : `${noun.table}.${member}`);

type Watch = {
  noun: Noun;
  sealed: readonly string[];
  guarded: readonly (readonly [member: string, name: string])[];
  found: readonly string[];
  hidesPerson: boolean;
  inner: readonly (readonly [member: string, watch: Watch])[];
};

function watchOf(source: Source, selection: Selection, context: Context): Watch | undefined {
  const { noun } = source;
  const sealed = Object.entries(noun.fields).flatMap(([member, field]) =>
    field.kind === "sealed" && selects(selection, member) && opening(noun, field, context.actor).open ? [member] : [],
  );
  const guarded = guardedMembers(source, selection, context).map((member) => [member, nameOf(source, member)] as const);
  const found = selection.found ?? [];
  const inner = Object.entries(selection.include).flatMap(([member, chosen]) => {
    const watch = watchOf(sourceOf(context, (noun.collections[member] ?? noun.relations[member])!), chosen, context);
    return watch ? [[member, watch] as const] : [];
  });
  if (sealed.length + guarded.length + found.length + inner.length === 0) return undefined;
  return { noun, sealed, guarded, found, hidesPerson: hidesPerson(source, selection, context), inner };
}

function walk(record: Json, watch: Watch, keys: Keys, seen: Seen): void {
  const { noun, sealed, guarded, found } = watch;
  const person = noun.standing === "person" ? record["id"] : noun.standing === "fact" ? record["person_id"] : undefined;
  if (typeof person === "string") {
    for (const field of found) note(seen, person, field);
    for (const [member, field] of guarded) if (member in record) note(seen, person, field);
  }
  if (watch.hidesPerson) delete record["person_id"];
  for (const member of sealed) {
    const bytes = record[member];
    if (typeof bytes === "string")
      record[member] = unseal(keys, Buffer.from(bytes, "base64"), `${noun.table}.${member}:${String(record["id"])}`);
  }
  for (const [member, inside] of watch.inner) {
    for (const one of [record[member]].flat()) {
      if (one !== null && typeof one === "object") walk(one as Json, inside, keys, seen);
    }
  }
}

function note(seen: Seen, person: string, field: string): void {
  const known = seen.get(person);
  if (known) known.add(field);
  else seen.set(person, new Set([field]));
}
