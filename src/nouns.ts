import type { FastifyInstance } from "fastify";
import { isGuarded, isOfPeople } from "./core/policy.ts";
import { named } from "./core/registry/noun.ts";
import type { Catalog, Source } from "./db/query/source.ts";
import { FEED_CRONTAB, feedJobs } from "./exchange/changes/jobs.ts";
import { changeRoutes } from "./exchange/changes/routes.ts";
import { exportRoutes } from "./exchange/exports/routes.ts";
import { IMPORT_CRONTAB, importJobs } from "./exchange/imports/jobs.ts";
import type { ImportParts } from "./exchange/imports/jobs.ts";
import { columnsOf, recordColumns } from "./db/tables/columns.ts";
import type { Tasks } from "./db/upkeep/jobs.ts";
import type { Readable } from "./db/upkeep/reports.ts";
import { KEY_CRONTAB, keyJobs } from "./db/write/jobs.ts";
import { importRoutes } from "./exchange/imports/routes.ts";
import { reconciliationRoute } from "./exchange/reconciliation/routes.ts";
import type { Registering } from "./http/nouns/nouns.ts";
import type { Parts } from "./http/nouns/parts.ts";
import { answerShapes } from "./http/nouns/shapes.ts";
import { SEAL_CRONTAB, sealJobs } from "./privacy/access-log/jobs.ts";
import { accessSource, eventSource } from "./privacy/access-log/queries.ts";
import { accessLogRoutes } from "./privacy/access-log/routes.ts";
import { consentSource } from "./privacy/consents/queries.ts";
import { consentRoutes } from "./privacy/consents/routes.ts";
import { copyRoute } from "./privacy/copies/routes.ts";
import { dataRequestSource } from "./privacy/data-requests/queries.ts";
import { dataRequestRoutes } from "./privacy/data-requests/routes.ts";
import { ERASURE_CRONTAB, erasureJobs } from "./privacy/erasures/jobs.ts";
import { codeListSource, codeSource } from "./reference/code-lists/queries.ts";
import { codeListRoutes, codePlace } from "./reference/code-lists/routes.ts";
import { fieldSource } from "./reference/fields/queries.ts";
import { fieldRoutes } from "./reference/fields/routes.ts";
import { suggestRoutes } from "./reference/names/routes.ts";
import { localitySource } from "./reference/localities/queries.ts";
import { localityPlace, localityRoutes } from "./reference/localities/routes.ts";
import { organizationSource } from "./reference/organizations/queries.ts";
import { organizationRoutes } from "./reference/organizations/routes.ts";
import { academicTitleFacts } from "./registry/academic-titles/commands.ts";
import { academicTitleRoutes } from "./registry/academic-titles/routes.ts";
import { affiliationFacts } from "./registry/affiliations/commands.ts";
import { affiliationRoutes } from "./registry/affiliations/routes.ts";
import { awardFacts } from "./registry/awards/commands.ts";
import { awardRoutes } from "./registry/awards/routes.ts";
import { degreeFacts } from "./registry/degrees/commands.ts";
import { degreeRoutes } from "./registry/degrees/routes.ts";
import { expertiseFacts } from "./registry/expertise/commands.ts";
import { expertiseRoutes } from "./registry/expertise/routes.ts";
import type { Facts } from "./registry/people/commands.ts";
import { personSource } from "./registry/people/queries.ts";
import { personRoutes } from "./registry/people/routes.ts";
import { revisionRoutes } from "./registry/revisions/routes.ts";
import type { Place } from "./registry/revisions/routes.ts";
import { statementRoutes } from "./registry/statements/routes.ts";
import { NAME_CRONTAB, nameJobs } from "./registry/suggestions/jobs.ts";
import { suggestPeopleRoute } from "./registry/suggestions/routes.ts";

/** Every folder of a noun, floor by floor: a file imports from its own folder, from lower floors, and on its floor from folders before it. */
export const ORDER = [
  "reference/localities",
  "reference/organizations",
  "reference/fields",
  "reference/code-lists",
  "reference/names",
  "registry/revisions",
  "registry/people",
  "registry/facts",
  "registry/degrees",
  "registry/academic-titles",
  "registry/affiliations",
  "registry/expertise",
  "registry/awards",
  "registry/statements",
  "registry/suggestions",
  "exchange/changes",
  "exchange/exports",
  "exchange/imports",
  "exchange/reconciliation",
  "privacy/access-log",
  "privacy/subjects",
  "privacy/consents",
  "privacy/clocks",
  "privacy/erasures",
  "privacy/executions",
  "privacy/data-requests",
  "privacy/copies",
  "privacy/breaches",
] as const;

/** The facts that may come with a new person, by member. */
export const FACTS: Facts = {
  degrees: degreeFacts,
  academic_titles: academicTitleFacts,
  affiliations: affiliationFacts,
  expertise: expertiseFacts,
  awards: awardFacts,
};

const SOURCES: readonly Source[] = [
  localitySource,
  organizationSource,
  fieldSource,
  codeListSource,
  codeSource,
  personSource,
  ...Object.values(FACTS).map(({ source }) => source),
  consentSource,
  dataRequestSource,
];

/** Where the records of nouns lie that are not at `/v1/<noun>/{id}`, or are named by more than an id. */
const PLACES: Readonly<Record<string, Place>> = { codes: codePlace, localities: localityPlace };

/** Every noun's source, by name. */
export const catalog: Catalog = named(Object.fromEntries(SOURCES.map((source) => [source.noun.name, source])));

/** What reports may read of the registry and the reference data: columns of public and internal fields, and what every record has. */
export const reportColumns = (): Readable =>
  Object.fromEntries(
    SOURCES.filter(({ noun }) => isOfPeople(noun) || noun.standing === "reference").map(({ noun }) => {
      const open = Object.entries(noun.fields).filter(([, field]) => !isGuarded(noun, field));
      return [noun.table, [...Object.keys(columnsOf({ ...noun, fields: Object.fromEntries(open) })), ...Object.keys(recordColumns)]];
    }),
  );

/** What the service keeps of itself: listed and described as nouns are, and neither exported nor included anywhere. */
export const logs: Catalog = named({ [accessSource.noun.name]: accessSource, [eventSource.noun.name]: eventSource });

/** Registers the routes of every noun. */
export function registerNouns(app: FastifyInstance, parts: Parts, uploadBytes: number, home: string): void {
  const registering: Registering = { app, parts, shapes: answerShapes(catalog) };
  personRoutes(registering, FACTS);
  degreeRoutes(registering);
  academicTitleRoutes(registering);
  affiliationRoutes(registering);
  expertiseRoutes(registering);
  awardRoutes(registering);
  organizationRoutes(registering);
  localityRoutes(registering);
  fieldRoutes(registering);
  codeListRoutes(registering);
  for (const source of SOURCES) revisionRoutes(registering, source, PLACES[source.noun.name]);
  suggestRoutes(registering);
  statementRoutes(registering, FACTS);
  suggestPeopleRoute(registering);
  changeRoutes(registering);
  exportRoutes(registering);
  importRoutes(registering, uploadBytes);
  reconciliationRoute(registering, home);
  accessLogRoutes(registering);
  consentRoutes(registering);
  dataRequestRoutes(registering);
  copyRoute(registering);
}

/** What the jobs of all nouns work with. */
export type WorkParts = ImportParts & { erasureLog?: string };

/** The work that runs later, of every noun that has some. */
export const jobsOf = (parts: WorkParts): Tasks => ({
  ...importJobs(parts),
  ...nameJobs(parts),
  ...feedJobs(parts),
  ...sealJobs(parts),
  ...keyJobs(parts),
  ...erasureJobs(parts),
});

/** When the work of every noun that comes round is done, in UTC. */
export const CRONTAB = [IMPORT_CRONTAB, NAME_CRONTAB, FEED_CRONTAB, SEAL_CRONTAB, KEY_CRONTAB, ERASURE_CRONTAB].join("\n");
