import type { FastifyInstance, FastifyReply } from "fastify";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const SENT = "Authorization, Accept, Accept-Language, Content-Type, If-Match, If-None-Match, Idempotency-Key, Access-Purpose, X-Request-Id";
const SHOWN =
  "Content-Language, Dry-Run, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id";

/**
 * Lets pages of exactly these origins call the service from a browser.
 *
 * Not by the usual plugin: its catch-all route makes every path a known one for OPTIONS, and what stands in `Allow` would be gone.
 */
export function allowOrigins(app: FastifyInstance, origins: ReadonlySet<string>): void {
  app.addHook("onRequest", async (request, reply) => {
    addVary(reply, "Origin");
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return;
    reply.headers({ "access-control-allow-origin": origin, "access-control-expose-headers": SHOWN });
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return;
    reply.headers({ "access-control-allow-methods": METHODS, "access-control-allow-headers": SENT, "access-control-max-age": "600" });
  });
}

function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader("vary");
  reply.header("vary", known === undefined ? name : `${String(known)}, ${name}`);
}
