import compress from "@fastify/compress";
import helmet from "@fastify/helmet";
import Fastify from "fastify";
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
 * To be awaited before `answerProblems` and `guardRoutes`, so that refusals carry it too. Gives what an answer with personal data carries.
 */
export async function setHeaders(app: FastifyInstance, { corsOrigins = [] }: HeaderSettings = {}): Promise<Record<string, string>> {
  const always = await policyHeaders();
  const [personal, reference] = ["private, no-store", "private, no-cache"].map((kept) => ({
    ...always,
    vary: VARY,
    "cache-control": kept,
  }));
  app.addHook("onRequest", (request, reply, next) => {
    reply.headers(!request.url.startsWith("/v1") ? always : isReference(request) ? reference! : personal!);
    reply.header("x-request-id", request.id);
    next();
  });
  if (corsOrigins.length > 0) allowOrigins(app, new Set(corsOrigins));
  // Below a network packet compression only costs. Bodies that come compressed are refused by type: a few KiB may grow to a GiB.
  await app.register(compress, { threshold: 1400, globalDecompression: false, encodings: ["zstd", "br", "gzip"] });
  return corsOrigins.length > 0 ? { ...personal!, vary: `${VARY}, Origin` } : personal!;
}

/** What helmet says, asked once: it makes the same headers anew for each request, a tenth of what a read costs the process (2026-11). */
async function policyHeaders(): Promise<Record<string, string>> {
  const bare = Fastify();
  await bare.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // The host may be shared: only its own name is bound to TLS, and browsers heed it over TLS alone.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  });
  bare.head("/", (_request, reply) => reply.send());
  const { headers } = await bare.inject({ method: "HEAD", url: "/" });
  await bare.close();
  const own = Object.entries(headers).filter(([name]) => !["date", "connection", "content-length"].includes(name));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

/** Reference nouns are read with any valid token and hold no person: they may be kept, and asked after each time. */
function isReference({ method, routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.scope === "any" && (method === "GET" || method === "HEAD");
}
