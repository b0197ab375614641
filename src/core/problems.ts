import { ACCESS_PROBLEMS } from "./problem-texts/access.ts";
import { CONTENT_PROBLEMS } from "./problem-texts/contents.ts";
import { REQUEST_PROBLEMS } from "./problem-texts/requests.ts";
import { SERVICE_PROBLEMS } from "./problem-texts/service.ts";
import { STATE_PROBLEMS } from "./problem-texts/states.ts";

/** A text for people, in both languages of the service. */
export type Bilingual = { vi: string; en: string };

/** What a code of the closed list promises: its status, its title, and what happened and what to do. */
export type ProblemText = { status: number; title: Bilingual; about: Bilingual };

const ALL = { ...REQUEST_PROBLEMS, ...ACCESS_PROBLEMS, ...STATE_PROBLEMS, ...CONTENT_PROBLEMS, ...SERVICE_PROBLEMS };

/** A code of the closed list; it never changes once it has been served. */
export type ProblemCode = keyof typeof ALL;

/** The closed list: every failure that the service answers is one of these. */
export const PROBLEMS: Record<ProblemCode, ProblemText> = ALL;

/** One thing that is wrong, at one place: `pointer` into the body (RFC 6901), `parameter` of query or path, `header`, or sheet `cell`. */
export type Violation = {
  code: ProblemCode;
  detail: Bilingual;
  pointer?: string;
  parameter?: string;
  header?: string;
  cell?: string;
  did_you_mean?: string;
  limit?: number;
  value?: number;
};

/** What a problem may say beyond its code: `members` join the answer's top level, `headers` its HTTP headers. */
export type ProblemOptions = {
  detail?: Bilingual;
  errors?: Violation[];
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
};

/** A failure with a code of the closed list: the only kind of error whose contents reach a client. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly errors: Violation[];
  readonly detail: Bilingual | undefined;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    // The message is the code alone: messages end up in logs, and a detail may quote what a client sent.
    super(code, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.errors = options.errors ?? [];
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  /** The HTTP status of the code. */
  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/**
 * The problem that carries all violations of one part of a request.
 *
 * One code shared by all is the problem's own; else `invalid-parameter` (query, path, headers) or `validation-failed` (body).
 * A body whose faults are unknown members alone is thereby 400 `unknown-field`.
 */
export function problemOf(errors: Violation[], part: "query" | "body"): Problem {
  const codes = new Set(errors.map((error) => error.code));
  const [first] = codes;
  const mixed: ProblemCode = part === "query" ? "invalid-parameter" : "validation-failed";
  if (first === undefined || codes.size > 1) return new Problem(mixed, { errors });
  const [only] = errors;
  const detail = errors.length === 1 && only !== undefined ? { detail: only.detail } : {};
  return new Problem(first, { errors, ...detail });
}

/**
 * Runs every attempt and gives what they gave; if any failed, one problem with the violations of all of them.
 *
 * `const [limit, tree] = attempts("query", () => limitOf(text), () => treeOf(query))`
 */
export function attempts<T extends readonly (() => unknown)[]>(part: "query" | "body", ...each: T): { [K in keyof T]: ReturnType<T[K]> } {
  const errors: Violation[] = [];
  const given = each.map((attempt) => {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Problem) || error.errors.length === 0) throw error;
      errors.push(...error.errors);
      return undefined;
    }
  });
  if (errors.length > 0) throw problemOf(errors, part);
  return given as { [K in keyof T]: ReturnType<T[K]> };
}

/** So many violations of one request are told; what they may have meant is looked for no further. */
export const MOST_TOLD = 100;

/**
 * The known name nearest to a mistyped one, for `did_you_mean`; undefined when none is near.
 *
 * `nearest("brith_year", ["birth_year", "gender"]) === "birth_year"`. Near is an edit distance (with transpositions) of at most a third of
 * the length, or a name of which the given one is a whole dotted or underscored part.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  // A client may send a name of 8 KiB; the distance is quadratic, and nothing that long is a typing error.
  if (name.length === 0 || name.length > 80) return undefined;
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let least = allowed + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best ?? known.find((candidate) => wanted.length >= 3 && candidate.toLowerCase().split(/[._]/).includes(wanted));
}

/** Optimal string alignment: insertions, deletions, substitutions and neighbours swapped. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
