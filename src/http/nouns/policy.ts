import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { describePolicy } from "../../core/policy/description.ts";
import { VISIBILITY } from "../../core/registry/field.ts";
import type { Catalog } from "../../db/query/source.ts";
import { allowOnly } from "./parts.ts";
import type { RawQuery } from "./parts.ts";

const texts = z.array(z.string());
const Policy = z
  .object({
    classes: z.array(
      z.object({ class: z.enum(VISIBILITY), scopes: texts, directory: z.boolean(), guarded: z.boolean() }).meta({
        id: "ClassRule",
        description: "What a visibility class asks for: all of the scopes; `guarded`: a stated purpose, and an entry in the access log.",
      }),
    ),
    fields: z.array(z.object({ noun: z.string(), field: z.string(), class: z.enum(VISIBILITY) }).meta({ id: "FieldClass" })),
    operations: z.array(
      z.object({ operation: z.string(), scopes: texts, also: texts, act: z.string() }).meta({
        id: "OperationRule",
        description: "Who may call an operation: any of `scopes`, and any of `also` beside it.",
      }),
    ),
    outcomes: z.array(
      z.object({ act: z.string(), relation: z.string(), outcome: z.string() }).meta({
        id: "OutcomeRule",
        description: "What becomes of an act by how the person stands to the token.",
      }),
    ),
  })
  .meta({ id: "Policy", description: "The one policy by which every read and write is decided." });

/** `GET /v1/meta/policy`: what the compiler and the routes read. */
export function policyRoute(app: FastifyInstance, catalog: Catalog): void {
  const policy = describePolicy(Object.values(catalog).map(({ noun }) => noun));
  app.get("/v1/meta/policy", {
    schema: {
      operationId: "getPolicy",
      summary: "Read the policy",
      description: "Scopes by operation, classes by field, and what becomes of a call by where the person stands.",
      tags: ["meta"],
      response: { 200: Policy },
    },
    preHandler: async (request) => allowOnly(request.query as RawQuery, []),
    handler: () => policy,
  });
}
