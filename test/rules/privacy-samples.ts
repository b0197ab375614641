import type { Sample, Standing } from "./operations.ts";
import { exampleOf } from "./operations.ts";
import type { Document } from "../../src/http/openapi.ts";

type Make = (at: Standing, document: Document) => Promise<Sample>;

/** Somebody new. */
const personOf = async ({ fact }: Standing): Promise<string> => (await fact("people")).body.id as string;

const consentOf = async (at: Standing, document: Document): Promise<string> =>
  (await at.officer.post(`/v1/people/${await personOf(at)}/consents`, exampleOf(document, "CreateConsent"))).body.id as string;

/** Samples of the operations by which people have their rights. */
export const PRIVACY_SAMPLES: Record<string, Make> = {
  listConsents: async () => ({ path: "/v1/consents?purpose=directory&limit=3" }),
  getConsent: async (at, document) => ({ path: `/v1/consents/${await consentOf(at, document)}` }),
  listPersonConsents: async (at) => ({ path: `/v1/people/${await personOf(at)}/consents` }),
  createConsent: async (at, document) => ({
    path: `/v1/people/${await personOf(at)}/consents`,
    body: exampleOf(document, "CreateConsent"),
  }),
  listConsentRevisions: async (at, document) => ({ path: `/v1/consents/${await consentOf(at, document)}/revisions` }),
  getConsentRevision: async (at, document) => ({ path: `/v1/consents/${await consentOf(at, document)}/revisions/1` }),
  withdrawConsent: async (at, document) => ({
    path: `/v1/consents/${await consentOf(at, document)}/withdrawal`,
    body: exampleOf(document, "WithdrawConsent"),
  }),
};
