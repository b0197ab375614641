import { connect } from "node:net";
import type { Asked } from "./client.ts";

/** What came back: a status and whether it said when to come again; or why nothing did. */
export type Outcome = { status: number; retryAfter: boolean; tookMs: number } | { status: 0; error: string; tookMs: number };
/** Many connections to one port, each with one request under way at most. */
export type Lines = { free(): boolean; call(asked: Asked, told: (outcome: Outcome) => void): void; close(): void };
type Line = { call(bytes: string, timeoutMs: number, told: (outcome: Outcome) => void): void; end(): void };

const END = Buffer.from("\r\n\r\n");

/**
 * Up to `most` kept connections, opened as they are needed.
 *
 * By sockets, as Node's own client spends on a request four times what a service spends on refusing one (2026-11): of a machine that both
 * share it took what it was to measure.
 */
export function linesTo(port: number, token: string, most: number): Lines {
  const all = new Set<Line>();
  const idle: Line[] = [];
  const fixed = `HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n`;
  const open = () => {
    const line: Line = openLine(port, { idle: () => idle.push(line), gone: () => all.delete(line) });
    all.add(line);
    return line;
  };
  const taken = (): Line => {
    const line = idle.pop() ?? open();
    return all.has(line) ? line : taken(); // one that was closed while nothing was asked
  };
  return {
    free: () => idle.length > 0 || all.size < most,
    call: ({ method = "GET", path, body, timeoutMs = 30_000 }, told) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const sized = body === undefined ? "" : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`;
      taken().call(`${method} ${path} ${fixed}${sized}\r\n${text}`, timeoutMs, told);
    },
    close: () => all.forEach((line) => line.end()),
  };
}

function openLine(port: number, { idle, gone }: { idle(): void; gone(): void }): Line {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let waiting: { told: (outcome: Outcome) => void; since: number; timer: NodeJS.Timeout } | undefined;
  let head: Buffer = Buffer.alloc(0);
  let answer: { status: number; retryAfter: boolean; left: number } | undefined;
  const settle = (outcome: (tookMs: number) => Outcome): boolean => {
    if (waiting === undefined) return false;
    const { told, since, timer } = waiting;
    clearTimeout(timer);
    waiting = undefined;
    told(outcome(performance.now() - since));
    return true;
  };
  const lost = (error: string) => {
    gone();
    socket.destroy();
    settle((tookMs) => ({ status: 0, error, tookMs }));
  };
  socket.on("error", (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
  socket.on("close", () => lost("closed"));
  socket.on("data", (chunk: Buffer) => {
    if (answer === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf(END);
      if (end < 0) return;
      const text = head.toString("latin1", 0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return lost("an answer without a length");
      const left = end + END.length + length - head.length;
      answer = { status: Number(text.slice(9, 12)), retryAfter: /\r\nretry-after: \d/i.test(text), left };
      head = Buffer.alloc(0);
    } else answer.left -= chunk.length;
    if (answer.left > 0) return;
    const { status, retryAfter } = answer;
    answer = undefined;
    // Idle first: whoever is told may ask again at once.
    if (waiting !== undefined) idle();
    settle((tookMs) => ({ status, retryAfter, tookMs }));
  });
  return {
    call: (bytes, timeoutMs, told) => {
      waiting = { told, since: performance.now(), timer: setTimeout(() => lost("no answer in time"), timeoutMs) };
      socket.write(bytes);
    },
    end: () => socket.destroy(),
  };
}
