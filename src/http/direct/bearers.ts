import type { IncomingMessage } from "node:http";
import type { ScopeRule } from "../../core/policy/operations.ts";
import type { TokenVerifier, VerifiedToken } from "../access/tokens.ts";
import { bearerIn, hasScope } from "../access/auth.ts";
import { timesSent } from "../sent.ts";

/** Whose request it is, where a known token opens what a rule guards; undefined for all others, whom the usual way refuses or verifies. */
export type Bearers = (request: IncomingMessage, rule: ScopeRule) => VerifiedToken | undefined;

/**
 * Tells the bearers of known tokens. A connection that is kept mostly comes with the same token, which need not
 * be hashed again to be known; whether it still holds is asked each time.
 */
export function bearersOf(verify: TokenVerifier): Bearers {
  const last = new WeakMap<IncomingMessage["socket"], { header: string; token: VerifiedToken }>();
  return (request, rule) => {
    const { authorization: header } = request.headers;
    if (header === undefined || rule === "public" || timesSent(request, "authorization") > 1) return undefined;
    const before = last.get(request.socket);
    if (before?.header === header && verify.holds?.(before.token)) return hasScope(before.token, rule) ? before.token : undefined;
    const bearer = bearerIn(header);
    const token = bearer === undefined ? undefined : verify.known?.(bearer);
    if (!token) return undefined;
    last.set(request.socket, { header, token });
    return hasScope(token, rule) ? token : undefined;
  };
}
