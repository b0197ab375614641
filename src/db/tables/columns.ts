import type { Field, Kind } from "../../core/registry/field.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { boolean, customType, date, doublePrecision, integer, jsonb, pgTable, text, timestamp, uuid } from "./drizzle.ts";
import type { AnyPgColumn, PgColumnBuilderBase, PgTable, PgTableExtraConfigValue } from "./drizzle.ts";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export type Columns = Record<string, PgColumnBuilderBase>;
type Maker = (member: string, field: Field) => Columns;
type NotNull = PgColumnBuilderBase & { notNull(): PgColumnBuilderBase; default(value: unknown): PgColumnBuilderBase };

const one =
  (make: () => NotNull): Maker =>
  (member, { nullable, initial }) => {
    const column = nullable ? make() : make().notNull();
    return { [member]: initial === undefined ? column : (column as NotNull).default(initial) };
  };

/** The columns in which each kind of field is kept; the query compiler reads them by the same names. */
const MAKERS: Record<Kind, Maker> = {
  id: one(() => uuid() as NotNull),
  text: one(() => text() as NotNull),
  choice: one(() => text() as NotNull),
  classification: (member, { nullable }) => ({ [member]: nullable ? text() : text().notNull(), [`${member}_scheme`]: text() }),
  integer: one(() => integer() as NotNull),
  number: one(() => doublePrecision() as NotNull),
  boolean: one(() => boolean() as NotNull),
  day: one(() => date({ mode: "string" }) as NotNull),
  instant: one(() => timestamp({ withTimezone: true, mode: "string" }) as NotNull),
  // A date known in part is the span of days that it may be: 1985 is 1985-01-01 to 1985-12-31.
  partial_date: (member) => ({ [`${member}_earliest`]: date({ mode: "string" }), [`${member}_latest`]: date({ mode: "string" }) }),
  place: (member) => ({ [`${member}_id`]: uuid() }),
  unit: (member) => ({ [`${member}_id`]: uuid() }),
  texts: (member) => ({ [member]: text().array().notNull().default([]) }),
  source: () => ({ source_organization_id: uuid(), source_received_on: date({ mode: "string" }), source_document: text() }),
  json: (member, { nullable }) => ({ [member]: nullable ? jsonb() : jsonb().notNull().default([]) }),
  sealed: (member) => ({ [`${member}_sealed`]: bytes(), [`${member}_hash`]: bytes() }),
  // Family and middle name are '' where a name has none, so that one row comparison orders and pages the list.
  name: () => ({
    name_full: text().notNull(),
    name_family: text().notNull().default(""),
    name_middle: text().notNull().default(""),
    name_given: text().notNull(),
    name_folded: text().notNull(),
  }),
};

/** The columns of a noun's stored fields. */
export function columnsOf(noun: Noun): Columns {
  const columns = Object.entries(noun.fields).flatMap(([member, field]) =>
    field.stored && member !== "id" && member !== "version" ? Object.entries(MAKERS[field.kind](member, field)) : [],
  );
  return Object.fromEntries(columns);
}

/** What every record has beside its fields. */
export const recordColumns = {
  id: uuid().primaryKey(),
  /** Counted up by a trigger with each change. */
  version: integer().notNull().default(1),
  created_at: timestamp({ withTimezone: true, mode: "string" }).notNull().defaultNow(),
  /** Set by DELETE; a hidden record answers 410 and comes back by a restoration. */
  hidden_at: timestamp({ withTimezone: true, mode: "string" }),
};

/** What every fact and identifier remembers: the person it first came with, and the import and row that brought it. */
export const originColumns = {
  origin_person_id: uuid().notNull(),
  import_id: uuid(),
  import_row: integer(),
};

/** A table whose columns come from the field registry: any of its columns by name. */
export type RegistryTable = PgTable & Record<string, AnyPgColumn>;

/** Declares such a table; drizzle-kit reads it to make migrations. */
export function registryTable(
  name: string,
  columns: Columns,
  constraints: (table: Record<string, AnyPgColumn>) => PgTableExtraConfigValue[],
): RegistryTable {
  return pgTable(name, columns, (table) => constraints(table as unknown as Record<string, AnyPgColumn>)) as unknown as RegistryTable;
}
