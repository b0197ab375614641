import { z } from "zod";
import { writeParameters } from "../../http/nouns/list-shapes.ts";
import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { problems } from "../../http/openapi.ts";
import { idOf, writingOf } from "../../http/nouns/parts.ts";
import { answerCreated, answerWritten, bodyOf, preconditionOf } from "../../http/nouns/records.ts";
import { idParams } from "../../http/nouns/shapes.ts";
import { lineageRoutes } from "../lineage.ts";
import {
  ChangeOrganization,
  changeOrganization,
  CreateOrganization,
  createOrganization,
  deleteOrganization,
  restoreOrganization,
} from "./commands.ts";
import { organizationSource, predecessors, successors } from "./queries.ts";
import { Organization } from "./schema.ts";

const config = { scope: "reference:write" } as const;
const ifMatch = z.object({
  "if-match": z.string().meta({ description: "The `ETag` or version that the change is made from.", example: '"1"' }),
});

/** `/v1/organizations`: read with any valid token, written with `reference:write`. */
export function organizationRoutes(registering: Registering): void {
  listRoute(registering, organizationSource, "any");
  recordRoute(registering, organizationSource, "any");
  lineageRoutes(registering, organizationSource, { successors, predecessors });
  writeRoutes(registering);
}

function writeRoutes({ app, parts, shapes }: Registering): void {
  const record = shapes.record(Organization);
  const one = { tags: [Organization.name], params: idParams(Organization), querystring: writeParameters() };
  app.post("/v1/organizations", {
    config,
    schema: {
      operationId: "createOrganization",
      summary: "Register an organization",
      description: "Its code is ours, unique and never reused.",
      tags: [Organization.name],
      querystring: writeParameters(),
      body: CreateOrganization,
      response: { 201: record, ...problems(409) },
    },
    handler: async (request, reply) => {
      const [writing, body] = [writingOf(request, parts), bodyOf(request, CreateOrganization)];
      return answerCreated(parts, organizationSource, await createOrganization(writing, body), request, reply);
    },
  });
  app.patch("/v1/organizations/:id", {
    config,
    schema: {
      ...one,
      operationId: "changeOrganization",
      summary: "Change an organization",
      description: "A merge patch (RFC 7396). A new parent closes the earlier one, which is kept with its days.",
      headers: ifMatch,
      body: {
        content: { "application/merge-patch+json": { schema: ChangeOrganization }, "application/json": { schema: ChangeOrganization } },
      },
      response: { 200: record, ...problems(404, 409, 410, 412, 428) },
    },
    handler: async (request, reply) => {
      const [writing, id, precondition] = [writingOf(request, parts), idOf(request), preconditionOf(request)];
      const body = bodyOf(request, ChangeOrganization);
      return answerWritten(parts, organizationSource, await changeOrganization(writing, id, precondition, body), request, reply);
    },
  });
  app.delete("/v1/organizations/:id", {
    config,
    schema: {
      ...one,
      operationId: "deleteOrganization",
      summary: "Hide an organization",
      description: "Refused while people or other organizations stand in it.",
      headers: ifMatch,
      response: { 204: { description: "Hidden.", type: "null" }, ...problems(404, 409, 410, 412, 428) },
    },
    handler: async (request, reply) => {
      await deleteOrganization(writingOf(request, parts), idOf(request), preconditionOf(request));
      return reply.code(204).send();
    },
  });
  app.post("/v1/organizations/:id/restorations", {
    config,
    schema: {
      ...one,
      operationId: "restoreOrganization",
      summary: "Bring back an organization",
      description: "Undoes a DELETE.",
      response: { 201: record, ...problems(404, 409) },
    },
    handler: async (request, reply) =>
      answerCreated(parts, organizationSource, await restoreOrganization(writingOf(request, parts), idOf(request)), request, reply),
  });
}
