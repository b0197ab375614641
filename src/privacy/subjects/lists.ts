import { z } from "zod";
import type { Source } from "../../db/query/source.ts";
import { listParameters } from "../../http/nouns/list-shapes.ts";
import { answerList } from "../../http/nouns/lists.ts";
import { plural } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { contextOf, idOf } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { requireSubject } from "./queries.ts";

/** `{ id }` of a person in a path. */
export const personParams = z.object({
  id: z.uuid().meta({ description: "Id of the person.", example: "019a0000-0000-7000-8000-000000000002" }),
});

/** `GET /v1/people/{id}/<noun>`: what a person's rights left in the registry. */
export function subjectListRoute({ app, parts, shapes }: Registering, source: Source): void {
  const { noun } = source;
  app.get(`/v1/people/:id/${noun.name}`, {
    schema: {
      operationId: `listPerson${plural(noun)}`,
      summary: `List a person's ${noun.name.replaceAll("-", " ")}`,
      description: `${noun.description} The same query language as every list.`,
      tags: [noun.name],
      params: personParams,
      querystring: listParameters(noun, parts.catalog),
      response: { 200: shapes.page(noun), ...problems(404, 410) },
    },
    handler: (request, reply) => {
      const standing = () => requireSubject(parts.database.reader, idOf(request), contextOf(request, parts));
      return answerList(parts, source, request, reply, { person: idOf(request), standing });
    },
  });
}
