import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Purpose } from "../../core/actor.ts";
import type { Trace } from "../../db/write/access-log.ts";
import { linesOf } from "../log.ts";
import { writesHeads } from "./head.ts";
import type { WriteHead } from "./head.ts";
import { givenPurpose } from "../access/auth.ts";
import { accepts } from "../traffic/accept.ts";
import type { CountRead } from "../traffic/rate.ts";
import { requestId } from "../traffic/request-id.ts";
import type { VerifiedToken } from "../access/tokens.ts";
import { ruleOf } from "../../core/policy/operations.ts";
import type { ScopeRule } from "../../core/policy/operations.ts";
import type { Bearers } from "./bearers.ts";

/** A read that is asked for: by whom, in which languages, what follows the beginning of the path, the tag that is known, and the day. */
export type Asked = {
  token: VerifiedToken;
  languages: string | undefined;
  rest: string;
  known: string | undefined;
  today: string;
  /** Whether a body may leave as it is: not where the caller would have it compressed. */
  whole: boolean;
  /** By which guarded fields are opened; null where none are. */
  purpose: Purpose | null;
  trace: Trace;
};
/** What is answered: a body of JSON with its tag or the address of the next page, or that what is known still holds; `more`: other headers. */
export type Direct = { etag?: string; link?: string | null; body: Buffer | readonly Buffer[] | null; more?: readonly string[] };
/** Answers what it can; undefined for all else, also for what is to be refused. */
export type DirectRead = (asked: Asked) => Promise<Direct | undefined> | undefined;
/** A route whose usual reads go the direct way; `path` is how their addresses begin. */
export type DirectRoute = { path: string; route: string; operation: string; read: DirectRead };

/** What of the usual way holds here too. */
export type Usual = {
  bearers: Bearers;
  today: () => string;
  headers: Readonly<Record<string, string>>;
  isUnderPressure: (request: IncomingMessage) => boolean;
  /** Takes a place among those who are worked on, until it is told that they have been. */
  begin: (request: IncomingMessage) => () => void;
  count: CountRead | undefined;
};
/** The direct way: what it serves, and who is told of it. */
export type Lane = {
  serve(routes: readonly DirectRoute[], usual: Usual): void;
  /** Told of each answer. */
  onAnswer(told: (answer: { route: string; status: number; ms: number }) => void): void;
  running(): number;
};

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;
type Served = DirectRoute & { rule: ScopeRule };

/** Headers by which a request asks for more than the direct way knows of. */
const MORE = ["content-length", "transfer-encoding", "content-encoding", "origin", "x-no-compression"] as const;
/** A longer body is copied for nothing. */
const SHORT = 64 * 1024;
const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Answers the usual reads of some routes around Fastify: whatever is in the least unusual, refused, or not found goes the usual way from its
 * beginning, as if nothing had been tried, so that nothing is judged in two places. What is served is so before all that looked at requests when it was said.
 *
 * Routing, hooks, a request, a reply and a logger of its own were a third of what a read cost the process (2026-11); a test holds the
 * answers of both ways against each other.
 */
export function openLane(app: FastifyInstance): Lane {
  const state = { closing: false, running: 0 };
  const told: Parameters<Lane["onAnswer"]>[0][] = [];
  const write = linesOf(app.log as unknown as Logger);
  const failures = new WeakMap<IncomingMessage, Error>();

  const answer = (id: string, response: ServerResponse, { etag, link, body, more = [] }: Direct, head: WriteHead) => {
    const status = body === null ? 304 : 200;
    const own = [...more, "x-request-id", id];
    if (etag !== undefined) own.push("etag", etag);
    if (link) own.push("link", link);
    const pieces = body === null || Array.isArray(body) ? (body as readonly Buffer[] | null) : [body as Buffer];
    const length = pieces?.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
    if (pieces) own.push("content-type", JSON_TYPE, "content-length", String(length));
    if (state.closing) {
      own.push("connection", "close");
      response.shouldKeepAlive = false;
    }
    head(response, status, own);
    leave(response, pieces ?? [], length);
    return status;
  };
  const read = (served: Served, count: CountRead, request: IncomingMessage, asked: Asked): ReturnType<DirectRead> =>
    count(request, asked.token.client).then(async (limits) => {
      const direct = limits && (await served.read(asked));
      return direct && { ...direct, more: limits };
    });
  const before =
    (routes: readonly Served[], usual: Usual, head: WriteHead, others: Listener): Listener =>
    (request, response) => {
      const { method, url = "" } = request;
      const served = state.closing || method !== "GET" ? undefined : routes.find(({ path }) => url.startsWith(path));
      const asked = served && askedOf(request, served, usual);
      if (!served || !asked) return others(request, response);
      const began = performance.now();
      const found = usual.count === undefined ? served.read(asked) : read(served, usual.count, request, asked);
      if (!found) return others(request, response);
      const { route, operation } = served;
      state.running++;
      const end = usual.begin(request);
      const answered = (direct: Direct | undefined) => {
        state.running--;
        end();
        if (!direct) return others(request, response);
        // Whoever went meanwhile is told nothing.
        if (response.destroyed) return undefined;
        const { requestId: id } = asked.trace;
        const status = answer(id, response, direct, head);
        const ms = performance.now() - began;
        for (const tell of told) tell({ route, status, ms });
        return write({ id, operation, method: "GET", route, status, ms, client: asked.token.client });
      };
      const failed = (error: Error) => {
        state.running--;
        end();
        failures.set(request, error);
        return others(request, response);
      };
      // Two functions and no chain: each link of one is a turn of the queue more.
      return found.then(answered, failed);
    };

  app.addHook("preClose", async () => {
    state.closing = true;
  });
  // What failed here fails there, and is not waited for twice.
  app.addHook("preHandler", (request, _reply, next) => next(failures.get(request.raw)));
  return {
    serve(routes, usual) {
      const served = routes.map((route) => ({ ...route, rule: ruleOf(route.operation)!.scope }));
      const head = writesHeads(Object.entries(usual.headers).flat(), app.server.keepAliveTimeout);
      app.addHook("onReady", (next) => {
        const listeners = app.server.listeners("request") as Listener[];
        const others: Listener = (request, response) => {
          for (const listener of listeners) listener.call(app.server, request, response);
        };
        app.server.removeAllListeners("request").on("request", inTurn(before(served, usual, head, others)));
        next();
      });
    },
    onAnswer: (tell) => void told.push(tell),
    running: () => state.running,
  };
}

/**
 * Works on what a connection asks one after the other: a client has one place. Node begins with all that came in one packet, of which a
 * hundred requests are a few KiB, and keeps each answer until its turn comes.
 */
const inTurn =
  (listener: Listener): Listener =>
  (request, response) =>
    response.socket === null ? response.once("socket", () => listener(request, response)) : listener(request, response);

/** As a string head and body leave in one write (a letter is a byte); a long body is not put together. */
function leave(response: ServerResponse, pieces: readonly Buffer[], length: number): void {
  if (length <= SHORT) return void response.end(pieces.map((piece) => piece.toString("latin1")).join(""), "latin1");
  for (const piece of pieces) response.write(piece);
  response.end();
}

function askedOf(
  request: IncomingMessage,
  { path, rule, operation }: Served,
  { bearers, isUnderPressure, today }: Usual,
): Asked | undefined {
  const { url = "", headers } = request;
  if (!isUsual(headers) || isUnderPressure(request)) return undefined;
  const token = bearers(request, rule);
  const purpose = token && givenPurpose(headers["access-purpose"], token);
  if (token === undefined || purpose === undefined) return undefined;
  return {
    token,
    languages: headers["accept-language"],
    rest: url.slice(path.length),
    known: headers["if-none-match"],
    today: today(),
    whole: (headers["accept-encoding"] ?? "identity") === "identity",
    purpose,
    trace: { requestId: requestId(request), operation },
  };
}

function isUsual(headers: IncomingHttpHeaders): boolean {
  for (const name of MORE) if (headers[name] !== undefined) return false;
  const { accept } = headers;
  return accept === undefined || accept === "*/*" || accepts(accept, "application/json");
}
