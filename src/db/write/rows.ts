import type { Field } from "../../core/registry/field.ts";
import { splitName } from "../../core/vietnamese/names.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { days } from "../../core/time/partial-date.ts";
import { lookupHash, seal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { foldSearch } from "../../core/vietnamese/text.ts";

/** A row as the database keeps it: values by column. */
export type Row = Record<string, unknown>;
type Body = Record<string, unknown>;

/** The columns of what a client sent: only members that were sent; null takes a value away. `id` binds sealed values to their row. */
export function rowOf(noun: Noun, body: Body, id: string, keys: Keys): Row {
  const row: Row = {};
  // By what was sent, not by all that could be: an import makes some ten rows of eight members a person, and nouns have forty.
  for (const key of Object.keys(body)) {
    const member = memberOf(noun, key);
    const field = member === undefined ? undefined : noun.fields[member]!;
    if (field === undefined || field.write === "never" || !field.stored) continue;
    for (const [column, value] of columns(noun, member!, field, body, id, keys)) row[column] = value;
  }
  return row;
}

/** The member that a body's key stands for: what points at a unit is written by its id alone. */
export function memberOf({ fields }: Noun, key: string): string | undefined {
  const pointing = (member: string) => fields[member]?.kind === "place" || fields[member]?.kind === "unit";
  if (key.endsWith("_id") && pointing(key.slice(0, -3))) return key.slice(0, -3);
  return Object.hasOwn(fields, key) && !pointing(key) ? key : undefined;
}

/** What stands in the columns where a client sent nothing. */
export function initialRow({ fields }: Noun): Row {
  const row: Row = {};
  for (const member of Object.keys(fields)) {
    const { stored, initial } = fields[member]!;
    if (stored && initial !== undefined) row[member] = initial;
  }
  return row;
}

function columns(noun: Noun, member: string, field: Field, body: Body, id: string, keys: Keys): [string, unknown][] {
  const pointing = field.kind === "place" || field.kind === "unit";
  const key = pointing ? `${member}_id` : member;
  const value = body[key] ?? null;
  switch (field.kind) {
    case "partial_date": {
      const span = value === null ? null : days(value as string);
      return [
        [`${member}_earliest`, span?.earliest ?? null],
        [`${member}_latest`, span?.latest ?? null],
      ];
    }
    case "classification":
      return [
        [member, value],
        [`${member}_scheme`, value === null ? null : (body[`${member}_scheme`] ?? null)],
      ];
    case "source": {
      const source = (value ?? {}) as { organization_id?: string | null; received_on?: string | null; document?: string | null };
      return [
        ["source_organization_id", source.organization_id ?? null],
        ["source_received_on", source.received_on ?? null],
        ["source_document", source.document ?? null],
      ];
    }
    case "sealed":
      return [
        [`${member}_sealed`, value === null ? null : seal(keys, value as string, `${noun.table}.${member}:${id}`)],
        [`${member}_hash`, value === null ? null : lookupHash(keys, member, value as string)],
      ];
    case "name":
      return nameColumns(value as { full: string; family?: string | null; middle?: string | null; given?: string });
    default:
      return [[key, value]];
  }
}

/** A name's parts: as sent, else by the usual split; without family or middle name they are ''. */
function nameColumns(name: { full: string; family?: string | null; middle?: string | null; given?: string }): [string, unknown][] {
  const split = splitName(name.full);
  const given = name.given ?? split.given;
  const family = name.family === undefined ? split.family : name.family;
  const middle = name.middle === undefined ? split.middle : name.middle;
  return [
    ["name_full", name.full],
    ["name_family", family ?? ""],
    ["name_middle", middle ?? ""],
    ["name_given", given],
    ["name_folded", foldSearch(name.full)],
  ];
}
