import { randomUUIDv7 } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Problem } from "../../core/problems.ts";
import type { ProblemCode } from "../../core/problems.ts";
import { languageOf } from "../language.ts";
import { answerOf } from "./body.ts";

/** What Node's parser gives up on; all else is a request line or a header that HTTP does not know. */
const BY_CODE: Record<string, ProblemCode> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "body-too-large",
  ERR_HTTP_REQUEST_TIMEOUT: "request-timeout",
};

type ClientError = Error & { code?: string | undefined; rawPacket?: unknown };

/** Answers what is no HTTP request, on the bare socket: there is no request and no reply to speak through. */
export function answerBrokenHttp(publicUrl: () => string): (error: ClientError, socket: Duplex) => void {
  return (error, socket) => {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    const code = BY_CODE[error.code ?? ""] ?? "invalid-header";
    const sent = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString("latin1", 0, 16_384) : "";
    const [, wish] = /\naccept-language:([^\r\n]{0,200})/i.exec(sent) ?? [];
    write(socket, new Problem(code), publicUrl(), wish);
  };
}

/** Takes over what Node would answer by itself without a body: CONNECT, and an `Expect` that it does not know. */
export function answerOddRequests(server: Server, publicUrl: () => string): void {
  server.on("connect", (_request, socket) => {
    const allow = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";
    write(socket, new Problem("method-not-allowed", { headers: { allow } }), publicUrl(), undefined);
  });
  // RFC 9110, 10.1.1: an expectation that is not understood may be ignored.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
}

function write(socket: Duplex, problem: Problem, publicUrl: string, wish: string | undefined): void {
  const { _httpMessage: current } = socket as { _httpMessage?: ServerResponse | null };
  // What came after a whole request is no part of it: that one keeps its answer, which perhaps tells of a thing done.
  if (current?.req.complete === true) {
    current.once("finish", () => write(socket, problem, publicUrl, wish));
    return;
  }
  // Once an answer has begun on this socket, another status line would become a part of its body.
  if (!socket.writable || current?.headersSent === true) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = answerOf(problem, { requestId: randomUUIDv7(), language: languageOf(wish?.trim()), publicUrl });
  const lines = Object.entries({
    ...headers,
    "content-length": Buffer.byteLength(body),
    connection: "close",
    date: new Date().toUTCString(),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  // Ending, not destroying: a reset may overtake the answer, and the client would see neither.
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`, () => socket.destroy());
}
