import type { IncomingMessage } from "node:http";
import type { ScopeRule } from "../../core/policy/operations.ts";
import type { TokenVerifier, VerifiedToken } from "../access/tokens.ts";
import { bearerIn, hasScope } from "../access/auth.ts";
import { timesSent } from "../sent.ts";

/** Whose request it is, where a known token opens the operation; undefined for all others, whom the usual way refuses or verifies. */
export type Bearers = (request: IncomingMessage) => VerifiedToken | undefined;

/**
 * Tells the bearers of known tokens who may call an operation. A connection that is kept mostly comes with the same token, which need not
 * be hashed again to be known; whether it still holds is asked each time.
 */
export function bearersOf(verify: TokenVerifier, rule: ScopeRule): Bearers {
  const last = new WeakMap<IncomingMessage["socket"], { header: string; token: VerifiedToken }>();
  return (request) => {
    const { authorization: header } = request.headers;
    if (header === undefined || rule === "public" || timesSent(request, "authorization") > 1) return undefined;
    const before = last.get(request.socket);
    if (before?.header === header && verify.holds?.(before.token)) return before.token;
    const bearer = bearerIn(header);
    const token = bearer === undefined ? undefined : verify.known?.(bearer);
    if (!token || !hasScope(token, rule)) return undefined;
    last.set(request.socket, { header, token });
    return token;
  };
}
