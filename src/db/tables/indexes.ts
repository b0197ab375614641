import type { Field } from "../../core/registry/field.ts";
import { leadsToPeople } from "../../core/registry/noun.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { index, sql } from "./drizzle.ts";
import type { AnyPgColumn, PgTableExtraConfigValue } from "./drizzle.ts";

const STANDING = sql`hidden_at is null`;
/** Kinds whose filters are equality with one or several values: their index gives the rows of a value in the order of ids. */
const BY_VALUE = new Set<Field["kind"]>(["text", "choice", "classification", "boolean", "place", "unit"]);

/**
 * The indexes that a noun's declarations ask for: one a declared filter, one a sortable field and direction, so that what is declared is
 * indexed by being declared. Facts by which `people` are found have the person before the id. What an index has beside its key, to be read
 * instead of the row, is added by hand (migration 0066): drizzle has no word for it.
 */
export function planIndexes(noun: Noun, t: Record<string, AnyPgColumn>, people?: Noun): PgTableExtraConfigValue[] {
  const declared = new Set(noun.parameters.map((name) => name.split(":")[0]!));
  const asked = (member: string, operator: string) => noun.parameters.includes(`${member}:${operator}`);
  return Object.entries(noun.fields).flatMap(([member, field]) => [
    ...(declared.has(member) ? byValue(noun, t, member, field, people !== undefined && leadsToPeople(noun, member, people)) : []),
    ...(field.kind === "text" && asked(member, "match") ? byWords(noun, t, member) : []),
    ...(field.kind === "text" && asked(member, "prefix") ? byPrefix(noun, t, member) : []),
    ...(field.sortable ? byOrder(noun, t, member, field) : []),
  ]);
}

function byValue(noun: Noun, t: Record<string, AnyPgColumn>, member: string, { kind }: Field, driven: boolean): PgTableExtraConfigValue[] {
  const column = t[kind === "place" || kind === "unit" ? `${member}_id` : member];
  // A person's texts have indexes of their own.
  if (!BY_VALUE.has(kind) || !column || (kind === "text" && (noun.standing !== "reference" || !noun.parameters.includes(member))))
    return [];
  // A unit's days stand in the index: of hundreds of districts none stands today.
  const of = noun.standing === "reference" ? noun.fields["valid_to"]?.kind : undefined;
  const days = of === "day" ? ["valid_from", "valid_to"] : of && kind !== "text" ? ["valid_from_earliest", "valid_to_latest"] : [];
  const period = days.map((one) => t[one]!);
  const rest = [t["id"]!, ...period] as [AnyPgColumn, ...AnyPgColumn[]];
  const named = index(`${noun.table}_${member}_listing`);
  return [(driven ? named.on(column, t["person_id"]!, ...rest) : named.on(column, ...rest)).where(STANDING)];
}

const byPrefix = ({ table }: Noun, t: Record<string, AnyPgColumn>, member: string): PgTableExtraConfigValue[] => [
  index(`${table}_${member}_prefix_index`).on(sql`fold(${t[member]!}) text_pattern_ops`, t["id"]!),
];

const byWords = ({ table }: Noun, t: Record<string, AnyPgColumn>, member: string): PgTableExtraConfigValue[] => [
  index(`${table}_${member}_words_index`).using("gin", sql`string_to_array(fold(${t[member]!}), ' ')`),
];

function byOrder({ table, standing }: Noun, t: Record<string, AnyPgColumn>, member: string, { kind }: Field): PgTableExtraConfigValue[] {
  const named = (direction: string) => index(`${table}_${member}_${direction}`);
  const id = t["id"]!;
  // The same expressions as in the keys of an order (src/db/query/page/order.ts).
  if (kind === "integer" || kind === "number") {
    const column = t[member]!;
    return [
      named("up")
        .on(sql`coalesce(${column}, 2147483647)`, id, column)
        .where(STANDING),
      named("down")
        .on(sql`coalesce(-${column}, 2147483647)`, id)
        .where(STANDING),
    ];
  }
  if (kind === "partial_date" || kind === "day") {
    const column = t[kind === "day" ? member : `${member}_earliest`]!;
    const latest = kind === "partial_date" && standing === "person" ? [t[`${member}_latest`]!] : [];
    return [
      named("up")
        .on(sql`coalesce(${column} - date '2000-01-01', 2147483647)`, id, column, ...latest)
        .where(STANDING),
      named("down")
        .on(sql`coalesce(date '2000-01-01' - ${column}, 2147483647)`, id)
        .where(STANDING),
    ];
  }
  return kind === "text" ? [named("order").on(sql`${t[member]!} collate "vi-x-icu"`, id)] : [];
}
