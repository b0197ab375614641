import { errorCodes } from "fastify";
import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** How long a body may take to come in, in milliseconds; 15 s where a route says nothing. */
    bodyDeadlineMs?: number;
  }
}

const BODY_DEADLINE_MS = 15_000;

/**
 * The server's own time limits; each is off by default. `requestTimeout` is heeded only where `headersTimeout` does not exceed it, and is
 * looked at only every `connectionsCheckingInterval`. The handler's is per route: it cuts streams.
 */
export const DEADLINES = { requestTimeout: 600_000, keepAliveTimeout: 72_000, handlerTimeout: 8_000 } as const;
export const HTTP_DEADLINES = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 } as const;

/** Gives a body its time to come in, and answers 408 when that is over. To be called after `guardRoutes`. */
export function limitBodies(app: FastifyInstance, usualMs = BODY_DEADLINE_MS): void {
  app.addHook("preParsing", (request, _reply, payload, next) => {
    const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
    if (length === "0" && encoding === undefined) return next(null, payload);
    const { bodyDeadlineMs = usualMs } = request.routeOptions.config;
    const timer = setTimeout(() => {
      // Not destroyed: with the stream the socket would go, and the answer with it.
      if (payload.listenerCount("error") > 0) payload.emit("error", new Problem("request-timeout"));
    }, bodyDeadlineMs);
    timer.unref();
    for (const event of ["end", "close", "error"]) payload.once(event, () => clearTimeout(timer));
    next(null, payload);
  });
}

/**
 * Gives the handler of a request with a body the time that its route allows. Fastify's own timer ends with the body: it is cleared by the
 * request's "close", which comes as soon as the body has been read (5.12.8), so that a write behind a dead network waited for ever.
 */
export function limitHandlers(app: FastifyInstance): void {
  app.addHook("preValidation", (request, reply, next) => {
    const { url = "", handlerTimeout = DEADLINES.handlerTimeout } = request.routeOptions as { url?: string; handlerTimeout?: number };
    const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
    if (length === "0" && encoding === undefined) return next();
    const timer = setTimeout(() => {
      if (!reply.sent && !reply.raw.headersSent) void reply.send(new errorCodes.FST_ERR_HANDLER_TIMEOUT(String(handlerTimeout), url));
    }, handlerTimeout);
    timer.unref();
    reply.raw.once("close", () => clearTimeout(timer));
    next();
  });
}
