import { z } from "zod";
import type { Field } from "./field.ts";
import type { Bilingual } from "../problems.ts";

/**
 * What a noun is to the law: a person, a fact of a person, reference data that any valid token may read, a record of a person's rights, a
 * log of who read of whom, or of what the service did, which is about nobody.
 */
export type Standing = "person" | "fact" | "reference" | "privacy" | "log" | "event";

/** One noun of the registry: its names and its fields, from which everything else is derived. */
export type Noun = {
  /** Plural, as in the path: `academic-titles`. */
  name: string;
  /** Member and table name: `academic_titles`. */
  table: string;
  /** As in event types: `academic_title`. */
  singular: string;
  /** Name of the shape in the OpenAPI document: `AcademicTitle`. */
  shape: string;
  standing: Standing;
  label: Bilingual;
  description: string;
  fields: Readonly<Record<string, Field>>;
  /** Arrays of other nouns that hang on it, by member: `degrees`. */
  collections: Readonly<Record<string, string>>;
  /** The parameters of its list that the document shows, at most 40; any other field and operator works alike, or in `filter`. */
  parameters: readonly string[];
  /** Filters that people ask for together, and in which order: indexed as a whole (api.md 3). */
  combinations: readonly Combination[];
  /** Single records it points at, by member: `{ organization: "organizations" }`. */
  relations: Readonly<Record<string, string>>;
};

/** Parameters of a list that are asked for together, with the `sort` that goes with them. */
export type Combination = { filters: readonly string[]; sort?: string };

type Declaration = Partial<Pick<Noun, "table" | "collections" | "relations" | "parameters" | "combinations">> &
  Pick<Noun, "name" | "singular" | "shape" | "standing" | "label" | "description" | "fields">;

/** Declares a noun; the relations of `place` and `unit` fields follow from their kind. */
export function noun(declaration: Declaration): Noun {
  const pointing = Object.entries(declaration.fields).flatMap(([member, { kind }]) =>
    kind === "place" ? [[member, "localities"]] : kind === "unit" ? [[member, "organizations"]] : [],
  );
  return {
    table: declaration.name.replaceAll("-", "_"),
    parameters: [],
    combinations: [],
    ...declaration,
    fields: named(declaration.fields),
    collections: named(declaration.collections ?? {}),
    relations: named({ ...Object.fromEntries(pointing), ...declaration.relations }),
  };
}

/** Whether people are found by a member of a fact: their list declares a filter on it. */
export const leadsToPeople = ({ table }: Noun, member: string, people: Noun): boolean =>
  people.parameters.some((name) => name.split(":")[0] === `${table}.${member}`);

/** Clients' words are looked up here: without a prototype, `constructor` and `toString` are no fields. */
export const named = <T>(members: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, members);

/** A record in short, where another one points at it. */
export const Reference = z.looseObject({ id: z.uuid(), code: z.string(), name: z.string() }).meta({
  id: "Reference",
  description: "The record that an id points at; `include` gives it whole.",
});

/** The members that a field has on the wire: one, or two where an id or a scheme stands beside the plain name. */
export function readMembers(member: string, field: Field): Record<string, z.ZodType> {
  const value = described(field.nullable ? field.type.nullable() : field.type, field);
  if (field.kind === "place" || field.kind === "unit") {
    const beside = field.nullable ? Reference.nullable() : Reference;
    return { [`${member}_id`]: value, [member]: beside.meta({ description: `${field.description} In short.` }) };
  }
  if (field.kind === "classification") {
    const scheme = z
      .string()
      .nullable()
      .meta({ description: `Scheme and version that \`${member}\` belongs to.`, example: schemeExample(field) });
    return { [member]: value, [`${member}_scheme`]: scheme };
  }
  return { [member]: value };
}

/** Their names, in the order in which they are written. */
export function memberNames(member: string, { kind }: Field): string[] {
  if (kind === "place" || kind === "unit") return [`${member}_id`, member];
  return kind === "classification" ? [member, `${member}_scheme`] : [member];
}

/** The members that a client may send for a field. */
export function writeMembers(member: string, field: Field): Record<string, z.ZodType> {
  if (field.write === "never") return {};
  const value = described(field.nullable ? field.type.nullable() : field.type, field);
  if (field.kind === "place" || field.kind === "unit") return { [`${member}_id`]: value };
  if (field.kind === "classification") {
    const scheme = z
      .string()
      .max(60)
      .meta({ description: `Scheme and version of \`${member}\`; the one in force if left out.`, example: schemeExample(field) });
    return { [member]: value, [`${member}_scheme`]: scheme.nullable().optional() };
  }
  return { [member]: value };
}

const described = (type: z.ZodType, { description, example }: Field) =>
  type.meta({ description, ...(example === null ? {} : { example }) });
const schemeExample = (field: Field) => `${field.scheme}@2022`;

/** What a client sees of a noun: `id` always, any other member unless it is redacted or not asked for. */
export function readShape({ shape, description, fields }: Noun): z.ZodObject {
  const members = Object.entries(fields).flatMap(([member, field]) =>
    Object.entries(readMembers(member, field)).map(([key, type]) => [key, member === "id" ? type : type.optional()] as const),
  );
  const around = {
    redacted: z.array(z.string()).optional().meta({ description: "Fields that the caller's scopes or purpose do not open." }),
    more: z.record(z.string(), z.string()).optional().meta({ description: "Where the rest of an included array is, if it was cut." }),
  };
  return z.object({ ...Object.fromEntries(members), ...around }).meta({ id: shape, description });
}

/** What a client sends with POST. */
export function createShape({ shape, label, fields }: Noun, nested: Record<string, z.ZodType> = {}): z.ZodObject {
  const members = Object.entries(fields).flatMap(([member, field]) =>
    Object.entries(writeMembers(member, field)).map(([key, type]) => [key, field.required ? type : type.optional()] as const),
  );
  return z
    .strictObject({ ...Object.fromEntries(members), ...nested })
    .meta({ id: `Create${shape}`, description: `A new record: ${label.en}.` });
}

/** What a client sends with PATCH (RFC 7396): only what changes; null takes a value away. */
export function changeShape({ shape, label, fields }: Noun): z.ZodObject {
  const members = Object.entries(fields).flatMap(([member, field]) =>
    field.write === "always"
      ? Object.entries(writeMembers(member, partly(field))).map(([key, type]) => [key, type.optional()] as const)
      : [],
  );
  return z.strictObject(Object.fromEntries(members)).meta({ id: `Change${shape}`, description: `Changes to a record: ${label.en}.` });
}

/** A patch may name only some members of an object: `{ "name": { "given": "Khai" } }`. */
function partly(field: Field): Field {
  if (!(field.type instanceof z.ZodObject)) return field;
  const { id } = z.globalRegistry.get(field.type) ?? {};
  return { ...field, type: field.type.partial().meta(id === undefined ? {} : { id: `Change${id}` }) };
}
