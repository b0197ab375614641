import { Problem, problemOf } from "../../core/problems.ts";
import { pointerOf } from "../../core/registry/validate.ts";
import type { ProblemCode, Violation } from "../../core/problems.ts";

/** Errors of the framework and its plugins by their code (fastify 5.12, multipart 10, under-pressure 9). */
const BY_CODE: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid-header",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed-json",
  FST_ERR_CTP_INVALID_JSON_BODY: "malformed-json",
  FST_ERR_BAD_URL: "invalid-parameter",
  FST_ERR_MAX_PARAM_LENGTH: "uri-too-long",
  FST_ERR_HANDLER_TIMEOUT: "unavailable",
  FST_ERR_NOT_FOUND: "route-not-found",
  FST_UNDER_PRESSURE: "overloaded",
  FST_REQ_FILE_TOO_LARGE: "file-too-large",
  FST_FILES_LIMIT: "validation-failed",
  FST_PARTS_LIMIT: "validation-failed",
  FST_FIELDS_LIMIT: "validation-failed",
  FST_PROTO_VIOLATION: "unknown-field",
  FST_INVALID_MULTIPART_CONTENT_TYPE: "unsupported-media-type",
  FST_INVALID_JSON_FIELD_ERROR: "malformed-json",
  FST_MP_PREMATURE_CLOSE: "file-unreadable",
};

/** What is left: errors that say no more than a status. */
const BY_STATUS: Record<number, ProblemCode> = {
  400: "malformed-json",
  401: "unauthenticated",
  404: "not-found",
  405: "method-not-allowed",
  406: "not-acceptable",
  408: "request-timeout",
  413: "body-too-large",
  414: "uri-too-long",
  415: "unsupported-media-type",
  429: "rate-limited",
  431: "headers-too-large",
  503: "overloaded",
};

/** The form parser says these in words alone (busboy 3 under multipart 10). */
const BY_WORDS: [RegExp, ProblemCode][] = [
  [/^(Unexpected end of multipart data|(Part|File) terminated early)/, "file-unreadable"],
  [/^(Multipart: Boundary not found|Boundary required|The needle cannot)/, "invalid-header"],
];

type Issue = { instancePath?: string; keyword?: string; params?: Record<string, unknown> };

/** The problem that an error of the framework or of a plugin stands for, or undefined when it is not one of theirs. */
export function problemOfFramework(error: unknown): Problem | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, statusCode, validation, validationContext } = error as Record<string, unknown>;
  if (Array.isArray(validation))
    return problemOf(
      validation.flatMap((issue: Issue) => violationsOf(issue, validationContext)),
      partOf(validationContext),
    );
  const known = typeof code === "string" && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const words = error instanceof Error ? BY_WORDS.find(([pattern]) => pattern.test(error.message))?.[1] : undefined;
  const found = known ?? words ?? (typeof statusCode === "number" ? BY_STATUS[statusCode] : undefined);
  return found && new Problem(found, { cause: error });
}

function partOf(context: unknown): "query" | "body" {
  return context === "body" ? "body" : "query";
}

/** One violation for each fault that a validator names; its own words are left out, since they may quote values. */
function violationsOf({ instancePath = "", keyword, params = {} }: Issue, context: unknown): Violation[] {
  const unknown =
    keyword === "unrecognized_keys"
      ? (params["keys"] as string[])
      : keyword === "additionalProperties"
        ? [String(params["additionalProperty"])]
        : [];
  const base = instancePath === "/" ? "" : instancePath;
  if (unknown.length > 0) {
    const code = context === "body" ? "unknown-field" : "unknown-parameter";
    const detail = { vi: "Không có tên này.", en: "There is no such name." };
    return unknown.map((name) => ({ code, detail, ...placeOf(base + pointerOf([name]), context) }));
  }
  const code = context === "body" ? "validation-failed" : context === "headers" ? "invalid-header" : "invalid-parameter";
  return [{ code, detail: { vi: "Giá trị không hợp lệ.", en: "The value is not valid." }, ...placeOf(base, context) }];
}

function placeOf(path: string, context: unknown): Pick<Violation, "pointer" | "parameter" | "header"> {
  if (context === "body") return { pointer: path };
  const name = path.slice(1);
  return context === "headers" ? { header: name } : { parameter: name };
}
