import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { request as send } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "../setup/registry.ts";

/** What Fastify itself says when a handler of its own begins. */
const HANDLED = "tracing:fastify.request.handler:start";
/** Headers of an answer. */
export type Headers = Record<string, string>;
type Plain = { status: number; headers: Headers; body: string };

/** An answer over a connection, and whether it came without Fastify. */
export async function over({ app }: Registry, path: string, headers: Headers, method = "GET"): Promise<Plain & { direct: boolean }> {
  let direct = true;
  const usual = () => void (direct = false);
  subscribe(HANDLED, usual);
  try {
    const { port } = app.server.address() as AddressInfo;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      send({ port, host: "127.0.0.1", path, method, headers }, resolve).on("error", reject).end();
    });
    const body = Buffer.concat(await answer.toArray()).toString("latin1");
    return { status: answer.statusCode!, headers: answer.headers as Headers, body, direct };
  } finally {
    unsubscribe(HANDLED, usual);
  }
}

/** The same on the usual way, which alone is asked by who sends nothing over a connection. */
export async function usual({ app }: Registry, path: string, headers: Headers, method = "GET"): Promise<Plain> {
  const answer = await app.inject({ method: method as "GET", url: path, headers });
  return { status: answer.statusCode, headers: answer.headers as Headers, body: answer.rawPayload.toString("latin1") };
}

/** What of an answer is the same whichever way it took. */
export const same = ({ status, headers, body }: Plain) => {
  const { date: _, connection: __, "keep-alive": ___, "x-request-id": id, ...rest } = headers;
  return { status, headers: rest, body: body.replace(id!, "") };
};

/** The same of a page: a cursor is sealed anew each time. */
export const unsealed = (answer: Plain) => {
  const { headers, body, status } = same(answer);
  const cut = (text = "") => text.replaceAll(/cursor=[\w%-]+|"cursor":"[\w-]+"/g, "cursor");
  const { "content-length": _, ...rest } = headers;
  return { status, headers: { ...rest, link: cut(headers["link"]) }, body: cut(body) };
};
