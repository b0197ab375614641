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
import { addSampleRoutes } from "./sample-routes.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
type Any = Record<string, any>;

async function described(addRoutes: (app: ReturnType<typeof Fastify>) => void = addSampleRoutes): Promise<Any> {
  const app = Fastify({ exposeHeadRoutes: true });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await describeRoutes(app, { publicUrl: () => "https://tri-thuc.example", version: "1.2.3" });
  addRoutes(app);
  await app.ready();
  return documentOf(app);
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
    const { schemas } = (await described()).components;
    expect(schemas.Sample.properties).toMatchObject({
      gender: { type: ["string", "null"], enum: ["female", "male", null], examples: ["female"], description: "Gender; null is not known." },
      unit: { anyOf: [{ $ref: "#/components/schemas/SampleUnit" }, { type: "null" }], description: "Where it hangs." },
    });
    expect(schemas.Sample.properties.born_on).toEqual({ type: ["string", "null"], format: "date", description: "Day of birth." });
    expect(schemas.Sample.properties.children).toEqual({ type: "integer", minimum: 0, description: "How many." });
    expect(schemas.Sample.properties.email).toEqual({ type: "string", format: "email" });
    expect(schemas.CreateSample.examples).toEqual([{ unit_id: "0199aaaa-0000-7000-8000-000000000002" }]);
    expect(JSON.stringify(schemas)).not.toContain('"example":');
  });

  test("names each shape once, leaves answers open to new members and keeps strict bodies closed", async () => {
    const { schemas } = (await described()).components;
    expect(Object.keys(schemas)).toEqual([
      "CreateSample",
      "Problem",
      "Sample",
      "SampleList",
      "SampleUnit",
      "SmallSample",
      "Violation",
      "WideSample",
    ]);
    expect(schemas.Sample).not.toHaveProperty("additionalProperties");
    expect(schemas.CreateSample.additionalProperties).toBe(false);
    expect(schemas.Sample.properties.kind.discriminator).toEqual({ propertyName: "type" });
  });

  test("gives each operation its scope: alternatives, one, any token, nobody", async () => {
    const { paths, components } = await described();
    const access = ({ security, "x-scope": scope }: Any) => [security, scope];
    expect(access(paths["/v1/samples"].get)).toEqual([
      [{ bearer: ["people:read"] }, { bearer: ["directory:read"] }],
      ["people:read", "directory:read"],
    ]);
    expect(access(paths["/v1/samples"].post)).toEqual([[{ bearer: ["people:write"] }], "people:write"]);
    expect(access(paths["/v1/samples/{id}"].delete)).toEqual([[{ bearer: [] }], "any"]);
    expect(access(paths["/v1/samples/about"].get)).toEqual([[], "public"]);
    expect(components.securitySchemes.bearer).toMatchObject({ type: "http", scheme: "bearer", bearerFormat: "JWT" });
  });

  test("keeps a list's parameters as they are written", async () => {
    const { parameters } = (await described()).paths["/v1/samples"].get;
    expect(parameters).toEqual([
      {
        in: "query",
        name: "birth_year:gte",
        required: false,
        schema: { type: "integer" },
        example: 1970,
        description: "Born in this year or later.",
      },
      { in: "query", name: "gender", required: false, schema: expect.objectContaining({ type: "array" }), description: "Any of these." },
    ]);
  });

  test("declares every failure that an operation may answer, shared by status", async () => {
    const { paths, components } = await described();
    const statuses = (operation: Any) => Object.keys(operation.responses).map(Number);
    expect(statuses(paths["/v1/samples/about"].get)).toEqual([200, 400, 406, 408, 414, 429, 431, 500, 503]);
    expect(statuses(paths["/v1/samples"].post)).toEqual([201, 400, 401, 403, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503]);
    expect(statuses(paths["/v1/samples/{id}"].delete)).toEqual([204, 400, 401, 403, 404, 406, 408, 410, 412, 414, 428, 429, 431, 500, 503]);
    expect(paths["/v1/samples"].post.responses[409]).toEqual({ $ref: "#/components/responses/Conflict" });
    expect(components.responses.Conflict.content["application/problem+json"].schema).toEqual({ $ref: "#/components/schemas/Problem" });
    expect(Object.keys(components.responses.TooManyRequests.headers)).toEqual([
      "X-Request-Id",
      "Retry-After",
      "RateLimit",
      "RateLimit-Policy",
    ]);
    expect(paths["/v1/samples"].post.responses[201].headers).toHaveProperty("Location");
    expect(paths["/v1/samples/{id}"].delete.responses[204]).not.toHaveProperty("content");
  });

  test("names address, version, licence and both languages of each tag, and hides pages and HEAD", async () => {
    const document = await described();
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Trí Thức", version: "1.2.3", license: { identifier: "Apache-2.0" } },
      servers: [{ url: "https://tri-thuc.example" }],
    });
    expect(document.tags.map(({ name }: Any) => name)).toEqual(["people", "meta"]);
    expect(document.tags[0].description).toContain(" / ");
    expect(Object.keys(document.paths)).not.toContain("/page");
    expect(Object.keys(document.paths["/v1/samples"])).toEqual(["get", "post"]);
  });
});

describe("a mistake in a route", () => {
  const schema = { operationId: "one", summary: "One", tags: ["people"] };
  const named = (type: z.ZodType) => type.meta({ id: "Twice", description: "Named twice." });

  test("is told when an operation has no name, or its tag no description", async () => {
    await expect(described((app) => app.get("/v1/x", () => ""))).rejects.toThrow("GET /v1/x has no operationId");
    await expect(described((app) => app.get("/v1/x", { schema: { ...schema, tags: ["dragons"] } }, () => ""))).rejects.toThrow("dragons");
  });

  test("is told when two shapes have one name, be it as request and as answer", async () => {
    const two = (app: ReturnType<typeof Fastify>) => {
      app.get("/v1/x", { schema: { ...schema, response: { 200: named(z.object({ a: z.string() })) } } }, () => ({}));
      app.post("/v1/x", { schema: { ...schema, operationId: "two", body: z.object({ b: named(z.object({ b: z.string() })) }) } }, () => "");
    };
    await expect(described(two)).rejects.toThrow("Two different shapes are named Twice");
  });
});
