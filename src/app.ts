import { randomBytes } from "node:crypto";
import multipart from "@fastify/multipart";
import Fastify from "fastify";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { guardRoutes } from "./http/auth.ts";
import { readJsonBodies } from "./http/json-body.ts";
import { metaRoutes } from "./http/meta.ts";
import { describeRoutes } from "./http/openapi.ts";
import type { Parts } from "./http/parts.ts";
import { answerProblems, problemServerOptions } from "./http/problem.ts";
import { serveProblemPages } from "./http/problem-pages.ts";
import type { TokenVerifier } from "./http/tokens.ts";
import { CLOSING_OPTIONS, closeGently } from "./http/traffic/closing.ts";
import { DEADLINES, HTTP_DEADLINES, limitBodies } from "./http/traffic/deadlines.ts";
import { resolveTerritory } from "./db/territory.ts";
import { CONSTRAINTS } from "./constraints.ts";
import { rowProblemTexts } from "./exchange/cells/row-problems.ts";
import { registerNouns } from "./nouns.ts";
import { VERSION } from "./version.ts";

/** What the whole service is built from. */
export type AppParts = Parts & {
  verify: TokenVerifier;
  /** The largest spreadsheet, in bytes; 20 MiB if left out. */
  uploadBytes?: number;
  logger: FastifyServerOptions["logger"];
};

/** Builds the whole service from its parts; listens to nothing, reads no environment. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const settings = { publicUrl: parts.publicUrl, constraints: CONSTRAINTS };
  const { http, ...answering } = problemServerOptions(settings);
  const app: FastifyInstance = Fastify({
    ...answering,
    ...DEADLINES,
    ...CLOSING_OPTIONS,
    http: { ...http, ...HTTP_DEADLINES },
    logger: parts.logger ?? false,
    genReqId: () => randomBytes(12).toString("base64url"),
    bodyLimit: 256 * 1024,
    routerOptions: { maxParamLength: 300 },
  });
  // Every part of a request is checked by the noun's own schema, in the order of api.md 1; Fastify's step is left empty.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => JSON.stringify);
  closeGently(app);
  answerProblems(app, settings);
  readJsonBodies(app);
  await app.register(multipart);
  await describeRoutes(app, { publicUrl: parts.publicUrl, version: VERSION });
  guardRoutes(app, {
    verify: parts.verify,
    resolveTerritory: (org, loc) => resolveTerritory(parts.database.reader, org, loc),
    publicPaths: ["/docs"],
  });
  limitBodies(app);
  serveProblemPages(app, rowProblemTexts(), parts.publicUrl);
  registerNouns(app, parts, parts.uploadBytes ?? 20 * 1024 * 1024);
  metaRoutes(app, parts.catalog);
  return app;
}
