import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import type { JWK } from "jose";
import { describe, expect, test } from "vitest";
import { LOCAL_ISSUER, localVerifier } from "../../src/http/access/tokens.ts";
import { startRegistry } from "../setup/registry.ts";
import { addWhoAmI, AUDIENCE, smallApp, someKeys, tokenOf } from "./small-app.ts";

const keys = someKeys();
const signing = keys.signing as JWK;
const now = Math.floor(Date.now() / 1000);
const GOOD_HEADER = { alg: "EdDSA", typ: "at+jwt", kid: signing.kid };
const GOOD_CLAIMS = {
  iss: LOCAL_ISSUER,
  aud: AUDIENCE,
  sub: "user",
  client_id: "client",
  iat: now,
  exp: now + 600,
  jti: "1",
  scope: "people:read",
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token signed by the issuer's own key, its header and claims changed as told; undefined takes a member away. */
async function signed(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  const jwt = new SignJWT({ ...GOOD_CLAIMS, ...claims }).setProtectedHeader({ ...GOOD_HEADER, ...header } as never);
  return jwt.sign(await importJWK(signing, "EdDSA"), header["crit"] === undefined ? {} : { crit: { x: true, b64: true } });
}

/** Header and claims signed by a key of the attacker. */
async function signedByOther(header: Record<string, unknown>, alg = "EdDSA"): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK((await generateKeyPair(alg, { extractable: true })).publicKey);
  const own = header["jwk"] === true ? { ...header, jwk: publicJwk } : header;
  return new SignJWT(GOOD_CLAIMS).setProtectedHeader({ ...GOOD_HEADER, alg, ...own } as never).sign(privateKey);
}

function signedByHmac(header: Record<string, unknown>, secret: string | Buffer): string {
  const input = `${part({ ...GOOD_HEADER, ...header })}.${part(GOOD_CLAIMS)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

async function badTokens(): Promise<Record<string, string>> {
  const good = await signed();
  const [head = "", body = "", signature = ""] = good.split(".");
  const flipped = Buffer.from(signature, "base64url");
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" });
  const { d: _, ...publicJwk } = signing;
  return {
    "no expiry": await signed({ exp: undefined }),
    "expired a minute ago": await signed({ iat: now - 700, exp: now - 60 }),
    "expired ten years ago": await signed({ iat: now - 315_360_600, exp: now - 315_360_000 }),
    "expiry as text": await signed({ exp: String(now + 600) }),
    "expiry null": await signed({ exp: null }),
    "expiry zero": await signed({ exp: 0 }),
    "expiry negative": await signed({ exp: -1 }),
    "no issue time": await signed({ iat: undefined }),
    "issued in the future": await signed({ iat: now + 300 }),
    "issued in 2014, valid until 2128": await signed({ iat: 1_400_000_000, exp: 5_000_000_000 }),
    "issue time as text": await signed({ iat: String(now) }),
    "not valid yet": await signed({ nbf: now + 300 }),
    "not-before as text": await signed({ nbf: "now" }),
    "no issuer": await signed({ iss: undefined }),
    "another issuer": await signed({ iss: "https://evil.example" }),
    "issuer with a slash more": await signed({ iss: `${LOCAL_ISSUER}/` }),
    "issuer as a list": await signed({ iss: [LOCAL_ISSUER] }),
    "no audience": await signed({ aud: undefined }),
    "another audience": await signed({ aud: "https://other.example" }),
    "audience as a prefix": await signed({ aud: `${AUDIENCE}.evil.example` }),
    "audiences without ours": await signed({ aud: ["a", "b"] }),
    "audience empty": await signed({ aud: [] }),
    "no subject": await signed({ sub: undefined }),
    "subject empty": await signed({ sub: "" }),
    "subject a number": await signed({ sub: 7 }),
    "subject with a NUL": await signed({ sub: "a\0b" }),
    "subject with a lone surrogate": await signed({ sub: "a\ud800" }),
    "subject of 3,000 characters": await signed({ sub: "a".repeat(3000) }),
    "no client": await signed({ client_id: undefined }),
    "client an object": await signed({ client_id: { id: "x" } }),
    "client with a line break": await signed({ client_id: "a\nb" }),
    "scope a number": await signed({ scope: 1 }),
    "scope an object": await signed({ scope: { "people:read": true } }),
    "scope null": await signed({ scope: null }),
    "scopes of mixed kinds": await signed({ scope: ["people:read", 1] }),
    "territory null": await signed({ org: null }),
    "territory a number": await signed({ loc: 27 }),
    "territory of mixed kinds": await signed({ org: ["a", null] }),
    "territory false": await signed({ org: false }),
    "territory with a NUL": await signed({ loc: ["027\0"] }),
    "territory of 600 places": await signed({ loc: Array.from({ length: 600 }, (_, n) => String(n)) }),
    "purposes a number": await signed({ purposes: 1 }),
    "bound to its holder's key": await signed({ cnf: { jkt: "abc" } }),
    "type of an id token": await signed({}, { typ: "JWT" }),
    "no type": await signed({}, { typ: undefined }),
    "type of a logout token": await signed({}, { typ: "logout+jwt" }),
    "no key id": await signed({}, { kid: undefined }),
    "unknown key id": await signed({}, { kid: "other" }),
    "key id climbing folders": await signed({}, { kid: "../../etc/passwd" }),
    "key id with SQL": await signed({}, { kid: "' or 1=1 --" }),
    "unknown critical header": await signed({}, { crit: ["x"], x: 1 }),
    "algorithm none": `${part({ ...GOOD_HEADER, alg: "none" })}.${body}.`,
    "algorithm None": `${part({ ...GOOD_HEADER, alg: "None" })}.${body}.`,
    "algorithm none, signature kept": `${part({ ...GOOD_HEADER, alg: "none" })}.${body}.${signature}`,
    "no algorithm": `${part({ typ: "at+jwt", kid: signing.kid })}.${body}.${signature}`,
    "HMAC with the public key": signedByHmac({ alg: "HS256" }, JSON.stringify(publicJwk)),
    "HMAC with the key's x": signedByHmac({ alg: "HS256" }, Buffer.from(String(signing.x), "base64url")),
    "HMAC with some PEM": signedByHmac({ alg: "HS256" }, pem),
    "HMAC with nothing": signedByHmac({ alg: "HS256" }, ""),
    "HMAC called EdDSA": signedByHmac({}, "secret"),
    "signed by another Ed25519 key": await signedByOther({}),
    "signed by another key brought in jwk": await signedByOther({ jwk: true }),
    "signed by another key named in jku": await signedByOther({ jku: "https://evil.example/keys" }),
    "signed by another key named in x5u": await signedByOther({ x5u: "https://evil.example/cert" }),
    "signed by an RSA key": await signedByOther({}, "RS256"),
    "signed by an EC key": await signedByOther({}, "ES256"),
    "signature of one bit more": `${head}.${body}.${flipped.toString("base64url")}`,
    "signature cut": good.slice(0, -10),
    "signature empty": `${head}.${body}.`,
    "signature all zeros": `${head}.${body}.${Buffer.alloc(64).toString("base64url")}`,
    "claims exchanged": `${head}.${part({ ...GOOD_CLAIMS, scope: "admin" })}.${signature}`,
    "claims no JSON": `${head}.${Buffer.from("{").toString("base64url")}.${signature}`,
    "claims a list": `${head}.${part([])}.${signature}`,
    "header no JSON": `${Buffer.from("}").toString("base64url")}.${body}.${signature}`,
    "two parts": `${head}.${body}`,
    "four parts": `${good}.x`,
    "five parts, as if encrypted": `${good}.x.y`,
    "one word": "token",
    "dots alone": "..",
    "base64 padding": `${good}==`,
    "surplus bits in the signature": `${good.slice(0, -1)}${"BRhx"["AQgw".indexOf(good.at(-1) ?? "")]}`,
    "random bytes": randomBytes(200).toString("base64url"),
    "16 KiB of a": "a".repeat(16 * 1024),
    "16 KiB of claims": await signed({ padding: "a".repeat(16 * 1024) }),
  };
}

describe("a bad token", () => {
  test("is 401 whatever is wrong with it, and nothing is asked of the database", async () => {
    let asked = 0;
    const app = smallApp(keys, { guard: { resolveTerritory: async () => ({ org: null, loc: null, count: asked++ }) } });
    addWhoAmI(app, "/one", "any");
    const tokens = Object.entries(await badTokens());
    for (const [what, token] of tokens) {
      const answer = await app.inject({ url: "/one", headers: { authorization: `Bearer ${token}`, "accept-language": "en" } });
      expect(answer.statusCode, what).toBe(401);
      expect(answer.json().code, what).toBe(/expired|2014|expiry (zero|negative)/.test(what) ? "token-expired" : "unauthenticated");
      expect(answer.headers["www-authenticate"], what).toMatch(
        /^Bearer realm="trithuc", error="invalid_token", error_description="[a-z ]+"$/,
      );
      expect(answer.headers["content-type"], what).toBe("application/problem+json");
      expect(answer.body, what).not.toContain(token.padEnd(12, "?").slice(0, 40));
    }
    expect(tokens.length).toBeGreaterThanOrEqual(60);
    expect(asked).toBe(0);
  });

  test("takes no connection of the whole service, and a good one does", async () => {
    const registry = await startRegistry({ keys, verify: localVerifier(keys, AUDIENCE) });
    const connections = () => registry.work.database.gauges().total;
    const call = (token: string, method: string) =>
      registry.anonymous.call({
        method,
        path: "/v1/people",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      });
    for (const [what, token] of Object.entries(await badTokens())) {
      for (const method of ["GET", "POST"]) expect([what, (await call(token, method)).status]).toEqual([what, 401]);
    }
    expect(connections()).toBe(0);
    expect((await call(await signed(), "GET")).status).toBe(200);
    expect(connections()).toBeGreaterThan(0);
    await registry.close();
  }, 60_000);

  test("is told from the good one that it was made from", async () => {
    const app = smallApp(keys);
    addWhoAmI(app, "/one", "any");
    for (const token of [
      await signed(),
      await signed({ client_id: undefined, azp: "x" }),
      await signed({}, { typ: "application/at+jwt" }),
    ]) {
      expect((await app.inject({ url: "/one", headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
    }
  });
});

describe("an Authorization header of the wrong form", () => {
  test("is 401", async () => {
    const app = smallApp(keys);
    addWhoAmI(app, "/one", "any");
    const token = await tokenOf(keys);
    const wrong = [
      "",
      " ",
      token,
      `Basic ${token}`,
      `Bearer`,
      "Bearer ",
      `Bearer ${token} ${token}`,
      `Bearer,${token}`,
      `Bearer "${token}"`,
    ];
    for (const authorization of [...wrong, `Bearer ${token},`, `Bearer\t${token}`, `DPoP ${token}`, `Bearer ${token}, Bearer ${token}`]) {
      const answer = await app.inject({ url: "/one", headers: { authorization } });
      expect([answer.statusCode, answer.json().code], authorization.slice(0, 20)).toEqual([401, "unauthenticated"]);
    }
    expect((await app.inject({ url: "/one", headers: { authorization: `bearer ${token}` } })).statusCode).toBe(200);
    expect((await app.inject({ url: `/one?access_token=${token}` })).statusCode).toBe(401);
  });
});
