import { z } from "zod";
import type { FactNoun } from "../../db/write/facts.ts";
import { listParameters, writeParameters } from "../../http/nouns/list-shapes.ts";
import { answerList } from "../../http/nouns/lists.ts";
import { listRoute, plural, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { idOf, writingOf } from "../../http/nouns/parts.ts";
import { answerCreated, answerWritten, bodyOf, preconditionOf } from "../../http/nouns/records.ts";
import { idParams, written } from "../../http/nouns/shapes.ts";
import { requirePerson } from "../people/find.ts";
import { changeFact, createFact, deleteFact, restoreFact } from "./commands.ts";

const personParams = z.object({ id: z.uuid().meta({ description: "Id of the person.", example: "019a0000-0000-7000-8000-000000000002" }) });
const ifMatch = z.object({
  "if-match": z.string().meta({ description: "The `ETag` or version that the change is made from.", example: '"1"' }),
});

/** Everything that a noun which hangs on a person serves: the person's own, across people, one, and writes (api.md 2). */
export function factRoutes(registering: Registering, fact: FactNoun): void {
  listRoute(registering, fact.source, "people:read");
  recordRoute(registering, fact.source, "people:read");
  personRoutes(registering, fact);
  writeRoutes(registering, fact);
}

/** `/v1/people/{id}/degrees`: a person's own. */
function personRoutes({ app, parts, shapes }: Registering, fact: FactNoun): void {
  const { noun, source } = fact;
  const path = `/v1/people/:id/${noun.name}`;
  app.get(path, {
    config: { scope: "people:read" },
    schema: {
      operationId: `listPerson${plural(noun)}`,
      summary: `List a person's ${noun.name.replaceAll("-", " ")}`,
      description: `${noun.description} The same query language as every list.`,
      tags: [noun.name],
      params: personParams,
      querystring: listParameters(noun, parts.catalog),
      response: { 200: shapes.page(noun), ...problems(404, 410) },
    },
    handler: (request, reply) =>
      answerList(parts, source, request, reply, { person: idOf(request), standing: () => requirePerson(parts, request) }),
  });
  app.post(path, {
    config: { scope: "people:write" },
    schema: {
      operationId: `create${noun.shape}`,
      summary: `Add to a person's ${noun.name.replaceAll("-", " ")}`,
      description: `Several sources may state one fact: they stand side by side, and one is \`preferred\`.`,
      tags: [noun.name],
      params: personParams,
      querystring: writeParameters(),
      body: fact.create,
      response: { 201: written(shapes.record(noun)), ...problems(404, 409, 410) },
    },
    handler: async (request, reply) => {
      const [writing, person, body] = [writingOf(request, parts), idOf(request), bodyOf(request, fact.create)];
      return answerCreated(parts, source, await createFact(writing, fact, person, body), request, reply);
    },
  });
}

function writeRoutes({ app, parts, shapes }: Registering, fact: FactNoun): void {
  const { noun, source } = fact;
  const [path, params] = [`/v1/${noun.name}/:id`, idParams(noun)];
  const about = { tags: [noun.name], params, querystring: writeParameters() };
  const config = { scope: "people:write" } as const;
  app.patch(path, {
    config,
    schema: {
      ...about,
      operationId: `change${noun.shape}`,
      summary: `Change one of ${noun.name}`,
      description: "A merge patch (RFC 7396): only what changes. A change that changes nothing makes no version.",
      headers: ifMatch,
      body: { content: { "application/merge-patch+json": { schema: fact.change }, "application/json": { schema: fact.change } } },
      response: { 200: written(shapes.record(noun)), ...problems(404, 409, 410, 412, 428) },
    },
    handler: async (request, reply) => {
      const [writing, id, precondition] = [writingOf(request, parts), idOf(request), preconditionOf(request)];
      const body = bodyOf(request, fact.change);
      return answerWritten(parts, source, await changeFact(writing, fact, id, precondition, body), request, reply);
    },
  });
  app.delete(path, {
    config,
    schema: {
      ...about,
      operationId: `delete${noun.shape}`,
      summary: `Hide one of ${noun.name}`,
      description: "Afterwards it answers 410; a restoration brings it back.",
      headers: ifMatch,
      response: { 204: { description: "Hidden.", type: "null" }, ...problems(404, 410, 412, 428) },
    },
    handler: async (request, reply) => {
      await deleteFact(writingOf(request, parts), fact, idOf(request), preconditionOf(request));
      return reply.code(204).send();
    },
  });
  app.post(`${path}/restorations`, {
    config,
    schema: {
      ...about,
      operationId: `restore${noun.shape}`,
      summary: `Bring back one of ${noun.name}`,
      description: "Undoes a DELETE of it; while its person is hidden, that answers 410.",
      response: { 201: written(shapes.record(noun)), ...problems(404, 409, 410) },
    },
    handler: async (request, reply) =>
      answerCreated(parts, source, await restoreFact(writingOf(request, parts), fact, idOf(request)), request, reply),
  });
}
