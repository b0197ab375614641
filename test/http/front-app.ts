import Fastify from "fastify";
import type { FastifyHttpOptions, FastifyInstance, RawServerDefault } from "fastify";
import type { Scope } from "../../src/core/actor.ts";
import { ruleOf } from "../../src/core/policy/operations.ts";
import { guardRoutes } from "../../src/http/access/auth.ts";
import { HEADER_OPTIONS, setHeaders } from "../../src/http/traffic/headers.ts";
import type { HeaderSettings } from "../../src/http/traffic/headers.ts";
import { describeRoutes } from "../../src/http/openapi.ts";
import { answerProblems, problemServerOptions } from "../../src/http/failures/problem.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { negotiate } from "../../src/http/traffic/accept.ts";
import { limitRates } from "../../src/http/traffic/rate.ts";
import type { RateSettings } from "../../src/http/traffic/rate.ts";
import { sampleRuleOf } from "./sample-routes.ts";
import { AUDIENCE, PUBLIC_URL, someKeys, tokenOf } from "./small-app.ts";

/** What a test may choose of the front. */
export type FrontChoice = { headers?: HeaderSettings; rates?: RateSettings; options?: FastifyHttpOptions<RawServerDefault> };

const keys = someKeys();

/** All that stands before and around the routes, in the order of the service; a test adds its routes. */
export async function frontApp({ headers = {}, rates = "off", options = {} }: FrontChoice = {}): Promise<FastifyInstance> {
  const settings = { publicUrl: () => PUBLIC_URL, constraints: {} };
  const app: FastifyInstance = Fastify({ ...problemServerOptions(settings), ...HEADER_OPTIONS, ...options });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await setHeaders(app, headers);
  answerProblems(app, settings);
  guardRoutes(app, {
    verify: localVerifier(keys, AUDIENCE),
    resolveTerritory: async (org, loc) => ({ org: org ?? null, loc: loc ?? null }),
    publicPaths: ["/docs"],
    rules: (operation) => sampleRuleOf(operation) ?? ruleOf(operation),
  });
  await limitRates(app, rates);
  negotiate(app);
  await describeRoutes(app, { publicUrl: () => PUBLIC_URL, version: "1.2.3" });
  return app;
}

/** The header of a caller with these scopes. */
export async function as(client: string, ...scope: string[]): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await tokenOf(keys, { client, scope: scope as Scope[] })}` };
}
