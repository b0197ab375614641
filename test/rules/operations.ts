import type { Document } from "../../src/http/openapi.ts";
import type { Scope } from "../../src/core/actor.ts";
import { FACTS } from "../../src/nouns.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";
import { IMPORT_SAMPLES } from "./import-samples.ts";
import { PRIVACY_SAMPLES } from "./privacy-samples.ts";

/** What a sample call is made with: records that stand, and a version to change them from. */
export type Standing = {
  person: string;
  organization: string;
  locality: string;
  field: string;
  codeList: string;
  code: string;
  fact: (noun: string) => Promise<Answer>;
  importer: Agent;
  /** Who records consents and requests. */
  officer: Agent;
  count: () => number;
};

/** A call that a client would make: its path, and whatever goes with it. The scope is the operation's own. */
export type Sample = { path: string; body?: unknown; ifMatch?: number; contentType?: string; headers?: Record<string, string> };
type Make = (at: Standing, document: Document) => Sample | Promise<Sample>;

/** Name in the paths to name of the shape. */
export const FACT_SHAPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(FACTS).map(({ noun }) => [noun.name, noun.shape]),
);
const MERGE = "application/merge-patch+json";

const EXPORTS = [
  ["exportPeople", "people"],
  ["exportDegrees", "degrees"],
  ["exportAcademicTitles", "academic-titles"],
  ["exportAffiliations", "affiliations"],
  ["exportExpertise", "expertise"],
  ["exportAwards", "awards"],
  ["exportOrganizations", "organizations"],
  ["exportLocalities", "localities"],
  ["exportFields", "fields"],
  ["exportCodeLists", "code-lists"],
  ["exportConsents", "consents"],
  ["exportDataRequests", "data-requests"],
] as const;

/** Where a record of each noun with a history is found. */
type Path = (at: Standing) => string | Promise<string>;
const HISTORIES: readonly [shape: string, path: Path][] = [
  ["Person", ({ person }) => `people/${person}`],
  ...Object.entries(FACT_SHAPES).map(([noun, shape]): [string, Path] => [
    shape,
    async ({ fact }) => `${noun}/${(await fact(noun)).body.id}`,
  ]),
  ["Organization", ({ organization }) => `organizations/${organization}`],
  ["Locality", () => "localities/24@2025-07-01"],
  ["Field", ({ field }) => `fields/${field}`],
  ["CodeList", ({ codeList }) => `code-lists/${codeList}`],
  ["Code", ({ code }) => `code-lists/degree-levels/codes/${code}`],
];

/** One sample of every operation, by its id. An operation that is not here fails the test that names it. */
export const SAMPLES: Record<string, Make> = {
  listPeople: () => ({ path: "/v1/people?birth_year:gte=1970&sort=name&include=degrees,affiliations.organization&limit=10&count=exact" }),
  createPerson: (at, document) => ({ path: "/v1/people?reason=M%E1%BB%9Bi", body: exampleOf(document, "CreatePerson", at) }),
  getPerson: ({ person }) => ({ path: `/v1/people/${person}?include=degrees` }),
  getPersonByIdentifier: () => ({ path: "/v1/people/by-id/orcid/0000-0001-5109-3700" }),
  putPersonByIdentifier: (at, document) => ({
    path: "/v1/people/by-id/local:SKHCN/MAU-1",
    body: { ...exampleOf(document, "CreatePerson", at), identifiers: [], citizen_id: null },
    headers: { "if-none-match": "*" },
  }),
  supplyPersonByCitizenId: ({ organization }) => ({
    path: "/v1/people/by-citizen-id",
    body: { citizen_id: "024085000777", name: { full: "Người Mẫu Căn Cước" }, source: { organization_id: organization } },
  }),
  changePerson: ({ person }) => ({ path: `/v1/people/${person}`, ifMatch: 1, body: { keywords: ["vật liệu"] }, contentType: MERGE }),
  searchPeople: (_at, document) => ({ path: "/v1/people/search", body: exampleOf(document, "SearchPeople") }),
  deletePerson: async ({ fact }) => ({ path: `/v1/people/${(await fact("people")).body.id}`, ifMatch: 1 }),
  restorePerson: async ({ fact }) => ({ path: `/v1/people/${(await fact("hidden people")).body.id}/restorations` }),
  ...Object.fromEntries(Object.entries(FACT_SHAPES).flatMap(([noun, shape]) => Object.entries(factSamples(noun, shape)))),
  listChanges: () => ({ path: "/v1/changes?limit=5&noun=people,degrees" }),
  ...Object.fromEntries(EXPORTS.map(([operation, path]) => [operation, () => ({ path: `/v1/${path}/export?format=ndjson` })])),
  listOrganizations: () => ({ path: "/v1/organizations?kind=university&sort=name" }),
  createOrganization: (at, document) => ({ path: "/v1/organizations", body: exampleOf(document, "CreateOrganization", at) }),
  getOrganization: ({ organization }) => ({ path: `/v1/organizations/${organization}?include=parent` }),
  listOrganizationSuccessors: ({ organization }) => ({ path: `/v1/organizations/${organization}/successors?as_of=2026-01-01` }),
  listOrganizationPredecessors: ({ organization }) => ({ path: `/v1/organizations/${organization}/predecessors` }),
  changeOrganization: async ({ fact }) => ({
    path: `/v1/organizations/${(await fact("organizations")).body.id}`,
    ifMatch: 1,
    body: { short_name: "SKHCN" },
  }),
  deleteOrganization: async ({ fact }) => ({ path: `/v1/organizations/${(await fact("organizations")).body.id}`, ifMatch: 1 }),
  restoreOrganization: async ({ fact }) => ({ path: `/v1/organizations/${(await fact("hidden organizations")).body.id}/restorations` }),
  listLocalities: () => ({ path: "/v1/localities?kind=commune&limit=5" }),
  getLocality: () => ({ path: "/v1/localities/24@2025-07-01" }),
  listLocalitySuccessors: () => ({ path: "/v1/localities/27@2025-06-30/successors" }),
  listLocalityPredecessors: ({ locality }) => ({ path: `/v1/localities/${locality}/predecessors?as_of=2025-06-30` }),
  listFields: () => ({ path: "/v1/fields?scheme=rd&level=1" }),
  getField: ({ field }) => ({ path: `/v1/fields/${field}` }),
  listCodeLists: () => ({ path: "/v1/code-lists" }),
  getCodeList: ({ codeList }) => ({ path: `/v1/code-lists/${codeList}` }),
  listCodes: () => ({ path: "/v1/code-lists/degree-levels/codes" }),
  ...IMPORT_SAMPLES,
  ...PRIVACY_SAMPLES,
  reconcile: () => ({
    path: "/v1/reconciliation",
    body: { noun: "localities", queries: ["Việt Yên", "phuong bac giag"], as_of: "2026-01-01" },
  }),
  ...Object.fromEntries(HISTORIES.flatMap(([shape, path]) => Object.entries(historySamples(shape, path)))),
  suggestPeople: () => ({ path: "/v1/people/suggest?q=tran+thi+m&limit=5" }),
  suggestOrganizations: () => ({ path: "/v1/organizations/suggest?q=so+y+te" }),
  suggestLocalities: () => ({ path: "/v1/localities/suggest?q=viet+yen" }),
  suggestFields: () => ({ path: "/v1/fields/suggest?q=cong+nghe&scheme=training" }),
  listAccessLog: () => ({ path: "/v1/access-log?sort=-at&filter=purpose%20%3D%20advice" }),
  listAuditEvents: () => ({ path: "/v1/access-log/events?kind=export" }),
  getAccessLogHead: () => ({ path: "/v1/access-log/head" }),
  listPersonAccessLog: ({ person }) => ({ path: `/v1/people/${person}/access-log` }),
  listProblems: () => ({ path: "/v1/meta/problems" }),
  getPolicy: () => ({ path: "/v1/meta/policy" }),
  getOverview: () => ({ path: "/v1/meta" }),
  getNounDescription: () => ({ path: "/v1/meta/people" }),
};

function historySamples(shape: string, path: Path): Record<string, Make> {
  return {
    [`list${shape}Revisions`]: async (at) => ({ path: `/v1/${await path(at)}/revisions?limit=5` }),
    [`get${shape}Revision`]: async (at) => ({ path: `/v1/${await path(at)}/revisions/1?diff=1` }),
  };
}

function factSamples(noun: string, shape: string): Record<string, Make> {
  const plural = noun
    .split("-")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
  return {
    [`list${plural}`]: () => ({ path: `/v1/${noun}?is_current=true,false&limit=3` }),
    [`get${shape}`]: async ({ fact }) => ({ path: `/v1/${noun}/${(await fact(noun)).body.id}` }),
    [`change${shape}`]: async ({ fact }) => ({ path: `/v1/${noun}/${(await fact(noun)).body.id}`, ifMatch: 1, body: { ended: true } }),
    [`delete${shape}`]: async ({ fact }) => ({ path: `/v1/${noun}/${(await fact(noun)).body.id}`, ifMatch: 1 }),
    [`restore${shape}`]: async ({ fact }) => ({ path: `/v1/${noun}/${(await fact(`hidden ${noun}`)).body.id}/restorations` }),
    [`listPerson${plural}`]: ({ person }) => ({ path: `/v1/people/${person}/${noun}` }),
    [`create${shape}`]: async (at, document) => ({
      path: `/v1/people/${(await at.fact("people")).body.id}/${noun}`,
      body: exampleOf(document, `Create${shape}`, at),
    }),
  };
}

/** A body made of the examples that the document gives for a shape's members; what points at a record gets one that stands. */
export function exampleOf(document: Document, shape: string, at?: Standing): Record<string, unknown> {
  const schemas = document.components["schemas"] as Record<string, Schema>;
  return valueOf(schemas, { $ref: `#/components/schemas/${shape}` }, at) as Record<string, unknown>;
}

type Schema = {
  $ref?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  type?: string | string[];
  anyOf?: Schema[];
  enum?: unknown[];
};

function valueOf(schemas: Record<string, Schema>, schema: Schema, at: Standing | undefined): unknown {
  if (schema.$ref) return valueOf(schemas, schemas[schema.$ref.split("/").at(-1)!]!, at);
  if (schema.examples) return schema.examples[0];
  if (schema.anyOf) return valueOf(schemas, schema.anyOf[0]!, at);
  if (schema.items) return [valueOf(schemas, schema.items, at)];
  if (!schema.properties) return schema.enum?.[0];
  const members = Object.entries(schema.properties).map(([name, member]) => [name, memberOf(schemas, name, member, at)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** Ids of records differ from registry to registry; a scheme is filled in where it is left out. */
function memberOf(schemas: Record<string, Schema>, name: string, member: Schema, at: Standing | undefined): unknown {
  if (name.endsWith("locality_id")) return at?.locality;
  if (/(organization|institution|parent)_id$/.test(name)) return at?.organization;
  if (name.endsWith("_scheme")) return undefined;
  return valueOf(schemas, member, at);
}

/** Hides or makes what a sample needs: `degrees`, `hidden people`. */
export function standing(registry: Registry, at: Omit<Standing, "fact" | "importer" | "officer" | "count">, document: Document): Standing {
  const scope: readonly Scope[] = ["people:read", "people:write", "reference:write"];
  const agent = registry.as({ scope });
  let count = 0;
  const make = async (noun: string): Promise<Answer> => {
    if (noun === "people") return agent.post("/v1/people", { name: { full: `Người Mẫu ${"ABCDEFGHIKLMNOPQ"[count++ % 16]}` } });
    if (noun === "organizations") {
      return agent.post("/v1/organizations", { ...exampleOf(document, "CreateOrganization", all), code: `MAU-${count++}` });
    }
    const person = (await make("people")).body.id as string;
    return agent.post(`/v1/people/${person}/${noun}`, exampleOf(document, `Create${FACT_SHAPES[noun]}`, all));
  };
  const all: Standing = {
    ...at,
    importer: registry.as({ scope: ["imports"] }),
    officer: registry.as({ scope: ["privacy"] }),
    count: () => count++,
    fact: async (wanted) => {
      const noun = wanted.replace("hidden ", "");
      const made = await make(noun);
      if (noun !== wanted) await agent.delete(`/v1/${noun}/${made.body.id}`, 1);
      return made;
    },
  };
  return all;
}
