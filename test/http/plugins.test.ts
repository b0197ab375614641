import cors from "@fastify/cors";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import swaggerUi from "@fastify/swagger-ui";
import swagger from "@fastify/swagger";
import underPressure from "@fastify/under-pressure";
import { describe, expect, test } from "vitest";
import { readJsonBodies } from "../../src/http/traffic/json-body.ts";
import { smallApp, someKeys } from "./small-app.ts";

const keys = someKeys();
const open = { config: { scope: "public" } } as const;

describe("with CORS switched on", () => {
  test("a preflight is answered by origin, any other OPTIONS still says Allow, and an unknown path stays unknown", async () => {
    const app = smallApp(keys, { guard: { publicPaths: ["*"] } });
    app.get("/things/:id", open, () => ({}));
    await app.register(cors, { origin: ["https://friend.example"] });
    const preflight = { origin: "https://friend.example", "access-control-request-method": "PATCH" };
    const answer = await app.inject({ method: "OPTIONS", url: "/things/7", headers: preflight });
    expect([answer.statusCode, answer.headers["access-control-allow-origin"]]).toEqual([204, "https://friend.example"]);
    const stranger = await app.inject({ method: "OPTIONS", url: "/things/7", headers: { ...preflight, origin: "https://evil.example" } });
    expect(stranger.headers["access-control-allow-origin"]).toBeUndefined();
    const bare = await app.inject({ method: "OPTIONS", url: "/things/7" });
    expect([bare.statusCode, bare.headers.allow]).toEqual([204, "GET, HEAD, OPTIONS"]);
    expect((await app.inject({ method: "OPTIONS", url: "/nowhere" })).json().code).toBe("route-not-found");
    expect((await app.inject({ method: "GET", url: "/nowhere" })).json().code).toBe("route-not-found");
  });
});

describe("with a rate limit", () => {
  test("one request too many is 429 rate-limited with the plugin's Retry-After and RateLimit headers", async () => {
    const app = smallApp(keys);
    await app.register(rateLimit, { max: 1, timeWindow: 60_000, enableDraftSpec: true });
    app.get("/", open, () => "");
    expect((await app.inject("/")).statusCode).toBe(200);
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.json().code, answer.headers["content-type"]]).toEqual([
      429,
      "rate-limited",
      "application/problem+json",
    ]);
    expect(answer.headers["retry-after"]).toBe("60");
    expect(answer.headers["ratelimit-remaining"]).toBe("0");
  });
});

describe("with pressure watched", () => {
  test("too much of it is 503 overloaded with Retry-After", async () => {
    const app = smallApp(keys);
    await app.register(underPressure, { maxRssBytes: 1, retryAfter: 7, sampleInterval: 1 });
    app.get("/", open, () => ({}));
    await expect.poll(async () => (await app.inject("/")).statusCode).toBe(503);
    const answer = await app.inject("/");
    expect([answer.json().code, answer.headers["retry-after"]]).toEqual(["overloaded", "7"]);
    await app.close();
  });
});

describe("with uploads", () => {
  async function upload(payload: string, type = "multipart/form-data; boundary=b") {
    const app = smallApp(keys);
    readJsonBodies(app);
    await app.register(multipart, { limits: { fileSize: 10, files: 1, fields: 1 } });
    app.post("/", open, async (request) => {
      for await (const part of request.parts()) if (part.type === "file") await part.toBuffer();
      return {};
    });
    return app.inject({ method: "POST", url: "/", payload, headers: { "content-type": type } });
  }
  const file = (text: string) => `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${text}\r\n`;

  test("a file within the limit goes through, a larger one is 413 file-too-large", async () => {
    expect((await upload(`${file("a")}--b--\r\n`)).statusCode).toBe(200);
    const answer = await upload(`${file("a".repeat(100))}--b--\r\n`);
    expect([answer.statusCode, answer.json().code]).toEqual([413, "file-too-large"]);
  });

  test("two files are 422, JSON instead of a form is 415, and a form cut short is a problem of its file", async () => {
    expect((await upload(`${file("a")}${file("b")}--b--\r\n`)).json().code).toBe("validation-failed");
    expect((await upload("{}", "application/json")).json().code).toBe("unsupported-media-type");
    for (const cut of [file("a"), file("a").slice(0, 20), "x"]) {
      const answer = await upload(cut);
      expect([answer.statusCode, answer.json().code]).toEqual([422, "file-unreadable"]);
    }
    for (const boundary of ["", "; boundary=", `; boundary=${"b".repeat(300)}`]) {
      expect((await upload(file("a"), `multipart/form-data${boundary}`)).json().code).toMatch(/^(invalid-header|file-unreadable)$/);
    }
  });
});

describe("with the reference served", () => {
  test("its pages need no token, because their path is declared public", async () => {
    const app = smallApp(keys, { guard: { publicPaths: ["/docs"] } });
    await app.register(swagger, { openapi: { info: { title: "x", version: "1" } } });
    await app.register(swaggerUi, { routePrefix: "/docs" });
    expect((await app.inject("/docs/json")).statusCode).toBe(200);
    expect((await app.inject("/docs/static/swagger-ui.css")).statusCode).toBe(200);
  });
});
