import type { Scope } from "../actor.ts";

/** Who may call an operation: a scope, any of several, every good token ("any"), or everybody ("public"). */
export type ScopeRule = Scope | readonly Scope[] | "any" | "public";

/** What an operation does to the records that it is about; `relations.ts` says what becomes of it by where a record stands. */
export const ACTS = [
  "read",
  "list",
  "create",
  "add",
  "change",
  "hide",
  "restore",
  "restore-fact",
  "serve",
  "survey",
  "follow",
  "none",
] as const;
export type Act = (typeof ACTS)[number];

/** Who may call an operation, what is needed beside (any of `also`), and what it does to people and what hangs on them. */
export type Rule = { scope: ScopeRule; also?: readonly Scope[]; act: Act };

const FACTS = [
  ["Degree", "Degrees"],
  ["AcademicTitle", "AcademicTitles"],
  ["Affiliation", "Affiliations"],
  ["Expertise", "Expertise"],
  ["Award", "Awards"],
] as const;
const REFERENCE = ["Organization", "Locality", "Field", "CodeList", "Code"] as const;
const PLURALS = ["Organizations", "Localities", "Fields", "CodeLists", "Codes"] as const;

const each = (rule: Rule, ...operations: readonly string[]): [string, Rule][] => operations.map((operation) => [operation, { ...rule }]);
const READ = ["people:read", "directory:read"] as const;

/** The rule of every operation, by its `operationId`: the one place that says who may call. A route that is not here refuses to start. */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ...each({ scope: READ, act: "read" }, "getPerson", "getPersonByIdentifier"),
  ...each({ scope: READ, act: "list" }, "listPeople", "searchPeople", "suggestPeople"),
  ...each({ scope: "people:write", act: "create" }, "createPerson", "putPersonByIdentifier", "supplyPersonByCitizenId"),
  ...each({ scope: "people:write", act: "change" }, "changePerson"),
  ...each({ scope: "people:write", act: "hide" }, "deletePerson"),
  ...each({ scope: "people:write", act: "restore" }, "restorePerson"),
  ...each({ scope: "people:read", act: "read" }, "listPersonRevisions", "getPersonRevision"),
  ...FACTS.flatMap(([fact, facts]) => [
    ...each({ scope: "people:read", act: "list" }, `list${facts}`),
    ...each({ scope: "people:read", act: "read" }, `get${fact}`, `listPerson${facts}`, `list${fact}Revisions`, `get${fact}Revision`),
    ...each({ scope: "people:write", act: "add" }, `create${fact}`),
    ...each({ scope: "people:write", act: "change" }, `change${fact}`),
    ...each({ scope: "people:write", act: "hide" }, `delete${fact}`),
    ...each({ scope: "people:write", act: "restore-fact" }, `restore${fact}`),
    ...each({ scope: "exports", also: ["people:read"], act: "list" }, `export${facts}`),
  ]),
  ...each({ scope: "exports", also: READ, act: "list" }, "exportPeople"),
  ...each({ scope: "changes:read", act: "follow" }, "listChanges"),

  ...each({ scope: "any", act: "none" }, ...REFERENCE.flatMap((one) => (one === "Code" ? [] : [`get${one}`]))),
  ...each({ scope: "any", act: "none" }, ...REFERENCE.flatMap((one) => [`list${one}Revisions`, `get${one}Revision`])),
  ...each({ scope: "any", act: "none" }, ...PLURALS.map((many) => `list${many}`)),
  ...each({ scope: "any", act: "none" }, "suggestOrganizations", "suggestLocalities", "suggestFields"),
  ...each({ scope: "any", act: "none" }, "listOrganizationSuccessors", "listOrganizationPredecessors"),
  ...each({ scope: "any", act: "none" }, "listLocalitySuccessors", "listLocalityPredecessors"),
  ...each({ scope: "exports", act: "none" }, "exportLocalities", "exportOrganizations", "exportFields", "exportCodeLists"),
  ...each(
    { scope: "reference:write", act: "none" },
    "createOrganization",
    "changeOrganization",
    "deleteOrganization",
    "restoreOrganization",
  ),
  // Of people it tells whoever may read them.
  ...each({ scope: "any", act: "list" }, "reconcile"),

  ...each({ scope: "imports", act: "none" }, "createImport", "listImports", "getImport", "changeImport", "cancelImport"),
  ...each({ scope: "imports", act: "none" }, "listImportRows", "decideImportRow", "commitImport"),

  ...each({ scope: "privacy", act: "survey" }, "listConsents"),
  ...each({ scope: "privacy", act: "serve" }, "getConsent", "listPersonConsents", "listConsentRevisions", "getConsentRevision"),
  ...each({ scope: "privacy", act: "serve" }, "createConsent"),
  ...each({ scope: "privacy", act: "serve" }, "withdrawConsent"),
  ...each({ scope: "privacy", act: "survey" }, "listDataRequests"),
  ...each(
    { scope: "privacy", act: "serve" },
    "getDataRequest",
    "getDataCopy",
    "listPersonDataRequests",
    "listDataRequestRevisions",
    "getDataRequestRevision",
  ),
  ...each({ scope: "privacy", act: "serve" }, "createDataRequest", "changeDataRequest", "carryOutDataRequest", "liftRestriction"),
  ...each({ scope: "exports", also: ["privacy"], act: "survey" }, "exportConsents", "exportDataRequests"),

  ...each({ scope: "audit", act: "survey" }, "listAccessLog"),
  ...each({ scope: "audit", act: "none" }, "listAuditEvents"),
  ...each({ scope: ["privacy", "audit"], act: "serve" }, "listPersonAccessLog"),
  ...each({ scope: "any", act: "none" }, "getAccessLogHead", "getOverview", "getNounDescription"),
  ...each({ scope: "admin", act: "none" }, "getPolicy"),
  ...each({ scope: "public", act: "none" }, "listProblems"),
]);

/** The rule of an operation; undefined: there is none. */
export const ruleOf = (operation: string): Rule | undefined => RULES.get(operation);

/** Every operation with its rule, by name. */
export const operations = (): readonly (readonly [string, Rule])[] => [...RULES].toSorted(([a], [b]) => (a < b ? -1 : 1));
