import { z } from "zod";
import type { Catalog } from "../../db/query/source.ts";
import type { Told } from "./queries.ts";
import { writePosition } from "./position.ts";

const POSITION = "1795459200.4711";

/** An event as it is answered: CloudEvents 1.0 in JSON, thin. */
export const FeedEvent = z
  .strictObject({
    specversion: z.literal("1.0"),
    id: z.string().meta({ description: "Its position in the feed.", example: POSITION }),
    source: z.string().meta({ description: "The registry; with `id` it names the event for ever.", format: "uri-reference" }),
    type: z.string().meta({
      description:
        "Noun and what happened to the record: `created`, `changed`, `deleted`, `restored`, `erased`; of a person also `entered` and `left`, over the border of the reader's territory. More may come.",
      example: "person.changed",
    }),
    subject: z.uuid().meta({ description: "Id of the record.", example: "019a0000-0000-7000-8000-000000000001" }),
    time: z.iso.datetime().meta({ description: "When it was recorded.", example: "2026-11-23T05:00:00.000001Z" }),
    datacontenttype: z.literal("application/json"),
    data: z.strictObject({
      version: z.int().meta({ description: "The version that the record had then.", example: 3 }),
    }),
  })
  .meta({ id: "FeedEvent", description: "What happened to one record (CloudEvents 1.0); read the record for what it holds." });

/** A page of the feed. */
export const EventPage = z
  .strictObject({
    data: z.array(FeedEvent),
    position: z.string().meta({ description: "Where to go on: keep it with what you made of the page.", example: POSITION }),
    has_more: z.boolean().meta({ description: "Whether more has been told already. An empty page may have more behind it." }),
  })
  .meta({ id: "EventPage", description: "Events in the order in which they were told." });

/** The nouns that are told of, by the word in the path, with their tables and the word in event types. */
export type ToldNouns = {
  names: readonly string[];
  tables: readonly string[];
  tableOf(name: string): string | undefined;
  singularOf(table: string): string;
};

/** Every noun of the catalog. */
export function toldNouns(catalog: Catalog): ToldNouns {
  const nouns = Object.values(catalog).map(({ noun }) => noun);
  const tables = new Map(nouns.map(({ name, table }) => [name, table]));
  const singulars = new Map(nouns.map(({ table, singular }) => [table, singular]));
  return {
    names: [...tables.keys()],
    tables: [...singulars.keys()],
    tableOf: (name) => tables.get(name),
    singularOf: (table) => singulars.get(table) ?? table,
  };
}

/** An event as it is answered. */
export function eventOf(told: Told, epoch: number, nouns: ToldNouns, source: string): z.infer<typeof FeedEvent> {
  return {
    specversion: "1.0",
    id: writePosition({ epoch, n: told.n }),
    source,
    type: `${nouns.singularOf(told.noun)}.${told.kind}`,
    subject: told.record_id,
    time: told.recorded_at,
    datacontenttype: "application/json",
    data: { version: told.version },
  };
}
