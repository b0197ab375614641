import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problems.ts";
import { remoteKeySet } from "../../src/http/access/key-set.ts";
import type { KeySource } from "../../src/http/access/key-set.ts";
import { issueToken, localVerifier, MAX_AGE_SECONDS, tokenVerifier } from "../../src/http/access/tokens.ts";
import { AUDIENCE, someKeys } from "./small-app.ts";

type Signer = { kid: string; privateKey: CryptoKey; jwk: JWK };

async function signer(kid: string, alg = "RS256"): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/** A small issuer on loopback whose answers a test exchanges, and which counts what it is asked. */
class Issuer {
  url = "";
  keys: JWK[] = [];
  asked: string[] = [];
  reply: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  server: Server = createServer((request, response) => {
    this.asked.push(request.url ?? "");
    if (this.reply?.(request, response)) return;
    const isMetadata = request.url === "/.well-known/openid-configuration";
    response.end(JSON.stringify(isMetadata ? { issuer: this.url, jwks_uri: `${this.url}/keys` } : { keys: this.keys }));
  });

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async token({ kid, privateKey, jwk }: Signer, claims: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ client_id: "c", scope: "people:read openid", sub: "s", iat: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg: jwk.alg ?? "RS256", typ: "at+jwt", kid })
      .setIssuer(this.url)
      .setAudience(AUDIENCE)
      .sign(privateKey);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const issuers: Issuer[] = [];
afterEach(() => issuers.splice(0).forEach((issuer) => issuer.close()));

/** An issuer with one key, a clock that a test turns, and a verifier bound to both. */
async function scene(alg = "RS256") {
  const issuer = await new Issuer().listen();
  issuers.push(issuer);
  const first = await signer("one", alg);
  issuer.keys = [first.jwk];
  const clock = { ms: 0 };
  const source = remoteKeySet(issuer.url, { timeoutMs: 500 }, () => clock.ms);
  return { issuer, first, clock, source, verify: tokenVerifier({ issuer: issuer.url, audience: AUDIENCE, keys: source }) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
}

describe("tokens of an issuer", () => {
  test("are verified with the keys that its metadata names, whatever the algorithm", async () => {
    for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"]) {
      const { issuer, first, verify } = await scene(alg);
      expect(await verify(await issuer.token(first)), alg).toMatchObject({ client: "c", subject: "s", scopes: new Set(["people:read"]) });
      expect(issuer.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
    }
  });

  test("say scope as text or list, and territory and purposes as text or list", async () => {
    const { issuer, first, verify } = await scene();
    const said = await verify(
      await issuer.token(first, { scope: ["imports", "email"], org: "unit", loc: ["27", "24"], purposes: "advice other" }),
    );
    expect(said).toMatchObject({ scopes: new Set(["imports"]), org: ["unit"], loc: ["27", "24"], purposes: new Set(["advice"]) });
    expect(await verify(await issuer.token(first, { org: [] }))).toMatchObject({ org: [], loc: undefined, purposes: undefined });
  });

  test("fall back to the metadata of RFC 8414", async () => {
    const { issuer, first, verify } = await scene();
    issuer.reply = (request, response) => {
      if (request.url === "/.well-known/openid-configuration") return Boolean(response.writeHead(404).end());
      if (request.url !== "/.well-known/oauth-authorization-server") return false;
      return Boolean(response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` })));
    };
    expect(await codeOf(verify(await issuer.token(first)))).toBe("accepted");
  });
});

describe("an issuer's keys", () => {
  test("are asked for once by many tokens at once", async () => {
    const { issuer, first, verify } = await scene();
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => issuer.token(first, { jti: String(n) })));
    await Promise.all(tokens.map((token) => verify(token)));
    expect(issuer.asked).toHaveLength(2);
  });

  test("stay good for 15 minutes while the issuer is down, and it is asked at most twice a minute", async () => {
    const { issuer, first, clock, verify } = await scene();
    await verify(await issuer.token(first));
    issuer.reply = (_, response) => Boolean(response.writeHead(500).end());
    issuer.asked = [];
    for (clock.ms = 60_000; clock.ms < 15 * 60_000; clock.ms += 5_000) {
      expect(await codeOf(verify(await issuer.token(first, { jti: String(clock.ms) })))).toBe("accepted");
    }
    // Every attempt is at most the key address, then both metadata addresses of the next.
    expect(issuer.asked.length).toBeLessThanOrEqual(2 * 2 * 14);
    clock.ms = 16 * 60_000;
    expect(await codeOf(verify(await issuer.token(first)))).toBe("unavailable");
    issuer.reply = undefined;
    clock.ms += 31_000;
    expect(await codeOf(verify(await issuer.token(first)))).toBe("accepted");
  });

  test("that were never had make tokens neither good nor bad: 503 with Retry-After", async () => {
    const { issuer, first, clock, verify } = await scene();
    issuer.reply = (_, response) => Boolean(response.socket?.destroy());
    const token = await issuer.token(first);
    const refusal = await verify(token).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "unavailable", headers: { "retry-after": "5" } });
    expect(await codeOf(verify("not.a.token"))).toBe("unauthenticated");
    issuer.reply = undefined;
    expect(await codeOf(verify(token))).toBe("unavailable");
    clock.ms = 2_000;
    expect(await codeOf(verify(token))).toBe("accepted");
  });

  test("are found anew when a token names one not seen before, but 200 made-up names ask at most once", async () => {
    const { issuer, first, clock, verify } = await scene();
    await verify(await issuer.token(first));
    const second = await signer("two");
    issuer.keys = [first.jwk, second.jwk];
    clock.ms = 30_000;
    expect(await codeOf(verify(await issuer.token(second)))).toBe("accepted");
    const before = issuer.asked.length;
    clock.ms = 61_000;
    for (let n = 0; n < 200; n++)
      expect(await codeOf(verify(await issuer.token({ ...second, kid: `made-up-${n}` })))).toBe("unauthenticated");
    expect(issuer.asked.length - before).toBeLessThanOrEqual(1);
  });

  test("that are withdrawn no longer count after a minute, for tokens verified before either", async () => {
    const { issuer, first, clock, source, verify } = await scene();
    const token = await issuer.token(first);
    expect(await codeOf(verify(token))).toBe("accepted");
    const second = await signer("two");
    issuer.keys = [second.jwk];
    clock.ms = 60_000;
    const before = source.generation();
    await expect.poll(() => source.generation()).not.toBe(before);
    expect(await codeOf(verify(token))).toBe("unauthenticated");
  });

  test("are not taken from another issuer's metadata, a redirect, an endless or a broken answer, or among symmetric ones", async () => {
    const secret = Buffer.alloc(32, 1).toString("base64url");
    const metadata = (issuer: Issuer, named = issuer.url) => JSON.stringify({ issuer: named, jwks_uri: `${issuer.url}/keys` });
    const replies: ((issuer: Issuer) => NonNullable<Issuer["reply"]>)[] = [
      (issuer) => (request, response) => request.url !== "/keys" && Boolean(response.end(metadata(issuer, "https://evil.example"))),
      (issuer) => (request, response) => request.url !== "/keys" && Boolean(response.end(metadata(issuer, `${issuer.url}/`))),
      (issuer) => (request, response) => {
        if (request.url === "/moved") return Boolean(response.end(metadata(issuer)));
        return request.url !== "/keys" && Boolean(response.writeHead(302, { location: "/moved" }).end());
      },
      (issuer) => (request, response) => {
        return request.url === "/keys" && Boolean(response.end(JSON.stringify({ keys: issuer.keys, filler: "x".repeat(300_000) })));
      },
      () => (_, response) => Boolean(response.end("{")),
      () => (_, response) => Boolean(response.end("null")),
      () => () => true,
      () => (request, response) => request.url === "/keys" && Boolean(response.end(JSON.stringify({ keys: [] }))),
      () => (request, response) => request.url === "/keys" && Boolean(response.end(JSON.stringify({ keys: "x" }))),
    ];
    for (const reply of replies) {
      const { issuer, first, verify } = await scene();
      issuer.reply = reply(issuer);
      expect(await codeOf(verify(await issuer.token(first)))).toBe("unavailable");
    }
    const { issuer, first, verify } = await scene();
    issuer.keys = [{ kty: "oct", k: secret, kid: "one", alg: "RS256" }];
    expect(await codeOf(verify(await issuer.token(first)))).toBe("unauthenticated");
  });
});

describe("an issuer that moves its keys", () => {
  test("is followed by its metadata once the old address fails", async () => {
    const { issuer, first, clock, verify } = await scene();
    await verify(await issuer.token(first));
    const second = await signer("two");
    issuer.reply = (request, response) => {
      if (request.url === "/keys") return Boolean(response.writeHead(404).end());
      if (request.url === "/new-keys") return Boolean(response.end(JSON.stringify({ keys: [second.jwk] })));
      return Boolean(response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/new-keys` })));
    };
    clock.ms = 30_000;
    expect(await codeOf(verify(await issuer.token(second)))).toBe("unauthenticated");
    clock.ms = 60_000;
    expect(await codeOf(verify(await issuer.token(second, { jti: "2" })))).toBe("accepted");
  });
});

describe("verified tokens", () => {
  test("are remembered, a bounded number of them, and not beyond their expiry", async () => {
    const keys = someKeys();
    let searches = 0;
    const { issuer, first, source } = await scene();
    const counted: KeySource = {
      ...source,
      find: (header, token) => {
        searches++;
        return source.find(header, token);
      },
    };
    const verify = tokenVerifier({ issuer: issuer.url, audience: AUDIENCE, keys: counted, cached: 2 });
    const [a, b, c] = [
      await issuer.token(first, { jti: "a" }),
      await issuer.token(first, { jti: "b" }),
      await issuer.token(first, { jti: "c" }),
    ];
    for (const token of [a, a, a, b, b]) await verify(token);
    expect(searches).toBe(2);
    await verify(c);
    await verify(a);
    expect(searches).toBe(4);
    const past = Math.floor(Date.now() / 1000) - 10;
    const late = await issuer.token(first, { exp: past });
    await verify(late);
    await verify(late);
    expect(searches).toBe(6);
    expect(await codeOf(localVerifier(keys, AUDIENCE)(a))).toBe("unauthenticated");
  });
});

describe("issueToken", () => {
  test("makes tokens that only the same keys and audience accept", async () => {
    const keys = someKeys();
    const token = await issueToken(keys, {
      audience: AUDIENCE,
      scope: ["people:read", "imports"],
      ttl: 60,
      loc: ["27"],
      purposes: ["advice"],
    });
    expect(await localVerifier(keys, AUDIENCE)(token)).toEqual({
      client: "local-client",
      subject: "local-user",
      scopes: new Set(["people:read", "imports"]),
      org: undefined,
      loc: ["27"],
      purposes: new Set(["advice"]),
    });
    expect(await codeOf(localVerifier(keys, "other")(token))).toBe("unauthenticated");
    expect(await codeOf(localVerifier(someKeys(), AUDIENCE)(token))).toBe("unauthenticated");
  });

  test("refuses a life of nothing, of a fraction, of more than a day, and keys without a local issuer", async () => {
    const keys = someKeys();
    for (const ttl of [0, -1, 1.5, MAX_AGE_SECONDS + 1, Number.NaN]) {
      await expect(issueToken(keys, { audience: AUDIENCE, scope: [], ttl })).rejects.toThrow(RangeError);
    }
    await expect(issueToken({ ...keys, signing: undefined }, { audience: AUDIENCE, scope: [], ttl: 60 })).rejects.toThrow(
      "no local issuer",
    );
  });
});
