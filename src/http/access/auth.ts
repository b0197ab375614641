import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { isPurpose, PURPOSES } from "../../core/actor.ts";
import type { Actor, Purpose, Scope } from "../../core/actor.ts";
import { ruleOf } from "../../core/policy/operations.ts";
import type { ScopeRule } from "../../core/policy/operations.ts";
import { openClasses } from "../../core/policy.ts";
import { Problem } from "../../core/problems.ts";
import type { Claims } from "../../db/territory.ts";
import { languageOf } from "../language.ts";
import { timesSent } from "../sent.ts";
import type { CountRefusal } from "./refusals.ts";
import { refused } from "./tokens.ts";
import type { TokenVerifier, VerifiedToken } from "./tokens.ts";

export type { ScopeRule } from "../../core/policy/operations.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call: of an operation taken from the policy, which alone says it; declared by pages, which are none. */
    scope?: ScopeRule;
  }
  interface FastifyContextConfig {
    /** The route looks its caller's claims up where it reads: until it does, what they bound is closed. */
    ownTerritory?: boolean;
  }
  interface FastifyRequest {
    /** What the actor's territory is still to be looked up by. */
    claims: Claims | undefined;
    /** Who asks: set before any other work. On a public route it is nobody, with no scope and an empty territory. */
    actor: Actor;
  }
}

/** Turns a token's claims into ids of nodes: null is no bound, an empty list opens nothing. */
export type ResolveTerritory = (org?: string[], loc?: string[]) => Promise<{ org: string[] | null; loc: string[] | null }>;

/** What guarding needs; `publicPaths` names paths and folders whose routes come from plugins that cannot declare a scope ("*": CORS). */
export type Guard = {
  verify: TokenVerifier;
  resolveTerritory: ResolveTerritory;
  publicPaths?: readonly string[];
  /** The rules of operations; the policy's if left out. */
  rules?: typeof ruleOf;
  /** Told of each token that is refused. */
  refused?: CountRefusal;
};

/**
 * Asks for a token on every route, before any body is read or any database asked. Refused at the start: an operation that the policy does
 * not know or that declares a scope of its own (two places that differ would be found by nobody), and a page that declares none.
 */
export function guardRoutes(app: FastifyInstance, guard: Guard): void {
  const { verify, resolveTerritory, publicPaths = [], rules = ruleOf, refused: count } = guard;
  app.decorateRequest("actor");
  app.decorateRequest("claims");
  app.addHook("onRoute", (route) => {
    const isPublic = publicPaths.some((path) => route.url === path || route.url.startsWith(`${path}/`));
    const scope = isPublic ? "public" : scopeOf(route, rules);
    route.config = { ...route.config, scope };
  });
  const admit = (request: FastifyRequest, token: VerifiedToken): Promise<void> | undefined => {
    const { scope, ownTerritory } = request.routeOptions.config;
    requireScope(token, (scope ?? []) as Exclude<ScopeRule, "public">);
    const purpose = purposeOf(request, token);
    const { actor, claims } = actorOf(token, request.headers["accept-language"], purpose);
    request.actor = actor;
    if (claims === undefined) return undefined;
    request.claims = claims;
    return ownTerritory === true ? undefined : settle(request, resolveTerritory);
  };
  const refusal = (request: FastifyRequest, error: unknown): Error => {
    // A request without a token is somebody who looks, not a token.
    if (error instanceof Problem && error.status === 401 && request.headers.authorization !== undefined) count?.(request, error.code);
    return error as Error;
  };
  app.addHook("onRequest", (request, _reply, next) => {
    if (request.routeOptions.config.scope === "public" || request.is404) {
      request.actor = nobody(request);
      return next();
    }
    let waits: Promise<void> | undefined;
    try {
      // A token that is known, on a route that looks no further, waits for nothing.
      const bearer = bearerOf(request);
      const known = verify.known?.(bearer);
      waits = known ? admit(request, known) : verify(bearer).then((token) => admit(request, token));
    } catch (error) {
      return next(refusal(request, error));
    }
    if (waits === undefined) return next();
    return waits.catch((error: unknown) => {
      throw refusal(request, error);
    });
  });
}

/** Who a token says asks, with what its claims bound closed until they have been looked up. */
export function actorOf(token: VerifiedToken, languages: string | undefined, purpose: Purpose | null): { actor: Actor; claims?: Claims } {
  const { client, subject, scopes, org, loc } = token;
  const closed = { org: org === undefined ? null : [], loc: loc === undefined ? null : [] };
  const actor = { client, subject, scopes, ...closed, purpose, language: languageOf(languages) };
  return org === undefined && loc === undefined ? { actor } : { actor, claims: { org, loc } };
}

/** Looks up what of the actor's territory is still as the token says it. */
export async function settle(request: FastifyRequest, resolveTerritory: ResolveTerritory): Promise<void> {
  if (request.claims === undefined) return;
  const territory = await resolveTerritory(request.claims.org, request.claims.loc);
  request.actor = { ...request.actor, ...territory };
  request.claims = undefined;
}

function scopeOf({ method, url, schema = {}, config = {} }: RouteOptions, rules: typeof ruleOf): ScopeRule {
  const { operationId } = schema as { operationId?: string };
  if (operationId === undefined) {
    if (config.scope === undefined) throw new Error(`${String(method)} ${url} declares no scope`);
    return config.scope;
  }
  const rule = rules(operationId);
  if (rule === undefined) throw new Error(`${String(method)} ${url}: the policy has no rule for ${operationId}`);
  // A HEAD is made from its GET, with what the policy said of that.
  if (config.scope !== undefined && method !== "HEAD") throw new Error(`${operationId} declares a scope: the policy alone says it`);
  return rule.scope;
}

/** The problem of a caller who lacks every one of these scopes. */
export function scopeMissing(...scopes: readonly Scope[]): Problem {
  const detail = {
    vi: `Cần phạm vi quyền ${scopes.join(" hoặc ")}.`,
    en: `This needs the scope ${scopes.join(" or ")}.`,
  };
  const challenge = `Bearer realm="trithuc", error="insufficient_scope", scope="${scopes.join(" ")}"`;
  return new Problem("scope-missing", { detail, headers: { "www-authenticate": challenge } });
}

function requireScope(token: VerifiedToken, rule: Exclude<ScopeRule, "public">): void {
  if (!hasScope(token, rule)) throw scopeMissing(...wantedBy(rule));
}

/** Whether a token opens what a rule guards. */
export const hasScope = (token: VerifiedToken, rule: Exclude<ScopeRule, "public">): boolean =>
  rule === "any" || wantedBy(rule).some((scope) => token.scopes.has(scope));

const wantedBy = (rule: Exclude<ScopeRule, "public">): readonly Scope[] => (typeof rule === "string" ? [rule as Scope] : rule);

function bearerOf(request: FastifyRequest): string {
  // Node keeps the first of several Authorization headers, a proxy before it perhaps the last: only one is taken as meant.
  const sent = timesSent(request.raw, "authorization");
  if (sent === 0) throw new Problem("unauthenticated", { headers: { "www-authenticate": 'Bearer realm="trithuc"' } });
  const token = bearerIn(request.headers.authorization ?? "");
  if (sent > 1 || token === undefined) throw refused("unauthenticated");
  return token;
}

/** The token in an `Authorization` header, if it has the form of one. */
export const bearerIn = (header: string): string | undefined => /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];

function purposeOf(request: FastifyRequest, token: VerifiedToken): Purpose | null {
  const given = request.headers["access-purpose"];
  if (given === undefined) return null;
  // A repeated header arrives joined by commas, and so is no declared code either.
  if (typeof given !== "string" || !isPurpose(given)) {
    const known = PURPOSES.join(", ");
    const detail = { vi: `Access-Purpose phải là một trong: ${known}.`, en: `Access-Purpose must be one of: ${known}.` };
    throw new Problem("invalid-header", { detail, errors: [{ code: "invalid-header", detail, header: "Access-Purpose" }] });
  }
  if (token.purposes?.has(given) === false) {
    const detail = { vi: `Thẻ không cho phép mục đích ${given}.`, en: `The token does not allow the purpose ${given}.` };
    throw new Problem("purpose-not-allowed", { detail, errors: [{ code: "purpose-not-allowed", detail, header: "Access-Purpose" }] });
  }
  return given;
}

/** The purpose that a header gives to a token, null where that opens nothing by it; undefined for one that is to be refused. */
export function givenPurpose(
  purpose: string | readonly string[] | undefined,
  { scopes, purposes }: VerifiedToken,
): Purpose | null | undefined {
  if (purpose === undefined) return null;
  if (typeof purpose !== "string" || !isPurpose(purpose) || purposes?.has(purpose) === false) return undefined;
  return openClasses({ scopes, purpose }) === openClasses({ scopes, purpose: null }) ? null : purpose;
}

function nobody(request: FastifyRequest): Actor {
  const language = languageOf(request.headers["accept-language"]);
  return { client: "", subject: "", scopes: new Set(), org: [], loc: [], purpose: null, language };
}
