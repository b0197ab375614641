import { z } from "zod";
import type { Bilingual } from "../problems.ts";
import { text } from "./scalars.ts";

/** Who may see a field: `public` and `internal` by `people:read`, the others by their own scope and a stated purpose. */
export const VISIBILITY = ["public", "internal", "restricted", "sensitive"] as const;
export type Visibility = (typeof VISIBILITY)[number];

/** What a field holds; it decides the columns, the operators and the SQL of a field. */
export type Kind =
  | "id"
  | "text"
  | "name"
  | "choice"
  | "classification"
  | "integer"
  | "number"
  | "boolean"
  | "day"
  | "partial_date"
  | "instant"
  | "place"
  | "unit"
  | "texts"
  | "source"
  | "json"
  | "sealed";

/** The operators of the query language (api.md 3); `=` also serves `in`, `:not` and `!=`. */
export type Operator = "=" | "<" | "<=" | ">" | ">=" | "below" | "match" | "prefix" | "exact" | "exists";

/** One member of a noun, declared in its `schema.ts` and nowhere else. */
export type Field = {
  kind: Kind;
  label: Bilingual;
  /** For the caller, in the OpenAPI document. */
  description: string;
  class: Visibility;
  /** The value as it is read and written, null aside. */
  type: z.ZodType;
  nullable: boolean;
  /** `create`: only with POST; `always`: with POST and PATCH; `never`: derived or kept by the service. */
  write: "create" | "always" | "never";
  /** Kept in columns of its own; a field that is not is computed when it is read. */
  stored: boolean;
  /** Must be sent with POST. */
  required: boolean;
  /** What stands where a client sends nothing. */
  initial?: unknown;
  operators: readonly Operator[];
  sortable: boolean;
  groupable: boolean;
  /** Only `POST /v1/people/search` may look for it: it must never stand in a URL. */
  bodyOnly: boolean;
  /** `classification`: the scheme or code list that its codes belong to. */
  scheme?: string;
  /** Headers of spreadsheet columns that hold it, as offices write them: folded forms parted by `|`; one after `~` suffices within a longer header. */
  headers: string;
  example: unknown;
};

type Options = Partial<Omit<Field, "kind">> & { label: Bilingual; description: string; example: unknown };

/** Classifications that are trees; the codes of the others are lists, in which nothing stands below. */
const TREES: ReadonlySet<string> = new Set(["rd", "training", "ford", "isced-f"]);
const TREE = ["=", "below", "exists"] as const;
const FLAT = ["=", "exists"] as const;
const RANGES = ["=", "<", "<=", ">", ">=", "exists"] as const;
const OPERATORS: Record<Kind, readonly Operator[]> = {
  id: ["="],
  text: ["=", "prefix", "match", "exists"],
  name: ["=", "match", "prefix", "exact"],
  choice: ["=", "exists"],
  classification: FLAT,
  integer: RANGES,
  number: RANGES,
  boolean: ["=", "exists"],
  day: RANGES,
  partial_date: RANGES,
  instant: RANGES,
  place: ["=", "below", "exists"],
  unit: ["=", "below", "exists"],
  texts: ["=", "exists"],
  source: ["=", "exists"],
  json: [],
  sealed: ["="],
};

function field(kind: Kind, type: z.ZodType, options: Options): Field {
  return {
    kind,
    type,
    class: "internal",
    nullable: true,
    write: "always",
    stored: true,
    required: false,
    operators: OPERATORS[kind],
    sortable: false,
    groupable: false,
    bodyOnly: false,
    headers: "",
    ...options,
  };
}

/** `1985`, `1985-09` or `1985-09-02`; that the day exists is checked with the calendar. */
export const PartialDateText = z
  .string()
  .regex(/^(1[89]|2[01])\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/)
  .meta({ description: "A date known in whole or in part: `1985`, `1985-09` or `1985-09-02`." });

const SourceShape = z
  .strictObject({
    organization_id: z.uuid().nullable().optional().meta({ description: "Who stated it." }),
    received_on: z.iso.date().nullable().optional().meta({ description: "When it was received.", example: "2025-09-30" }),
    document: text(300).nullable().optional().meta({ description: "In which document.", example: "Báo cáo 12/BC-SYT" }),
  })
  .meta({ id: "Source", description: "Where a statement comes from." });

/** Makes fields by what they hold: `f.text({ label, description, example })`. */
export const f = {
  id: (options: Options) => field("id", z.uuid(), { write: "never", nullable: false, ...options }),
  text: (type: z.ZodType, options: Options) => field("text", type, options),
  name: (type: z.ZodType, options: Options) => field("name", type, options),
  choice: (values: readonly [string, ...string[]], options: Options) => field("choice", z.enum(values), options),
  classification: (scheme: string, options: Options) =>
    field("classification", z.string().regex(/^[A-Za-z0-9._-]{1,40}$/), { scheme, operators: TREES.has(scheme) ? TREE : FLAT, ...options }),
  integer: (min: number, max: number, options: Options) => field("integer", z.int().min(min).max(max), options),
  number: (min: number, max: number, options: Options) => field("number", z.number().min(min).max(max), options),
  boolean: (options: Options) => field("boolean", z.boolean(), options),
  day: (options: Options) => field("day", z.iso.date(), options),
  instant: (options: Options) => field("instant", z.iso.datetime(), { write: "never", ...options }),
  partialDate: (options: Options) => field("partial_date", PartialDateText, options),
  place: (options: Options) => field("place", z.uuid(), options),
  unit: (options: Options) => field("unit", z.uuid(), options),
  texts: (type: z.ZodType, max: number, options: Options) => field("texts", z.array(type).max(max), { nullable: false, ...options }),
  source: (options: Options) => field("source", SourceShape, options),
  json: (type: z.ZodType, options: Options) => field("json", type, { operators: [], ...options }),
  sealed: (type: z.ZodType, options: Options) => field("sealed", type, { class: "restricted", bodyOnly: true, ...options }),
};
