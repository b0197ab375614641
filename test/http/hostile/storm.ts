import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Bomb } from "./corpus.ts";

/** What came of a text on a socket: the statuses, in order, and how long until the other side had answered or, without a word, hung up. */
export type Outcome = { statuses: number[]; tookMs: number };

/** Nothing may take longer (safety.md S2); a little for the machine itself. */
export const PATIENCE_MS = 15_000;

/** Says bytes as they are, then nothing more; with `leaving` hangs up its own side, as most do. */
export function say(port: number, bytes: Buffer, leaving = true): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let answered: number | undefined;
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)).filter((status) => status >= 200);
      // A connection that is kept after an answer keeps nobody waiting.
      resolve({ statuses, tookMs: (answered ?? performance.now()) - began });
    };
    const timer = setTimeout(done, PATIENCE_MS + 3_000);
    socket.setEncoding("latin1").on("data", (part: string) => {
      text += part;
      answered = performance.now();
    });
    socket
      .on("close", done)
      .on("end", done)
      .on("error", () => {});
    if (leaving) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** Throws a bomb; 0: the connection was cut, as it may be under a body that is too large. */
export function hurl(port: number, { method, path, body, headers = {} }: Bomb, token: string): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const sending = request({
      port,
      host: "127.0.0.1",
      method,
      path,
      agent: false,
      timeout: PATIENCE_MS + 3_000,
      headers: { ...headers, authorization: `Bearer ${token}` },
    });
    const done = (status: number) => resolve({ statuses: [status], tookMs: performance.now() - began });
    sending.on("response", (answer) => answer.resume().on("close", () => done(answer.statusCode ?? 0)));
    sending.on("timeout", () => sending.destroy()).on("error", () => done(0));
    sending.end(body);
  });
}

/** Clients who hold connections: their headers come by single bytes, their bodies too, or they ask for much and read nothing. */
export function slow(port: number, count: number, token: string): { stop(): void } {
  const state = { stopped: false };
  const head = `Host: x\r\nAuthorization: Bearer ${token}\r\n`;
  const sockets = Array.from({ length: count }, (_, n) => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    if (n % 3 === 2) socket.pause();
    socket.write(
      [
        "GET /v1/people HTTP/1.1\r\nX: ",
        `POST /v1/people/search HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
        `GET /v1/localities?limit=500 HTTP/1.1\r\n${head}\r\n`.repeat(2),
      ][n % 3]!,
    );
    return socket;
  });
  const drip = async () => {
    while (!state.stopped) {
      for (const [n, socket] of sockets.entries()) if (n % 3 !== 2 && socket.writable) socket.write(" ");
      await delay(500);
    }
  };
  void drip();
  return {
    stop: () => {
      state.stopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What ordinary reading gave: the time of each answer, and the statuses that are none of 200. */
export type Reading = { times: number[]; odd: number[] };

/** Reads from a thread of its own until it is stopped. */
export function reading(port: number, token: string): { stop(): Promise<Reading> } {
  const thread = new Worker(join(import.meta.dirname, "reader.ts"), { workerData: { port, token } });
  const read = once(thread, "message") as Promise<[Reading]>;
  return {
    stop: async () => {
      thread.postMessage("over", []);
      const [found] = await read;
      await thread.terminate();
      return found;
    },
  };
}

/** Ordinary reading, one request after another on a few kept connections. */
export async function ordinary(port: number, token: string, until: () => boolean): Promise<Reading> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const [times, odd] = [[] as number[], [] as number[]];
  const one = (path: string) =>
    new Promise<void>((resolve) => {
      const began = performance.now();
      const ended = (status: number) => {
        times.push(performance.now() - began);
        if (status !== 200) odd.push(status);
        resolve();
      };
      const asking = request({ port, host: "127.0.0.1", path, agent, headers: { authorization: `Bearer ${token}` } });
      asking.on("response", (answer) => answer.resume().on("end", () => ended(answer.statusCode ?? 0))).on("error", () => ended(0));
      asking.end();
    });
  const walk = async () => {
    while (!until()) for (const path of ["/v1/people?limit=5", "/v1/localities?limit=5", "/v1/organizations?limit=5"]) await one(path);
  };
  await Promise.all(Array.from({ length: 4 }, walk));
  agent.destroy();
  return { times, odd };
}

export const percentile = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? 0;

/** What a process holds in memory, in MiB. */
export const residentMib = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
