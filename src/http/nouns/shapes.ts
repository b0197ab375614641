import { z } from "zod";
import type { Noun } from "../../core/registry/noun.ts";
import type { Catalog } from "../../db/query/source.ts";
import { pageShape, recordShape } from "./list-shapes.ts";

/** The shapes that a noun answers with, each made once an app so that its name stands once in the document. */
export type AnswerShapes = { record: (noun: Noun) => z.ZodObject; page: (noun: Noun) => z.ZodObject };

/** What a write answers to a caller who may not read. */
export const WrittenShape = z
  .object({ id: z.uuid(), version: z.int(), code: z.string().optional() })
  .meta({ id: "Written", description: "What was written, for a caller without a read scope." });

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
