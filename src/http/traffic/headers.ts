import compress from "@fastify/compress";
import helmet from "@fastify/helmet";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { allowOrigins } from "./cors.ts";
import { requestId } from "./request-id.ts";

/** What the headers of every answer depend on: the web origins that may call from a browser, none by default. */
export type HeaderSettings = { corsOrigins?: readonly string[] };

/** What a document may load when it says nothing of its own: nothing. Pages and `/docs` bring their own policy. */
const POLICY = { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] };

/** What an answer under `/v1` depends on beside its address. */
const VARY = "Authorization, Accept, Accept-Language, Access-Purpose";

/** The server options that the headers rest on, to be spread into `fastify({ ... })`: HEAD on every GET, and ids of requests. */
export const HEADER_OPTIONS = { exposeHeadRoutes: true, requestIdHeader: false, genReqId: requestId } as const;

/**
 * Puts on every answer what it must carry: its id, its policy, whether it may be kept, and its compression.
 *
 * To be awaited before `answerProblems` and `guardRoutes`, so that refusals carry it too.
 */
export async function setHeaders(app: FastifyInstance, { corsOrigins = [] }: HeaderSettings = {}): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (!request.url.startsWith("/v1")) return;
    reply.headers({ vary: VARY, "cache-control": isReference(request) ? "private, no-cache" : "private, no-store" });
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // The host may be shared: only its own name is bound to TLS, and browsers heed it over TLS alone.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  });
  if (corsOrigins.length > 0) allowOrigins(app, new Set(corsOrigins));
  // Below a network packet compression only costs. Bodies that come compressed are refused by type: a few KiB may grow to a GiB.
  await app.register(compress, { threshold: 1400, globalDecompression: false, encodings: ["zstd", "br", "gzip"] });
}

/** Reference nouns are read with any valid token and hold no person: they may be kept, and asked after each time. */
function isReference({ method, routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.scope === "any" && (method === "GET" || method === "HEAD");
}
