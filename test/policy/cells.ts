import { randomInt, randomUUID } from "node:crypto";
import { personCode } from "../../src/core/check-characters.ts";
import type { Document } from "../../src/http/openapi.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";
import { exampleOf } from "../rules/operations.ts";
import { follow } from "../exchange/following.ts";
import { FACT_NOUNS } from "./matrix.ts";
import type { Relation } from "./matrix.ts";

/** Somebody to whom things are done, with one fact of each kind, a consent and a request; `taken` gives another request, taken on as far as it goes. */
export type Target = {
  person: string;
  code: string;
  name: string;
  facts: Record<string, string>;
  consent: string;
  request: string;
  taken: (kind: "view" | "restrict") => Promise<string>;
};

/** Units and places: one of the token's, one below it, and others. */
export type Ground = { unit: string; below: string; other: string; place: string; elsewhere: string };

/** Where the person of each relation works and lives. */
export const placeOf = (relation: Relation, ground: Ground): { unit: string; place: string | null } => {
  const units: Partial<Record<Relation, string>> = { own_unit: ground.unit, unit_below: ground.below, hidden: ground.unit };
  const places: Partial<Record<Relation, string>> = { own_locality: ground.place, other_locality: ground.elsewhere };
  return { unit: units[relation] ?? ground.other, place: places[relation] ?? null };
};

/** The bound of the token of each relation. */
export const claimOf = (relation: Relation, ground: Ground): { org?: string[]; loc?: string[] } =>
  relation.endsWith("locality") ? { loc: [ground.place] } : { org: [ground.unit] };

const LETTERS = "ABCDEGHIKLMNOPQRSTUVXY";
const wordOf = (n: number): string =>
  [n, n / 22, n / 484]
    .map((part) => LETTERS[Math.floor(part) % 22]!)
    .join("")
    .toLowerCase();

/** Makes people for a matrix, each with a name that nobody else has. */
export function targets(registry: Registry, document: Document, ground: Ground) {
  const admin = registry.admin;
  const officer = registry.as({ scope: ["privacy"] });
  let count = 0;
  const anyOf = { organization: ground.unit, locality: ground.place } as Parameters<typeof exampleOf>[2];
  const make = async (relation: Relation): Promise<Target> => {
    if (relation === "absent") return ABSENT;
    const { unit, place } = placeOf(relation, ground);
    const facts = Object.fromEntries(
      Object.entries(FACT_NOUNS).map(([shape, [, noun]]) => [noun.replace("-", "_"), [exampleOf(document, `Create${shape}`, anyOf)]]),
    );
    // Two: who hides the only one would put the person outside.
    facts["affiliations"] = ["employment", "membership"].map((kind) => ({ organization_id: unit, kind, ended: false }));
    const name = `Phạm Thị X${wordOf((count += 1))}`;
    const made = await admin.post("/v1/people", { name: { full: name }, ...(place && { residence_locality_id: place }), ...facts });
    if (made.status !== 201) throw new Error(made.text);
    const { id, code } = made.body;
    const consent = await officer.post(`/v1/people/${id}/consents`, exampleOf(document, "CreateConsent"));
    const ids = Object.fromEntries(Object.values(FACT_NOUNS).map(([, noun]) => [noun, made.body[noun.replace("-", "_")][0].id as string]));
    if (relation === "hidden") await admin.delete(`/v1/people/${id}`, 1);
    const ask = async (who: string, kind: string): Promise<string> =>
      (await officer.post(`/v1/people/${who}/data-requests`, { kind, channel: "web" })).body.id as string;
    // Of somebody else of the same relation: a restriction hides.
    const taken = async (kind: "view" | "restrict"): Promise<string> => {
      const own = await ask((await make(relation)).person, kind);
      for (const [i, state] of ["acknowledged", "approved"].entries()) await officer.patch(`/v1/data-requests/${own}`, { state }, i + 1);
      if (kind === "restrict") await officer.post(`/v1/data-requests/${own}/execution`, {});
      return own;
    };
    return { person: id, code, name, facts: ids, consent: consent.body.id, request: await ask(id, "copy"), taken };
  };
  return make;
}

/** Waits until the feed has told of everything that these went through. */
export async function toldOf(registry: Registry, all: Iterable<{ person: string }>): Promise<void> {
  const ids = [...all].map(({ person }) => person);
  const untold =
    "select count(*)::int as left from revisions r where record_id = any($1::uuid[]) and not exists (select from feed f where f.record_id = r.record_id and f.version = r.version)";
  const follower = await follow(registry.as({ scope: ["changes:read", "people:read"] }));
  while ((await registry.sql<{ left: number }>(untold, ids))[0]!.left > 0) await follower.until(() => true);
}

const NOBODY = "019a0000-0000-7000-8000-000000000001";
const ABSENT: Target = {
  person: NOBODY,
  code: personCode(9_999_999),
  name: "Không Ai Cả",
  facts: Object.fromEntries(Object.values(FACT_NOUNS).map(([, noun]) => [noun, NOBODY])),
  consent: NOBODY,
  request: NOBODY,
  taken: async () => NOBODY,
};

type Named = Exclude<keyof Target, "facts" | "taken">;
type Call = (agent: Agent, at: Target, ground: { unit: string; place: string | null }) => Promise<Answer>;

/** How each operation is called; lists give what they list. */
export function callsOf(document: Document): Record<string, { call: Call; lists?: Named | ((at: Target) => string) }> {
  const example = (shape: string, ground: { unit: string; place: string | null }) =>
    exampleOf(document, shape, { organization: ground.unit, locality: ground.place ?? undefined } as never);
  const calls: Record<string, { call: Call; lists?: Named | ((at: Target) => string) }> = {
    listPeople: { call: (agent, at) => agent.get(`/v1/people?limit=500&filter=code%20%3D%20${at.code}`), lists: "person" },
    searchPeople: { call: (agent, at) => agent.post("/v1/people/search", { filter: `id = ${at.person}` }), lists: "person" },
    suggestPeople: { call: (agent, at) => agent.get(`/v1/people/suggest?q=${encodeURIComponent(at.name)}`), lists: "person" },
    listChanges: { call: (agent) => agent.get("/v1/changes?limit=500&noun=people"), lists: "person" },
    reconcile: { call: (agent, at) => agent.post("/v1/reconciliation", { noun: "people", queries: [at.name] }), lists: "person" },
    getPerson: { call: (agent, at) => agent.get(`/v1/people/${at.person}`) },
    getPersonByIdentifier: { call: (agent, at) => agent.get(`/v1/people/by-id/code/${at.code}`) },
    exportPeople: { call: (agent) => agent.get("/v1/people/export?format=ndjson&fields=id"), lists: "person" },
    listPersonRevisions: { call: (agent, at) => agent.get(`/v1/people/${at.person}/revisions`) },
    getPersonRevision: { call: (agent, at) => agent.get(`/v1/people/${at.person}/revisions/1`) },
    createPerson: { call: (agent, _at, where) => agent.post("/v1/people", somebody(where)) },
    putPersonByIdentifier: {
      call: (agent, _at, where) =>
        agent.call({
          method: "PUT",
          path: `/v1/people/by-id/wos/${randomUUID()}`,
          body: { ...somebody(where), source: { organization_id: where.unit } },
          headers: { "content-type": "application/json", "if-none-match": "*" },
        }),
    },
    supplyPersonByCitizenId: {
      call: (agent, _at, where) =>
        agent.post("/v1/people/by-citizen-id", {
          ...somebody(where),
          citizen_id: String(randomInt(10 ** 11, 10 ** 12 - 1)),
          source: { organization_id: where.unit },
        }),
    },
    changePerson: { call: (agent, at) => agent.patch(`/v1/people/${at.person}`, { keywords: ["mới"] }, 1) },
    deletePerson: { call: (agent, at) => agent.delete(`/v1/people/${at.person}`, 1) },
    restorePerson: { call: (agent, at) => agent.post(`/v1/people/${at.person}/restorations`) },
    listPersonAccessLog: { call: (agent, at) => agent.get(`/v1/people/${at.person}/access-log`) },
    listAccessLog: { call: (agent, at) => agent.get(`/v1/access-log?person_id=${at.person}`), lists: (at) => at.person },
    listConsents: { call: (agent, at) => agent.get(`/v1/consents?filter=id%20%3D%20${at.consent}`), lists: "consent" },
    exportConsents: { call: (agent) => agent.get("/v1/consents/export?format=ndjson"), lists: "consent" },
    listPersonConsents: { call: (agent, at) => agent.get(`/v1/people/${at.person}/consents`) },
    getConsent: { call: (agent, at) => agent.get(`/v1/consents/${at.consent}`) },
    listConsentRevisions: { call: (agent, at) => agent.get(`/v1/consents/${at.consent}/revisions`) },
    getConsentRevision: { call: (agent, at) => agent.get(`/v1/consents/${at.consent}/revisions/1`) },
    createConsent: {
      call: (agent, at) =>
        agent.post(`/v1/people/${at.person}/consents`, { ...exampleOf(document, "CreateConsent"), purpose: "advice", wording: "advice-1" }),
    },
    listDataRequests: { call: (agent, at) => agent.get(`/v1/data-requests?filter=id%20%3D%20${at.request}`), lists: "request" },
    exportDataRequests: { call: (agent) => agent.get("/v1/data-requests/export?format=ndjson"), lists: "request" },
    listPersonDataRequests: { call: (agent, at) => agent.get(`/v1/people/${at.person}/data-requests`) },
    getDataRequest: { call: (agent, at) => agent.get(`/v1/data-requests/${at.request}`) },
    listDataRequestRevisions: { call: (agent, at) => agent.get(`/v1/data-requests/${at.request}/revisions`) },
    getDataRequestRevision: { call: (agent, at) => agent.get(`/v1/data-requests/${at.request}/revisions/1`) },
    getDataCopy: { call: async (agent, at) => agent.get(`/v1/data-requests/${await at.taken("view")}/copy`) },
    createDataRequest: { call: (agent, at) => agent.post(`/v1/people/${at.person}/data-requests`, { kind: "view", channel: "web" }) },
    changeDataRequest: { call: (agent, at) => agent.patch(`/v1/data-requests/${at.request}`, { state: "acknowledged" }, 1) },
    carryOutDataRequest: { call: async (agent, at) => agent.post(`/v1/data-requests/${await at.taken("view")}/execution`, {}) },
    liftRestriction: { call: async (agent, at) => agent.post(`/v1/data-requests/${await at.taken("restrict")}/reversal`) },
    withdrawConsent: { call: (agent, at) => agent.post(`/v1/consents/${at.consent}/withdrawal`, exampleOf(document, "WithdrawConsent")) },
  };
  for (const [one, [many, noun]] of Object.entries(FACT_NOUNS)) {
    const own = (at: Target) => at.facts[noun]!;
    calls[`list${many}`] = { call: (agent, at) => agent.get(`/v1/${noun}?filter=id%20%3D%20${own(at)}`), lists: own };
    calls[`get${one}`] = { call: (agent, at) => agent.get(`/v1/${noun}/${own(at)}`) };
    calls[`listPerson${many}`] = { call: (agent, at) => agent.get(`/v1/people/${at.person}/${noun}`) };
    calls[`list${one}Revisions`] = { call: (agent, at) => agent.get(`/v1/${noun}/${own(at)}/revisions`) };
    calls[`get${one}Revision`] = { call: (agent, at) => agent.get(`/v1/${noun}/${own(at)}/revisions/1`) };
    calls[`export${many}`] = { call: (agent) => agent.get(`/v1/${noun}/export?format=ndjson`), lists: own };
    calls[`create${one}`] = {
      call: (agent, at, ground) => agent.post(`/v1/people/${at.person}/${noun}`, { ...example(`Create${one}`, ground), ...ANOTHER[one] }),
    };
    calls[`change${one}`] = { call: (agent, at) => agent.patch(`/v1/${noun}/${own(at)}`, { verification_evidence: "Bản sao" }, 1) };
    calls[`delete${one}`] = { call: (agent, at) => agent.delete(`/v1/${noun}/${own(at)}`, 1) };
    calls[`restore${one}`] = { call: (agent, at) => agent.post(`/v1/${noun}/${own(at)}/restorations`) };
  }
  return calls;
}

/** A new person who works and lives here. */
const somebody = ({ unit, place }: { unit: string; place: string | null }) => ({
  name: { full: "Đặng Văn Mới" },
  ...(place && { residence_locality_id: place }),
  affiliations: [{ organization_id: unit, kind: "employment", ended: false }],
});

/** What keeps a second fact of a kind from being the first again. */
const ANOTHER: Record<string, object> = {
  AcademicTitle: { title: "GS", source: { document: "khác" } },
  Expertise: { role: "secondary" },
  Affiliation: { kind: "employment", is_primary: false },
};
