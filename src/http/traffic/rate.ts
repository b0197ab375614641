import type { IncomingMessage } from "node:http";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../../core/problems.ts";
import { addressOf } from "./address.ts";

/** Requests that a client may make in a second, of those that read and of those that write; or no limit at all. */
export type RateSettings = { reads: number; writes: number } | "off";

/** The rates of the contract. */
export const USUAL_RATES = { reads: 50, writes: 10 } as const satisfies RateSettings;

/** Counts a read of a client and gives the headers that tell of it, one after the other; undefined where it is to be refused. It is not counted again. */
export type CountRead = (request: IncomingMessage, client: string) => Promise<readonly string[] | undefined>;

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

/** Paths that watchers of the service and browsers ask for by themselves. */
const UNCOUNTED = /^\/(?:healthz|readyz|metrics|assets\/.*|docs\/static\/.*)$/;

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
/** POSTs that change nothing. */
const SEARCHING = /\/(?:search|reconciliation)$/;

/**
 * Counts each client's requests within a second and answers 429 beyond its rate. To be awaited after `guardRoutes`.
 *
 * A client is who its verified token says; without a token, the address, an IPv6 one by its /64.
 */
export async function limitRates(app: FastifyInstance, rates: RateSettings): Promise<CountRead | undefined> {
  if (rates === "off") return undefined;
  await app.register(rateLimit, { global: false });
  const timeWindow = 1000;
  const limiters = {
    reads: app.createRateLimit({ max: rates.reads, timeWindow, keyGenerator: clientOf }),
    writes: app.createRateLimit({ max: rates.writes, timeWindow, keyGenerator: clientOf }),
  };
  const counted = new WeakMap<IncomingMessage, Counted>();
  app.addHook("onRequest", async (request, reply) => {
    const path = request.routeOptions.url ?? "";
    if (UNCOUNTED.test(path)) return;
    const kind = READING.has(request.method) || SEARCHING.test(path) ? "reads" : "writes";
    const count = counted.get(request.raw) ?? (await limiters[kind](request));
    if (count.isAllowed) return;
    reply.headers(headersOf(kind, rates[kind], count));
    if (!count.isExceeded) return;
    const detail = {
      vi: `Quá ${rates[kind]} yêu cầu mỗi giây (${kind === "reads" ? "đọc" : "ghi"}).`,
      en: `More than ${rates[kind]} ${kind} in a second.`,
    };
    throw new Problem("rate-limited", { detail, headers: { "retry-after": String(Math.max(1, count.ttlInSeconds)) } });
  });
  return async (request, client) => {
    const count = await limiters.reads({ actor: { client }, routeOptions: {} } as unknown as FastifyRequest);
    counted.set(request, count);
    if (count.isAllowed) return [];
    return count.isExceeded ? undefined : Object.entries(headersOf("reads", rates.reads, count)).flat();
  };
}

/** As in draft-ietf-httpapi-ratelimit-headers: a policy by its name, its quota and its window, and what is left of it. */
function headersOf(name: string, quota: number, { remaining, ttlInSeconds }: { remaining: number; ttlInSeconds: number }) {
  return { "ratelimit-policy": `"${name}";q=${quota};w=1`, ratelimit: `"${name}";r=${remaining};t=${ttlInSeconds}` };
}

function clientOf({ actor, ip }: FastifyRequest): string {
  if (actor?.client) return `client ${actor.client}`;
  return `ip ${addressOf(ip)}`;
}
