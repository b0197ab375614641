import { writeParameters } from "../../http/nouns/list-shapes.ts";
import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { idOf, writingOf } from "../../http/nouns/parts.ts";
import { answerCreated, bodyOf } from "../../http/nouns/records.ts";
import { idParams, written } from "../../http/nouns/shapes.ts";
import { problems } from "../../http/openapi.ts";
import { personParams, subjectListRoute } from "../subjects/lists.ts";
import { CreateConsent, createConsent, withdrawConsent } from "./commands.ts";
import { consentSource } from "./queries.ts";
import { Consent, WithdrawConsent } from "./schema.ts";

const config = { scope: "privacy" } as const;

/** `/v1/consents` and `/v1/people/{id}/consents`: what people agreed to, and withdrew. */
export function consentRoutes(registering: Registering): void {
  const { app, parts, shapes } = registering;
  listRoute(registering, consentSource, "privacy");
  recordRoute(registering, consentSource, "privacy");
  subjectListRoute(registering, consentSource);
  app.post("/v1/people/:id/consents", {
    config,
    schema: {
      operationId: "createConsent",
      summary: "Record a person's consent",
      description:
        "One purpose, one wording, and where the proof lies. A consent to a newer wording takes the place of the one that holds; the same wording twice is `state-conflict`. With the purpose `directory` the person's public fields are shown to `directory:read`, from now until it is withdrawn.",
      tags: [Consent.name],
      params: personParams,
      querystring: writeParameters(),
      body: CreateConsent,
      response: { 201: written(shapes.record(Consent)), ...problems(404, 409, 410) },
    },
    handler: async (request, reply) => {
      const [writing, person, body] = [writingOf(request, parts), idOf(request), bodyOf(request, CreateConsent)];
      return answerCreated(parts, consentSource, await createConsent(writing, person, body, parts.clock()), request, reply);
    },
  });
  app.post("/v1/consents/:id/withdrawal", {
    config,
    schema: {
      operationId: "withdrawConsent",
      summary: "Withdraw a consent",
      description: "It closes at once; a second withdrawal is `state-conflict` and says when the first was.",
      tags: [Consent.name],
      params: idParams(Consent),
      querystring: writeParameters(),
      body: WithdrawConsent,
      response: { 201: written(shapes.record(Consent)), ...problems(404, 409, 410) },
    },
    handler: async (request, reply) => {
      const [writing, id, body] = [writingOf(request, parts), idOf(request), bodyOf(request, WithdrawConsent)];
      return answerCreated(parts, consentSource, await withdrawConsent(writing, id, body, parts.clock()), request, reply);
    },
  });
}
