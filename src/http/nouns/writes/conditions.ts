import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { attempts, Problem } from "../../../core/problems.ts";
import { preconditionOf } from "../records.ts";

/** The headers of a whole record's statement: whether it is to be the first one, or which version it replaces. */
export const conditions = z.object({
  "if-none-match": z
    .literal("*")
    .optional()
    .meta({ description: "`*`: nobody holds the identifier yet; creates. One of the two conditions must be sent.", example: "*" }),
  "if-match": z.string().optional().meta({ description: "The `ETag` or version that is replaced.", example: '"1"' }),
});

/** What the client expects to find: a version, or nothing at all. @throws Problem `invalid-header` */
export function expectedOf(request: FastifyRequest): { version: number | null; absent: boolean } {
  const [{ version }, absent] = attempts(
    "query",
    () => preconditionOf(request),
    () => absentIn(request),
  );
  return { version, absent };
}

function absentIn({ headers }: FastifyRequest): boolean {
  const header = headers["if-none-match"];
  if (header === undefined || header.trim() === "*") return header !== undefined;
  const detail = { vi: "If-None-Match của lời gọi này chỉ nhận *.", en: "If-None-Match of this call takes * alone." };
  throw new Problem("invalid-header", { detail, errors: [{ code: "invalid-header", header: "If-None-Match", detail }] });
}
