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

/** How many requests are worked on at a time. */
export type ConcurrencySettings = { most: number; publicUrl: () => string };
/** What the bound tells: whether it is reached for a request, and how many it turned away since the start. */
export type Concurrency = {
  isFull(request: Asking): boolean;
  /** For who works on a request out of sight of the hooks; to be told when it ends. */
  begin(request: Asking): () => void;
  turnedAway: TurnedAway;
};
type Asking = Pick<IncomingMessage, "method" | "url">;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** How long a request may take on average before fewer are worked on at one time; far below what people wait. */
const GOOD_MS = 300;
/** So long a time is judged as one. */
const INTERVAL_MS = 100;
/** Fewer than this would leave connections to the database without work. */
const FEWEST = 32;

/** What a request mostly waits for, by its address. */
const KINDS = ["write", "search", "list", "record"] as const;
type Kind = (typeof KINDS)[number];
/**
 * So much of the places may one kind hold once so much of all are held: three kinds leave some to the fourth, and a crowd of one kind, where
 * nobody else comes, is not turned away. Whoever turns away without looking lets the kind that waits longest take all places, and of each
 * other kind no more is answered than in proportion: five times a load of which a tenth writes left 1,480 answers a second, and 3,160 with
 * shares (2026-11).
 */
const [SHARE, BUSY] = [0.3, 0.6];
const SEARCH = /:match=|[?&]q=|\/suggest\?/;
const SEARCHES = /\/(?:search|reconciliation)$/;
const RECORD = /^\/v1\/[a-z-]+\/[\w-]{36}(?:[?/]|$)/;

function kindOf({ method = "GET", url = "" }: Asking): Kind {
  if (method !== "GET" && method !== "HEAD") return SEARCHES.test(pathOf(url)) ? "search" : "write";
  return SEARCH.test(url) ? "search" : RECORD.test(url) ? "record" : "list";
}

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
export function limitConcurrency(app: FastifyInstance, { most, publicUrl }: ConcurrencySettings): Concurrency {
  const lasting = new Set(WATCHED);
  const worked = new Map<ServerResponse, { since: number; end: () => void }>();
  const now = () => performance.now();
  const allowance = allowanceOf(most, now);
  const going = { all: 0, of: { write: 0, search: 0, list: 0, record: 0 } satisfies Record<Kind, number> };
  let refused = 0;
  const begin = (request: Asking) => {
    const kind = kindOf(request);
    going.all++;
    going.of[kind]++;
    return () => {
      going.all--;
      going.of[kind]--;
    };
  };
  const isFull = (request: Asking): boolean => {
    const allowed = allowance.allowed();
    if (most === 0 || going.all >= allowed) return most > 0;
    return allowed >= FEWEST && going.all >= BUSY * allowed && going.of[kindOf(request)] >= SHARE * allowed;
  };
  const enter = (request: IncomingMessage, response: ServerResponse) => {
    worked.set(response, { since: now(), end: begin(request) });
    response.once("close", () => void left(response));
  };
  const left = (response: ServerResponse): number | undefined => {
    const one = worked.get(response);
    if (worked.delete(response)) one!.end();
    return one?.since;
  };
  const leave = (response: ServerResponse) => {
    const since = left(response);
    if (since !== undefined) allowance.took(now() - since);
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
  const told = { isFull, begin, turnedAway: () => refused };
  if (most === 0) return told;
  app.addHook("preValidation", (request, reply, next) => {
    if (hasBody(request.raw) && !lasting.has(pathOf(request.url))) enter(request.raw, reply.raw);
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
        if (isFull(request)) return refuse(request, response);
        if (!hasBody(request)) enter(request, response);
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
