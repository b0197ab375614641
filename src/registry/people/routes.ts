import { z } from "zod";
import { isPersonCode } from "../../core/check-characters.ts";
import { parseFilter } from "../../core/query/parse.ts";
import { ALL } from "../../core/query/tree.ts";
import { problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { recordParameters } from "../../http/nouns/list-shapes.ts";
import { answerPage } from "../../http/nouns/lists.ts";
import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { allowOnly, contextOf, invalid, single } from "../../http/nouns/parts.ts";
import type { RawQuery } from "../../http/nouns/parts.ts";
import { answerRecord } from "../../http/nouns/records.ts";
import { createRoute, recordWriteRoutes } from "../../http/nouns/writes/declarations.ts";
import { ChangePerson, changePerson, createPersonShape, deletePerson, restorePerson, sentFacts } from "./commands.ts";
import type { Facts } from "./commands.ts";
import { creatingPeople } from "./creation/together.ts";
import { findByIdentifier, personSource } from "./queries.ts";
import { quickQuestion } from "./quick.ts";
import { Person } from "./schema.ts";
import { SearchPeople } from "./shapes.ts";

const identifierParams = z.object({
  scheme: z.string().meta({ description: "`code`, `orcid`, ... or `local:<organization code>`.", example: "code" }),
  value: z.string().meta({ description: "The identifier.", example: "BN-0000123-5" }),
});

/** `/v1/people`: the intellectuals of the province. */
export function personRoutes(registering: Registering, facts: Facts): void {
  listRoute(registering, personSource, { quick: quickQuestion });
  recordRoute(registering, personSource);
  identifierRoute(registering);
  searchRoute(registering);
  writeRoutes(registering, facts);
}

function identifierRoute({ app, parts, shapes }: Registering): void {
  app.get("/v1/people/by-id/:scheme/:value", {
    schema: {
      operationId: "getPersonByIdentifier",
      summary: "Read a person by an identifier",
      tags: [Person.name],
      description:
        "By `code`, by an identifier of another system, or by a supplier's own number (`local:<organization code>`). A citizen id is refused in a URL.",
      params: identifierParams,
      querystring: recordParameters(),
      response: {
        200: shapes.record(Person),
        304: { description: "Not modified since the `ETag` sent.", type: "null" },
        ...problems(404, 410),
      },
    },
    handler: async (request, reply) => {
      const { scheme, value } = request.params as { scheme: string; value: string };
      if (scheme === "code" && !isPersonCode(value))
        throw invalid({ parameter: "value" }, "một mã người đúng chữ số kiểm tra", "a person's code with the right check digit");
      const find = () => findByIdentifier(parts.database.reader, scheme, value, contextOf(request, parts));
      return answerRecord(parts, personSource, find, request, reply);
    },
  });
}

function searchRoute({ app, parts, shapes }: Registering): void {
  app.post("/v1/people/search", {
    schema: {
      operationId: "searchPeople",
      summary: "Search people by a query in the body",
      tags: [Person.name],
      description:
        "The only place where `citizen_id`, `phones`, `emails` and other restricted numbers may be searched: what stands in a URL stays in logs. Changes nothing.",
      body: SearchPeople,
      response: { 200: shapes.page(Person), ...problems(400) },
    },
    handler: async (request, reply) => {
      allowOnly(request.query as RawQuery, []);
      const { value, violations } = checkBody(SearchPeople, request.body);
      if (violations.length > 0) throw problemOf(violations, "body");
      const {
        filter,
        sort,
        fields,
        include,
        limit = 50,
        cursor,
        count = "none",
        as_of: asOf = null,
      } = value as z.infer<typeof SearchPeople>;
      const tree = filter === undefined ? ALL : parseFilter(filter, { pointer: "/filter" });
      const page = await answerPage(
        parts,
        personSource,
        contextOf(request, parts, asOf, false),
        { tree, sort, fields, include, limit, cursor, count },
        { on: null },
      );
      return reply.type("application/json; charset=utf-8").send(Buffer.concat(page.text(null)));
    },
  });
}

function writeRoutes(registering: Registering, facts: Facts): void {
  const shape = createPersonShape(facts);
  const create = creatingPeople({ shape, facts });
  createRoute(registering, {
    source: personSource,
    path: "/v1/people",
    shape,
    about: {
      summary: "Register a person",
      description:
        "With the facts that come along, at most 50 of a kind, in one transaction. Everything that is wrong is said at once, each with its pointer. Where somebody like this person stands already, among those whom the caller may read, the answer is 409 `possible-duplicate` with `candidates`.",
    },
    parameters: {
      on_duplicate: {
        type: "string",
        enum: ["refuse", "create"],
        default: "refuse",
        description: "`create`: the candidates have been looked at, and this is somebody else.",
      },
    },
    check: (query) => void anyhowIn(query),
    include: (body) => sentFacts(facts, body),
    create: (writing, body, request, checked) => create(writing, { body, anyhow: anyhowIn(request.query as RawQuery) }, checked),
  });
  recordWriteRoutes(registering, {
    source: personSource,
    shape: ChangePerson,
    commands: { change: changePerson, delete: deletePerson, restore: restorePerson },
    about: {
      change: {
        summary: "Change a person",
        description: "A merge patch (RFC 7396): only what changes. A change that changes nothing makes no version.",
      },
      delete: { summary: "Hide a person", description: "And what hangs on it. Afterwards it answers 410; a restoration brings it back." },
      restore: { summary: "Bring back a person", description: "Undoes a DELETE, with what hangs on the person." },
    },
  });
}

/** Whether a person is to be created whoever is alike. */
function anyhowIn(query: RawQuery): boolean {
  const value = query["on_duplicate"] === undefined ? "refuse" : single("on_duplicate", query["on_duplicate"]);
  if (value !== "refuse" && value !== "create") throw invalid({ parameter: "on_duplicate" }, "refuse hoặc create", "refuse or create");
  return value === "create";
}
