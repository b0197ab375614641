import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** How the network to the database is: whole, swallowing everything, late, tearing connections, refusing new ones, or losing halves. */
export type Weather = "fair" | "black hole" | "late" | "reset" | "refused" | "half packets";
/** A network of one's own between the service and its database. */
export type Network = { port: number; be(weather: Weather): void; close(): Promise<void> };

/** By how much "late" holds back each piece, both ways. */
const LATE_MS = 1_500;

/** Listens on a free port, and hands on what comes to `target` and back, as the weather is. */
export async function openNetwork(target: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let weather: Weather = "fair";
  const hand = (from: Socket, to: Socket) =>
    from.on("data", (data: Buffer) => {
      if (weather === "black hole" || weather === "refused") return;
      if (weather === "half packets") {
        // The half that arrives is whole bytes of a message whose rest never comes.
        if (data.length > 1) to.write(data.subarray(0, data.length >> 1));
        return;
      }
      if (weather === "late") setTimeout(() => to.writable && to.write(data), LATE_MS);
      else to.write(data);
    });
  const server = createServer((near) => {
    if (weather === "refused" || weather === "reset") return void near.resetAndDestroy();
    const far = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      hand(one, other);
      one.on("error", () => {});
      // In a black hole nobody hears that the other side has gone.
      one.on("close", () => {
        sockets.delete(one);
        if (weather !== "black hole") other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    be: (next) => {
      weather = next;
      if (next === "reset" || next === "refused") for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** The same database by way of a network: TCP to its port, whatever way the URL named. */
export function through({ port }: Pick<Network, "port">, url: string): string {
  const changed = new URL(url);
  changed.host = `127.0.0.1:${port}`;
  changed.search = "?sslmode=disable";
  return changed.href;
}
