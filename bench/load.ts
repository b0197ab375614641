import { connect } from "node:net";
import type { Socket } from "node:net";

/** A request ready to be sent: its bytes. */
export type Ask = Buffer;
/** What a load gave: answers a second, times in milliseconds, how many answers of which status, and bytes of a body on average. */
export type Load = {
  answers: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  statuses: Record<string, number>;
  bytes: number;
};
type Options = {
  port: number;
  connections: number;
  seconds: number;
  next: () => Ask;
  each?: (status: number, head: string, body: Buffer) => void;
};

/** The bytes of a request over a kept connection. */
export function ask(
  path: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Ask {
  const sent =
    body === undefined ? headers : { ...headers, "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host: "127.0.0.1", ...sent }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`);
}

const END = Buffer.from("\r\n\r\n");

/**
 * Keeps `connections` requests under way for so many seconds, each on a connection of its own, the next one sent when the answer is whole.
 * A client of its own: undici spends more on a request than the services that are measured.
 */
export async function load(options: Options): Promise<Load> {
  const { connections, seconds } = options;
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const state = { until: performance.now() + seconds * 1000, bytes: 0 };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => drive(options, state, times, statuses)));
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const answers = times.length;
  return {
    answers,
    perSecond: answers / took,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    statuses,
    bytes: Math.round(state.bytes / Math.max(1, answers)),
  };
}

/** Asks each request once, over a few connections, and gives every answer to `each` in the order in which they come. */
export async function askAll(
  port: number,
  asks: readonly Ask[],
  each: (index: number, status: number, head: string, body: Buffer) => void,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < asks.length) {
      const index = next++;
      const one = { port, connections: 1, seconds: 0, next: () => asks[index]! };
      await load({ ...one, each: (status, head, body) => each(index, status, head, body) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

function drive(
  options: Options,
  state: { until: number; bytes: number },
  times: number[],
  statuses: Record<string, number>,
): Promise<void> {
  const { port, next, each } = options;
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let parts: Buffer[] = [];
    let have = 0;
    let sent = 0;
    let known: { status: string; head: string; begin: number; need: number } | undefined;
    const send = () => {
      sent = performance.now();
      socket.write(next());
    };
    const answered = ({ status, head, begin, need }: NonNullable<typeof known>) => {
      times.push(performance.now() - sent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      state.bytes += need - begin;
      each?.(Number(status), head, Buffer.concat(parts).subarray(begin, need));
      [parts, have, known] = [[], 0, undefined];
      if (performance.now() < state.until) return send();
      socket.end();
      resolve();
    };
    const begun = (): typeof known => {
      const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      const end = data.indexOf(END);
      if (end < 0) return undefined;
      const head = data.toString("latin1", 0, end);
      const status = head.slice(9, 12);
      const length = status === "304" || status === "204" ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) reject(new Error(`an answer without a length: ${head}`));
      return { status, head, begin: end + 4, need: end + 4 + length };
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => resolve());
    // A body that nobody wants is counted and let go: put together anew at each of its chunks, it cost this process more than the one measured.
    socket.on("data", (chunk: Buffer) => {
      have += chunk.length;
      if (!known || each) parts.push(chunk);
      known ??= begun();
      if (known && have >= known.need) answered(known);
    });
  });
}
