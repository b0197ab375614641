import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { PROBLEMS } from "../../core/problems.ts";

const Violation = z
  .looseObject({
    code: z.string().meta({ description: "A code of the same closed list." }),
    detail: z.string().meta({ description: "What is wrong here, in the language of the answer." }),
    pointer: z.string().optional().meta({ description: "Where in the body (RFC 6901).", example: "/degrees/0/level" }),
    parameter: z.string().optional().meta({ description: "Which parameter of query or path.", example: "birth_year:gte" }),
    header: z.string().optional().meta({ description: "Which header.", example: "Access-Purpose" }),
    cell: z.string().optional().meta({ description: "Which cell of a spreadsheet.", example: "D12" }),
    did_you_mean: z.string().optional().meta({ description: "The nearest name that exists.", example: "birth_year" }),
    limit: z.number().optional().meta({ description: "The limit that was passed." }),
    value: z.number().optional().meta({ description: "What was counted against the limit." }),
  })
  .meta({ id: "Violation", description: "One thing that is wrong, and where." });

/** The body of every failure (RFC 9457): what a client of any operation may get instead of its answer. */
export const ProblemShape = z
  .looseObject({
    type: z.string().meta({ description: "The page about the code, for people.", format: "uri-reference" }),
    title: z.string().meta({ description: "The code's meaning, in the language of `Accept-Language` (vi unless en is preferred)." }),
    status: z.int().meta({ description: "The HTTP status.", example: 404 }),
    detail: z.string().meta({ description: "What happened here, and what to do." }),
    code: z.string().meta({ description: "From one closed list (`/v1/meta/problems`); it never changes.", example: "not-found" }),
    request_id: z.string().meta({ description: "As in `X-Request-Id`: name it when you ask for help." }),
    errors: z.array(Violation).meta({ description: "All violations at once, at most 100." }),
    errors_omitted: z.int().optional().meta({ description: "How many violations were left out." }),
  })
  .meta({
    id: "Problem",
    description: "A failure (RFC 9457). Some codes add a member, for example `survivor_id`; ignore those that you do not know.",
  });

/** The media type of every failure. */
export const PROBLEM_TYPE = "application/problem+json";

/** How a response is declared: what Fastify and the document both read. */
export type ProblemResponse = { description: string; content: { [PROBLEM_TYPE]: { schema: typeof ProblemShape } } };

/**
 * Declarations of failures for `schema.response`, one for each status: `response: { 200: Person, ...problems(409, 410) }`.
 *
 * Those that any operation may answer are in the document without being named: see `usualStatuses`.
 */
export function problems<Status extends number>(...statuses: readonly Status[]): Record<Status, ProblemResponse> {
  const entries = statuses.map((status) => [
    status,
    { description: saying(status), content: { [PROBLEM_TYPE]: { schema: ProblemShape } } },
  ]);
  return Object.fromEntries(entries) as Record<Status, ProblemResponse>;
}

/** The failures that an operation answers whatever it does: by its access, its path's parameters, its body. */
export function usualStatuses(operation: { open: boolean; params: boolean; body: boolean }): number[] {
  const { open, params, body } = operation;
  const always = [400, 406, 408, 414, 429, 431, 500, 503];
  return [...always, ...(open ? [] : [401, 403]), ...(params ? [404] : []), ...(body ? [413, 415, 422] : [])];
}

function saying(status: number): string {
  const codes = Object.entries(PROBLEMS).flatMap(([code, problem]) => (problem.status === status ? [`\`${code}\``] : []));
  if (codes.length === 0) throw new Error(`No problem of the closed list has the status ${status}`);
  return `${STATUS_CODES[status]}: ${codes.join(", ")}.`;
}
