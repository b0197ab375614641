import { z } from "zod";
import type { Noun } from "../../core/registry/noun.ts";
import type { Catalog, Source } from "../../db/query/source.ts";
import { pageShape, recordShape } from "./list-shapes.ts";

/** The shapes that a noun answers with, each made once an app so that its name stands once in the document. */
export type AnswerShapes = Record<"record" | "page", (noun: Noun) => z.ZodObject>;

/** A response's declaration by media type. */
type Declared = { description: string; content: Record<string, { schema: z.ZodObject }> };

/** The media type of a trial's answer: a type of its own, so that in every other answer of a write `id` is certain to generated clients. */
export const TRIAL_TYPE = "application/vnd.trithuc.trial+json";

/** What a trial (`dry_run=true`) answers. */
const Trial = z.looseObject({}).meta({
  id: "Trial",
  description: "The record as it would be written: all its members but `id`, `code` and `version`, and those of its facts.",
});

/**
 * What a write answers: the record.
 *
 * The answer to a caller without a read scope is a record too, of which all other members are absent: a shape of its own beside it would make
 * every generated client ask which of the two it was given.
 */
export const written = (shapes: AnswerShapes, { noun }: Source, shape = shapes.record(noun)): Declared => ({
  description: "The record as written; a caller without a read scope is given its `id`, `code` and `version` alone.",
  content: {
    "application/json": { schema: shape },
    ...(noun.standing !== "reference" && { [TRIAL_TYPE]: { schema: Trial } }),
  },
});

/** Makes the answer shapes of every noun of a catalog. */
export function answerShapes(catalog: Catalog): AnswerShapes {
  const records = new Map<string, z.ZodObject>();
  const pages = new Map<string, z.ZodObject>();
  const record = (noun: Noun): z.ZodObject => cached(records, noun.name, () => recordShape(noun, (name) => record(catalog[name]!.noun)));
  return { record, page: (noun) => cached(pages, noun.name, () => pageShape(noun, record(noun))) };
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** `{ id }` in a path. */
export const idParams = (noun: Noun): z.ZodObject =>
  z.object({
    id: z.uuid().meta({ description: `Id of the ${noun.label.en.toLowerCase()}.`, example: noun.fields["id"]!.example as string }),
  });
