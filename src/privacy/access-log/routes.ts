import { z } from "zod";
import { listParameters } from "../../http/nouns/list-shapes.ts";
import { answerList } from "../../http/nouns/lists.ts";
import { listRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { allowOnly, contextOf, idOf } from "../../http/nouns/parts.ts";
import type { RawQuery } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { accessSource, eventSource, readHead, requireKnown } from "./queries.ts";
import { AccessEntry } from "./schema.ts";

const params = z.object({ id: z.uuid().meta({ description: "Id of the person.", example: "019a0000-0000-7000-8000-000000000002" }) });
const Head = z
  .object({
    seal: z.int().meta({ description: "The number of the last batch; 0 before the first." }),
    hash: z.string().nullable().meta({ description: "SHA-256 over that batch and, through it, over all before; null before the first." }),
    sealed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "AccessLogHead", description: "The head of the chain of seals." });

/** `/v1/access-log`: who read what, and why. */
export function accessLogRoutes(registering: Registering): void {
  listRoute(registering, accessSource, { operationId: "listAccessLog", summary: "List who was given what" });
  listRoute(registering, eventSource, {
    path: "/v1/access-log/events",
    operationId: "listAuditEvents",
    summary: "List what happened to the service",
  });
  headRoute(registering);
  personRoute(registering);
}

function headRoute({ app, parts }: Registering): void {
  app.get("/v1/access-log/head", {
    schema: {
      operationId: "getAccessLogHead",
      summary: "Read the head of the seals",
      description: "Kept elsewhere, it proves later that nothing before it was changed: `trithuc audit verify --head HASH`.",
      tags: [AccessEntry.name],
      response: { 200: Head },
    },
    handler: async (request) => {
      allowOnly(request.query as RawQuery, []);
      const head = await readHead((statement) => parts.database.reader.read(statement));
      return { seal: head?.n ?? 0, hash: head?.hash.toString("hex") ?? null, sealed_at: head?.sealedAt ?? null };
    },
  });
}

function personRoute({ app, parts, shapes }: Registering): void {
  app.get("/v1/people/:id/access-log", {
    schema: {
      operationId: "listPersonAccessLog",
      summary: "List who was given a person's fields",
      description: "For the person concerned: who looked, when, why. The same query language as every list.",
      tags: [AccessEntry.name],
      params,
      querystring: listParameters(AccessEntry, parts.catalog),
      response: { 200: shapes.page(AccessEntry), ...problems(404) },
    },
    handler: (request, reply) => {
      const id = idOf(request);
      const standing = () => requireKnown(parts.database.reader, id, contextOf(request, parts));
      return answerList(parts, accessSource, request, reply, { person: id, standing });
    },
  });
}
