import { pointsAt } from "../../db/tables/constraints.ts";
import { customType, date, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "../../db/tables/drizzle.ts";
import { organizations } from "../../reference/organizations/table.ts";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** One row an uploaded spreadsheet, from its analysis to its end. */
export const imports = pgTable(
  "imports",
  {
    id: uuid().primaryKey(),
    state: text().notNull(),
    organization_id: uuid(),
    received_on: date({ mode: "string" }),
    document: text(),
    file_name: text().notNull(),
    file_hash: text().notNull(),
    /** Who asked, with the scopes and territory of that moment: the jobs work within them. */
    actor: jsonb().notNull(),
    client: text().notNull(),
    progress: jsonb(),
    counts: jsonb(),
    sheets: jsonb(),
    overrides: jsonb().notNull().default([]),
    problem: jsonb(),
    created_at: timestamp({ withTimezone: true, mode: "string" }).notNull().defaultNow(),
    ended_at: timestamp({ withTimezone: true, mode: "string" }),
  },
  (t) => [
    ...pointsAt({ table: "imports" }, t, "organization_id", () => organizations["id"]!),
    index("imports_file_hash_index").on(t.file_hash),
    index("imports_client_index").on(t.client, t.id),
  ],
);

/** The uploaded bytes, sealed; gone 30 days after the import's end. */
export const importFiles = pgTable("import_files", {
  import_id: uuid()
    .primaryKey()
    .references(() => imports.id),
  sealed: bytes().notNull(),
});

/** One row a person's row of a sheet: what was read, what it would do, what was decided. Citizen ids are sealed. */
export const importRows = pgTable(
  "import_rows",
  {
    id: uuid().primaryKey(),
    import_id: uuid().notNull(),
    sheet: text().notNull(),
    row: integer().notNull(),
    position: integer().notNull(),
    outcome: text().notNull(),
    read: jsonb().notNull(),
    citizen_id_sealed: bytes(),
    citizen_id_hash: bytes(),
    match: jsonb(),
    problems: jsonb().notNull().default([]),
    decision: text(),
    target_id: uuid(),
  },
  (t) => [
    ...pointsAt({ table: "import_rows" }, t, "import_id", () => imports.id).slice(0, 1),
    uniqueIndex("import_rows_position_key").on(t.import_id, t.position),
  ],
);
