import { describe, expect, test } from "vitest";
import { serveDocs } from "../../src/http/pages/docs.ts";
import { serveHealth } from "../../src/http/pages/health.ts";
import type { Readiness } from "../../src/http/pages/health.ts";
import { serveLanding } from "../../src/http/pages/landing.ts";
import type { ServiceState } from "../../src/http/pages/landing.ts";
import { serveMetrics } from "../../src/http/pages/metrics.ts";
import { relieve } from "../../src/http/traffic/pressure.ts";
import { as, frontApp } from "./front-app.ts";
import { addSampleRoutes } from "./sample-routes.ts";
import { PUBLIC_URL } from "./small-app.ts";

const STATE: ServiceState = {
  people: 1234567,
  degrees: 2,
  affiliations: 3,
  organizations: 4,
  localities: 14153,
  ready: true,
  version: "1.2.3",
  embedded: true,
};

async function landing(state: Partial<ServiceState> | Error = {}) {
  const app = await frontApp();
  const give = async () => {
    if (state instanceof Error) throw state;
    return { ...STATE, ...state };
  };
  serveLanding(app, { state: give, publicUrl: () => PUBLIC_URL, version: "1.2.3" });
  return app;
}

describe("GET /", () => {
  test("speaks Vietnamese, and English to who prefers it or asks for it", async () => {
    const app = await landing();
    const page = async (url: string, language?: string) => {
      const { body, headers } = await app.inject({ url, headers: language === undefined ? {} : { "accept-language": language } });
      return [/<html lang="(..)">/.exec(body)?.[1], headers["content-language"], body.includes("1.234.567"), body.includes("1,234,567")];
    };
    expect(await page("/")).toEqual(["vi", "vi", true, false]);
    expect(await page("/", "en-GB,en;q=0.9")).toEqual(["en", "en", false, true]);
    expect(await page("/?lang=en")).toEqual(["en", "en", false, true]);
    expect(await page("/?lang=vi", "en")).toEqual(["vi", "vi", true, false]);
    expect(await page("/?lang=%3Cscript%3E")).toEqual(["vi", "vi", true, false]);
  });

  test("has no inline script or style, loads only from here, and every file it names is there", async () => {
    const app = await landing();
    const { body, headers } = await app.inject("/");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self';/);
    expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
    const files = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? "");
    expect(new Set(files).size).toBe(2);
    for (const url of files) {
      const file = await app.inject(url);
      expect([file.statusCode, file.headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
      const again = await app.inject({ url: url.replace(/\?.*/, ""), headers: { "if-none-match": file.headers["etag"] ?? "" } });
      expect([again.statusCode, again.body, again.headers["cache-control"]]).toEqual([304, "", "public, no-cache"]);
    }
  });

  test("an empty registry says how to begin, one with people does not", async () => {
    expect((await (await landing({ people: 0 })).inject("/")).body).toContain("npx trithuc demo --people 1000");
    expect((await (await landing()).inject("/")).body).not.toContain("npx trithuc demo");
  });

  test("shows the token command on the embedded database alone", async () => {
    const command = "npx trithuc token --scope &quot;people:read&quot;";
    expect((await (await landing()).inject("/")).body).toContain(command);
    expect((await (await landing({ embedded: false })).inject("/")).body).not.toContain(command);
  });

  test("stands while the database is away, and then shows no figure", async () => {
    const answer = await (await landing(new Error("away"))).inject({ url: "/?lang=en" });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("Not ready");
    expect(answer.body).not.toMatch(/<dd>\d/);
  });

  test("counts once for many visitors", async () => {
    let counted = 0;
    const app = await frontApp();
    const state = async () => ({ ...STATE, people: ++counted });
    serveLanding(app, { state, publicUrl: () => PUBLIC_URL, version: "1.2.3" });
    await Promise.all(Array.from({ length: 20 }, () => app.inject("/")));
    expect(counted).toBe(1);
  });
});

async function reference() {
  const app = await frontApp();
  await serveDocs(app);
  addSampleRoutes(app);
  return app;
}

describe("the reference", () => {
  test("/docs and all that it loads come from here, under a policy without inline code", async () => {
    const app = await reference();
    const page = await app.inject("/docs");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers["content-security-policy"]).not.toMatch(/unsafe|https?:/);
    expect(page.body).toContain("<title>Trí Thức API</title>");
    expect(page.body).not.toMatch(/https?:\/\/|<style|\sstyle=/);
    const files = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, url]) => url ?? "").filter((url) => url !== "/");
    expect(files.length).toBeGreaterThan(5);
    for (const url of files) expect((await app.inject(url)).statusCode, url).toBe(200);
    const shown = (await app.inject("/docs/json")).json();
    expect(shown.servers).toEqual([{ url: "/" }]);
    expect(shown.components.responses.NotFound).toEqual({ description: expect.stringContaining("`not-found`") });
  });

  test("/openapi.json and /v1/openapi.json are one document, for everybody, that a client need not fetch twice", async () => {
    const app = await reference();
    const one = await app.inject("/openapi.json");
    const other = await app.inject("/v1/openapi.json");
    expect(one.body).toBe(other.body);
    expect(one.json()).toMatchObject({ openapi: "3.1.0", servers: [{ url: PUBLIC_URL }] });
    expect(Object.keys(one.json().paths)).toEqual(["/v1/samples", "/v1/samples/{id}", "/v1/samples/about"]);
    expect(one.json().components.responses.NotFound).toHaveProperty("content");
    const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": one.headers["etag"] ?? "" } });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  });
});

async function unasked(): Promise<boolean> {
  throw new Error("not to be asked");
}

describe("health", () => {
  const good: Readiness = { version: "1.2.3", database: async () => true, schema: async () => true };
  async function health(readiness: Partial<Readiness>, url = "/readyz") {
    const app = await frontApp();
    serveHealth(app, { ...good, ...readiness });
    return app.inject(url);
  }

  test("/healthz answers while the process does, without asking the database", async () => {
    const answer = await health({ database: unasked, schema: unasked }, "/healthz");
    expect([answer.statusCode, answer.json(), answer.headers["cache-control"]]).toEqual([
      200,
      { status: "ok", version: "1.2.3" },
      "no-store",
    ]);
  });

  test("/readyz is true with database, schema and room, and else a 503 that names what is missing", async () => {
    expect((await health({})).json()).toEqual({ status: "ready", version: "1.2.3", checks: { database: true, schema: true, load: true } });
    const cases: [Partial<Readiness>, string, object][] = [
      [{ database: async () => false }, "unavailable", { database: false }],
      [{ schema: async () => false }, "unavailable", { schema: false }],
      [{ load: () => false }, "overloaded", { load: false }],
    ];
    for (const [readiness, code, missing] of cases) {
      const answer = await health(readiness);
      expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([503, code, "2"]);
      expect(answer.json().checks).toEqual({ database: true, schema: true, load: true, ...missing });
    }
  });

  test("/readyz does not wait for a database that hangs or throws", async () => {
    const hanging = await health({
      database: () => Promise.withResolvers<boolean>().promise,
      schema: async () => Promise.reject(new Error("x")),
      deadlineMs: 20,
    });
    expect([hanging.statusCode, hanging.json().checks]).toEqual([503, { database: false, schema: false, load: true }]);
  });

  test("a process that cannot keep up turns requests away with 503, but for its watchers", async () => {
    const app = await frontApp();
    // A bound below what any event loop needs: every process is under pressure.
    await relieve(app, { maxDelayMs: Number.MIN_VALUE });
    app.get("/page", { config: { scope: "public" }, schema: { hide: true } }, () => "");
    serveHealth(app, { ...good, load: () => !app.isUnderPressure() });
    await app.ready();
    await expect.poll(() => app.isUnderPressure(), { timeout: 10_000 }).toBe(true);
    const answer = await app.inject("/page");
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([503, "overloaded", "2"]);
    expect((await app.inject("/healthz")).statusCode).toBe(200);
    expect((await app.inject("/readyz")).json()).toMatchObject({ code: "overloaded", checks: { load: false } });
    await app.close();
  });
});

describe("GET /metrics", () => {
  test("counts requests by route pattern, method and status, never by path, and shows pools and process", async () => {
    const app = await frontApp();
    serveMetrics(app, { pools: () => ({ readers: { total: 2, idle: 1, waiting: 7 } }) });
    app.get("/v1/people/:id", { config: { scope: "people:read" }, schema: { hide: true } }, () => ({}));
    const headers = await as("one", "people:read");
    await app.inject({ url: "/v1/people/027085012345", headers });
    await app.inject("/v1/people/1");
    await app.inject("/secret/027085012345");
    const { body, headers: said } = await app.inject("/metrics");
    expect(said["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    const count = (method: string, route: string, status: number) => {
      const labels = [`method="${method}"`, `route="${route}"`, `status="${status}"`];
      const line = body
        .split("\n")
        .find((text) => text.startsWith("http_request_duration_seconds_count") && labels.every((label) => text.includes(label)));
      return Number(line?.split(" ").at(-1));
    };
    expect([count("GET", "/v1/people/:id", 200), count("GET", "/v1/people/:id", 401), count("GET", "unknown", 404)]).toEqual([1, 1, 1]);
    expect(body).not.toContain("027085012345");
    expect(body).toMatch(/^http_requests_in_flight 1$/m);
    expect(body).toMatch(/^db_pool_clients\{pool="readers",state="waiting"\} 7$/m);
    expect(body).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
  });

  test("has figures of its own for each app", async () => {
    const [one, two] = [await frontApp(), await frontApp()];
    for (const app of [one, two]) serveMetrics(app);
    await one.inject("/nowhere");
    expect((await two.inject("/metrics")).body).not.toContain('route="unknown"');
  });
});
