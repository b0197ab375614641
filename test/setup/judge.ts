import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Document } from "../../src/http/openapi.ts";

/** What a service answered, as a client sees it. */
export type Judged = { method: string; path: string; status: number; type: string; body: unknown };

/** Says what of an answer the service's own OpenAPI document does not declare; undefined when everything fits. */
export type Judge = (answer: Judged) => string | undefined;

const ROOT = "https://judge.example/openapi.json";

const COMMITTED = fileURLToPath(new URL("../../openapi/trithuc.v1.json", import.meta.url));
let committed: Judge | undefined;

/** The judge by the document that integrators read, which `openapi --check` holds against the code; compiled once for all files of a worker. */
export const committedJudge = (): Judge => (committed ??= judgeOf(committedDocument()));

/** The document that integrators read. */
export const committedDocument = (): Document => JSON.parse(readFileSync(COMMITTED, "utf8")) as Document;

/** A second judge beside zod: the document as any client's validator reads it (JSON Schema 2020-12 with formats). */
function judgeOf(document: Document): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, validateSchema: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: ROOT, ...document });
  const compiled = new Map<string, ValidateFunction>();
  const templates = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }));

  const validator = (pointer: string[]) => {
    const ref = `${ROOT}#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    const found = compiled.get(ref) ?? ajv.compile({ $ref: ref });
    compiled.set(ref, found);
    return found;
  };
  const fits = (pointer: string[], body: unknown): string | undefined => {
    const validate = validator(pointer);
    return validate(body) ? undefined : ajv.errorsText(validate.errors, { separator: "\n" });
  };

  return ({ method, path, status, type, body }) => {
    const matching = templates.filter(({ pattern }) => pattern.test(path)).toSorted((a, b) => literal(b.path) - literal(a.path));
    const template = matching.find((one) => document.paths[one.path]?.[method.toLowerCase()]) ?? matching[0];
    const operation = template && document.paths[template.path]?.[method === "HEAD" ? "get" : method.toLowerCase()];
    if (!operation) {
      if (status < 400) return status === 204 ? undefined : `${method} ${path} answered ${status} and is not in the document`;
      return type === "application/problem+json" || body === undefined
        ? fits(["components", "schemas", "Problem"], body)
        : `not a problem: ${type}`;
    }
    const where = ["paths", template.path, method === "HEAD" ? "get" : method.toLowerCase(), "responses", String(status)];
    const declared = operation.responses[String(status)] as { $ref?: string; content?: Record<string, unknown> } | undefined;
    if (!declared) return `${method} ${template.path} does not declare ${status}`;
    const shared = declared.$ref?.split("/").slice(1);
    const content = shared
      ? (document.components["responses"] as Record<string, { content?: Record<string, unknown> }>)[shared.at(-1)!]?.content
      : declared.content;
    if (method === "HEAD" || body === undefined || body === "") {
      return method !== "HEAD" && content ? `${method} ${template.path} ${status} has no body` : undefined;
    }
    if (!content?.[type]) return `${method} ${template.path} ${status} does not declare ${type || "a body"}`;
    return fits([...(shared ?? where), "content", type, "schema"], body);
  };
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/[.$]/g, "\\$&").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
/** Segments that are no parameter: `/v1/people/search` goes before `/v1/people/{id}`. */
const literal = (path: string): number => path.split("/").filter((part) => !part.startsWith("{")).length;
