import { z } from "zod";
import type { FactNoun } from "../../db/write/facts.ts";
import { listParameters } from "../../http/nouns/list-shapes.ts";
import { answerList } from "../../http/nouns/lists.ts";
import { listRoute, plural, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { idOf } from "../../http/nouns/parts.ts";
import { createRoute, recordWriteRoutes } from "../../http/nouns/writes/declarations.ts";
import { requirePerson } from "../people/find.ts";
import { changeFact, createFact, deleteFact, restoreFact } from "./commands.ts";

const personParams = z.object({ id: z.uuid().meta({ description: "Id of the person.", example: "019a0000-0000-7000-8000-000000000002" }) });

/** Everything that a noun which hangs on a person serves: the person's own, across people, one, and writes (api.md 2). */
export function factRoutes(registering: Registering, fact: FactNoun): void {
  listRoute(registering, fact.source);
  recordRoute(registering, fact.source);
  personRoutes(registering, fact);
  writeRoutes(registering, fact);
}

/** `/v1/people/{id}/degrees`: a person's own. */
function personRoutes(registering: Registering, fact: FactNoun): void {
  const { app, parts, shapes } = registering;
  const { noun, source } = fact;
  const path = `/v1/people/:id/${noun.name}`;
  app.get(path, {
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
  createRoute(registering, {
    source,
    path,
    params: personParams,
    shape: fact.create,
    about: {
      summary: `Add to a person's ${noun.name.replaceAll("-", " ")}`,
      description: "Several sources may state one fact: they stand side by side, and one is `preferred`.",
    },
    create: (writing, body, request) => createFact(writing, fact, idOf(request), body),
  });
}

function writeRoutes(registering: Registering, fact: FactNoun): void {
  const { name } = fact.noun;
  recordWriteRoutes(registering, {
    source: fact.source,
    shape: fact.change,
    commands: {
      change: (writing, id, precondition, patch) => changeFact(writing, fact, id, precondition, patch),
      delete: (writing, id, precondition) => deleteFact(writing, fact, id, precondition),
      restore: (writing, id) => restoreFact(writing, fact, id),
    },
    about: {
      change: {
        summary: `Change one of ${name}`,
        description: "A merge patch (RFC 7396): only what changes. A change that changes nothing makes no version.",
      },
      delete: { summary: `Hide one of ${name}`, description: "Afterwards it answers 410; a restoration brings it back." },
      restore: {
        summary: `Bring back one of ${name}`,
        description: "Undoes a DELETE of it; while its person is hidden, that answers 410.",
      },
    },
  });
}
