import type { FastifyRequest } from "fastify";
import { openCursor, sealCursor } from "../../core/secrets/cursor.ts";
import { allowOnly, limitOf, single } from "./parts.ts";
import type { Parts, RawQuery } from "./parts.ts";

/** Which page of plain rows a request asks for: its size, and the key after which it begins. @throws Problem for parameters that do not fit */
export function pageAsked(
  parts: Parts,
  request: FastifyRequest,
  bound: string,
  known: readonly string[],
): { limit: number; after: unknown; query: RawQuery } {
  const query = request.query as RawQuery;
  allowOnly(query, known);
  const cursor = query["cursor"] === undefined ? undefined : single("cursor", query["cursor"]);
  const limit = limitOf(query["limit"] === undefined ? undefined : single("limit", query["limit"]));
  return { limit, after: cursor === undefined ? null : openCursor(parts.keys, bound, cursor)[0], query };
}

/** A page of plain rows as it is answered. */
type Page = { data: object[]; page: { limit: number; next: string | null; cursor: string | null; has_more: boolean } };

/** A page of rows of which one more than asked for was read; `key` is what the next page begins after, `bound` what its cursor belongs to. */
export function paged(
  parts: Parts,
  rows: object[],
  limit: number,
  bound: string,
  request: FastifyRequest,
  key: (row: object) => unknown,
  shape: (row: object) => object = (row) => row,
): Page {
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const cursor = hasMore ? sealCursor(parts.keys, bound, [key(shown.at(-1)!)]) : null;
  const parameters = new URLSearchParams(request.url.split("?")[1]);
  if (cursor !== null) parameters.set("cursor", cursor);
  const next = cursor === null ? null : `${request.url.split("?")[0]}?${parameters.toString()}`;
  return { data: shown.map((row) => shape(row)), page: { limit, next, cursor, has_more: hasMore } };
}
