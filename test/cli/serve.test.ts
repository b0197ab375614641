import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFolder, run, services } from "./program.ts";
import type { Served } from "./program.ts";

const data = dataFolder();
const { serve, killAll } = services();
const here = { TRITHUC_DATA_DIR: data.folder };
let first: Served;

beforeAll(async () => {
  first = await serve(here);
}, 60_000);
afterAll(async () => {
  await killAll();
  data.remove();
});

const headers = ({ token }: Served) => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });
const post = async (service: Served, full: string) => {
  const answer = await fetch(`${service.url}/v1/people`, {
    method: "POST",
    headers: headers(service),
    body: JSON.stringify({ name: { full } }),
  });
  return (await answer.json()) as { id: string };
};
const statusOf = async (service: Served, path: string) => (await fetch(`${service.url}${path}`, { headers: headers(service) })).status;
const postmaster = () => Number(readFileSync(join(data.folder, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);

/** A POST whose body is half sent: it is in flight until `finish`. */
async function halfSent(service: Served, agent: Agent): Promise<{ finish(): Promise<IncomingMessage> }> {
  const body = JSON.stringify({ name: { full: "Người Đang Gửi" } });
  const sent = request(`${service.url}/v1/people`, {
    method: "POST",
    agent,
    headers: { ...headers(service), "content-length": Buffer.byteLength(body) },
  });
  sent.write(body.slice(0, 10));
  await once(sent, "socket");
  await delay(100); // until the service has read the head there is nothing by which to see that it has
  return {
    finish: async () => {
      const answered = once(sent, "response") as Promise<[IncomingMessage]>;
      sent.end(body.slice(10));
      const [answer] = await answered;
      answer.resume();
      return answer;
    },
  };
}

describe("a first start", { timeout: 60_000 }, () => {
  test("says in both languages where the service and its documents are, with a curl line that works", async () => {
    expect(first.said.out).toContain("Trí Thức đang chạy");
    expect(first.said.out).toContain("Trí Thức is running");
    expect(first.said.out).toContain(`${first.url}/docs`);
    const [, line = ""] = /\n(curl .+)\n/.exec(first.said.out) ?? [];
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", `${line} -s`]);
    expect(JSON.parse(stdout)).toMatchObject({ data: [], page: { has_more: false } });
    expect(await statusOf(first, "/docs/static/index.html")).toBe(200);
    expect(await statusOf(first, "/readyz")).toBe(200);
  });

  test("gives a token that reads, writes and exports, and opens nothing restricted", async () => {
    expect((await post(first, "Người Thử Nghiệm")).id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await statusOf(first, "/v1/people/export")).toBe(200);
    expect(await statusOf(first, "/v1/people?fields=citizen_id")).toBe(403);
  });

  test("makes keys that nobody else can read", () => {
    expect(statSync(join(data.folder, "keys.json")).mode & 0o077).toBe(0);
  });
});

describe("a second start", { timeout: 60_000 }, () => {
  test("on the same folder and port is refused in one line a language, and harms nothing", async () => {
    const { code, err, out } = await run(["serve"], { ...here, PORT: new URL(first.url).port });
    expect([code, out]).toEqual([1, ""]);
    expect(err.trim().split("\n")).toEqual([expect.stringMatching(/Cổng \d+ .*PORT/), expect.stringMatching(/Port \d+ .*PORT/)]);
    expect(await statusOf(first, "/v1/people")).toBe(200);
  });

  test("on another port attaches to the same database, and leaves it running when it stops", async () => {
    const second = await serve(here);
    const { id } = await post(second, "Người Thứ Hai");
    expect(await statusOf(first, `/v1/people/${id}`)).toBe(200);
    expect((await second.stop()).code).toBe(0);
    expect(await statusOf(first, `/v1/people/${id}`)).toBe(200);
  });
});

describe("the first of two", { timeout: 60_000 }, () => {
  test("may stop: the second goes on with the database, and stops it at its own end", async () => {
    const second = await serve(here);
    const { id } = await post(second, "Người Ở Lại");
    expect((await first.stop()).code).toBe(0);
    await expect.poll(() => statusOf(second, `/v1/people/${id}`), { timeout: 20_000, interval: 50 }).toBe(200);
    const third = await serve(here);
    expect(await statusOf(third, `/v1/people/${id}`)).toBe(200);
    expect((await third.stop()).code).toBe(0);
    expect(await statusOf(second, `/v1/people/${id}`)).toBe(200);
    expect((await second.stop()).code).toBe(0);
    expect(existsSync(join(data.folder, "postgres/data/postmaster.pid"))).toBe(false);
  });
});

describe("SIGTERM", { timeout: 60_000 }, () => {
  test("lets a request in flight finish, is not held up by idle connections, and ends with 0", async () => {
    const service = await serve(here);
    const agent = new Agent({ keepAlive: true });
    const idle = request(`${service.url}/healthz`, { agent }).end();
    const [answer] = (await once(idle, "response")) as [IncomingMessage];
    answer.resume();
    const flying = await halfSent(service, new Agent({ keepAlive: true }));
    const stopping = service.stop("SIGTERM");
    await delay(300);
    const finished = await flying.finish();
    expect([finished.statusCode, finished.headers.connection]).toEqual([201, "close"]);
    const { code, tookMs, err } = await stopping;
    expect([code, err]).toEqual([0, ""]);
    expect(tookMs).toBeLessThan(5_000);
    expect(existsSync(join(data.folder, "postgres/data/postmaster.pid"))).toBe(false);
    agent.destroy();
  });
});

describe("a next start", { timeout: 60_000 }, () => {
  test("is ready in a fraction of the time of the first, and SIGINT ends it with 0", async () => {
    const service = await serve(here);
    console.log(`ready: first start ${Math.round(first.readyMs)} ms, next start ${Math.round(service.readyMs)} ms`);
    expect(service.readyMs).toBeLessThan(first.readyMs);
    expect((await service.stop("SIGINT")).code).toBe(0);
  });

  test("after kill -9 finds everything that was acknowledged, and no PostgreSQL is left over", async () => {
    const killed = await serve(here);
    const { id } = await post(killed, "Người Còn Lại");
    const orphan = postmaster();
    await killed.stop("SIGKILL");
    const isRunning = () => {
      try {
        return process.kill(orphan, 0);
      } catch {
        return false;
      }
    };
    const deadline = Date.now() + 10_000;
    while (isRunning() && Date.now() < deadline) await delay(20);
    expect(isRunning()).toBe(false);
    const service = await serve(here);
    expect(await statusOf(service, `/v1/people/${id}`)).toBe(200);
    expect((await service.stop()).code).toBe(0);
  });

  test("on a port that another program has is one line naming PORT, and stops its database", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(["serve", "--lang", "en"], { ...here, PORT: String(port) });
    expect([code, err]).toEqual([1, `Port ${port} is taken by another program: set PORT to another number.\n`]);
    expect(existsSync(join(data.folder, "postgres/data/postmaster.pid"))).toBe(false);
    other.close();
  });
});
