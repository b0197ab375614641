import { index, pgTable, sql, text, uuid } from "../../db/tables/drizzle.ts";

/** Every name of organizations, localities and fields with its folded words. Kept by triggers (migration 0009). */
export const referenceNames = pgTable(
  "reference_names",
  {
    noun: text().notNull(),
    record_id: uuid().notNull(),
    name: text().notNull(),
    folded: text().notNull(),
    words: text().array().notNull(),
  },
  (t) => [
    index("reference_names_record_id_index").on(t.record_id),
    index("reference_names_folded_index").on(t.noun, sql`"folded" text_pattern_ops`),
    index("reference_names_words_index").using("gin", t.words).with({ fastupdate: false }),
  ],
);

/** Every word of those names, with what is left of it without one or two letters. */
export const referenceWords = pgTable("reference_words", { word: text().notNull(), deletions: text().array().notNull() }, (t) => [
  index("reference_words_word_index").on(sql`"word" text_pattern_ops`),
  index("reference_words_deletions_index").using("gin", t.deletions).with({ fastupdate: false }),
]);
