import type { IncomingMessage, ServerResponse } from "node:http";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";
import { answerOf } from "../failures/body.ts";
import { languageOf } from "../language.ts";
import { DEADLINES } from "./deadlines.ts";
import { requestId } from "./request-id.ts";

/** Paths that must answer when all others may not. */
const WATCHED: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);

/** From which delay of the event loop on (milliseconds, mean of a second) new requests are turned away; 0: never. */
export type PressureSettings = { maxDelayMs: number };

/** Turns requests away with 503 `overloaded` while the process cannot keep up; `app.isUnderPressure()` tells. */
export async function relieve(app: FastifyInstance, { maxDelayMs }: PressureSettings): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    sampleInterval: 1000,
    pressureHandler: async (request) => {
      if (!WATCHED.has(request.routeOptions.url ?? "")) throw new Problem("overloaded");
    },
  });
}

/** How many requests are worked on at a time, and how many of them out of sight of the hooks. */
export type ConcurrencySettings = { most: number; publicUrl: () => string; beside?: () => number };
/** What the bound tells: whether it is reached, and how many requests it turned away since the start. */
export type Concurrency = { isFull: () => boolean; turnedAway: TurnedAway };

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** How many requests were turned away since the start. */
export type TurnedAway = () => number;

/**
 * Turns a request away with 503 `overloaded` while `most` are being worked on; 0: never. To be called before the first route.
 *
 * Before Fastify sees it: what is turned away must cost next to nothing, or five times the load leaves no time for any of it (R14).
 * Worked on is a request from its whole body to its answer: who sends slowly or reads slowly holds nobody's place. Who waits for the feed
 * and who is sent an export work for long on little; exports have places of their own.
 */
export function limitConcurrency(app: FastifyInstance, { most, publicUrl, beside = () => 0 }: ConcurrencySettings): Concurrency {
  const lasting = new Set(WATCHED);
  const worked = new Set<ServerResponse>();
  const overloaded = new Problem("overloaded");
  let refused = 0;
  const enter = (response: ServerResponse) => {
    worked.add(response);
    response.once("close", () => worked.delete(response));
  };
  const refuse: Listener = (request, response) => {
    refused += 1;
    const language = languageOf(request.headers["accept-language"]);
    const { status, headers, body } = answerOf(overloaded, { requestId: requestId(request), language, publicUrl: publicUrl() });
    response.writeHead(status, { ...headers, vary: "Accept-Language", "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  app.addHook("onRoute", ({ url, handlerTimeout = 0 }) => {
    if (handlerTimeout > DEADLINES.handlerTimeout) lasting.add(url);
  });
  const told = { isFull: () => most > 0 && worked.size + beside() >= most, turnedAway: () => refused };
  if (most === 0) return told;
  app.addHook("preValidation", (request, reply, next) => {
    if (hasBody(request.raw) && !lasting.has(pathOf(request.url))) enter(reply.raw);
    next();
  });
  app.addHook("onSend", (_request, reply, _payload, next) => {
    worked.delete(reply.raw);
    next();
  });
  app.addHook("onReady", (next) => {
    const listeners = app.server.listeners("request") as Listener[];
    app.server.removeAllListeners("request").on("request", (request, response) => {
      if (!lasting.has(pathOf(request.url ?? ""))) {
        if (told.isFull()) return refuse(request, response);
        if (!hasBody(request)) enter(response);
      }
      for (const listener of listeners) listener.call(app.server, request, response);
    });
    next();
  });
  return told;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  (headers["content-length"] ?? "0") !== "0" || headers["transfer-encoding"] !== undefined;

const pathOf = (url: string): string => {
  const at = url.indexOf("?");
  return at < 0 ? url : url.slice(0, at);
};
