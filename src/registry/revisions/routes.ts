import { z } from "zod";
import type { Source } from "../../db/query/source.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { idOf } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { idParams } from "../../http/nouns/shapes.ts";
import { answerRevision, answerRevisions } from "./answers.ts";
import type { IdOf } from "./answers.ts";
import { RevisionPage, revisionShape } from "./schema.ts";

/** Where the records of a noun lie, if not at `/v1/<noun>/{id}`. */
export type Place = { path?: string; params?: z.ZodObject; id?: IdOf; tag?: string };

const version = z.string().meta({ description: "A version of the record.", example: "1" });
const page = {
  limit: { type: "integer", minimum: 1, maximum: 500, default: 50, description: "Versions a page." },
  cursor: { type: "string", maxLength: 4096, description: "`page.cursor` of the page before." },
};
const diff = { type: "integer", minimum: 1, description: "Compare with this version; with the one before if left out.", examples: [1] };

/** `GET /v1/<noun>/{id}/revisions` and `/{version}`: the history of one record, the present version among it. */
export function revisionRoutes({ app, parts, shapes }: Registering, source: Source, place: Place = {}): void {
  const { noun } = source;
  const { path = `/v1/${noun.name}/:id`, params = idParams(noun), id = (_parts, request) => idOf(request), tag = noun.name } = place;
  app.get(`${path}/revisions`, {
    schema: {
      operationId: `list${noun.shape}Revisions`,
      summary: `Read the history of one of ${noun.name}`,
      description:
        "Who changed it, when, through which system, from which source and why, and which fields, with what stood there before and since; the present version first. A hidden record answers 410 here too: its history comes back with it.",
      tags: [tag],
      params,
      querystring: { type: "object", properties: page },
      response: { 200: RevisionPage, ...problems(404, 410) },
    },
    handler: (request, reply) => answerRevisions(parts, source, id, request, reply),
  });
  app.get(`${path}/revisions/:version`, {
    schema: {
      operationId: `get${noun.shape}Revision`,
      summary: `Read a version of one of ${noun.name}`,
      description: "The record as it was written down in this version, and what changed since the version before it, or since `diff`.",
      tags: [tag],
      params: params.extend({ version }),
      querystring: { type: "object", properties: { diff } },
      response: {
        200: revisionShape(noun, shapes.record(noun)),
        304: { description: "Not modified since the `ETag` sent.", type: "null" },
        ...problems(404, 410),
      },
    },
    handler: (request, reply) => answerRevision(parts, source, id, request, reply),
  });
}
