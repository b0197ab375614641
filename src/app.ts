import type { IncomingMessage } from "node:http";
import multipart from "@fastify/multipart";
import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { named } from "./core/registry/noun.ts";
import { isUpToDate, schemaStatus } from "./db/upkeep/migrations.ts";
import { answers, countRecords } from "./db/upkeep/state.ts";
import { dayByDay, dayInVietnam } from "./core/time/clock.ts";
import { keepAnswers } from "./db/readers/kept.ts";
import { resolveTerritory } from "./db/territory.ts";
import { rowProblemTexts } from "./exchange/cells/row-problems.ts";
import { guardRoutes } from "./http/access/auth.ts";
import { countRefusals } from "./http/access/refusals.ts";
import { bearersOf } from "./http/direct/bearers.ts";
import { readKept } from "./http/direct/kept.ts";
import { readPage } from "./http/direct/pages.ts";
import { openLane } from "./http/direct/lane.ts";
import type { Lane, Usual } from "./http/direct/lane.ts";
import { HEADER_OPTIONS, setHeaders } from "./http/traffic/headers.ts";
import { readJsonBodies } from "./http/traffic/json-body.ts";
import { logOptions } from "./http/log.ts";
import type { LogSettings } from "./http/log.ts";
import { metaRoutes } from "./http/nouns/meta.ts";
import { describeRoutes } from "./http/openapi.ts";
import { serveDocs } from "./http/pages/docs.ts";
import { serveHealth } from "./http/pages/health.ts";
import { serveLanding } from "./http/pages/landing.ts";
import { serveMetrics } from "./http/pages/metrics.ts";
import type { Parts } from "./http/nouns/parts.ts";
import { rememberPages } from "./http/nouns/prepared.ts";
import type { Pages } from "./http/nouns/prepared.ts";
import { policyRoute } from "./http/nouns/policy.ts";
import { answerProblems, problemServerOptions } from "./http/failures/problem.ts";
import { serveProblemPages } from "./http/failures/problem-pages.ts";
import type { TokenVerifier } from "./http/access/tokens.ts";
import { negotiate } from "./http/traffic/accept.ts";
import { CLOSING_OPTIONS, closeGently } from "./http/traffic/closing.ts";
import { DEADLINES, HTTP_DEADLINES, limitBodies, limitHandlers } from "./http/traffic/deadlines.ts";
import { refuseBodies } from "./http/traffic/no-body.ts";
import { refuseNul } from "./http/traffic/nul.ts";
import { limitConcurrency, relieve } from "./http/traffic/pressure.ts";
import type { TurnedAway } from "./http/traffic/pressure.ts";
import { limitRates } from "./http/traffic/rate.ts";
import type { RateSettings } from "./http/traffic/rate.ts";
import { logs, registerNouns } from "./nouns.ts";
import { personSource } from "./registry/people/queries.ts";
import { quickQuestion } from "./registry/people/quick.ts";
import { CONSTRAINTS } from "./registry/constraints.ts";
import { VERSION } from "./version.ts";

/** What the whole service is built from; what is left out is as tests want it: silent, without limits, closed to browsers. */
export type AppParts = Omit<Parts, "pages"> & {
  pages?: Pages;
  verify: TokenVerifier;
  log?: LogSettings;
  rates?: RateSettings;
  corsOrigins?: readonly string[];
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** The largest spreadsheet, in bytes; 20 MiB if left out. */
  uploadBytes?: number;
  /** Code of the registry's province today; Bắc Ninh if left out. */
  home?: string;
  /** Mean delay of the event loop, in milliseconds, from which requests are turned away; never if left out. */
  maxDelayMs?: number;
  /** Requests that are worked on at one time; any number if left out. */
  concurrency?: number;
  /** Whether the database is the bundled one. */
  embedded?: boolean;
};

const UPLOAD_BYTES = 20 * 1024 * 1024;

/** Builds the whole service from its parts; listens to nothing, reads no environment. */
export async function buildApp(given: AppParts): Promise<FastifyInstance> {
  const { points, workers } = given.database;
  const kept = given.kept ?? keepAnswers({ points, workers, catalog: given.catalog, today: () => dayInVietnam(given.clock()) });
  const parts = { ...given, kept, pages: given.pages ?? rememberPages() };
  const { app, turnedAway, lane, usual } = await openFront(parts);
  app.addHook("onClose", kept.close);
  registerNouns(app, parts, parts.uploadBytes ?? UPLOAD_BYTES, parts.home ?? "24");
  metaRoutes(app, named({ ...parts.catalog, ...logs }));
  policyRoute(app, parts.catalog);
  lane.serve(
    [
      { path: "/v1/people/", route: "/v1/people/:id", operation: "getPerson", read: readKept(kept, personSource, parts) },
      {
        path: "/v1/people?",
        route: "/v1/people",
        operation: "listPeople",
        read: readPage({ ...parts, kept }, personSource, quickQuestion),
      },
    ],
    usual,
  );
  await servePages(app, parts, { turnedAway, lane });
  return app;
}

/** Everything that a request passes before it reaches a route, in that order. */
async function openFront(parts: AppParts): Promise<{ app: FastifyInstance; turnedAway: TurnedAway; lane: Lane; usual: Usual }> {
  const settings = { publicUrl: parts.publicUrl, constraints: CONSTRAINTS };
  const { http, ...answering } = problemServerOptions(settings);
  const app = Fastify({
    ...answering,
    ...DEADLINES,
    ...CLOSING_OPTIONS,
    ...HEADER_OPTIONS,
    ...logOptions(parts.log ?? { level: "silent" }),
    http: { ...http, ...HTTP_DEADLINES, optimizeEmptyRequests: true },
    trustProxy: [...(parts.trustedProxies ?? [])],
    bodyLimit: 256 * 1024,
    routerOptions: { maxParamLength: 300 },
  }) as unknown as FastifyInstance;
  // Every part of a request is checked by the noun's own schema, in the order of api.md 1; Fastify's step is left empty.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => JSON.stringify);
  closeGently(app);
  const lane = openLane(app);
  const { isFull, begin, turnedAway } = limitConcurrency(app, { most: parts.concurrency ?? 0, publicUrl: parts.publicUrl });
  const headers = await setHeaders(app, { corsOrigins: parts.corsOrigins ?? [] });
  answerProblems(app, settings);
  readJsonBodies(app);
  await app.register(multipart);
  guardRoutes(app, {
    verify: parts.verify,
    resolveTerritory: (org, loc) => resolveTerritory(parts.database.points, org, loc),
    publicPaths: ["/docs"],
    refused: countRefusals(app, parts.database.events),
  });
  const count = await limitRates(app, parts.rates ?? "off");
  negotiate(app);
  refuseNul(app);
  refuseBodies(app);
  limitBodies(app);
  limitHandlers(app);
  await relieve(app, { maxDelayMs: parts.maxDelayMs ?? 0 });
  await describeRoutes(app, { publicUrl: parts.publicUrl, version: VERSION });
  const usual = {
    bearers: bearersOf(parts.verify),
    today: dayByDay(parts.clock),
    headers,
    isUnderPressure: (request: IncomingMessage) => isFull(request) || app.isUnderPressure(),
    begin,
    count,
  };
  return { app, turnedAway, lane, usual };
}

/** What stands around the API: problem pages, the landing page, the reference, health and metrics. */
async function servePages(app: FastifyInstance, parts: AppParts, watched: { turnedAway: TurnedAway; lane: Lane }): Promise<void> {
  const { database, publicUrl, embedded = false } = parts;
  const schema = async () => isUpToDate(await schemaStatus(database.reader));
  const ready = async () => (await answers(database.reader)) && (await schema());
  serveProblemPages(app, rowProblemTexts(), publicUrl);
  serveHealth(app, { version: VERSION, database: () => answers(database.reader), schema, load: () => !app.isUnderPressure() });
  serveMetrics(app, { pools: () => ({ database: database.gauges() }), ...watched });
  serveLanding(app, {
    state: async () => ({ ...(await countRecords(database.reader)), ready: await ready(), version: VERSION, embedded }),
    publicUrl,
    version: VERSION,
  });
  await serveDocs(app);
}
