import { STATUS_CODES } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { PURPOSES, SCOPES } from "../../core/actor.ts";
import { problems } from "./problems.ts";
import { examplesOf } from "./queries.ts";
import type { JsonSchema, Shapes } from "./shapes.ts";
import { describeTags } from "./tags.ts";

/** An OpenAPI 3.1 document, as far as this service reads its own. */
export type Document = JsonSchema & { openapi: string; paths: Record<string, Record<string, Operation>>; components: JsonSchema };

type Response = JsonSchema & { headers?: JsonSchema };
type Operation = JsonSchema & { description?: string; tags?: string[]; parameters?: JsonSchema[]; responses: Record<string, Response> };

/** What the document says before any route: the title, the licence, and how to show who asks. */
export function preamble(version: string): Pick<Document, "openapi" | "components"> & { info: JsonSchema } {
  const info = {
    title: "Trí Thức",
    version,
    summary: "Cơ sở dữ liệu trí thức của tỉnh / The registry of a province's intellectual workforce",
    description:
      "Giao diện lập trình của cơ sở dữ liệu trí thức cấp tỉnh. Mỗi thao tác nêu phạm vi quyền ở `x-scope`; " +
      "mọi lỗi là một Problem (RFC 9457) có trang giải thích tại `/problems/{code}`.\n\n" +
      "The interface of a province's registry of its intellectual workforce. Each operation names its scope in `x-scope`; every failure " +
      "is a Problem (RFC 9457) with a page at `/problems/{code}`. Ignore members that you do not know, and accept new codes: `/v1` only grows.\n\n" +
      "Ví dụ câu hỏi, từ dễ đến khó / Examples of queries, from simple to hard: `listPeople`, `searchPeople`, `suggestPeople`, `reconcile`.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  };
  const bearer = {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: `OAuth 2 access token (RFC 9068). Scopes: ${SCOPES.map((scope) => `\`${scope}\``).join(" ")}.`,
  };
  return { openapi: "3.1.0", info, components: { securitySchemes: { bearer } } };
}

/** Completes what the plugin gathered: addresses, tags, named shapes, shared failures and the headers of every answer. */
export function complete(document: Document, { publicUrl, shapes }: { publicUrl: string; shapes: Shapes }): Document {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods))
      operation.description = (operation.description ?? "") + examplesOf(path, method);
  }
  const shared: Record<string, Response> = {};
  for (const operation of operations) {
    const open = operation["x-scope"] === "public" || operation["x-scope"] === "any";
    operation.parameters = [...(operation.parameters ?? []).map(spelt), ...(open ? [LANGUAGE] : [PURPOSE, LANGUAGE])];
    const known = Object.keys(operation.responses);
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        share(status, withHeaders(status, response, known), shared),
      ]),
    );
  }
  const tags = describeTags(new Set(operations.flatMap((operation) => operation.tags ?? [])));
  const headers = Object.fromEntries(Object.entries(HEADERS).map(([name, { description, schema }]) => [name, { description, schema }]));
  const components = { ...document.components, schemas: shapes.components(), responses: sorted(shared), headers, parameters: PARAMETERS };
  const { openapi, ...rest } = document;
  return { openapi, ...rest, servers: [{ url: publicUrl }], tags, components };
}

/** Headers that a request of any operation may carry; values of persons alone need a purpose. */
const PARAMETERS = {
  "Access-Purpose": {
    name: "Access-Purpose",
    in: "header",
    description: "Why restricted or sensitive values are read; without it they are redacted.",
    schema: { type: "string", enum: PURPOSES },
  },
  "Accept-Language": {
    name: "Accept-Language",
    in: "header",
    description: "The language of problem texts: Vietnamese unless English is preferred.",
    schema: { type: "string" },
    example: "en",
  },
};
const PURPOSE = { $ref: "#/components/parameters/Access-Purpose" };
const LANGUAGE = { $ref: "#/components/parameters/Accept-Language" };

/** `If-Match`, as people write it: Fastify knows headers in lower case. */
function spelt(parameter: JsonSchema): JsonSchema {
  if (parameter["in"] !== "header") return parameter;
  return { ...parameter, name: String(parameter["name"]).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) };
}

/** A header is on answers of these `statuses` (of all without any), `beside` one of which, if named, its operation has. */
type Header = { description: string; schema: JsonSchema; statuses?: string[]; beside?: string[] };

const HEADERS: Record<string, Header> = {
  "X-Request-Id": { description: "The request's id, also in the log and in `request_id` of a problem.", schema: { type: "string" } },
  "Retry-After": {
    description: "Seconds to wait; a 409 has it while the same request is still being worked on.",
    schema: { type: "integer", minimum: 0 },
    statuses: ["409", "429", "503"],
  },
  RateLimit: { description: 'What is left of the rate: `"reads";r=0;t=1`.', schema: { type: "string" }, statuses: ["429"] },
  "RateLimit-Policy": { description: 'The rate: `"reads";q=50;w=1`.', schema: { type: "string" }, statuses: ["429"] },
  // What answers 304 or asks for If-Match is one record with a version; so is whatever was created.
  ETag: {
    description: "The record's version, then a mark of this answer; `If-Match` and `If-None-Match` take it.",
    schema: { type: "string" },
    statuses: ["200", "201"],
    beside: ["201", "304", "428"],
  },
  "Idempotency-Replayed": {
    description: "`true` where the answer is the kept one of an earlier request with the same `Idempotency-Key`.",
    schema: { type: "boolean" },
    statuses: ["201"],
  },
  Location: { description: "Address of the record.", schema: { type: "string", format: "uri" }, statuses: ["201"] },
  "WWW-Authenticate": { description: "The challenge (RFC 6750).", schema: { type: "string" }, statuses: ["401", "403"] },
};

/** A response with the headers due to it; `known` are the statuses of its operation. */
function withHeaders(status: string, response: Response, known: readonly string[]): Response {
  const due = Object.entries(HEADERS).filter(
    ([, { statuses, beside }]) => (statuses?.includes(status) ?? true) && (beside?.some((other) => known.includes(other)) ?? true),
  );
  const headers = Object.fromEntries(due.map(([name]) => [name, { $ref: `#/components/headers/${name}` }]));
  return { ...response, headers: { ...headers, ...response.headers } };
}

/** A failure that is declared alike everywhere stands once, under the name of its status: `NotFound`. */
function share(status: string, response: Response, shared: Record<string, Response>): Response {
  const name = (STATUS_CODES[status] ?? "").replaceAll(/[^A-Za-z]/g, "");
  const usual = Number(status) >= 400 ? problems(Number(status))[Number(status)]?.description : undefined;
  if (response["description"] !== usual) return response;
  if (shared[name] !== undefined && !isDeepStrictEqual(shared[name], response)) return response;
  shared[name] = response;
  return { $ref: `#/components/responses/${name}` };
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
