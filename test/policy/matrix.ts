/**
 * Who may do what to whom, written by hand from the requirements (the contract's sections 1, 2, 4 and 9) and not from the code.
 *
 * The scopes of which any suffices (`+`: one of these as well), then a letter for each relation of the person to the token:
 * own unit, unit below, own locality, other unit, other locality, hidden, absent.
 * d done, o left out of the answer, n 404 not-found, g 410 deleted, t 403 outside-territory, c 409 state-conflict, - there is no such case.
 */
export const RELATIONS = ["own_unit", "unit_below", "own_locality", "other_unit", "other_locality", "hidden", "absent"] as const;
export type Relation = (typeof RELATIONS)[number];

const READ = "people:read directory:read";

const PEOPLE: Record<string, [scopes: string, cells: string]> = {
  listPeople: [READ, "dddoooo"],
  searchPeople: [READ, "dddoooo"],
  suggestPeople: [READ, "dddoooo"],
  getPerson: [READ, "dddnngn"],
  getPersonByIdentifier: [READ, "dddnngn"],
  exportPeople: ["exports + people:read directory:read", "dddoooo"],
  listPersonRevisions: ["people:read", "dddnngn"],
  getPersonRevision: ["people:read", "dddnngn"],
  createPerson: ["people:write", "dddtt--"],
  putPersonByIdentifier: ["people:write", "dddtt--"],
  supplyPersonByCitizenId: ["people:write", "dddtt--"],
  changePerson: ["people:write", "dddnngn"],
  deletePerson: ["people:write", "dddnngn"],
  restorePerson: ["people:write", "cccnndn"],
  listPersonAccessLog: ["privacy audit", "dddnndn"],
  listAccessLog: ["audit", "dddoodo"],
  reconcile: ["any", "dddoooo"],
  // Who enters and leaves a reader's territory has a test of its own: test/exchange/feed-territory.test.ts.
  listChanges: ["changes:read", "dddoodo"],
  listConsents: ["privacy", "dddoodo"],
  exportConsents: ["exports + privacy", "dddoodo"],
  listPersonConsents: ["privacy", "dddnndn"],
  getConsent: ["privacy", "dddnndn"],
  listConsentRevisions: ["privacy", "dddnndn"],
  getConsentRevision: ["privacy", "dddnndn"],
  createConsent: ["privacy", "dddnndn"],
  withdrawConsent: ["privacy", "dddnndn"],
  listDataRequests: ["privacy", "dddoodo"],
  exportDataRequests: ["exports + privacy", "dddoodo"],
  listPersonDataRequests: ["privacy", "dddnndn"],
  getDataRequest: ["privacy", "dddnndn"],
  listDataRequestRevisions: ["privacy", "dddnndn"],
  getDataRequestRevision: ["privacy", "dddnndn"],
  getDataCopy: ["privacy", "dddnndn"],
  createDataRequest: ["privacy", "dddnndn"],
  changeDataRequest: ["privacy", "dddnndn"],
  carryOutDataRequest: ["privacy", "dddnndn"],
  liftRestriction: ["privacy", "dddnndn"],
};

const FACTS: Record<string, [scopes: string, cells: string]> = {
  "list{s}": ["people:read", "dddoooo"],
  "get{}": ["people:read", "dddnngn"],
  "listPerson{s}": ["people:read", "dddnngn"],
  "list{}Revisions": ["people:read", "dddnngn"],
  "get{}Revision": ["people:read", "dddnngn"],
  "export{s}": ["exports + people:read", "dddoooo"],
  "create{}": ["people:write", "dddnngn"],
  "change{}": ["people:write", "dddnngn"],
  "delete{}": ["people:write", "dddnngn"],
  "restore{}": ["people:write", "cccnngn"],
};

/** Facts of people, by their shape, with the noun in paths. */
export const FACT_NOUNS = {
  Degree: ["Degrees", "degrees"],
  AcademicTitle: ["AcademicTitles", "academic-titles"],
  Affiliation: ["Affiliations", "affiliations"],
  Expertise: ["Expertise", "expertise"],
  Award: ["Awards", "awards"],
} as const;

/** Operations in which no person stands anywhere: scopes alone decide. */
const OTHERS: Record<string, string> = {
  "listOrganizations getOrganization listLocalities getLocality listFields getField listCodeLists getCodeList listCodes": "any",
  "listOrganizationSuccessors listOrganizationPredecessors listLocalitySuccessors listLocalityPredecessors": "any",
  "listOrganizationRevisions getOrganizationRevision listLocalityRevisions getLocalityRevision listFieldRevisions getFieldRevision": "any",
  "listCodeListRevisions getCodeListRevision listCodeRevisions getCodeRevision": "any",
  "suggestOrganizations suggestLocalities suggestFields": "any",
  "exportOrganizations exportLocalities exportFields exportCodeLists": "exports",
  "createOrganization changeOrganization deleteOrganization restoreOrganization": "reference:write",
  "createImport listImports getImport changeImport cancelImport listImportRows decideImportRow commitImport": "imports",
  listAuditEvents: "audit",
  "getAccessLogHead getOverview getNounDescription": "any",
  getPolicy: "admin",
  listProblems: "public",
};

/** A line of the matrix; without cells scopes alone decide. */
export type Line = { operation: string; scopes: string[]; also: string[]; cells: string | null };

const line = (operation: string, scopes: string, cells: string | null): Line => {
  const [any = "", also = ""] = scopes.split(" + ");
  return { operation, scopes: any.split(" "), also: also.split(" ").filter(Boolean), cells };
};

/** The whole matrix. */
export const MATRIX: readonly Line[] = [
  ...Object.entries(PEOPLE).map(([operation, [scopes, cells]]) => line(operation, scopes, cells)),
  ...Object.entries(FACT_NOUNS).flatMap(([one, [many]]) =>
    Object.entries(FACTS).map(([form, [scopes, cells]]) => line(form.replace("{s}", many).replace("{}", one), scopes, cells)),
  ),
  ...Object.entries(OTHERS).flatMap(([operations, scopes]) => operations.split(" ").map((operation) => line(operation, scopes, null))),
];
