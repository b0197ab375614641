import { Agent, request } from "node:http";

/** An answer, or why there was none: `sent` says whether the request had reached a connection. */
export type Answer =
  | { status: number; headers: Record<string, string | string[] | undefined>; text: string; tookMs: number }
  | { status: 0; error: string; sent: boolean; tookMs: number };
/** One request. */
export type Asked = { method?: string; path: string; body?: unknown; headers?: Record<string, string>; timeoutMs?: number };
/** Calls a port of this machine on connections that are kept. */
export type Caller = { authorization: string; call(asked: Asked): Promise<Answer>; close(): void };

/** A client as integrators write them: kept connections, one answer for each request, never a retry of its own. */
export function callerOf(port: number, token: string, connections = 16): Caller {
  const authorization = `Bearer ${token}`;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const call = ({ method = "GET", path, body, headers = {}, timeoutMs = 30_000 }: Asked): Promise<Answer> =>
    new Promise((resolve) => {
      const started = performance.now();
      const text = body === undefined ? undefined : JSON.stringify(body);
      const given = {
        authorization: `Bearer ${token}`,
        ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      };
      const sending = request({ host: "127.0.0.1", port, path, method, agent, headers: { ...given, ...headers }, timeout: timeoutMs });
      let sent = false;
      const failed = (error: Error) => {
        const { code = error.message } = error as NodeJS.ErrnoException;
        resolve({ status: 0, error: code, sent, tookMs: performance.now() - started });
      };
      sending.on("socket", (socket) => {
        if (!socket.connecting) sent = true;
        else socket.once("connect", () => (sent = true));
      });
      sending.on("timeout", () => sending.destroy(new Error("no answer in time")));
      sending.on("error", failed);
      sending.on("response", (answer) => {
        let received = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (received += part));
        answer.on("error", failed);
        answer.on("end", () => {
          const { statusCode = 0, headers: heads } = answer;
          resolve({ status: statusCode, headers: heads, text: received, tookMs: performance.now() - started });
        });
      });
      sending.end(text);
    });
  return { authorization, call, close: () => agent.destroy() };
}

/** The name under which an answer is counted: its status, or the error. */
export const nameOf = (answer: { status: number } | { status: 0; error: string }): string | number =>
  "error" in answer ? answer.error : answer.status;
