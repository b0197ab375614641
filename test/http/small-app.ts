import { randomBytes } from "node:crypto";
import Fastify from "fastify";
import type { FastifyHttpOptions, FastifyInstance, RawServerDefault } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { ConstraintProblems } from "../../src/db/sqlstate.ts";
import { guardRoutes } from "../../src/http/access/auth.ts";
import type { Guard, ScopeRule } from "../../src/http/access/auth.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import type { ServiceKeys } from "../../src/http/access/keys.ts";
import { answerProblems, problemServerOptions } from "../../src/http/failures/problem.ts";
import { issueToken, localVerifier } from "../../src/http/access/tokens.ts";
import type { TokenWish } from "../../src/http/access/tokens.ts";

export const AUDIENCE = "https://registry.example";
export const PUBLIC_URL = "https://tri-thuc.example";

/** Keys of one test file. */
export function someKeys(): ServiceKeys {
  return loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
}

/** A token of the local issuer, good for an hour unless told otherwise. */
export function tokenOf(keys: ServiceKeys, wish: Partial<TokenWish> = {}): Promise<string> {
  return issueToken(keys, { audience: AUDIENCE, scope: ["people:read"], ttl: 3600, ...wish });
}

/** What a test may choose of the small service. */
export type SmallApp = {
  guard?: Partial<Guard>;
  constraints?: ConstraintProblems;
  options?: FastifyHttpOptions<RawServerDefault>;
  publicUrl?: string;
};

/** A service of nothing but guard and problems, to which a test adds its routes before `ready`. */
export function smallApp(
  keys: ServiceKeys,
  { guard = {}, constraints = {}, options = {}, publicUrl = PUBLIC_URL }: SmallApp = {},
): FastifyInstance {
  const settings = { publicUrl: () => publicUrl, constraints };
  const app: FastifyInstance = Fastify({ ...problemServerOptions(settings), ...options, genReqId: () => randomBytes(8).toString("hex") });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, settings);
  guardRoutes(app, {
    verify: localVerifier(keys, AUDIENCE),
    resolveTerritory: async (org, loc) => ({ org: org ?? null, loc: loc ?? null }),
    ...guard,
  });
  return app;
}

/** Adds a route that answers with the actor it was given. */
export function addWhoAmI(app: FastifyInstance, url: string, scope: ScopeRule): void {
  app.get(url, { config: { scope } }, ({ actor }) => ({ ...actor, scopes: [...actor.scopes] }));
}
