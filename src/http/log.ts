import { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import pino from "pino";
import type { DestinationStream, LevelWithSilent, Logger } from "pino";

/** What logging needs: the least level, and where lines go (standard output unless a test wants to read them). */
export type LogSettings = { level: LevelWithSilent; destination?: DestinationStream };

/** All that a line may hold. What is not here is not written, whoever logs it: a query, a body, a driver's words. */
const MEMBERS = new Set([
  "request_id",
  "operation",
  "method",
  "route",
  "status",
  "duration_ms",
  "client",
  "failure",
  "err",
  "job",
  "command",
]);

/** The server options of logging, to be spread into `fastify({ ... })`: one line for each request, written before the next one is served. */
export function logOptions(settings: LogSettings): { loggerInstance: FastifyBaseLogger; logController: LogController } {
  return { loggerInstance: openLog(settings), logController: new OneLine({ requestIdLogLabel: "request_id" }) };
}

/** A log of JSON lines with nothing in them but allowed members; for the parts of the service that serve no request. */
export function openLog(settings: LogSettings): Logger {
  const { level, destination = perTurn(pino.destination({ fd: 1, sync: true })) } = settings;
  const options = {
    level,
    base: null,
    timestamp: timeOnce(),
    serializers: { err: nameOf, failure: (value: unknown) => value },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: allowed,
    },
    hooks: { logMethod: withoutTheirWords },
  };
  const log = pino(options, destination);
  // Pino hands what a child binds past every formatter; its children inherit this.
  const { child } = log;
  log.child = function bind(this: Logger, bindings: pino.Bindings, childOptions: unknown) {
    return Reflect.apply(child, this, [allowed(bindings), childOptions]);
  } as typeof log.child;
  return log;
}

/** What the line of a request says that was answered. */
export type Answered = { id: string; operation: string; method: string; route: string; status: number; ms: number; client: string };

/**
 * Writes such lines as the log would: `log.info(...)` looks at each member's name, serializer and letters, a twentieth of what a kept answer
 * costs the process (2026-11). A test holds its lines against the log's own.
 */
export function linesOf(log: Logger): (answered: Answered) => void {
  const own = log as unknown as Record<symbol, unknown>;
  const [stream, time] = [own[pino.symbols.streamSym] as Metadata, own[pino.symbols.timeSym] as () => string];
  const clients = new Map<string, string>();
  const clientOf = (client: string): string => {
    if (clients.size > CLIENTS) clients.clear();
    const text = JSON.stringify(client);
    clients.set(client, text);
    return text;
  };
  return ({ id, operation, method, route, status, ms, client }) => {
    if (!log.isLevelEnabled("info")) return;
    const who = clients.get(client) ?? clientOf(client);
    const members = `"request_id":"${id}","operation":"${operation}","method":"${method}","route":"${route}","status":${status}`;
    stream.lastLevel = INFO;
    stream.write(`{"level":"info"${time()},${members},"duration_ms":${Math.round(ms * 10) / 10},"client":${who},"msg":"request"}\n`);
  };
}

type Metadata = DestinationStream & { lastLevel: number };
const CLIENTS = 1_000;

/** The time as a member of a line, written once for all lines of a millisecond. */
function timeOnce(): () => string {
  const known = { ms: 0, text: "" };
  return () => {
    const now = Date.now();
    if (now !== known.ms) Object.assign(known, { ms: now, text: `,"time":"${new Date(now).toISOString()}"` });
    return known.text;
  };
}

/**
 * Hands on in one write what is logged in one turn of the event loop, and an error's line at once. Written when the turn ends and when the
 * process does: a killed process loses what that one turn logged (buffered for longer, it lost a third of its lines).
 */
function perTurn(out: DestinationStream): DestinationStream {
  const state = { lines: "", known: false };
  const flush = () => {
    const { lines } = state;
    state.lines = "";
    if (lines !== "") out.write(lines);
  };
  const stream = {
    [Symbol.for("pino.metadata")]: true,
    lastLevel: 0,
    write(line: string) {
      if (!state.known) process.on("exit", flush);
      state.known = true;
      if (state.lines === "") setImmediate(flush);
      state.lines += line;
      if (stream.lastLevel >= ERROR) flush();
    },
  };
  return stream;
}

const [INFO, ERROR] = [pino.levels.values["info"]!, pino.levels.values["error"]!];

function allowed(members: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in members) if (MEMBERS.has(name)) kept[name] = members[name];
  return kept;
}

/** Writes the one line that a request leaves behind. */
class OneLine extends LogController {
  override incomingRequest(): void {}
  override routeNotFound(): void {}
  override defaultErrorLog(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = lineOf(request, reply);
    if (error) reply.log.error({ ...line, err: error }, "request broken off");
    else reply.log.info(line, "request");
  }

  override streamError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const gone = (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
    reply.log[gone ? "info" : "warn"]({ ...lineOf(request, reply), err: error }, "answer broken off");
  }
}

function lineOf(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const { url, schema } = request.routeOptions;
  const { operationId } = (schema ?? {}) as { operationId?: string };
  // Before the guard has run, and for an unknown path, nobody is known to ask.
  const { client } = (request.actor as { client?: string } | undefined) ?? {};
  return {
    operation: operationId ?? null,
    method: request.method,
    route: request.is404 ? null : (url ?? null),
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    client: client || null,
  };
}

/** Of an error a name and a code: its message may quote what a client sent or a row holds. */
function nameOf(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return { name: error.constructor.name, ...(typeof code === "string" && /^\w{3,40}$/.test(code) ? { code } : {}) };
}

/** Pino takes an error's message as the line's own where none is given. */
function withoutTheirWords(this: Logger, args: unknown[], method: (...args: never[]) => void): void {
  const [first, second] = args;
  // Fastify's own line; where the service listens is said to people, in their languages.
  if (typeof first === "string" && first.startsWith("Server listening at ")) return;
  const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err;
  const said = error instanceof Error && (second === undefined || second === error.message) ? "failed" : second;
  const rest = first instanceof Error ? [{ err: first }, said] : error === undefined ? args : [first, said];
  method.apply(this, rest as never[]);
}
