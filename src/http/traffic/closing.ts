import { Server as TcpServer } from "node:net";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyInstance {
    /** Sockets that listen beside the server's own, and hand what they take to it. */
    doors: Set<TcpServer>;
  }
}

/** Connections that are kept have so long for one more request, which is answered with `Connection: close`. */
const DRAIN_MS = 400;
const SWEEP_MS = 20;
/** What is still being answered after this is cut, so that the process ends within 10 s. */
const PATIENCE_MS = 7_500;

/** The server option without which a request on a kept connection is turned away while the service stops. */
export const CLOSING_OPTIONS = { return503OnClosing: false } as const;

/**
 * Lets a service stop without losing a request: it stops listening, answers what is under way, and tells clients to let go of their
 * connections. Node's own `close` cuts kept connections at once, and with them a request that is just coming in.
 *
 * To be called before the first route.
 */
export function closeGently(app: FastifyInstance): void {
  const { server } = app;
  let closing = false;
  const doors = new Set<TcpServer>();
  app.decorate("doors", doors);
  app.addHook("onSend", (_request, reply, payload, next) => {
    if (closing) reply.header("connection", "close");
    next(null, payload);
  });
  app.addHook("preClose", async () => {
    closing = true;
  });
  server.close = (callback) => {
    const drained = performance.now() + DRAIN_MS;
    // Swept and not closed once: an answer whose head had gone before the stop leaves its connection idle later.
    const sweep = setInterval(() => performance.now() > drained && server.closeIdleConnections(), SWEEP_MS);
    const cut = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
    const all = [server, ...doors];
    let left = all.length;
    const closed = (error?: Error) => {
      if (--left > 0) return;
      clearInterval(sweep);
      clearTimeout(cut);
      callback?.(error);
    };
    for (const one of all) TcpServer.prototype.close.call(one, closed);
    return server;
  };
}
