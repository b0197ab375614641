import { z } from "zod";
import type { Field } from "../../core/registry/field.ts";
import { PARAMETER_OPERATORS } from "../../core/query/parameters.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { readShape } from "../../core/registry/noun.ts";
import type { Catalog } from "../../db/query/source.ts";
import { LIMITS } from "./parts.ts";

type JsonSchema = Record<string, unknown>;

/** Sentences that the descriptions of lists share. */
export const FILTER_HELP =
  "Conditions joined by `and`, `or`, `not`, `has(...)`, `none(...)`, `count(...)`, for example `has(degrees, level in (TS,TSKH) and training_field below 48)`.";

const day = { type: "string", format: "date" };

/** The parameters that every list has. */
const CONTROL_SCHEMAS: Record<string, JsonSchema> = {
  filter: { type: "string", maxLength: 4096, description: FILTER_HELP },
  sort: {
    type: "string",
    maxLength: 200,
    description: "Fields to sort by, `-` before one for descending; missing values last. `name` is the Vietnamese order.",
  },
  fields: { type: "string", maxLength: 2000, description: "Only these members: `id,name,degrees.level`." },
  include: {
    type: "string",
    maxLength: 500,
    description: "What hangs on the records, as arrays of at most 50: `degrees,affiliations.organization`.",
  },
  limit: {
    type: "integer",
    minimum: 1,
    maximum: LIMITS.page,
    default: LIMITS.usual,
    description: "Records a page; more than 500 are refused, not cut.",
  },
  cursor: {
    type: "string",
    maxLength: 4096,
    description:
      "Where the next page begins: `page.cursor` of the page before. Good for the same query only. A walk shows each record that does not change meanwhile once; one that is changed so that it stands further on in `sort` comes again, with a higher `version`.",
  },
  count: {
    type: "string",
    enum: ["none", "estimate", "exact"],
    default: "none",
    description: "Whether to count all records of the query; the answer says which kind of number it is.",
  },
  as_of: { ...day, description: "Facts and units as they may have held on this day." },
};

/** The parameter of a search box. */
const QUICK = {
  q: { type: "string", maxLength: 300, description: "A name as people type it, or a code: `name:match` for everybody's box." },
};

/** The parameters of one record's read. */
export const recordParameters = (): JsonSchema => ({
  type: "object",
  properties: {
    fields: CONTROL_SCHEMAS["fields"],
    include: CONTROL_SCHEMAS["include"],
    as_of: CONTROL_SCHEMAS["as_of"],
    known_at: {
      type: "string",
      format: "date-time",
      description:
        "The record as the registry knew it at this instant, with what it includes, hidden since or not; what was current and preferred is that of then. 404 before the first version, 410 where the record was hidden then or is now. With `as_of` those facts, of the ones known then, that may have held on that day.",
      examples: ["2026-11-01T00:00:00Z"],
    },
  },
});

/** The parameter of every write. */
export const writeParameters = (): JsonSchema => ({
  type: "object",
  properties: {
    reason: { type: "string", maxLength: 300, description: "Why: kept in the history.", examples: ["Cập nhật theo báo cáo quý III"] },
  },
});

/** The parameters of a noun's list: those that its schema marks, at most 40, and the controls. */
export function listParameters(noun: Noun, catalog: Catalog, quick = false): JsonSchema {
  const marked = noun.parameters.map((name) => [name, parameterSchema(name, noun, catalog)] as const);
  return { type: "object", properties: { ...(quick && QUICK), ...Object.fromEntries(marked), ...CONTROL_SCHEMAS } };
}

function parameterSchema(name: string, noun: Noun, catalog: Catalog): JsonSchema {
  const [path = "", operator] = name.split(":");
  const field = fieldAt(path, noun, catalog);
  const description = `${field.label.en} (${field.label.vi}): ${MEANINGS[operator ?? ""]} ${field.description}`;
  // One truth value is all that can be asked of a boolean, though the service takes a list.
  if (operator === "exists" || (field.kind === "boolean" && operator === undefined)) return { type: "boolean", description };
  const single = valueSchema(field);
  const several = operator === undefined || operator === "not";
  return several ? { type: "array", items: single, maxItems: 200, description } : { ...single, description };
}

const MEANINGS: Record<string, string> = {
  "": "equals, or any of several.",
  not: "none of these; records without a value are among them.",
  gt: "greater.",
  gte: "at least.",
  lt: "less.",
  lte: "at most.",
  below: "this or anything below it.",
  match:
    "all words, in any order, without regard to marks and case; a person's name may be misspelt, and without `sort` the best come first.",
  prefix: "begins with, without regard to marks and case.",
  exact: "exactly, with marks.",
  exists: "has a value, or has none.",
} satisfies Record<keyof typeof PARAMETER_OPERATORS, string>;

function valueSchema(field: Field): JsonSchema {
  if (field.kind === "integer" || field.kind === "boolean") return { type: field.kind };
  const options = field.kind === "choice" && "options" in field.type ? { enum: field.type.options } : {};
  return { type: "string", maxLength: 300, ...options };
}

function fieldAt(path: string, noun: Noun, catalog: Catalog): Field {
  const [head = "", inner] = path.split(".");
  const target = inner === undefined ? noun : catalog[noun.collections[head] ?? noun.relations[head] ?? ""]?.noun;
  const field = target?.fields[inner ?? head];
  if (!field) throw new Error(`${noun.name} marks the parameter ${path}, which it does not have`);
  return field;
}

const Count = z
  .object({ value: z.int(), kind: z.enum(["exact", "estimate"]) })
  .meta({ id: "Count", description: "How many records the query has, and how sure that number is." });

/** Where a page stands in its list; named, so that generated clients have one type for every list. */
export const PageInfo = z
  .object({
    limit: z.int(),
    next: z.string().nullable().meta({ description: "Path and query of the next page." }),
    cursor: z.string().nullable().meta({ description: "What `cursor` takes to give the next page; null on the last one." }),
    has_more: z.boolean(),
  })
  .meta({ id: "PageInfo", description: "Where the page stands in its list." });

const ListMeta = z
  .object({
    count: Count.optional(),
    as_of: z.iso.date().optional(),
    cut_at: z.int().optional().meta({ description: "The list is ranked and gives no more than these." }),
    redacted: z.array(z.string()).optional().meta({ description: "Fields that the caller's scopes or purpose do not open." }),
    plan: z.enum(["indexed", "scan"]).meta({
      description:
        "`indexed`: found by indexes whatever the values. `scan`: read under a time budget; may end as `query-too-costly`. Where a token is bound to a territory, what is not the plain list of its people, or found by an id, is `scan`.",
    }),
  })
  .meta({ id: "ListMeta", description: "What is to be known of the list as a whole." });

/** A noun as it is read, with what it may include; `included` gives the shapes of other nouns, so that each name is one shape. */
export function recordShape(noun: Noun, included: (name: string) => z.ZodObject): z.ZodObject {
  const arrays = Object.entries(noun.collections).map(([member, target]) => [member, included(target).array().optional()] as const);
  // Lazily: a degree may include its person, who may include degrees.
  const related = Object.entries(noun.relations).flatMap(([member, target]) =>
    member in noun.fields
      ? []
      : [
          [
            member,
            z
              .lazy(() => included(target))
              .nullable()
              .optional(),
          ] as const,
        ],
  );
  const shape = readShape(noun);
  return shape.extend(Object.fromEntries([...arrays, ...related])).meta(z.globalRegistry.get(shape) ?? {});
}

/** A page of a noun. */
export const pageShape = (noun: Noun, record: z.ZodObject): z.ZodObject =>
  z
    .object({ data: z.array(record), page: PageInfo, meta: ListMeta })
    .meta({ id: `${noun.shape}Page`, description: `A page of ${noun.label.en.toLowerCase()} records.` });
