import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectionSettings, openDatabase } from "../../src/db/pools.ts";
import { openPipeline } from "../../src/db/readers/pipeline.ts";
import type { Pipeline } from "../../src/db/readers/pipeline.ts";
import { problemOfDatabase } from "../../src/db/sqlstate.ts";
import { testDatabase } from "../setup/database.ts";
import type { TestUrls } from "../setup/template.ts";

let urls: TestUrls;
let admin: Client;

beforeAll(async () => {
  urls = await testDatabase();
  admin = new Client({ connectionString: urls.adminUrl });
  await admin.connect();
});
afterAll(() => admin.end());

const open = (url = urls.serviceUrl, patienceMs = 2_000): Pipeline => {
  const { query_timeout: _, ...settings } = connectionSettings(
    url,
    1_000,
    "-c default_transaction_read_only=on -c application_name=points",
  );
  return openPipeline(settings, 2, patienceMs);
};
const echo = { name: "echo", text: "select $1::text, pg_backend_pid(), null" };
const texts = async (points: Pipeline, value: string) => (await points.first(echo, [value]))?.map((bytes) => bytes && String(bytes));
const backends = async () =>
  (await admin.query<{ pid: number }>("select pid from pg_stat_activity where application_name = 'points' and datname = $1", [urls.name]))
    .rows;

describe("the shared connections", () => {
  test("answer each caller what that caller asked, however many ask at once", async () => {
    const points = open();
    const asked = Array.from({ length: 2_000 }, (_, i) => `câu hỏi ${i} ${"đ".repeat(i % 700)}`);
    const answered = await Promise.all(asked.map((value) => texts(points, value)));
    expect(answered.map((row) => row![0])).toEqual(asked);
    expect(new Set(answered.map((row) => row![1])).size).toBe(2);
    expect(answered.every((row) => row![2] === null)).toBe(true);
    await points.close();
  });

  test.each(["begin", "set search_path = public", "select 1; begin", "commit", "update people set version = 2"])(
    "take no %s",
    async (text) => {
      const points = open();
      await expect(points.first({ name: "other", text }, [])).rejects.toThrow("single SELECT statements alone");
      await points.close();
    },
  );

  test("know so many statements and no more, forget the one not asked for longest, and take nulls", async () => {
    const points = open();
    const count = { name: "count", text: "select count(*)::text from pg_prepared_statements where $1::text is null" };
    for (let round = 0; round < 2; round++) {
      const asked = Array.from({ length: 300 }, (_, i) => points.first({ name: `one${i}`, text: `select $1::text || '${i}'` }, ["x"]));
      expect((await Promise.all(asked)).map((row) => String(row![0]))).toEqual(asked.map((_, i) => `x${i}`));
    }
    const known = await Promise.all([points.first(count, [null]), points.first(count, [null])]);
    expect(known.map((row) => Number(row![0]))).toEqual([120, 120]);
    await points.close();
  });

  test("give a wrong statement's failure to its caller alone, and run it again once it is right", async () => {
    const points = open();
    const all = await Promise.allSettled([
      texts(points, "a"),
      points.first({ name: "wrong", text: "select 1 / $1::int" }, ["0"]),
      texts(points, "b"),
      points.first({ name: "none", text: "select nothing from nowhere where 1 = $1::int" }, ["0"]),
      texts(points, "c"),
      texts(points, "d"),
    ]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect((all[1] as PromiseRejectedResult).reason).toMatchObject({ code: "22012", severity: "ERROR" });
    expect(String((await points.first({ name: "wrong", text: "select 1 / $1::int" }, ["1"]))?.[0])).toBe("1");
    await points.close();
  });

  test("on a connection as pg opens it, a transaction of one caller would show another one's actor", async () => {
    const shared = new Client({ ...connectionSettings(urls.serviceUrl, 1_000), pipeline: true } as never);
    await shared.connect();
    const [, , seen] = await Promise.all([
      shared.query("begin"),
      shared.query("select set_config('trithuc.actor', 'one', true)"),
      shared.query("select current_setting('trithuc.actor', true) as actor"),
      shared.query("commit"),
    ]);
    expect(seen.rows).toEqual([{ actor: "one" }]);
    await shared.end();
  });

  test("that are lost are opened again by one, and what was under way is asked once more", async () => {
    const points = open();
    await Promise.all([texts(points, "a"), texts(points, "b")]);
    const before = await backends();
    expect(before).toHaveLength(2);
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 500 }, (_, i) => texts(points, String(i)));
      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'points' and datname = $1", [
        urls.name,
      ]);
      const answered = await Promise.all([...asked, ...Array.from({ length: 500 }, (_, i) => texts(points, String(500 + i)))]);
      expect(answered.map((row) => row![0])).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)));
      expect((await backends()).length).toBeLessThanOrEqual(2);
    }
    await points.close();
  });

  test("keep nobody waiting on a network that swallows answers, and heal when it is back", async () => {
    const { port, hostname, searchParams } = new URL(urls.serviceUrl);
    const socket = searchParams.get("host");
    const proxy = swallowing(() => (socket ? connect(`${socket}/.s.PGSQL.${port}`) : connect(Number(port), hostname)));
    const through = new URL(urls.serviceUrl);
    through.port = String(await proxy.listening);
    through.hostname = "127.0.0.1";
    through.searchParams.delete("host");
    const points = open(through.href, 1_000);
    expect((await texts(points, "a"))?.[0]).toBe("a");
    proxy.swallow(true);
    const began = performance.now();
    const failed = await Promise.allSettled([texts(points, "b"), texts(points, "c"), texts(points, "d")]);
    expect(performance.now() - began).toBeLessThan(5_000);
    for (const one of failed) {
      expect(one.status).toBe("rejected");
      expect(problemOfDatabase((one as PromiseRejectedResult).reason)?.code).toBe("unavailable");
    }
    proxy.swallow(false);
    expect((await texts(points, "e"))?.[0]).toBe("e");
    await points.close();
    proxy.close();
  });

  test("are closed with the others, and refuse what comes after", async () => {
    const { points, close } = openDatabase({ url: urls.serviceUrl, readers: 1, workers: 1, statementTimeoutMs: 1_000 });
    expect((await points.first(echo, ["a"]))?.length).toBe(3);
    await close();
    await expect(points.first(echo, ["b"])).rejects.toThrow("Client was closed");
  });
});

/** A way to the database that can be made to pass nothing on. */
function swallowing(target: () => Socket): { listening: Promise<number>; swallow(yes: boolean): void; close(): void } {
  const state = { swallow: false, sockets: new Set<Socket>() };
  const server = createServer((near) => {
    const far = target();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      state.sockets.add(from);
      from.on("error", () => {});
      from.on("data", (chunk) => void (state.swallow || to.write(chunk)));
      from.on("close", () => to.destroy());
    }
  });
  const listening = new Promise<number>((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
  const close = () => {
    server.close();
    for (const socket of state.sockets) socket.destroy();
  };
  return { listening, swallow: (yes) => (state.swallow = yes), close };
}
