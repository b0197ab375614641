import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Fastify from "fastify";
import { z } from "zod";
import { describe, expect, test } from "vitest";
import { describeRoutes, documentOf } from "../../src/http/openapi.ts";
import type { Document } from "../../src/http/openapi.ts";
import { addSampleRoutes, sampleRuleOf } from "./sample-routes.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
type App = ReturnType<typeof Fastify>;

async function described(addRoutes: (app: App) => void = addSampleRoutes): Promise<Document> {
  const app = Fastify({ exposeHeadRoutes: true });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.addHook("onRoute", (route) => {
    const { scope } = sampleRuleOf(String((route.schema as { operationId?: string } | undefined)?.operationId)) ?? {};
    if (scope !== undefined) route.config = { ...route.config, scope };
  });
  await describeRoutes(app, { publicUrl: () => "https://tri-thuc.example", version: "1.2.3" });
  addRoutes(app);
  await app.ready();
  return documentOf(app);
}

/** What stands at a place in the document. */
function at(value: unknown, ...path: string[]): unknown {
  const [key, ...rest] = path;
  return key === undefined ? value : at((value as Record<string, unknown> | undefined)?.[key], ...rest);
}

const keysAt = (value: unknown, ...path: string[]) => Object.keys(at(value, ...path) ?? {});

function named(type: z.ZodType) {
  return type.meta({ id: "Twice", description: "Named twice." });
}

describe("the document", () => {
  test("passes the recommended rules of redocly without an error or a warning", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trithuc-openapi-"));
    try {
      const file = join(folder, "openapi.json");
      writeFileSync(file, JSON.stringify(await described()));
      const command = [
        join(ROOT, "node_modules/@redocly/cli/bin/cli.js"),
        "lint",
        file,
        "--config",
        join(ROOT, "redocly.yaml"),
        "--format",
        "json",
      ];
      const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
      const { stdout } = await promisify(execFile)(process.execPath, command, { env, cwd: folder });
      const { totals, problems } = JSON.parse(stdout);
      expect(problems).toEqual([]);
      expect(totals).toMatchObject({ errors: 0, warnings: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  test("says a nullable as two types, a format without its pattern, and an example as examples", async () => {
    const schemas = at(await described(), "components", "schemas");
    expect(at(schemas, "Sample", "properties")).toMatchObject({
      gender: { type: ["string", "null"], enum: ["female", "male", null], examples: ["female"], description: "Gender; null is not known." },
      unit: { anyOf: [{ $ref: "#/components/schemas/SampleUnit" }, { type: "null" }], description: "Where it hangs." },
    });
    const born = { type: ["string", "null"], format: "date", description: "Day of birth." };
    expect(at(schemas, "Sample", "properties", "born_on")).toEqual(born);
    expect(at(schemas, "Sample", "properties", "children")).toEqual({ type: "integer", minimum: 0, description: "How many." });
    expect(at(schemas, "Sample", "properties", "email")).toEqual({ type: "string", format: "email" });
    expect(at(schemas, "CreateSample", "examples")).toEqual([{ unit_id: "0199aaaa-0000-7000-8000-000000000002" }]);
    expect(JSON.stringify(schemas)).not.toContain('"example":');
  });

  test("names each shape once, leaves answers open to new members and keeps strict bodies closed", async () => {
    const schemas = at(await described(), "components", "schemas");
    expect(keysAt(schemas)).toEqual([
      "CreateSample",
      "Problem",
      "Sample",
      "SampleList",
      "SampleUnit",
      "SmallSample",
      "Violation",
      "WideSample",
    ]);
    expect(at(schemas, "Sample")).not.toHaveProperty("additionalProperties");
    expect(at(schemas, "CreateSample", "additionalProperties")).toBe(false);
    expect(at(schemas, "Sample", "properties", "kind", "discriminator")).toEqual({ propertyName: "type" });
  });

  test("gives each operation its scope: alternatives, one, any token, nobody", async () => {
    const document = await described();
    expect(at(document, "paths", "/v1/samples", "get")).toMatchObject({
      security: [{ bearer: ["people:read"] }, { bearer: ["directory:read"] }],
      "x-scope": ["people:read", "directory:read"],
    });
    expect(at(document, "paths", "/v1/samples", "post")).toMatchObject({
      security: [{ bearer: ["people:write"] }],
      "x-scope": "people:write",
    });
    expect(at(document, "paths", "/v1/samples/{id}", "delete")).toMatchObject({ security: [{ bearer: [] }], "x-scope": "any" });
    expect(at(document, "paths", "/v1/samples/about", "get")).toMatchObject({ security: [], "x-scope": "public" });
    const bearer = { type: "http", scheme: "bearer", bearerFormat: "JWT" };
    expect(at(document, "components", "securitySchemes", "bearer")).toMatchObject(bearer);
  });

  test("keeps a list's parameters as they are written", async () => {
    const year = { schema: { type: "integer" }, example: 1970, description: "Born in this year or later." };
    const gender = { schema: { type: "array", items: { type: "string", enum: ["female", "male"] } }, description: "Any of these." };
    expect(at(await described(), "paths", "/v1/samples", "get", "parameters")).toEqual([
      { in: "query", name: "birth_year:gte", required: false, ...year },
      { in: "query", name: "gender", required: false, ...gender },
      { $ref: "#/components/parameters/Access-Purpose" },
      { $ref: "#/components/parameters/Accept-Language" },
    ]);
  });

  test("names the headers that any request may carry, a purpose only where persons are read", async () => {
    const { paths, components } = await described();
    const language = [{ $ref: "#/components/parameters/Accept-Language" }];
    expect(at(paths, "/v1/samples/about", "get", "parameters")).toEqual(language);
    expect(at(components, "parameters", "Access-Purpose", "schema", "enum")).toContain("verification");
  });

  test("declares every failure that an operation may answer, shared by status", async () => {
    const { paths, components } = await described();
    const open = ["200", "400", "406", "408", "414", "429", "431", "500", "503"];
    expect(keysAt(paths, "/v1/samples/about", "get", "responses")).toEqual(open);
    const posted = [...open.slice(1), "201", "401", "403", "409", "413", "415", "422"].toSorted();
    expect(keysAt(paths, "/v1/samples", "post", "responses")).toEqual(posted);
    const deleted = [...open.slice(1), "204", "401", "403", "404", "410", "412", "428"].toSorted();
    expect(keysAt(paths, "/v1/samples/{id}", "delete", "responses")).toEqual(deleted);
    expect(at(paths, "/v1/samples", "post", "responses", "409")).toEqual({ $ref: "#/components/responses/Conflict" });
    const content = at(components, "responses", "Conflict", "content");
    expect(content).toEqual({ "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } });
    const limits = ["X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy"];
    expect(keysAt(components, "responses", "TooManyRequests", "headers")).toEqual(limits);
    expect(at(paths, "/v1/samples", "post", "responses", "201", "headers")).toHaveProperty("Location");
    expect(at(paths, "/v1/samples/{id}", "delete", "responses", "204")).not.toHaveProperty("content");
  });

  test("names address, version, licence and both languages of each tag, and hides pages and HEAD", async () => {
    const document = await described();
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Trí Thức", version: "1.2.3", license: { identifier: "Apache-2.0" } },
      servers: [{ url: "https://tri-thuc.example" }],
      tags: [{ name: "people", description: expect.stringContaining(" / ") }, { name: "meta" }],
    });
    expect(keysAt(document, "paths")).not.toContain("/page");
    expect(keysAt(document, "paths", "/v1/samples")).toEqual(["get", "post"]);
  });
});

describe("a mistake in a route", () => {
  const schema = { operationId: "one", summary: "One", tags: ["people"] };

  test("is told when an operation has no name, or its tag no description", async () => {
    await expect(described((app) => app.get("/v1/x", () => ""))).rejects.toThrow("GET /v1/x has no operationId");
    await expect(described((app) => app.get("/v1/x", { schema: { ...schema, tags: ["dragons"] } }, () => ""))).rejects.toThrow("dragons");
  });

  test("is told when two shapes have one name, be it as request and as answer", async () => {
    const twice = described((app) => {
      app.get("/v1/x", { schema: { ...schema, response: { 200: named(z.object({ a: z.string() })) } } }, () => ({}));
      const body = z.object({ b: named(z.object({ b: z.string() })) });
      app.post("/v1/x", { schema: { ...schema, operationId: "two", body } }, () => "");
    });
    await expect(twice).rejects.toThrow("Two different shapes are named Twice");
  });
});
