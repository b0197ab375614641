import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteKeySet } from "../../src/http/access/key-set.ts";
import { tokenVerifier } from "../../src/http/access/tokens.ts";
import { addWhoAmI, AUDIENCE, smallApp, someKeys, tokenOf } from "./small-app.ts";

let server: Server;
let issuer = "";
let app: FastifyInstance;

/** A certified OpenID provider on loopback with one machine client, which gives JWT access tokens for our audience. */
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwk = {
    ...(await exportJWK((await generateKeyPair("RS256", { extractable: true })).privateKey)),
    kid: "idp",
    use: "sig",
    alg: "RS256",
  };
  const scope = "people:read people:write";
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
    scopes: scope.split(" "),
    clients: [
      {
        client_id: "office",
        client_secret: "a-secret-of-the-test",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        scope,
      },
    ],
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          scope,
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { scope?: string }) => {
      return { sub: "office", ...(token.scope?.includes("people:write") ? { org: ["so-khcn"], purposes: ["data-entry"] } : {}) };
    },
  });
  server.on("request", provider.callback());
  app = smallApp(someKeys(), { guard: { verify: tokenVerifier({ issuer, audience: AUDIENCE, keys: remoteKeySet(issuer) }) } });
  addWhoAmI(app, "/one", "people:read");
  addWhoAmI(app, "/write", "people:write");
});

afterAll(async () => {
  await app.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function fetchToken(scope: string, resource = AUDIENCE): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from("office:a-secret-of-the-test").toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope, resource }),
  });
  const answer = (await response.json()) as { access_token: string };
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer.access_token;
}

const call = (url: string, token: string) => app.inject({ url, headers: { authorization: `Bearer ${token}` } });

describe("a token of a real identity provider", () => {
  test("opens what its scope opens, and says who came", async () => {
    const answer = await call("/one", await fetchToken("people:read"));
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({ client: "office", subject: "office", scopes: ["people:read"], org: null, loc: null });
  });

  test("carries its claims of territory and purposes", async () => {
    const token = await fetchToken("people:write");
    expect((await call("/write", token)).json()).toMatchObject({ org: ["so-khcn"], loc: null });
    const headers = { authorization: `Bearer ${token}`, "access-purpose": "advice" };
    expect((await app.inject({ url: "/write", headers })).json().code).toBe("purpose-not-allowed");
  });

  test("without the scope is 403, for another audience 401, and one of the local issuer is 401", async () => {
    expect((await call("/write", await fetchToken("people:read"))).json().code).toBe("scope-missing");
    expect((await call("/one", await fetchToken("people:read", "https://other.example"))).json().code).toBe("unauthenticated");
    expect((await call("/one", await tokenOf(someKeys()))).json().code).toBe("unauthenticated");
  });
});
