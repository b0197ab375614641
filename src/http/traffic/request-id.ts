import { randomUUIDv7 } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A UUID, the 128 bits of a W3C trace in hex, or a ULID. */
const WELL_FORMED = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-7][0-9A-HJKMNP-TV-Z]{25})$/i;

/**
 * The id of a request: the caller's own if it is well-formed, else a new one.
 *
 * Ids stand in the log, so that no free text is taken: somebody would put a name or a number of a person there.
 */
export function requestId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && WELL_FORMED.test(given) ? given : randomUUIDv7();
}
