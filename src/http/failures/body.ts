import { MOST_TOLD, PROBLEMS } from "../../core/problems.ts";
import type { Problem, Violation } from "../../core/problems.ts";
import type { Language } from "../language.ts";

/** What an answer needs beside the problem: the request's id, the reader's language, and the address under which `/problems` stands. */
export type Circumstances = { requestId: string; language: Language; publicUrl: string };

/** A failure, ready to be sent: status, headers, and the body of RFC 9457 as text. */
export type Answer = { status: number; headers: Record<string, string>; body: string };

const LONGEST_TEXT = 500;

/** Says a problem in the reader's language. At most 100 violations are told, and `errors_omitted` counts the rest. */
export function answerOf(problem: Problem, { requestId, language, publicUrl }: Circumstances): Answer {
  const { status, title, about } = PROBLEMS[problem.code];
  const told = problem.errors.slice(0, MOST_TOLD).map((violation) => saying(violation, language));
  const omitted = problem.errors.length - told.length;
  const body = {
    ...problem.members,
    type: `${publicUrl}/problems/${problem.code}`,
    title: title[language],
    status,
    detail: bounded((problem.detail ?? about)[language]),
    code: problem.code,
    request_id: requestId,
    errors: told,
    ...(omitted > 0 ? { errors_omitted: omitted } : {}),
  };
  const headers = {
    ...defaultHeaders(problem),
    ...problem.headers,
    "content-type": "application/problem+json",
    "content-language": language,
    "cache-control": "private, no-store",
    "x-request-id": requestId,
  };
  return { status, headers, body: JSON.stringify(body) };
}

/** RFC 9110 and the contract want these whoever threw. */
function defaultHeaders({ code, status }: Problem): Record<string, string> {
  if (status === 401) return { "www-authenticate": 'Bearer realm="trithuc"' };
  if (status === 503) return { "retry-after": "2" };
  if (status === 429 || code === "idempotency-in-progress") return { "retry-after": "1" };
  return {};
}

function saying(violation: Violation, language: Language): Record<string, unknown> {
  const { detail, ...where } = violation;
  const bound = Object.entries(where).map(([key, value]) => [key, typeof value === "string" ? bounded(value) : value]);
  return { code: violation.code, detail: bounded(detail[language]), ...Object.fromEntries(bound) };
}

/** A pointer or a text may quote a member's name, and a name may be as long as the body: 100 of those would be an answer of megabytes. */
function bounded(text: string): string {
  const whole = text.toWellFormed();
  return whole.length <= LONGEST_TEXT ? whole : `${whole.slice(0, LONGEST_TEXT).toWellFormed()}…`;
}
