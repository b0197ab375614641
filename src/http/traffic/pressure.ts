import type { IncomingMessage, ServerResponse } from "node:http";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";
import { refusalOf } from "../failures/refusal.ts";
import { DEADLINES } from "./deadlines.ts";

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

/** How long a request may take on average before fewer are worked on at one time; far below what people wait. */
const GOOD_MS = 300;
/** So long a time is judged as one. */
const INTERVAL_MS = 100;
/** Fewer than this would leave connections to the database without work. */
const FEWEST = 32;

/** How many requests may be worked on at one time, learnt from how long those took. */
export type Allowance = { allowed(): number; took(ms: number): void; refused(): void };

/**
 * Allows `most`, fewer while requests take too long, and more again once somebody is turned away while they do not.
 *
 * What a machine can bear is not known when it is set up: with 256 under way a process that had half a processor answered some after those
 * who asked had gone (2026-11).
 */
export function allowanceOf(most: number, now: () => number): Allowance {
  const state = { allowed: most, until: now() + INTERVAL_MS, sum: 0, count: 0, refused: false };
  const judge = () => {
    const fewest = Math.min(most, FEWEST);
    if (state.sum / state.count > GOOD_MS) state.allowed = Math.max(fewest, Math.floor(state.allowed * 0.9));
    else if (state.refused) state.allowed = Math.min(most, Math.ceil(state.allowed * 1.1));
    Object.assign(state, { until: now() + INTERVAL_MS, sum: 0, count: 0, refused: false });
  };
  return {
    allowed: () => state.allowed,
    took: (ms) => {
      state.sum += ms;
      state.count += 1;
      if (now() >= state.until) judge();
    },
    refused: () => void (state.refused = true),
  };
}

/** How many requests were turned away since the start. */
export type TurnedAway = () => number;

/**
 * Turns a request away with 503 `overloaded` while as many are worked on as may be, at most `most`; 0: never. To be called before the first
 * route.
 *
 * Before Fastify sees it: what is turned away must cost next to nothing, or five times the load leaves no time for any of it (R14).
 * Worked on is a request from its whole body to its answer: who sends slowly or reads slowly holds nobody's place. Who waits for the feed
 * and who is sent an export work for long on little; exports have places of their own.
 */
export function limitConcurrency(app: FastifyInstance, { most, publicUrl, beside = () => 0 }: ConcurrencySettings): Concurrency {
  const lasting = new Set(WATCHED);
  const worked = new Map<ServerResponse, number>();
  const now = () => performance.now();
  const allowance = allowanceOf(most, now);
  let refused = 0;
  const enter = (response: ServerResponse) => {
    worked.set(response, now());
    response.once("close", () => worked.delete(response));
  };
  const leave = (response: ServerResponse) => {
    const since = worked.get(response);
    if (since === undefined) return;
    worked.delete(response);
    allowance.took(now() - since);
  };
  const answer = refusalOf(new Problem("overloaded"), publicUrl);
  const refuse: Listener = (request, response) => {
    refused += 1;
    allowance.refused();
    answer(request, response);
  };
  app.addHook("onRoute", ({ url, handlerTimeout = 0 }) => {
    if (handlerTimeout > DEADLINES.handlerTimeout) lasting.add(url);
  });
  const told = { isFull: () => most > 0 && worked.size + beside() >= allowance.allowed(), turnedAway: () => refused };
  if (most === 0) return told;
  app.addHook("preValidation", (request, reply, next) => {
    if (hasBody(request.raw) && !lasting.has(pathOf(request.url))) enter(reply.raw);
    next();
  });
  app.addHook("onSend", (_request, reply, _payload, next) => {
    leave(reply.raw);
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
