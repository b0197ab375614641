import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { opening } from "../../core/policy.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { refuseClosed, refuseInUrl } from "../../db/query/refusals.ts";
import { scopeMissing } from "../../http/access/auth.ts";
import { recordParameters, recordShape } from "../../http/nouns/list-shapes.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { contextOf } from "../../http/nouns/parts.ts";
import type { Parts } from "../../http/nouns/parts.ts";
import { answerRecord, bodyOf } from "../../http/nouns/records.ts";
import { written } from "../../http/nouns/shapes.ts";
import { answerWrite } from "../../http/nouns/writes/answers.ts";
import { conditions, expectedOf } from "../../http/nouns/writes/conditions.ts";
import { idempotencyKey, writeParametersOf } from "../../http/nouns/writes/declarations.ts";
import { problems } from "../../http/openapi.ts";
import { createPersonShape, sentFacts } from "../people/commands.ts";
import type { Facts } from "../people/commands.ts";
import { personSource } from "../people/queries.ts";
import { Identifier } from "../people/shapes.ts";
import { Person } from "../people/schema.ts";
import { supplyPerson } from "./commands.ts";
import { findByCitizenId } from "./queries.ts";

const WHOLE =
  "A whole person on behalf of one supplier. Facts of that supplier which the body does not name are hidden, other suppliers' facts stay as they are. The person's own members are written only where that supplier made the record; elsewhere what differs is kept as the supplier's statement and named in `ignored`. What is absent of the supplier's own is taken away, as far as the caller may read it.";
const SOURCE = "The supplier is the `source.organization_id` of the body, else the only `org` of the token.";
const statuses = [404, 409, 410, 412, 428] as const;

/** `PUT /v1/people/by-id/{scheme}/{value}` and `POST /v1/people/by-citizen-id`: people as a supplier's own system holds them. */
export function statementRoutes(registering: Registering, facts: Facts): void {
  const shape = createPersonShape(facts);
  const supplied = suppliedShape(registering);
  identifierRoute(registering, facts, shape, supplied);
  citizenRoute(registering, facts, shape, supplied);
}

function identifierRoute({ app, parts, shapes }: Registering, facts: Facts, shape: z.ZodObject, supplied: z.ZodObject): void {
  const params = z.object({
    scheme: Identifier.shape.scheme.meta({ description: "`local:<organization code>`, `orcid`, ...; not `code`.", example: "local:SKHCN" }),
    value: z.string().meta({ description: "The identifier.", example: "CB-0001" }),
  });
  const answer = written(shapes, personSource, supplied);
  app.put("/v1/people/by-id/:scheme/:value", {
    schema: {
      operationId: "putPersonByIdentifier",
      summary: "State a whole person by an identifier",
      description: `${WHOLE} The supplier is the organization of \`local:<code>\`; for another scheme: ${SOURCE}`,
      tags: [Person.name],
      params,
      querystring: writeParametersOf(personSource),
      headers: conditions,
      body: shape,
      response: { 200: answer, 201: answer, ...problems(405, ...statuses) },
    },
    handler: (request, reply) => {
      refuseCode(request);
      const kind = { source: personSource, status: 200, ...included(facts, request.body) } as const;
      return answerWrite(parts, kind, request, reply, (writing) => {
        const [by, expected] = [identifierOf(request, params), expectedOf(request)];
        return supplyPerson(writing, { shape, facts, body: bodyOf(request, shape), by, expected });
      });
    },
  });
}

/** @throws Problem `method-not-allowed`: codes are ours to give */
function refuseCode({ params }: FastifyRequest): void {
  if ((params as { scheme: string }).scheme === "code")
    throw new Problem("method-not-allowed", { headers: { allow: "GET, HEAD, OPTIONS" } });
}

/** The identifier of the path. @throws Problem `identifier-in-url`, `invalid-parameter` */
function identifierOf({ params }: FastifyRequest, shape: z.ZodObject): z.infer<typeof Identifier> {
  const { scheme, value } = params as { scheme: string; value: string };
  if (scheme === "citizen_id" || scheme === "phones" || scheme === "emails") throw refuseInUrl(scheme, { parameter: "scheme" });
  const errors = [
    ...(shape.shape["scheme"]!.safeParse(scheme).success ? [] : ["scheme"]),
    ...(Identifier.shape.value.safeParse(value).success ? [] : ["value"]),
  ].map((parameter) => {
    const detail = { vi: `“${parameter}” sai dạng.`, en: `\`${parameter}\` is not of the right form.` };
    return { code: "invalid-parameter" as const, parameter, detail };
  });
  if (errors.length > 0) throw new Problem("invalid-parameter", { errors });
  return { scheme, value: Identifier.shape.value.parse(value) };
}

function citizenRoute(registering: Registering, facts: Facts, shape: z.ZodObject, supplied: z.ZodObject): void {
  const { app, parts, shapes } = registering;
  const named = shape
    .extend({ citizen_id: Person.fields["citizen_id"]!.type.meta({ description: "Who is meant.", example: "024085000123" }) })
    .meta({ id: "SupplyPerson", description: "A whole person with the citizen id." });
  const asked = named.partial({ name: true }).meta({
    id: "PersonByCitizenId",
    description: "A citizen id alone: who is meant, to be read. With more: the whole person, who needs a name.",
  });
  const answer = written(shapes, personSource, supplied);
  app.post("/v1/people/by-citizen-id", {
    schema: {
      operationId: "supplyPersonByCitizenId",
      summary: "Read or state a person by citizen id",
      description: `With \`citizen_id\` alone reads the person who has it (\`fields\`, \`include\`, \`as_of\` as everywhere). With more: ${WHOLE} ${SOURCE} Somebody who stands is replaced with \`If-Match\` only; where nobody stands no condition is needed. Needs \`people:read.restricted\` and \`Access-Purpose\`.`,
      tags: [Person.name],
      querystring: bothParameters(),
      headers: conditions.extend(idempotencyKey.shape),
      body: asked,
      response: {
        200: answer,
        201: answer,
        304: { description: "Not modified since the `ETag` sent.", type: "null" },
        ...problems(...statuses),
      },
    },
    handler: (request, reply) => {
      const { body } = request;
      if (isQuestion(body)) return answerRecord(parts, personSource, () => holderOf(parts, asked, request), request, reply);
      const kind = { source: personSource, status: 200, keyed: true, ...included(facts, body) } as const;
      return answerWrite(parts, kind, request, reply, (writing) => {
        const expected = expectedOf(request);
        return supplyPerson(writing, { shape: named, facts, body: bodyOf(request, asked), by: null, expected });
      });
    },
  });
}

/** Who has a number is itself what the scope and the purpose guard; that a number is taken, any write tells. */
function requireOpen(parts: Parts, request: FastifyRequest): void {
  const { actor } = contextOf(request, parts);
  const open = opening(Person, Person.fields["citizen_id"]!, actor);
  if (!open.open) throw refuseClosed("citizen_id", open.code, open.scope, { pointer: "/citizen_id" });
}

const isQuestion = (body: unknown): boolean => Object.keys(Object(body) as object).join() === "citizen_id";

async function holderOf(parts: Parts, asked: z.ZodObject, request: FastifyRequest): Promise<string> {
  requireOpen(parts, request);
  if (!request.actor.scopes.has("people:read")) throw scopeMissing("people:read");
  const { value, violations } = checkBody(asked, request.body);
  if (violations.length > 0) throw problemOf(violations, "body");
  const number = value["citizen_id"] as string;
  return findByCitizenId(parts.database.reader, lookupHash(parts.keys, "citizen_id", number), contextOf(request, parts));
}

/** The collections that the answer shows: those that were sent. */
function included(facts: Facts, body: unknown): { include?: string } {
  const sent = sentFacts(facts, body);
  return sent === undefined ? {} : { include: sent };
}

// Made anew, not extended: a collection's type that stood in both shapes would hold itself without a name.
const suppliedShape = ({ shapes, parts }: Registering): z.ZodObject =>
  z
    .object({
      ...recordShape(Person, (name) => shapes.record(parts.catalog[name]!.noun)).shape,
      ignored: z
        .array(z.string())
        .optional()
        .meta({ description: "Members of the body that were not written, because another source made the record; kept as a statement." }),
    })
    .meta({ id: "SuppliedPerson", description: "The person as it stands after a supplier stated it." });

function bothParameters(): Record<string, unknown> {
  const [read, write] = [recordParameters(), writeParametersOf(personSource)] as { properties: object }[];
  return { type: "object", properties: { ...read!.properties, ...write!.properties } };
}
