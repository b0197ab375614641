import type { Sample, Standing } from "./operations.ts";
import { exampleOf } from "./operations.ts";
import type { Document } from "../../src/http/openapi.ts";

type Make = (at: Standing, document: Document) => Promise<Sample>;

/** Somebody new. */
const personOf = async ({ fact }: Standing): Promise<string> => (await fact("people")).body.id as string;

const consentOf = async (at: Standing, document: Document): Promise<string> =>
  (await at.officer.post(`/v1/people/${await personOf(at)}/consents`, exampleOf(document, "CreateConsent"))).body.id as string;

/** A request of somebody new, taken so many steps on. */
async function requestOf(at: Standing, kind: string, steps: readonly string[] = []): Promise<string> {
  const { body } = await at.officer.post(`/v1/people/${await personOf(at)}/data-requests`, { kind, channel: "written" });
  for (const [i, state] of steps.entries()) await at.officer.patch(`/v1/data-requests/${body.id}`, { state }, i + 1);
  return body.id as string;
}

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
  listDataRequests: async () => ({ path: "/v1/data-requests?state=received,acknowledged&limit=3" }),
  getDataRequest: async (at) => ({ path: `/v1/data-requests/${await requestOf(at, "view")}` }),
  listPersonDataRequests: async (at) => ({ path: `/v1/people/${await personOf(at)}/data-requests` }),
  createDataRequest: async (at, document) => ({
    path: `/v1/people/${await personOf(at)}/data-requests`,
    body: { ...exampleOf(document, "CreateDataRequest"), kind: "withdraw" },
  }),
  changeDataRequest: async (at) => ({
    path: `/v1/data-requests/${await requestOf(at, "view")}`,
    ifMatch: 1,
    body: { state: "acknowledged" },
    contentType: "application/merge-patch+json",
  }),
  carryOutDataRequest: async (at, document) => ({
    path: `/v1/data-requests/${await requestOf(at, "delete", ["acknowledged", "approved"])}/execution`,
    body: exampleOf(document, "CarryOutDataRequest"),
  }),
  getDataCopy: async (at) => ({ path: `/v1/data-requests/${await requestOf(at, "copy", ["acknowledged", "approved"])}/copy?format=json` }),
  liftRestriction: async (at) => {
    const id = await requestOf(at, "restrict", ["acknowledged", "approved"]);
    await at.officer.post(`/v1/data-requests/${id}/execution`, {});
    return { path: `/v1/data-requests/${id}/reversal` };
  },
  listDataRequestRevisions: async (at) => ({ path: `/v1/data-requests/${await requestOf(at, "view")}/revisions` }),
  getDataRequestRevision: async (at) => ({ path: `/v1/data-requests/${await requestOf(at, "view")}/revisions/1` }),
};
