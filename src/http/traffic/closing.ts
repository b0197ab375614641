import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { FastifyInstance } from "fastify";

/** A stopping service goes on answering for so long, each answer with `Connection: close`, before it stops listening. */
const DRAIN_MS = 400;
const STEP_MS = 20;
/** What is still being answered after this is cut, so that the process ends within 10 s. */
const PATIENCE_MS = 7_500;

/** The server option without which a request on a kept connection is turned away while the service stops. */
export const CLOSING_OPTIONS = { return503OnClosing: false } as const;

/**
 * Lets a service stop without losing a request: clients are told to let go of their connections, those under way are waited for.
 *
 * Closing at once would cut kept connections on which a request is just coming in. To be called before the first route.
 */
export function closeGently(app: FastifyInstance): void {
  let closing = false;
  app.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    closing = true;
    const connections = promisify(app.server.getConnections.bind(app.server));
    const until = performance.now() + DRAIN_MS;
    while (performance.now() < until && (await connections()) > 0) await delay(STEP_MS);
    // An answer whose head had gone before the stop keeps its connection: swept once it is idle.
    const sweep = setInterval(() => app.server.closeIdleConnections(), STEP_MS);
    const last = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS);
    app.server.once("close", () => {
      clearInterval(sweep);
      clearTimeout(last);
    });
  });
}
