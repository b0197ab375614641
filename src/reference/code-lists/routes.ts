import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { listParameters } from "../../http/nouns/list-shapes.ts";
import { answerList } from "../../http/nouns/lists.ts";
import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { idOf } from "../../http/nouns/parts.ts";
import type { Parts } from "../../http/nouns/parts.ts";
import { codeListSource, codeSource, requireCode, requireList } from "./queries.ts";
import { Code, CodeList } from "./schema.ts";

const params = z.object({ list: z.string().max(40).meta({ description: "Name of the list.", example: "degree-levels" }) });

/** A code lies in its list. */
export const codePlace = {
  path: "/v1/code-lists/:list/codes/:id",
  params: params.extend({ id: z.uuid().meta({ description: "Id of the code.", example: Code.fields["id"]!.example as string }) }),
  id: (parts: Parts, request: FastifyRequest): Promise<string> =>
    requireCode(parts.database.reader, (request.params as { list: string }).list, idOf(request)),
  tag: CodeList.name,
};

/** `/v1/code-lists` and `/v1/code-lists/{list}/codes`; changed only by the reference load. */
export function codeListRoutes(registering: Registering): void {
  const { app, parts, shapes } = registering;
  listRoute(registering, codeListSource);
  recordRoute(registering, codeListSource);
  app.get("/v1/code-lists/:list/codes", {
    schema: {
      operationId: "listCodes",
      summary: "List the codes of a list",
      description: "The codes of a code list, each with its labels.",
      tags: ["code-lists"],
      params,
      querystring: listParameters(Code, parts.catalog),
      response: { 200: shapes.page(Code), ...problems(404) },
    },
    handler: (request, reply) => {
      const { list } = request.params as { list: string };
      return answerList(parts, codeSource, request, reply, {
        standing: () => requireList(parts.database.reader, list),
        fixed: { is: "compare", path: "list", compare: "=", values: [list], at: {} },
      });
    },
  });
}
