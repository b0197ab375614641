import type { FastifyInstance } from "fastify";
import type { Noun } from "../../core/registry/noun.ts";
import type { Source } from "../../db/query/source.ts";
import { listParameters, recordParameters } from "./list-shapes.ts";
import { answerList } from "./lists.ts";
import type { Quick } from "./lists.ts";
import { problems } from "../openapi.ts";
import { idOf } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { answerRecord } from "./records.ts";
import { idParams } from "./shapes.ts";
import type { AnswerShapes } from "./shapes.ts";

/** What a noun's routes are registered with. */
export type Registering = { app: FastifyInstance; parts: Parts; shapes: AnswerShapes };

/** `AcademicTitles`: the plural of a shape's name, for operation ids. */
export const plural = ({ name }: Noun): string =>
  name
    .split("-")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");

/** `GET /v1/<noun>`: the list. */
export function listRoute(
  { app, parts, shapes }: Registering,
  source: Source,
  more: { path?: string; operationId?: string; summary?: string; quick?: Quick } = {},
): void {
  const { noun } = source;
  app.get(more.path ?? `/v1/${noun.name}`, {
    config: { ownTerritory: true },
    schema: {
      operationId: more.operationId ?? `list${plural(noun)}`,
      summary: more.summary ?? `List ${noun.name}`,
      description: `${noun.description} One query language serves every list; any field and operator of \`GET /v1/meta/${noun.name}\` works as a parameter or in \`filter\`.`,
      tags: [noun.name],
      querystring: listParameters(noun, parts.catalog, more.quick !== undefined),
      response: { 200: shapes.page(noun), ...problems(400) },
    },
    handler: (request, reply) => answerList(parts, source, request, reply, more.quick ? { quick: more.quick } : {}),
  });
}

/** `GET /v1/<noun>/{id}`: one record. */
export function recordRoute({ app, parts, shapes }: Registering, source: Source): void {
  const { noun } = source;
  app.get(`/v1/${noun.name}/:id`, {
    config: { ownTerritory: true },
    schema: {
      operationId: `get${noun.shape}`,
      summary: `Read one of ${noun.name}`,
      description: `${noun.description} The \`ETag\` begins with the version, which PATCH and DELETE want in \`If-Match\`.`,
      tags: [noun.name],
      params: idParams(noun),
      querystring: recordParameters(),
      response: {
        200: shapes.record(noun),
        304: { description: "Not modified since the `ETag` sent.", type: "null" },
        ...problems(404, 410),
      },
    },
    handler: (request, reply) => answerRecord(parts, source, idOf(request), request, reply),
  });
}
