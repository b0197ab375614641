import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeGently, CLOSING_OPTIONS } from "../../src/http/traffic/closing.ts";
import { limitBodies, limitHandlers } from "../../src/http/traffic/deadlines.ts";
import { readJsonBodies } from "../../src/http/traffic/json-body.ts";
import { smallApp, someKeys, tokenOf } from "./small-app.ts";

const keys = someKeys();

async function listening(): Promise<FastifyInstance> {
  const app = smallApp(keys, { options: { ...CLOSING_OPTIONS } });
  closeGently(app);
  readJsonBodies(app);
  limitBodies(app, 200);
  app.post("/v1/notes", { config: { scope: "people:write" } }, async ({ body }) => body);
  app.post("/v1/uploads", { config: { scope: "people:write", bodyDeadlineMs: 5_000 } }, async ({ body }) => body);
  app.get("/v1/slow", { config: { scope: "people:write" } }, async () => {
    await delay(600);
    return { slow: true };
  });
  app.get("/v1/quick", { config: { scope: "people:write" } }, async () => {
    await delay(5);
    return {};
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app;
}

/** Sends texts one after another, with a pause between, and gives all that came until the other side hung up. */
async function talk(app: FastifyInstance, parts: readonly string[], pauseMs = 0): Promise<string> {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => (said += text));
  for (const part of parts) {
    socket.write(part);
    await delay(pauseMs);
  }
  if (!socket.closed) await once(socket, "close");
  return said;
}

async function head(method: string, path: string, length?: number): Promise<string> {
  const token = await tokenOf(keys, { scope: ["people:write"] });
  const body = length === undefined ? "" : `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${body}\r\n`;
}

test("a handler that takes too long is answered 503 in its time, whether its request had a body or not", async () => {
  const app = smallApp(keys, { options: { handlerTimeout: 150 } });
  readJsonBodies(app);
  limitHandlers(app);
  const never = () => new Promise<object>(() => {});
  app.get("/v1/never", { config: { scope: "people:write" } }, never);
  app.post("/v1/never", { config: { scope: "people:write" } }, never);
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const authorization = `Bearer ${await tokenOf(keys, { scope: ["people:write"] })}`;
  const bodies = [{}, { method: "POST" }, { method: "POST", body: "{}" }];
  for (const { body, ...rest } of bodies as { method?: string; body?: string }[]) {
    const headers = { authorization, ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(`${address}/v1/never`, { ...rest, ...(body && { body }), headers, signal: AbortSignal.timeout(5_000) });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, "unavailable"]);
    expect(answer.headers.get("retry-after")).not.toBeNull();
  }
  await app.close();
});

test("a body that has not come when the handler's time is over is answered 408 and not 503, and the connection closed", async () => {
  const app = smallApp(keys, { options: { handlerTimeout: 150 } });
  readJsonBodies(app);
  app.post("/v1/notes", { config: { scope: "people:write" } }, async ({ body }) => body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const chunked = (await head("POST", "/v1/notes", 1)).replace("Content-Length: 1", "Transfer-Encoding: chunked");
  for (const text of [await head("POST", "/v1/notes", 10), `${chunked}FFFFFFFF\r\n{}`]) {
    const said = await talk(app, [text]);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(said).toContain('"code":"request-timeout"');
  }
  await app.close();
});

describe("a body that comes too slowly", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await listening();
  });
  afterAll(() => app.close());

  test("is answered with 408 when its time is over, and the connection closed", async () => {
    const started = performance.now();
    const said = await talk(app, [await head("POST", "/v1/notes", 200_000), '{"a":']);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(said).toContain('"code":"request-timeout"');
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test("is waited for where a route gives it longer", async () => {
    const parts = [await head("POST", "/v1/uploads", 7), '{"a":', "1}", await head("GET", "/v1/none"), "garbage\r\n\r\n"];
    const said = await talk(app, parts, 300);
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
    expect(said).toContain('{"a":1}');
  });
});

describe("a service that stops", () => {
  test("finishes what is under way with `Connection: close`, and does not wait for idle connections", async () => {
    const app = await listening();
    const idle = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    await once(idle, "connect");
    const flying = talk(app, [await head("GET", "/v1/slow")]);
    await delay(100);
    const started = performance.now();
    await app.close();
    const said = await flying;
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
    expect(said.toLowerCase()).toContain("connection: close");
    expect(performance.now() - started).toBeLessThan(3_000);
    idle.destroy();
  });

  test("loses no request under load: each is answered, or finds nobody listening", async () => {
    const app = await listening();
    const { port } = app.server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    const headers = { authorization: `Bearer ${await tokenOf(keys, { scope: ["people:write"] })}` };
    const ask = () =>
      new Promise<number | string>((resolve) => {
        const sent = request({ port, agent, path: "/v1/quick", headers }, (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
        });
        // A new connection that only the kernel had taken is reset as the listening ends: no request of it was ever read.
        const untaken = (code?: string) => code === "ECONNRESET" && !sent.reusedSocket;
        sent.once("error", ({ code, message }: NodeJS.ErrnoException) => resolve(untaken(code) ? "ECONNREFUSED" : (code ?? message))).end();
      });
    const seen = new Map<number | string, number>();
    const clients = Array.from({ length: 16 }, async () => {
      for (let said: number | string = 200; said === 200;) seen.set((said = await ask()), (seen.get(said) ?? 0) + 1);
    });
    await delay(200);
    await app.close();
    await Promise.all(clients);
    expect(Object.fromEntries(seen)).toEqual({ 200: expect.any(Number), ECONNREFUSED: 16 });
    agent.destroy();
  });

  test("goes on answering on connections that are kept, for a moment, and asks to let go of them", async () => {
    const app = await listening();
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    let said = "";
    socket.setEncoding("utf8").on("data", (text: string) => (said += text));
    socket.write(await head("GET", "/v1/slow"));
    await once(socket, "data");
    said = "";
    const closing = app.close();
    socket.write(await head("GET", "/v1/slow"));
    await once(socket, "close");
    await closing;
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
    expect(said.toLowerCase()).toContain("connection: close");
  });
});
