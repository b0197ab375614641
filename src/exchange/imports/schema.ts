import { z } from "zod";
import { Reference } from "../../core/registry/noun.ts";
import { PageInfo } from "../../http/nouns/list-shapes.ts";
import { TARGETS } from "./reading/person.ts";
import { text } from "../../core/registry/scalars.ts";

export const STATES = ["analysing", "preview", "committing", "committed", "failed", "cancelled", "expired", "reverted"] as const;
export const OUTCOMES = ["create", "update", "unchanged", "possible_duplicate", "error", "skipped"] as const;
export const DECISIONS = ["create", "update", "skip"] as const;

const Counts = z
  .object({
    used: z.int().meta({ description: "Used rows of the sheets." }),
    people: z.int().meta({ description: "Rows of a person; `people` and `other` add up to `used`." }),
    other: z.int().meta({ description: "Titles, headers, sections, totals, signatures." }),
    ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, z.int()])),
    applied: z.int().optional().meta({ description: "Rows that a commitment has written." }),
  })
  .meta({ id: "ImportCounts" });

const Column = z
  .object({
    column: z.string().meta({ description: "Letter of the column.", example: "B" }),
    header: z.string().nullable(),
    field: z.string().nullable().meta({ description: "What it is read as; null: left out.", example: "people.birth_date" }),
    by: z.enum(["header", "content", "both", "user"]).nullable().meta({ description: "How it was recognised." }),
  })
  .meta({ id: "ImportColumn" });

const Sheet = z
  .object({ name: z.string(), header_rows: z.array(z.int()), columns: z.array(Column) })
  .meta({ id: "ImportSheet", description: "A sheet of the workbook, as it was understood." });
const Progress = z.looseObject({ stage: z.string(), done: z.int(), total: z.int() }).meta({ id: "ImportProgress" });

/** An import as clients see it. */
export const Import = z
  .object({
    id: z.uuid(),
    state: z.enum(STATES),
    organization_id: z.uuid().nullable().meta({ description: "The supplier." }),
    organization: Reference.nullable(),
    received_on: z.iso.date().nullable(),
    document: z.string().nullable(),
    file_name: z.string(),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    progress: Progress.nullable(),
    counts: Counts.nullable(),
    sheets: z.array(Sheet).nullable(),
    problem: z.looseObject({ code: z.string(), detail: z.string() }).nullable().meta({ description: "Why it failed." }),
  })
  .meta({
    id: "Import",
    description: "An office's spreadsheet on its way into the registry. Nothing is stored there before the commitment.",
  });

export const ImportPage = z
  .object({
    data: z.array(Import),
    page: PageInfo,
  })
  .meta({ id: "ImportPage", description: "A page of imports, the newest first." });

const RowProblemShape = z
  .object({ severity: z.enum(["error", "warning", "note"]), cell: z.string(), code: z.string(), detail: z.string() })
  .meta({ id: "RowProblem", description: "What is wrong with, or was done to, a cell." });

/** A row of a spreadsheet as it would stand in the registry. */
export const ImportRow = z
  .object({
    id: z.uuid(),
    sheet: z.string(),
    row: z.int().meta({ description: "The row's number as a person sees it; of a csv the line on which the record starts." }),
    outcome: z.enum(OUTCOMES),
    read: z.looseObject({}).meta({ description: "The normalised values as the registry would hold them." }),
    match: z.looseObject({ reason: z.string() }).nullable().meta({ description: "The person whom the row may be, and why." }),
    problems: z.array(RowProblemShape),
    decision: z.enum(DECISIONS).nullable(),
    target_id: z.uuid().nullable(),
    redacted: z.array(z.string()).optional(),
  })
  .meta({ id: "ImportRow", description: "One row of a spreadsheet." });

export const ImportRowPage = z
  .object({
    data: z.array(ImportRow),
    page: PageInfo,
  })
  .meta({ id: "ImportRowPage", description: "A page of rows, in the order of the sheet." });

/** Corrections of the columns. */
export const ChangeImport = z
  .strictObject({
    columns: z
      .array(z.strictObject({ sheet: text(100).optional(), column: z.string().regex(/^[A-Z]{1,3}$/), field: z.enum(TARGETS).nullable() }))
      .max(200)
      .meta({
        description: "Columns to be read otherwise; `field: null` leaves one out.",
        example: [{ column: "F", field: "degrees.major_text" }],
      }),
  })
  .meta({ id: "ChangeImport", description: "Corrects how columns are read; the file is analysed again." });

/** A decision on a doubtful row. */
export const DecideRow = z
  .strictObject({
    decision: z
      .enum(DECISIONS)
      .meta({ description: "`create` a new person, `update` the one named, or `skip` the row.", example: "create" }),
    target_id: z.uuid().nullable().optional().meta({ description: "With `update`: the person; the match if left out." }),
  })
  .meta({ id: "DecideRow", description: "What to do with a row." });
