import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../../core/problems.ts";
import { problemOfDatabase } from "../../db/sqlstate.ts";
import type { ConstraintProblems } from "../../db/sqlstate.ts";
import { answerOf } from "./body.ts";
import { answerBrokenHttp, answerOddRequests } from "./broken.ts";
import { problemOfFramework } from "./framework.ts";
import { knownPaths } from "./paths.ts";
import { languageOf } from "../language.ts";
import { timesSent } from "../sent.ts";

/** What answering failures needs: the public base URL (asked late, a free port is known only after listening) and our constraints' meanings. */
export type ProblemSettings = { publicUrl: () => string; constraints: ConstraintProblems };

const LONGEST_URI = 8 * 1024;
/** Up to here an unread body is let come in, so that the client reads the answer and keeps its connection. */
const LET_IN = 64 * 1024;

/** The server options with which nothing is answered past this file: spread them into `fastify({ ... })` before `answerProblems`. */
export function problemServerOptions({ publicUrl, constraints }: ProblemSettings) {
  return {
    // Host is asked for in `answerProblems`: Node's own refusal has no body. Headers: room to refuse a long token as a bad token.
    http: { requireHostHeader: false, maxHeaderSize: 32 * 1024 },
    clientErrorHandler: answerBrokenHttp(publicUrl),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void answer(toProblem(error, constraints), request, reply, publicUrl());
    },
  };
}

/** Answers every failure of the service as `application/problem+json` (RFC 9457); to be called before the first route. */
export function answerProblems(app: FastifyInstance, { publicUrl, constraints }: ProblemSettings): void {
  const methodsOf = knownPaths(app);
  answerOddRequests(app.server, publicUrl);

  const notFound = (request: FastifyRequest, reply: FastifyReply) => {
    const allow = methodsOf(pathOf(request)).join(", ");
    if (allow === "") return answer(new Problem("route-not-found"), request, reply, publicUrl());
    if (request.method === "OPTIONS") return reply.code(204).header("allow", allow).send();
    return answer(new Problem("method-not-allowed", { headers: { allow } }), request, reply, publicUrl());
  };

  // In a hook, before any body is read: Fastify's not-found handler would complain of the body of an unknown path first.
  app.addHook("onRequest", (request, reply, next) => {
    if ((request.raw.url ?? "").length > LONGEST_URI) return next(new Problem("uri-too-long"));
    if (!hasOneHost(request)) return next(hostProblem());
    if (request.is404 || isBareOptions(request)) return void notFound(request, reply);
    next();
  });
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error, request, reply) => {
    const problem = isSlowSender(error, request) ? new Problem("request-timeout") : toProblem(error, constraints);
    return answer(problem, request, reply, publicUrl());
  });
}

/** The problem that anything thrown stands for; `internal` for what nobody foresaw. */
export function toProblem(error: unknown, constraints: ConstraintProblems): Problem {
  if (error instanceof Problem) return error;
  return problemOfFramework(error) ?? problemOfDatabase(error, constraints) ?? new Problem("internal", { cause: error });
}

function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply, publicUrl: string) {
  if (problem.code === "internal") request.log.error({ failure: traceOf(problem.cause) }, "request failed for a reason not foreseen");
  const language = languageOf(request.headers["accept-language"]);
  const { status, headers, body } = answerOf(problem, { requestId: request.id, language, publicUrl });
  const vary = [reply.getHeader("vary") ?? []].flat().join(", ");
  if (!/accept-language/i.test(vary)) reply.header("vary", vary === "" ? "Accept-Language" : `${vary}, Accept-Language`);
  if (bodyIsComing(request) || problem.code === "request-timeout") reply.header("connection", "close");
  // Limits already counted by a plugin are truer than a default.
  if (reply.hasHeader("retry-after")) delete headers["retry-after"];
  // Bytes, not text: to a text Fastify adds a charset, which application/problem+json does not have.
  return reply.code(status).headers(headers).send(Buffer.from(body, "utf8"));
}

/** An OPTIONS that is no CORS preflight, caught by the catch-all of the CORS plugin, which would answer it without `Allow`. */
function isBareOptions({ method, routeOptions, headers }: FastifyRequest): boolean {
  return method === "OPTIONS" && routeOptions.url === "*" && headers["access-control-request-method"] === undefined;
}

/** Whether the handler's time was over before the body had come: Fastify counts it from the head on (5.12.8), and calls that a handler's fault. */
function isSlowSender(error: unknown, { raw, headers }: FastifyRequest): boolean {
  const { "content-length": length = "0", "transfer-encoding": encoding } = headers;
  const isComing = !raw.complete && (length !== "0" || encoding !== undefined);
  return isComing && (error as { code?: unknown } | null | undefined)?.code === "FST_ERR_HANDLER_TIMEOUT";
}

/** Whether more of a body is under way than is worth reading to its end. */
function bodyIsComing({ raw, headers }: FastifyRequest): boolean {
  if (raw.readableEnded || raw.complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > LET_IN;
}

function hasOneHost({ raw }: FastifyRequest): boolean {
  const hosts = timesSent(raw, "host");
  return hosts === 1 || (hosts === 0 && raw.httpVersion === "1.0");
}

function hostProblem(): Problem {
  const detail = { vi: "Phải có đúng một tiêu đề Host.", en: "There must be exactly one Host header." };
  return new Problem("invalid-header", { detail, errors: [{ code: "invalid-header", detail, header: "Host" }] });
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split("?", 1)[0] ?? "";
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** What a log may know of an error: names, codes and places in the code, never messages, which quote values. */
function traceOf(error: unknown) {
  const chain: { name: string; code?: string; at: string[] }[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    const stack = at.stack ?? "";
    // The stack begins with the message, and a message may hold lines that look like places.
    const places = stack.slice(stack.lastIndexOf(at.message) + at.message.length).split("\n");
    const frames = places.filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line)).map((line) => line.trim());
    chain.push({
      name: at.constructor.name,
      at: frames.slice(0, 8),
      ...(typeof code === "string" && /^\w{3,40}$/.test(code) ? { code } : {}),
    });
  }
  return chain.length > 0 ? chain : typeof error;
}
