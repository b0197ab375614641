import { columnsOf, originColumns, recordColumns, registryTable } from "../../db/tables/columns.ts";
import { checksOf, pointsAt } from "../../db/tables/constraints.ts";
import { bigint, bigserial, date, index, integer, pgTable, primaryKey, sql, text, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";
import { planIndexes } from "../../db/tables/indexes.ts";
import { localities } from "../../reference/localities/table.ts";
import { organizations } from "../../reference/organizations/table.ts";
import { Person } from "./schema.ts";

/** One row a person. Names are three columns in Vietnamese order: one concatenated key would sort otherwise. */
export const people = registryTable(
  "people",
  {
    ...recordColumns,
    ...columnsOf(Person),
    birth_year: integer().generatedAlwaysAs(
      sql`case when birth_date_latest - birth_date_earliest < 366 then extract(year from birth_date_earliest)::integer end`,
    ),
    import_id: uuid(),
    import_row: integer(),
  },
  (t) => [
    ...checksOf(Person),
    uniqueIndex("people_code_key").on(t["code"]!),
    uniqueIndex("people_citizen_id_key").on(t["citizen_id_hash"]!),
    ...pointsAt(Person, t, "residence_locality_id", () => localities["id"]!),
    ...pointsAt(Person, t, "hometown_locality_id", () => localities["id"]!),
    ...pointsAt(Person, t, "source_organization_id", () => organizations["id"]!),
    index("people_name_order").on(
      sql`"name_given" collate "vi-x-icu"`,
      sql`"name_family" collate "vi-x-icu"`,
      sql`"name_middle" collate "vi-x-icu"`,
      t["id"]!,
    ),
    index("people_name_full_index").on(sql`"name_full" text_pattern_ops`, t["id"]!, t["hidden_at"]!),
    index("people_name_folded_index").on(sql`"name_folded" text_pattern_ops`, t["id"]!, t["hidden_at"]!),
    ...planIndexes(Person, t),
    index("people_residence_names").on(
      t["residence_locality_id"]!,
      sql`"name_given" collate "vi-x-icu"`,
      sql`"name_family" collate "vi-x-icu"`,
      sql`"name_middle" collate "vi-x-icu"`,
      t["id"]!,
    ),
    index("people_hidden_index")
      .on(t["id"]!)
      .where(sql`hidden_at is not null`),
    index("people_old_id_number_index")
      .on(t["old_id_number"]!)
      .where(sql`old_id_number is not null`),
    index("people_phones_index").using("gin", t["phones"]!),
    index("people_emails_index").using("gin", t["emails"]!),
    index("people_import_id_index").on(t["import_id"]!),
  ],
);

/** Every name that is borne, with its folded words: what a search for a name asks. Kept by triggers; a name may stand twice (migration 0006). */
export const personNames = pgTable(
  "person_names",
  { name_full: text().notNull(), name_folded: text().notNull(), words: text().array().notNull() },
  (t) => [
    index("person_names_full_index").on(sql`"name_full" text_pattern_ops`),
    index("person_names_folded_index").on(sql`"name_folded" text_pattern_ops`),
    index("person_names_joined_index").on(sql`replace("name_folded", ' ', '') text_pattern_ops`),
    index("person_names_words_index").using("gin", t.words).with({ fastupdate: false }),
  ],
);

/** Every word of those names, with what is left of it without one or two letters: by this a misspelt word finds its neighbours. */
export const personWords = pgTable("person_words", { word: text().notNull(), deletions: text().array().notNull() }, (t) => [
  index("person_words_word_index").on(sql`"word" text_pattern_ops`),
  index("person_words_deletions_index").using("gin", t.deletions).with({ fastupdate: false }),
]);

/** The number of the next person; its code is made from it. */
export const personNumbers = pgTable("person_numbers", { n: bigserial({ mode: "number" }).primaryKey() });

/** A person's identifiers in other systems; one holder a scheme and value. */
export const personIdentifiers = pgTable(
  "person_identifiers",
  {
    ...recordColumns,
    ...originColumns,
    person_id: uuid().notNull(),
    scheme: text().notNull(),
    value: text().notNull(),
    source_organization_id: uuid(),
  },
  (t) => [
    ...pointsAt({ table: "person_identifiers" }, t, "person_id", () => people["id"]!),
    ...pointsAt({ table: "person_identifiers" }, t, "origin_person_id", () => people["id"]!),
    ...pointsAt({ table: "person_identifiers" }, t, "source_organization_id", () => organizations["id"]!),
    uniqueIndex("person_identifiers_scheme_value_key")
      .on(t.scheme, t.value)
      .where(sql`hidden_at is null`),
  ],
);

/** In which localities and organizations a person counts, and on which days: what a token's territory is compared with. */
export const personReach = pgTable(
  "person_reach",
  {
    person_id: uuid().notNull(),
    node_id: uuid().notNull(),
    from_day: date({ mode: "string" }).notNull(),
    until_day: date({ mode: "string" }).notNull(),
  },
  (t) => [
    primaryKey({ name: "person_reach_pkey", columns: [t.person_id, t.node_id, t.from_day, t.until_day] }),
    index("person_reach_node_id_index").on(t.node_id, t.person_id, t.from_day, t.until_day),
  ],
);

const nameOrder = { name_given: text().notNull(), name_family: text().notNull(), name_middle: text().notNull() };

/** Who lives where, in which field and with which degree, in the order of names (migration 0010): what is asked for together is one range. */
export const personFacets = pgTable(
  "person_facets",
  { locality_id: uuid().notNull(), field: text().notNull(), level: text().notNull(), ...nameOrder, person_id: uuid().notNull() },
  (t) => [
    primaryKey({
      name: "person_facets_pkey",
      columns: [t.locality_id, t.field, t.level, t.name_given, t.name_family, t.name_middle, t.person_id],
    }),
    index("person_facets_person_id_index").on(t.person_id),
  ],
);

/** Who was ever bound to an organization or to one below it, in the order of names (migration 0010). */
export const personUnits = pgTable(
  "person_units",
  { organization_id: uuid().notNull(), ...nameOrder, person_id: uuid().notNull() },
  (t) => [
    primaryKey({ name: "person_units_pkey", columns: [t.organization_id, t.name_given, t.name_family, t.name_middle, t.person_id] }),
    index("person_units_person_id_index").on(t.person_id),
  ],
);

/** The answer of a person as text, with what hangs on the person; believed only while version, stamp and day agree (migration 0035). */
export const personAnswers = pgTable("person_answers", {
  person_id: uuid().primaryKey(),
  stamp: bigint({ mode: "bigint" }).notNull(),
  of_version: integer(),
  of_stamp: bigint({ mode: "bigint" }),
  made_by: text(),
  from_day: date({ mode: "string" }),
  until_day: date({ mode: "string" }),
  person: text(),
  degrees: text(),
  academic_titles: text(),
  affiliations: text(),
  expertise: text(),
  awards: text(),
});
