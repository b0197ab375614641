import type { FastifyRequest } from "fastify";
import { recordParameters } from "../../http/nouns/list-shapes.ts";
import { listRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import type { Parts } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { answerRecord } from "../../http/nouns/records.ts";
import { lineageRoutes, unitOf, unitParams } from "../lineage.ts";
import { localitySource, predecessors, successors } from "./queries.ts";
import { Locality } from "./schema.ts";

/** A locality is named by id or by `CODE@DAY`. */
export const localityPlace = {
  params: unitParams("07210@2025-07-01"),
  id: (parts: Parts, request: FastifyRequest): Promise<string> => unitOf(parts, request, localitySource),
};

/** `/v1/localities`: units of today, or of a day; changed only by the reference load. */
export function localityRoutes(registering: Registering): void {
  const { app, parts, shapes } = registering;
  listRoute(registering, localitySource);
  app.get("/v1/localities/:id", {
    schema: {
      operationId: "getLocality",
      summary: "Read a locality",
      tags: [Locality.name],
      description: "By id or by `CODE@DAY`: a bare code has no meaning without a date.",
      params: localityPlace.params,
      querystring: recordParameters(),
      response: {
        200: shapes.record(Locality),
        304: { description: "Not modified since the `ETag` sent.", type: "null" },
        ...problems(404, 410),
      },
    },
    handler: (request, reply) => answerRecord(parts, localitySource, () => localityPlace.id(parts, request), request, reply),
  });
  lineageRoutes(registering, localitySource, { successors, predecessors });
}
