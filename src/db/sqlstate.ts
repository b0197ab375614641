import { Problem } from "../core/problems.ts";
import type { Bilingual, ProblemCode } from "../core/problems.ts";

/** What the violation of a named constraint means to a client. */
export type ConstraintProblem = { code: ProblemCode; detail: Bilingual; pointer?: string; parameter?: string };

/** Our constraints by name: the nouns fill it, and only what stands in it is told apart. */
export type ConstraintProblems = Readonly<Record<string, ConstraintProblem>>;

/** Seconds after which a client may try again what the database could not do now. */
const RETRY_AFTER = "2";

/** SQLSTATE classes (PostgreSQL manual, appendix A) that mean: not now. 08 connection, 28 login, 53 resources, 57 operator, 58 system. */
const CLASSES_AWAY = new Set(["08", "28", "53", "57", "58"]);

/** Single states that mean the same: no such database, read-only standby, idle timeout, serialization, deadlock, lock timeout. */
const STATES_AWAY = new Set(["3D000", "25006", "25P03", "25P04", "40001", "40P01", "55P03"]);

/** Node's codes of a connection that cannot be had or has gone. */
const NETWORK = new Set(
  "ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL".split(
    " ",
  ),
);

/** pg says these in words alone (pg 8.23). */
const WORDS = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client was closed",
  "Client has encountered a connection error",
  "Cannot use a pool after calling end",
];

/**
 * The problem that an error of the database or of the way to it stands for, or undefined when it is neither or is our own fault.
 *
 * Looks through `cause`s, because the query builder wraps what the driver throws. Nothing of the driver's message, which quotes values,
 * is passed on; it stays in `cause`.
 */
export function problemOfDatabase(error: unknown, constraints: ConstraintProblems = {}): Problem | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const found = readOne(at, constraints, error);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readOne(at: Error, constraints: ConstraintProblems, cause: unknown): Problem | undefined {
  const { code, constraint, severity, syscall } = at as Error & Partial<Record<"code" | "constraint" | "severity" | "syscall", unknown>>;
  const away = () => new Problem("unavailable", { headers: { "retry-after": RETRY_AFTER }, cause });
  if (WORDS.some((words) => at.message.startsWith(words))) return away();
  if (typeof code !== "string") return undefined;
  // A server that restarts takes its Unix socket away: ENOENT, which elsewhere is a file that is missing.
  if (NETWORK.has(code) || syscall === "connect") return away();
  // Node's own errors have codes of five letters too (EPERM): only what Postgres reports has a severity.
  if (severity === undefined || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  if (typeof constraint === "string" && Object.hasOwn(constraints, constraint)) {
    const { code, ...where } = constraints[constraint] as ConstraintProblem;
    return new Problem(code, { detail: where.detail, errors: [{ code, ...where }], cause });
  }
  if (STATES_AWAY.has(code) || CLASSES_AWAY.has(code.slice(0, 2))) return away();
  if (code === "23505") return new Problem("duplicate-identifier", { cause });
  if (code === "23P01") return new Problem("period-overlap", { cause });
  if (code === "23001") return new Problem("in-use", { cause });
  // One state for both ends of a reference, and only the words tell which: what they do not tell is a conflict at least.
  if (code === "23503") return new Problem(endOfReference(at.message), { cause });
  return undefined;
}

function endOfReference(message: string): ProblemCode {
  if (message.startsWith("update or delete on table")) return "in-use";
  return message.startsWith("insert or update on table") ? "unknown-code" : "state-conflict";
}
