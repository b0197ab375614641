import type { FastifyRequest } from "fastify";
import { Problem } from "../../../core/problems.ts";
import { lookupHash } from "../../../core/secrets/sealing.ts";
import type { Keys } from "../../../core/secrets/sealing.ts";
import type { Key } from "../../../db/write/idempotency.ts";

/** Characters of a key at most: a UUID has 36, and what proxies pass on is more than this. */
export const LONGEST_KEY = 255;

/**
 * The `Idempotency-Key` of a request, null without one: 1 to 255 visible ASCII characters, taken as they stand.
 * Two clients' keys are two keys. Members of the body in another order make the same request, any other difference another one.
 * @throws Problem `invalid-header`
 */
export function keyOf(request: FastifyRequest, keys: Keys): Key | null {
  const header = request.headers["idempotency-key"];
  if (header === undefined) return null;
  // Node joins a repeated header by a comma and a blank, which no key has.
  if (typeof header !== "string" || !/^[\x21-\x7e]+$/.test(header) || header.length > LONGEST_KEY) {
    const detail = {
      vi: `Idempotency-Key cần từ 1 đến ${LONGEST_KEY} ký tự ASCII nhìn thấy được, không có dấu cách.`,
      en: `Idempotency-Key takes 1 to ${LONGEST_KEY} visible ASCII characters without blanks.`,
    };
    throw new Problem("invalid-header", { detail, errors: [{ code: "invalid-header", header: "Idempotency-Key", detail }] });
  }
  const { client } = request.actor;
  return { hash: lookupHash(keys, "idempotency-key", `${client}\0${header}`), fingerprint: fingerprintOf(request, keys), client, keys };
}

function fingerprintOf({ method, url, body }: FastifyRequest, keys: Keys): Buffer {
  return lookupHash(keys, "idempotency-request", `${method} ${url}\0${JSON.stringify(ordered(body))}`);
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, ordered(inner)]);
}
