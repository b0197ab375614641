import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, ListenOptions } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * At so many sockets a service listens on its port. Each turn of the event loop takes one connection from each (libuv 1.52), and under
 * load a turn lasts 10 ms: at one socket 1,500 clients who came at once waited up to 15 s, many of them in vain (R14).
 */
const DOORS = 16;
/** Connections that may wait to be taken, at each; the system's own bound is heeded beside. */
const BACKLOG = 1_024;

type Where = { port: number; host: string };

/** Listens, and gives the address under which it does. @throws Error EADDRINUSE where another process listens there, EACCES and its like */
export async function listenWidely(app: FastifyInstance, where: Where): Promise<string> {
  // Sockets that share a port would share it with another service of the same user too, in silence.
  if (where.port !== 0) await isFree(where);
  const shared = await sharesPorts(where.host);
  const options = { ...where, backlog: BACKLOG, reusePort: shared };
  const url = await app.listen(options);
  const { port } = app.server.address() as AddressInfo;
  const others = shared ? DOORS - 1 : 0;
  for (let n = 0; n < others; n++) {
    const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => app.server.emit("connection", socket));
    await opened(door, { ...options, port });
    app.doors.add(door);
  }
  return url;
}

const isFree = (where: Where): Promise<void> => tried({ ...where, exclusive: true });

/** Whether the system lets sockets share a port; macOS and Windows do not. */
const sharesPorts = (host: string): Promise<boolean> =>
  tried({ port: 0, host, reusePort: true }).then(
    () => true,
    () => false,
  );

async function tried(options: ListenOptions): Promise<void> {
  const door = createServer();
  await opened(door, options);
  door.close();
  await once(door, "close");
}

async function opened(door: ReturnType<typeof createServer>, options: ListenOptions): Promise<void> {
  door.listen(options);
  await once(door, "listening");
}
