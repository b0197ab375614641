import { listRoute, recordRoute } from "../../http/nouns/nouns.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { idOf } from "../../http/nouns/parts.ts";
import { idParams } from "../../http/nouns/shapes.ts";
import { createRoute } from "../../http/nouns/writes/declarations.ts";
import { personParams, subjectListRoute } from "../subjects/lists.ts";
import { CreateConsent, createConsent, withdrawConsent } from "./commands.ts";
import { consentSource } from "./queries.ts";
import { Consent, WithdrawConsent } from "./schema.ts";

/** `/v1/consents` and `/v1/people/{id}/consents`: what people agreed to, and withdrew. */
export function consentRoutes(registering: Registering): void {
  const { parts } = registering;
  listRoute(registering, consentSource);
  recordRoute(registering, consentSource);
  subjectListRoute(registering, consentSource);
  createRoute(registering, {
    source: consentSource,
    path: "/v1/people/:id/consents",
    params: personParams,
    shape: CreateConsent,
    about: {
      summary: "Record a person's consent",
      description:
        "One purpose, one wording, and where the proof lies. A consent to a newer wording takes the place of the one that holds; the same wording twice is `state-conflict`. With the purpose `directory` the person's public fields are shown to `directory:read`, from now until it is withdrawn.",
    },
    create: (writing, body, request) => createConsent(writing, idOf(request), body, parts.clock()),
  });
  createRoute(registering, {
    source: consentSource,
    path: "/v1/consents/:id/withdrawal",
    operationId: "withdrawConsent",
    params: idParams(Consent),
    shape: WithdrawConsent,
    about: {
      summary: "Withdraw a consent",
      description: "It closes at once; a second withdrawal is `state-conflict` and says when the first was.",
    },
    create: (writing, body, request) => withdrawConsent(writing, idOf(request), body, parts.clock()),
  });
}
