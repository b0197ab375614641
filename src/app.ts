import { randomBytes } from "node:crypto";
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
import { resolveTerritory } from "./db/territory.ts";
import { CONSTRAINTS } from "./constraints.ts";
import { registerNouns } from "./nouns.ts";
import { VERSION } from "./version.ts";

/** What the whole service is built from. */
export type AppParts = Parts & {
  verify: TokenVerifier;
  logger: FastifyServerOptions["logger"];
};

/** Builds the whole service from its parts; listens to nothing, reads no environment. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const settings = { publicUrl: parts.publicUrl, constraints: CONSTRAINTS };
  const app: FastifyInstance = Fastify({
    ...problemServerOptions(settings),
    logger: parts.logger ?? false,
    genReqId: () => randomBytes(12).toString("base64url"),
    bodyLimit: 256 * 1024,
    handlerTimeout: 8_000,
    routerOptions: { maxParamLength: 300 },
  });
  // Every part of a request is checked by the noun's own schema, in the order of api.md 1; Fastify's step is left empty.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => JSON.stringify);
  answerProblems(app, settings);
  readJsonBodies(app);
  await describeRoutes(app, { publicUrl: parts.publicUrl, version: VERSION });
  guardRoutes(app, {
    verify: parts.verify,
    resolveTerritory: (org, loc) => resolveTerritory(parts.database.reader, org, loc),
    publicPaths: ["/docs"],
  });
  serveProblemPages(app, {}, parts.publicUrl);
  registerNouns(app, parts);
  metaRoutes(app, parts.catalog);
  return app;
}
