import { hash as hashOf } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import type { JWTPayload, JWTVerifyOptions } from "jose";
import { isPurpose, isScope } from "../../core/actor.ts";
import type { Purpose, Scope } from "../../core/actor.ts";
import { Problem } from "../../core/problems.ts";
import type { ProblemCode } from "../../core/problems.ts";
import { localKeySet } from "./key-set.ts";
import type { KeySource } from "./key-set.ts";
import type { ServiceKeys } from "./keys.ts";

/** What a good token says. `org`, `loc` and `purposes` are undefined when the claim is absent (no bound), empty when it names nothing. */
export type VerifiedToken = {
  client: string;
  subject: string;
  scopes: ReadonlySet<Scope>;
  org: string[] | undefined;
  loc: string[] | undefined;
  purposes: ReadonlySet<Purpose> | undefined;
};

/** Judges a bearer token. Throws Problem `unauthenticated`, `token-expired`, or `unavailable` when the issuer's keys cannot be had. */
export type TokenVerifier = ((token: string) => Promise<VerifiedToken>) & {
  /** What is remembered of a good token, without waiting for anything. */
  known?: (token: string) => VerifiedToken | undefined;
  /** Whether a token that was known is good still. */
  holds?: (token: VerifiedToken) => boolean;
};

/** What a verifier is bound to; `maxAgeSeconds` counts from `iat`, whatever `exp` says. */
export type VerifierOptions = { issuer: string; audience: string; keys: KeySource; maxAgeSeconds?: number; cached?: number };

/** The issuer that tokens of the local issuer name. */
export const LOCAL_ISSUER = "urn:trithuc:local-issuer";

/** The longest life of a token, in seconds, where no setting says otherwise. */
export const MAX_AGE_SECONDS = 24 * 3600;

const LONGEST_TOKEN = 8 * 1024;
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/**
 * A verifier of RFC 9068 access tokens with everything pinned that jose leaves open: algorithms, issuer, audience, type, age, key id.
 *
 * Good tokens are remembered by their SHA-256 until they expire or the issuer's keys change, at most `cached` of them.
 */
export function tokenVerifier(options: VerifierOptions): TokenVerifier {
  const { issuer, audience, keys, maxAgeSeconds = MAX_AGE_SECONDS, cached = 10_000 } = options;
  const pinned = {
    algorithms: ALGORITHMS,
    issuer,
    audience,
    typ: "at+jwt",
    requiredClaims: ["exp", "iat", "sub"],
    maxTokenAge: maxAgeSeconds,
    clockTolerance: 30,
  } satisfies JWTVerifyOptions;
  type Entry = { verified: VerifiedToken; until: number; generation: number };
  const known = new Map<string, Entry>();
  const entries = new WeakMap<VerifiedToken, Entry>();

  const holds = (entry: Entry | undefined): boolean =>
    entry !== undefined && entry.until > Date.now() && entry.generation === keys.generation();
  const hit = (hash: string): VerifiedToken | undefined => {
    const found = known.get(hash);
    if (holds(found)) return found!.verified;
    known.delete(hash);
    return undefined;
  };
  const verify = async (token: string): Promise<VerifiedToken> => {
    if (token.length > LONGEST_TOKEN) throw refused("unauthenticated");
    const hash = hashOf("sha256", token, "base64");
    const remembered = hit(hash);
    if (remembered) return remembered;
    if (!isCompact(token)) throw refused("unauthenticated");
    const { payload, protectedHeader } = await jwtVerify(token, keys.find, pinned).catch((error: unknown) => {
      throw error instanceof Problem ? error : refused(error instanceof errors.JWTExpired ? "token-expired" : "unauthenticated", error);
    });
    // Without a key id a set of one key would take a token that names none, and take it wrongly once there are two.
    if (typeof protectedHeader.kid !== "string") throw refused("unauthenticated");
    const verified = readClaims(payload);
    const until = 1000 * Math.min(payload.exp ?? 0, (payload.iat ?? 0) + maxAgeSeconds);
    if (known.size >= cached) for (const [oldest] of known) if (known.delete(oldest)) break;
    const entry = { verified, until, generation: keys.generation() };
    known.set(hash, entry);
    entries.set(verified, entry);
    return verified;
  };
  return Object.assign(verify, {
    known: (token: string) => (token.length > LONGEST_TOKEN ? undefined : hit(hashOf("sha256", token, "base64"))),
    holds: (token: VerifiedToken) => holds(entries.get(token)),
  });
}

/** The verifier of tokens that `issueToken` made with the same keys. */
export function localVerifier(keys: ServiceKeys, audience: string): TokenVerifier {
  const { d: _private, ...signing } = signingKey(keys);
  return tokenVerifier({ issuer: LOCAL_ISSUER, audience, keys: localKeySet({ keys: [{ ...signing, alg: "EdDSA", use: "sig" }] }) });
}

/** What a token of the local issuer is to say; `ttl` in seconds, at most `MAX_AGE_SECONDS`. */
export type TokenWish = {
  audience: string;
  scope: readonly Scope[];
  ttl: number;
  org?: readonly string[] | undefined;
  loc?: readonly string[] | undefined;
  purposes?: readonly Purpose[] | undefined;
  subject?: string;
  client?: string;
};

/** An access token of the local issuer, for evaluation and tests. @throws RangeError when `ttl` is out of bounds */
export async function issueToken(keys: ServiceKeys, wish: TokenWish): Promise<string> {
  const { audience, scope, ttl, org, loc, purposes, subject = "local-user", client = "local-client" } = wish;
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > MAX_AGE_SECONDS) throw new RangeError("a token lives from a second to a day");
  const key = signingKey(keys);
  const issued = Math.floor(Date.now() / 1000);
  return new SignJWT({ client_id: client, scope: scope.join(" "), jti: crypto.randomUUID(), org, loc, purposes })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.kid ?? "" })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttl)
    .sign(key);
}

/** A refusal of a token, with the header that RFC 6750 asks for; `code` is all that a client learns of the reason. */
export function refused(code: "unauthenticated" | "token-expired", cause?: unknown): Problem {
  const text = code === "token-expired" ? "the token has expired" : "the token is not accepted";
  const challenge = `Bearer realm="trithuc", error="invalid_token", error_description="${text}"`;
  return new Problem(code satisfies ProblemCode, { headers: { "www-authenticate": challenge }, cause });
}

/** Three parts in the one canonical base64url: jose lets padding and surplus bits pass, so that one token has many written forms. */
function isCompact(token: string): boolean {
  const parts = token.split(".");
  return parts.length === 3 && parts.every((part) => part !== "" && Buffer.from(part, "base64url").toString("base64url") === part);
}

function signingKey(keys: ServiceKeys) {
  if (keys.signing === undefined) throw new Error("there is no local issuer: the keys hold no signing key");
  return keys.signing;
}

function readClaims(payload: JWTPayload): VerifiedToken {
  // A token bound to a key of its holder (DPoP, mTLS) that comes as a plain bearer may be stolen (RFC 9449, section 7.1).
  if (payload["cnf"] !== undefined) throw refused("unauthenticated");
  const purposes = list(payload["purposes"]);
  return {
    client: name(payload["client_id"] ?? payload["azp"]),
    subject: name(payload.sub),
    scopes: new Set((list(payload["scope"]) ?? []).filter(isScope)),
    org: places(payload["org"]),
    loc: places(payload["loc"]),
    purposes: purposes && new Set(purposes.filter(isPurpose)),
  };
}

/** A claim that names one party: it goes to the access log and to Postgres, which takes no NUL. */
function name(claim: unknown): string {
  if (typeof claim === "string" && claim !== "" && claim.length <= 255 && isPlain(claim)) return claim;
  throw refused("unauthenticated");
}

/** A space-separated text or an array of texts; undefined when the claim is absent. */
function list(claim: unknown): string[] | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim === "string") return claim.split(" ").filter((item) => item !== "");
  if (Array.isArray(claim) && claim.every((item) => typeof item === "string")) return claim;
  throw refused("unauthenticated");
}

/** Places of a territory. A claim of a wrong form is refused: read as absent, it would open the whole province. */
function places(claim: unknown): string[] | undefined {
  const found = typeof claim === "string" ? [claim] : list(claim);
  if (found !== undefined && (found.length > 500 || !found.every((item) => item.length <= 100 && isPlain(item))))
    throw refused("unauthenticated");
  return found;
}

function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
