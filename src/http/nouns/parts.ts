import type { FastifyRequest } from "fastify";
import { dayInVietnam } from "../../core/time/clock.ts";
import { isPartialDate } from "../../core/time/partial-date.ts";
import { Problem } from "../../core/problems.ts";
import { UUID } from "../../core/registry/scalars.ts";
import type { Violation } from "../../core/problems.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import type { Writing } from "../../db/write/facts.ts";
import type { Database } from "../../db/pools.ts";
import type { KeptAnswers } from "../../db/readers/kept.ts";
import type { Catalog, Context } from "../../db/query/source.ts";
import type { Trace } from "../../db/write/access-log.ts";
import { resolveTerritory } from "../../db/territory.ts";
import { settle } from "../access/auth.ts";
import type { Pages } from "./prepared.ts";

/** What every route works with; made once in `main.ts`. */
export type Parts = {
  database: Database;
  keys: Keys;
  catalog: Catalog;
  publicUrl: () => string;
  clock: () => Date;
  pages: Pages;
  /** Without it each answer is made when it is asked for. */
  kept?: KeptAnswers;
  /** The file outside the database that remembers who was erased. */
  erasureLog?: string;
};

/** The query of a request, as Fastify reads it: repetitions are arrays. */
export type RawQuery = Record<string, string | string[]>;

/** Who asks and what day it is, for the compiler. */
export function contextOf(request: FastifyRequest, parts: Parts, asOf: string | null = null, inUrl = true): Context {
  const { actor, claims } = request;
  const today = dayInVietnam(parts.clock());
  const context = { actor, catalog: parts.catalog, keys: parts.keys, today, asOf, inUrl, trace: traceOf(request) };
  return claims === undefined ? context : { ...context, claims };
}

/** The same with the actor's territory looked up, on a route that looks it up itself. */
export async function settledContext(request: FastifyRequest, parts: Parts, asOf: string | null = null): Promise<Context> {
  await settle(request, (org, loc) => resolveTerritory(parts.database.points, org, loc));
  return contextOf(request, parts, asOf);
}

/** What the access log names of a request. */
function traceOf({ id, routeOptions }: FastifyRequest): Trace {
  const { operationId = "" } = (routeOptions.schema ?? {}) as { operationId?: string };
  return { requestId: id, operation: operationId };
}

/** What a command works with. `reason` is kept in the history. */
export function writingOf(request: FastifyRequest, parts: Parts): Writing {
  const query = request.query as RawQuery;
  allowOnly(query, ["reason"]);
  return { workers: parts.database.workers, context: contextOf(request, parts), reason: reasonOf(query) };
}

/** Why something is written, null where nobody said. @throws Problem `invalid-parameter` beyond 300 characters */
export function reasonOf(query: RawQuery): string | null {
  const reason = query["reason"] === undefined ? null : single("reason", query["reason"]).normalize("NFC");
  if (reason !== null && [...reason].length > 300)
    throw invalid({ parameter: "reason", limit: 300, value: [...reason].length }, "nhiều nhất 300 ký tự", "at most 300 characters");
  return reason?.replace(/\p{Cc}/gu, " ") ?? null;
}

/** The one value of a parameter. @throws Problem `invalid-parameter` when it stands twice. */
export function single(parameter: string, value: string | string[]): string {
  if (Array.isArray(value)) throw invalid({ parameter }, "chỉ một giá trị", "one value only");
  return value;
}

/** @throws Problem `unknown-parameter` for each parameter that an operation does not have. */
export function allowOnly(query: RawQuery, known: readonly string[]): void {
  const errors = Object.keys(query).flatMap((parameter): Violation[] =>
    known.includes(parameter)
      ? []
      : [
          {
            code: "unknown-parameter",
            parameter,
            detail: { vi: `Không có tham số “${parameter.slice(0, 80)}”.`, en: `There is no parameter \`${parameter.slice(0, 80)}\`.` },
          },
        ],
  );
  if (errors.length > 0) throw new Problem("unknown-parameter", { errors });
}

/** A UUID from the path. @throws Problem `invalid-parameter` */
export function idOf(request: FastifyRequest, parameter = "id"): string {
  const id = (request.params as Record<string, string>)[parameter] ?? "";
  // `/v1/people/`: the router takes what follows the last slash for an empty id.
  if (id === "") throw new Problem("route-not-found");
  if (!UUID.test(id)) throw invalid({ parameter }, "một UUID", "a UUID");
  return id.toLowerCase();
}

/** A full day from the query, or null. @throws Problem `invalid-parameter` */
export function dayOf(query: RawQuery, parameter: string): string | null {
  const value = query[parameter];
  if (value === undefined) return null;
  const day = single(parameter, value);
  if (day.length !== 10 || !isPartialDate(day)) throw invalid({ parameter }, "một ngày đầy đủ, YYYY-MM-DD", "a full day, YYYY-MM-DD");
  return day;
}

/** An instant from the query as the database takes it, to the microsecond, or null. @throws Problem `invalid-parameter` */
export function instantOf(query: RawQuery, parameter: string): string | null {
  const value = query[parameter];
  if (value === undefined) return null;
  const [, day, time, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3])(?::[0-5]\d){2})(?:\.(\d{1,9}))?([Zz]|[+-](?:0\d|1[0-4]):[0-5]\d)$/.exec(
      single(parameter, value),
    ) ?? [];
  if (day === undefined || !isPartialDate(day))
    throw invalid(
      { parameter },
      "một thời điểm như 2026-01-31T08:00:00Z (dấu + của múi giờ viết là %2B)",
      "an instant like 2026-01-31T08:00:00Z (the + of an offset is written %2B)",
    );
  return `${day}T${time}.${fraction.slice(0, 6).padEnd(6, "0")}${zone!.toUpperCase()}`;
}

/** How many records a page has: at most, and where nothing is said. */
export const LIMITS = { page: 500, usual: 50 };

/** How many records a page is to have. @throws Problem `invalid-parameter`: a page too large is refused, not cut. */
export function limitOf(text: string | undefined): number {
  if (text === undefined) return LIMITS.usual;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMITS.page) return limit;
  const value = text.trim() !== "" && Number.isSafeInteger(Number(text)) ? { value: Number(text) } : {};
  throw invalid(
    { parameter: "limit", limit: LIMITS.page, ...value },
    `một số từ 1 đến ${LIMITS.page}`,
    `a number from 1 to ${LIMITS.page}`,
  );
}

/** Whether a page is to say how many there are. @throws Problem `invalid-parameter` */
export function countOf(text: string | undefined): "none" | "estimate" | "exact" {
  if (text === undefined || text === "none") return "none";
  if (text === "estimate" || text === "exact") return text;
  throw invalid({ parameter: "count" }, "none, estimate hoặc exact", "none, estimate or exact");
}

/** A problem of one parameter, said as what it takes. */
export function invalid(where: Pick<Violation, "parameter" | "limit" | "value">, vi: string, en: string): Problem {
  const detail = { vi: `“${where.parameter}” cần ${vi}.`, en: `\`${where.parameter}\` takes ${en}.` };
  return new Problem("invalid-parameter", { detail, errors: [{ code: "invalid-parameter", detail, ...where }] });
}
