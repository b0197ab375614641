import { describe, expect, test } from "vitest";
import { languageOf } from "../../src/http/language.ts";
import { addWhoAmI, smallApp, someKeys, tokenOf } from "./small-app.ts";
import type { SmallApp } from "./small-app.ts";

const keys = someKeys();

function service(choice: SmallApp = {}) {
  const app = smallApp(keys, choice);
  addWhoAmI(app, "/one", "people:read");
  addWhoAmI(app, "/either", ["people:read.restricted", "people:read"]);
  addWhoAmI(app, "/any", "any");
  addWhoAmI(app, "/public", "public");
  return app;
}

async function get(url: string, token: string | undefined, headers: Record<string, string> = {}, app = service()) {
  return app.inject({ url, headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers } });
}

describe("a route", () => {
  test("that declares no scope refuses to start", async () => {
    const app = smallApp(keys);
    expect(() => app.get("/open", () => "")).toThrow("GET /open declares no scope");
  });

  test("of an operation is guarded as the policy says, and refuses to start where the policy has no rule or it brings one of its own", async () => {
    const app = smallApp(keys);
    const as = (operationId: string) => ({ schema: { operationId } });
    expect(() => app.get("/new", as("readWhatNobodyRuled"), () => "")).toThrow("GET /new: the policy has no rule for readWhatNobodyRuled");
    expect(() => app.get("/people", { ...as("listPeople"), config: { scope: "any" } }, () => "")).toThrow(
      "listPeople declares a scope: the policy alone says it",
    );
    app.get("/log", as("listAccessLog"), () => "log");
    expect((await get("/log", await tokenOf(keys, { scope: ["people:read"] }), {}, app)).json().code).toBe("scope-missing");
    expect((await get("/log", await tokenOf(keys, { scope: ["audit"] }), {}, app)).body).toBe("log");
  });

  test("of a plugin under a public path needs to declare none, a neighbour's does", async () => {
    const app = smallApp(keys, { guard: { publicPaths: ["/docs"] } });
    app.get("/docs", () => "docs");
    app.get("/docs/static/*", () => "file");
    expect(() => app.get("/docs-secret", () => "")).toThrow("declares no scope");
    expect((await app.inject("/docs/static/a.js")).body).toBe("file");
  });

  test("that is public asks for nothing and shows its handler nobody, with an empty territory", async () => {
    const answer = await get("/public", "not-a-token", { "access-purpose": "whatever", "accept-language": "en" });
    expect(answer.json()).toEqual({ client: "", subject: "", scopes: [], org: [], loc: [], purpose: null, language: "en" });
  });
});

describe("the actor", () => {
  test("is who the token says, with the scopes of the closed list and no bound where no claim stands", async () => {
    const token = await tokenOf(keys, { scope: ["people:read", "exports"], subject: "user-7", client: "office-app" });
    const answer = await get("/one", token);
    expect(answer.json()).toEqual({
      client: "office-app",
      subject: "user-7",
      scopes: ["people:read", "exports"],
      org: null,
      loc: null,
      purpose: null,
      language: "vi",
    });
  });

  test("has the territory that its claims resolve to, an empty claim opening nothing", async () => {
    const asked: unknown[] = [];
    const app = service({
      guard: {
        resolveTerritory: async (org, loc) => {
          asked.push([org, loc]);
          return { org: org === undefined ? null : org.map((id) => `node-${id}`), loc: loc ?? null };
        },
      },
    });
    const bounded = await get("/one", await tokenOf(keys, { org: ["a", "b"] }), {}, app);
    expect(bounded.json()).toMatchObject({ org: ["node-a", "node-b"], loc: null });
    const empty = await get("/one", await tokenOf(keys, { org: [], loc: [] }), {}, app);
    expect(empty.json()).toMatchObject({ org: [], loc: [] });
    await get("/one", await tokenOf(keys), {}, app);
    await get("/one", "bad", {}, app);
    await get("/one", await tokenOf(keys, { scope: ["imports"], org: ["a"] }), {}, app);
    expect(asked).toEqual([
      [["a", "b"], undefined],
      [[], []],
    ]);
  });
});

describe("scopes", () => {
  test("one of several is enough, and any good token where the rule is any", async () => {
    expect((await get("/either", await tokenOf(keys))).statusCode).toBe(200);
    expect((await get("/any", await tokenOf(keys, { scope: [] }))).statusCode).toBe(200);
  });

  test("a token that lacks them is 403 scope-missing, which names them", async () => {
    const token = await tokenOf(keys, { scope: ["imports", "exports"] });
    const one = await get("/one", token, { "accept-language": "en" });
    expect([one.statusCode, one.json().code, one.json().detail]).toEqual([403, "scope-missing", "This needs the scope people:read."]);
    expect(one.headers["www-authenticate"]).toBe('Bearer realm="trithuc", error="insufficient_scope", scope="people:read"');
    const either = await get("/either", token);
    expect(either.json()).toMatchObject({ code: "scope-missing", detail: "Cần phạm vi quyền people:read.restricted hoặc people:read." });
  });

  test("without a token a request is 401 with a bare challenge", async () => {
    for (const url of ["/one", "/either", "/any"]) {
      const answer = await get(url, undefined);
      expect([answer.statusCode, answer.json().code]).toEqual([401, "unauthenticated"]);
      expect(answer.headers["www-authenticate"]).toBe('Bearer realm="trithuc"');
    }
  });

  test("HEAD asks for the same scope as GET", async () => {
    const app = service();
    expect((await app.inject({ method: "HEAD", url: "/one" })).statusCode).toBe(401);
    const headers = { authorization: `Bearer ${await tokenOf(keys, { scope: [] })}` };
    expect((await app.inject({ method: "HEAD", url: "/one", headers })).statusCode).toBe(403);
  });
});

describe("Access-Purpose", () => {
  test("a declared purpose reaches the actor", async () => {
    expect((await get("/one", await tokenOf(keys), { "access-purpose": "verification" })).json()).toMatchObject({
      purpose: "verification",
    });
  });

  test("an undeclared or repeated one is 400 invalid-header", async () => {
    const token = await tokenOf(keys);
    for (const wrong of ["", "curiosity", "Verification", "verification, advice", "verification,verification", "__proto__"]) {
      const answer = await get("/one", token, { "access-purpose": wrong });
      expect([answer.statusCode, answer.json().code], wrong).toEqual([400, "invalid-header"]);
      expect(answer.json().errors).toMatchObject([{ code: "invalid-header", header: "Access-Purpose" }]);
    }
  });

  test("one that the token does not carry is 403 purpose-not-allowed, and none is allowed by an empty claim", async () => {
    const answer = await get("/one", await tokenOf(keys, { purposes: ["advice"] }), { "access-purpose": "honours" });
    expect([answer.statusCode, answer.json().code]).toEqual([403, "purpose-not-allowed"]);
    expect((await get("/one", await tokenOf(keys, { purposes: [] }), { "access-purpose": "advice" })).json().code).toBe(
      "purpose-not-allowed",
    );
    expect((await get("/one", await tokenOf(keys, { purposes: ["advice"] }), { "access-purpose": "advice" })).statusCode).toBe(200);
  });
});

describe("languageOf", () => {
  test("is Vietnamese unless English is preferred", () => {
    for (const header of [
      undefined,
      "",
      "vi",
      "vi-VN,vi;q=0.9,en;q=0.8",
      "fr",
      "*",
      "en;q=0",
      "en;q=0.5,vi",
      "fr,*;q=0.5",
      "english",
      "en;q=2",
    ]) {
      expect(languageOf(header), header).toBe("vi");
    }
    for (const header of [
      "en",
      "EN-us",
      "en-GB,en;q=0.9,vi;q=0.8",
      "fr, en;q=0.5",
      "vi;q=0.1, en;q=0.2",
      "*;q=0.1,en",
      "vi;q=0,en;q=0.001",
    ]) {
      expect(languageOf(header), header).toBe("en");
    }
    expect(languageOf(`${",".repeat(100_000)}en`)).toBe("vi");
  });
});
