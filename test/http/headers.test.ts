import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { accepts } from "../../src/http/traffic/accept.ts";
import { as, frontApp } from "./front-app.ts";
import type { FrontChoice } from "./front-app.ts";

const LONG = "Trí thức ".repeat(1000);

async function service(choice: FrontChoice = {}) {
  const app = await frontApp(choice);
  const schema = { hide: true };
  app.get("/v1/people", { config: { scope: "people:read" }, schema }, () => ({ text: LONG }));
  app.post("/v1/people", { config: { scope: "people:write" }, schema }, () => ({ text: "made" }));
  app.get("/v1/fields", { config: { scope: "any" }, schema }, () => ({ text: "short" }));
  app.get("/v1/people/export", { config: { scope: "people:read", produces: ["application/x-ndjson", "text/csv"] }, schema }, () => "x");
  app.get("/page", { config: { scope: "public" }, schema }, () => "page");
  return app;
}

const reader = () => as("reader", "people:read", "people:write");

describe("X-Request-Id", () => {
  test("is on every answer, whatever it is: data, refusal, unknown path, page", async () => {
    const app = await service();
    const answers = await Promise.all(
      [
        { url: "/v1/people", headers: await reader() },
        { url: "/v1/people" },
        { url: "/nowhere" },
        { url: "/page" },
        { url: "/v1/people", method: "DELETE" as const },
      ].map((request) => app.inject(request)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 401, 404, 200, 405]);
    const ids = answers.map(({ headers }) => headers["x-request-id"]);
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(answers[1]?.json().request_id).toBe(ids[1]);
  });

  test("is the caller's own if that is a UUID, a trace id or a ULID, and else a new one", async () => {
    const app = await service();
    for (const id of ["4BF92F35-77B3-4DA6-A3CE-929D0E0E4736", "4bf92f3577b34da6a3ce929d0e0e4736", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]) {
      expect((await app.inject({ url: "/page", headers: { "x-request-id": id } })).headers["x-request-id"]).toBe(id);
    }
    for (const id of ["", "1", "027085012345", "Nguyen Van A", "x".repeat(5000), "4bf92f3577b34da6a3ce929d0e0e4736, b"]) {
      expect((await app.inject({ url: "/page", headers: { "x-request-id": id } })).headers["x-request-id"]).not.toBe(id);
    }
  });
});

describe("what may be kept", () => {
  test("nothing under /v1 but reference nouns, and those only to be asked after", async () => {
    const app = await service();
    const vary = "Authorization, Accept, Accept-Language, Access-Purpose";
    const people = await app.inject({ url: "/v1/people", headers: await reader() });
    expect(people.headers).toMatchObject({ "cache-control": "private, no-store", vary });
    const fields = await app.inject({ url: "/v1/fields", headers: await reader() });
    expect(fields.headers).toMatchObject({ "cache-control": "private, no-cache", vary });
    for (const refused of [await app.inject("/v1/fields"), await app.inject("/v1/none")]) {
      expect(refused.headers).toMatchObject({ "cache-control": "private, no-store", vary });
    }
  });
});

describe("a browser", () => {
  test("is told to load nothing, show it in no frame and guess no type", async () => {
    for (const answer of [await (await service()).inject("/page"), await (await service()).inject("/v1/people")]) {
      expect(answer.headers).toMatchObject({
        "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
    }
  });

  test("of another origin is let in by nobody unless the origin is listed, letter by letter", async () => {
    const origin = "https://portal.example";
    const preflight = { method: "OPTIONS" as const, url: "/v1/people" };
    const asked = { origin, "access-control-request-method": "GET" };
    const closed = await (await service()).inject({ ...preflight, headers: asked });
    expect(closed.statusCode).toBe(204);
    expect(Object.keys(closed.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(closed.headers["vary"]).not.toContain("Origin");

    const app = await service({ headers: { corsOrigins: [origin] } });
    const open = await app.inject({ ...preflight, headers: asked });
    expect([open.statusCode, open.headers["allow"]]).toEqual([204, "GET, HEAD, OPTIONS, POST"]);
    expect(open.headers).toMatchObject({ "access-control-allow-origin": origin, "access-control-max-age": "600" });
    expect(open.headers["access-control-allow-headers"]).toContain("Access-Purpose");
    expect(open.headers).not.toHaveProperty("access-control-allow-credentials");
    const answer = await app.inject({ url: "/v1/people", headers: { origin } });
    expect([answer.statusCode, answer.headers["access-control-allow-origin"]]).toEqual([401, origin]);
    expect(answer.headers["access-control-expose-headers"]).toContain("X-Request-Id");
    for (const other of ["https://portal.example.evil", "http://portal.example", "https://PORTAL.example", "null", "*"]) {
      const refused = await app.inject({ ...preflight, headers: { ...asked, origin: other } });
      expect(refused.headers, other).not.toHaveProperty("access-control-allow-origin");
      expect(refused.headers["vary"]).toContain("Origin");
    }
  });
});

describe("OPTIONS and HEAD", () => {
  test("OPTIONS on a known path is 204 with Allow and no token; on an unknown one 404", async () => {
    const app = await service();
    const known = await app.inject({ method: "OPTIONS", url: "/v1/people" });
    expect([known.statusCode, known.headers["allow"], known.body]).toEqual([204, "GET, HEAD, OPTIONS, POST", ""]);
    expect((await app.inject({ method: "OPTIONS", url: "/v1/none" })).json().code).toBe("route-not-found");
  });

  test("HEAD is GET without the body", async () => {
    const app = await service();
    const head = await app.inject({ method: "HEAD", url: "/v1/fields", headers: await reader() });
    const get = await app.inject({ url: "/v1/fields", headers: await reader() });
    expect([head.statusCode, head.body, head.headers["content-length"]]).toEqual([200, "", get.headers["content-length"]]);
    expect(head.headers["cache-control"]).toBe("private, no-cache");
  });
});

describe("compression", () => {
  test("zstd before br before gzip, as the caller can; the type stays and Vary says so", async () => {
    const app = await service();
    const open = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
    for (const [wish, expected] of [
      ["gzip, br, zstd", "zstd"],
      ["gzip, br", "br"],
      ["gzip", "gzip"],
    ] as const) {
      const answer = await app.inject({ url: "/v1/people", headers: { ...(await reader()), "accept-encoding": wish } });
      expect(answer.headers["content-encoding"]).toBe(expected);
      expect(answer.headers["vary"]).toMatch(/^Authorization, .*accept-encoding$/);
      expect(JSON.parse(open[expected](answer.rawPayload).toString())).toEqual({ text: LONG });
    }
  });

  test("small answers and callers that ask for none get none", async () => {
    const app = await service();
    const small = await app.inject({ url: "/v1/fields", headers: { ...(await reader()), "accept-encoding": "gzip" } });
    expect(small.headers).not.toHaveProperty("content-encoding");
    expect((await app.inject({ url: "/v1/people", headers: await reader() })).headers).not.toHaveProperty("content-encoding");
  });

  test("a body that comes compressed is 415", async () => {
    const app = await service();
    const headers = { ...(await reader()), "content-type": "application/json", "content-encoding": "gzip" };
    const answer = await app.inject({ method: "POST", url: "/v1/people", headers, payload: gzipSync("{}") });
    expect([answer.statusCode, answer.json().code, answer.headers["accept-encoding"]]).toEqual([415, "unsupported-media-type", "identity"]);
  });
});

describe("Accept", () => {
  test("that leaves out what the route answers in is 406, after the token has been judged", async () => {
    const app = await service();
    const refused = await app.inject({ url: "/v1/people", headers: { ...(await reader()), accept: "text/html", "accept-language": "en" } });
    expect([refused.statusCode, refused.json().code]).toEqual([406, "not-acceptable"]);
    expect(refused.json().errors).toMatchObject([{ header: "Accept", detail: "This operation answers in: application/json." }]);
    expect((await app.inject({ url: "/v1/people", headers: { accept: "text/html" } })).statusCode).toBe(401);
    const csv = await app.inject({ url: "/v1/people/export", headers: { ...(await reader()), accept: "text/csv" } });
    expect(csv.statusCode).toBe(200);
    expect((await app.inject({ url: "/page", headers: { accept: "image/png" } })).statusCode).toBe(200);
  });

  test("the most specific range decides", () => {
    const json = "application/json";
    for (const header of [
      "*/*",
      "application/*",
      json,
      `${json};charset=utf-8`,
      `text/html, ${json};q=0.1`,
      "*/*;q=0, application/json",
      "",
      "APPLICATION/JSON",
    ]) {
      expect(accepts(header, json), header).toBe(true);
    }
    for (const header of ["text/*", `${json};q=0, */*`, "application/*;q=0, */*", "application/jsonx", "application/xml", ";;;,,,"]) {
      expect(accepts(header, json), header).toBe(false);
    }
  });
});
