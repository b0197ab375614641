import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { documentText } from "../../src/cli/openapi.ts";
import type { Document } from "../../src/http/openapi.ts";

const FILE = join(import.meta.dirname, "../../openapi/trithuc.v1.json");

let text: string;
let document: Document;
type Operation = { id: string } & Record<string, unknown>;
let operations: Operation[];

beforeAll(async () => {
  text = await documentText();
  document = JSON.parse(text) as Document;
  operations = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((one) => ({ ...one, id: one["operationId"] as string })),
  );
});

describe("the OpenAPI document", () => {
  test("that is committed is what the code says: `npm run openapi` writes it anew", () => {
    // Compared as one text: a difference of two documents of 600 KB is no message.
    expect(readFileSync(FILE, "utf8") === text).toBe(true);
  });

  test("names each operation once, with summary, description, scope, tag and its answers", () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const poor = operations.filter(
      (one) => !one["summary"] || !one["description"] || !one["x-scope"] || !(one["tags"] as string[])?.length,
    );
    expect(poor.map(({ id }) => id)).toEqual([]);
    const silent = operations.filter(({ responses }) => !Object.keys(responses as object).some((status) => status.startsWith("2")));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test("describes each parameter and each member of what is sent", () => {
    const parameters = operations.flatMap(({ id, parameters }) =>
      ((parameters ?? []) as { name: string; description?: string; $ref?: string }[])
        .filter((one) => !one.$ref && !one.description)
        .map(({ name }) => `${id}: ${name}`),
    );
    expect(parameters).toEqual([]);
    const schemas = document.components["schemas"] as Record<
      string,
      { properties?: Record<string, { description?: string; $ref?: string }> }
    >;
    const members = Object.entries(schemas)
      .filter(([name]) => /^(Create|Change|Search|Decide)/.test(name))
      .flatMap(([shape, { properties = {} }]) =>
        Object.entries(properties).flatMap(([member, { description, $ref }]) =>
          description || $ref || isList(properties[member]) ? [] : [`${shape}.${member}`],
        ),
      );
    expect(members).toEqual([]);
  });

  test("shows at most 40 parameters a list beside its controls", () => {
    const controls = 8;
    const many = operations.filter(
      ({ parameters }) => ((parameters ?? []) as { in: string }[]).filter((one) => one.in === "query").length > 40 + controls,
    );
    expect(many.map(({ id }) => id)).toEqual([]);
  });

  test("points at nothing that is not in it", () => {
    const missing = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)]
      .map(([, path]) => path!)
      .filter(
        (path) =>
          path.split("/").reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document) === undefined,
      );
    expect([...new Set(missing)]).toEqual([]);
  });

  test("carries the request's id in every answer", () => {
    const responses = operations.flatMap(({ id, responses }) =>
      Object.entries(responses as Record<string, { $ref?: string; headers?: object }>).flatMap(([status, response]) => {
        const shared = response.$ref?.split("/").at(-1);
        const own = shared ? (document.components["responses"] as Record<string, { headers?: object }>)[shared]! : response;
        return "X-Request-Id" in (own.headers ?? {}) ? [] : [`${id} ${status}`];
      }),
    );
    expect(responses).toEqual([]);
  });
});

const isList = (schema: unknown): boolean => (schema as { items?: object } | undefined)?.items !== undefined;
