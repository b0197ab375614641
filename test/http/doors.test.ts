import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listenWidely } from "../../src/http/doors.ts";
import { closeGently } from "../../src/http/traffic/closing.ts";
import { smallApp, someKeys } from "./small-app.ts";

const HOST = "127.0.0.1";

function quick() {
  const app = smallApp(someKeys());
  closeGently(app);
  app.get("/quick", { config: { scope: "public" } }, () => ({}));
  return app;
}

/** Asks once on a connection of its own; resolves with all that came until it was closed. */
async function asked(port: number): Promise<string> {
  const socket = connect(port, HOST).setEncoding("latin1");
  let text = "";
  socket.on("data", (part: string) => (text += part));
  socket.write("GET /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  await once(socket, "close");
  return text;
}

test("clients who come at once are all answered, by whichever socket took them", async () => {
  const app = quick();
  const { port } = new URL(await listenWidely(app, { port: 0, host: HOST }));
  onTestFinished(() => app.close());
  const answers = await Promise.all(Array.from({ length: 200 }, () => asked(Number(port))));
  expect(answers.filter((text) => text.startsWith("HTTP/1.1 200"))).toHaveLength(200);
  expect(app.doors.size).toBe(process.platform === "linux" ? 15 : app.doors.size);
});

test("a stop waits for who was taken by any of them, and then nobody is taken", async () => {
  const app = smallApp(someKeys());
  closeGently(app);
  const gates: (() => void)[] = [];
  app.get("/work", { config: { scope: "public" } }, () => new Promise<object>((resolve) => gates.push(() => resolve({}))));
  const url = await listenWidely(app, { port: 0, host: HOST });
  const working = Array.from({ length: 40 }, () => fetch(`${url}/work`));
  await expect.poll(() => gates.length).toBe(40);
  const closed = app.close();
  gates.forEach((gate) => gate());
  expect((await Promise.all(working)).map(({ status }) => status)).toEqual(working.map(() => 200));
  await closed;
  await expect(fetch(`${url}/work`)).rejects.toThrow();
});

test("a port on which another listens is refused, also where that one would share it", async () => {
  const first = quick();
  const { port } = new URL(await listenWidely(first, { port: 0, host: HOST }));
  onTestFinished(() => first.close());
  const other = createServer().listen(0, HOST);
  await once(other, "listening");
  onTestFinished(() => void other.close());
  for (const taken of [Number(port), (other.address() as AddressInfo).port]) {
    const second = quick();
    await expect(listenWidely(second, { port: taken, host: HOST })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await second.close();
  }
});
