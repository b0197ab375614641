import { STATUS_CODES } from "node:http";
import type { RouteOptions } from "fastify";
import type { ScopeRule } from "../access/auth.ts";
import { problems, usualStatuses } from "./problems.ts";
import { isZod } from "./shapes.ts";
import type { Direction, JsonSchema, Shapes } from "./shapes.ts";

/** What a route says of itself beside its shapes. */
type Schema = Record<string, unknown> & { hide?: boolean; operationId?: string; response?: Record<string, unknown> };

const REQUEST_PARTS = ["params", "querystring", "headers", "body"] as const;

/** A route's schema as `@fastify/swagger` takes it: JSON Schema alone, with its access and all its failures. */
export function describeOperation(route: RouteOptions, shapes: Shapes): Schema {
  const schema = (route.schema ?? {}) as Schema;
  if (schema.hide === true) return schema;
  if (schema.operationId === undefined) throw new Error(`${String(route.method)} ${route.url} has no operationId: name it or hide it`);
  const described: Schema = { ...schema, ...access(route.config?.scope) };
  for (const part of REQUEST_PARTS) {
    if (schema[part] !== undefined) described[part] = describePart(schema[part], "input", shapes);
  }
  const usual = usualStatuses({
    open: route.config?.scope === "public",
    params: route.url.includes(":"),
    body: schema["body"] !== undefined,
  });
  const response = { ...problems(...usual), ...schema.response };
  const entries = Object.entries(response).map(([status, declared]) => [status, describeResponse(status, declared, shapes)]);
  return { ...described, response: Object.fromEntries(entries) };
}

/** Several scopes are alternatives, and so are the members of `security`. */
function access(rule: ScopeRule | undefined): { security: { bearer: string[] }[]; "x-scope": ScopeRule } {
  if (rule === undefined || rule === "public") return { security: [], "x-scope": "public" };
  if (rule === "any") return { security: [{ bearer: [] }], "x-scope": "any" };
  return { security: [rule].flat().map((scope) => ({ bearer: [scope] })), "x-scope": rule };
}

function describePart(declared: unknown, direction: Direction, shapes: Shapes): JsonSchema {
  const { content } = declared as { content?: Record<string, { schema: unknown }> };
  if (isZod(declared) || content === undefined) return shapes.schemaOf(declared, direction);
  return { content: describeContent(content, direction, shapes) };
}

function describeContent(content: Record<string, { schema: unknown }>, direction: Direction, shapes: Shapes): JsonSchema {
  const entries = Object.entries(content).map(([type, media]) => {
    return [type, { ...media, schema: shapes.schemaOf(media.schema, direction) }];
  });
  return Object.fromEntries(entries);
}

function describeResponse(status: string, declared: unknown, shapes: Shapes): JsonSchema {
  const fallback = STATUS_CODES[status] ?? status;
  if (isZod(declared)) {
    return { description: declared.description ?? fallback, content: describeContent(jsonOf(declared), "output", shapes) };
  }
  const {
    description = fallback,
    headers,
    content,
    ...schema
  } = declared as JsonSchema & { content?: Record<string, { schema: unknown }> };
  const about = { description, ...(headers === undefined ? {} : { headers }) };
  if (content !== undefined) return { ...about, content: describeContent(content, "output", shapes) };
  // `type: "null"` is how a response without a body is said to the plugin.
  if (schema["type"] === undefined || schema["type"] === "null") return { ...about, type: "null" };
  return { ...about, content: describeContent(jsonOf(schema), "output", shapes) };
}

function jsonOf(schema: unknown): Record<string, { schema: unknown }> {
  return { "application/json": { schema } };
}
