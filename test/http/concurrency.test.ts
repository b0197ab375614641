import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openLane } from "../../src/http/direct/lane.ts";
import { allowanceOf, limitConcurrency } from "../../src/http/traffic/pressure.ts";
import { PUBLIC_URL, smallApp, someKeys } from "./small-app.ts";

const open = { config: { scope: "public" } } as const;

// The short form of R14 (test/faults): a service that has enough turns others away at once, and is itself again when it has worked.

/** A service that works on at most three requests, whose work ends when it is told to. */
async function three(most = 3) {
  const app = smallApp(someKeys());
  const { turnedAway, isFull, begin } = limitConcurrency(app, { most, publicUrl: () => PUBLIC_URL });
  openLane(app).serve([], {
    bearers: () => undefined,
    today: () => "",
    headers: {},
    isUnderPressure: isFull,
    begin,
    count: undefined,
  });
  const gates: (() => void)[] = [];
  const held = () => new Promise<object>((resolve) => gates.push(() => resolve({})));
  app.get("/work", open, held);
  app.get("/feed", { ...open, handlerTimeout: 30_000 }, held);
  app.get("/healthz", open, () => ({}));
  app.get("/quick", open, () => ({}));
  app.post("/sent", open, () => ({}));
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const ask = (path: string) => fetch(`${address}${path}`);
  const begun = async (url: string, count: number) => {
    const all = gates.length + count;
    const answers = Array.from({ length: count }, () => ask(url));
    await expect.poll(() => gates.length).toBe(all);
    return answers;
  };
  return {
    address,
    ask,
    begun,
    turnedAway,
    isFull,
    begin,
    working: () => gates.length,
    release: () => gates.splice(0).forEach((gate) => gate()),
  };
}

test("more requests than are worked on at one time are 503 overloaded with Retry-After, at once, and those that are go on", async () => {
  const { ask, begun, release, turnedAway } = await three();
  const working = await begun("/work", 3);
  const turned = await ask("/work");
  const { headers } = turned;
  expect([turned.status, headers.get("content-type"), headers.get("retry-after")]).toEqual([503, "application/problem+json", "2"]);
  expect(await turned.json()).toMatchObject({ code: "overloaded", status: 503, request_id: headers.get("x-request-id") });
  expect(turnedAway()).toBe(1);
  expect((await ask("/healthz")).status).toBe(200);
  release();
  expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200]);
  const again = await begun("/work", 3);
  release();
  expect((await Promise.all(again)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("those who are answered at once take their places too", async () => {
  const { ask, begun, release, isFull, begin } = await three();
  const read = { method: "GET", url: "/quick" };
  const [end, other] = [begin(read), begin(read)];
  expect(isFull(read)).toBe(false);
  const working = await begun("/work", 1);
  expect([isFull(read), (await ask("/quick")).status]).toEqual([true, 503]);
  end();
  expect([isFull(read), (await ask("/quick")).status]).toEqual([false, 200]);
  other();
  release();
  await Promise.all(working);
});

test("no kind of requests takes the places of the others", async () => {
  const { begun, release, isFull, begin } = await three(40);
  const record = { method: "GET", url: "/v1/people/019a0000-0000-7000-8000-000000000001?include=degrees" };
  const write = { method: "PATCH", url: "/v1/people/019a0000-0000-7000-8000-000000000001" };
  const search = { method: "POST", url: "/v1/people/search" };
  const kinds = {
    list: { method: "GET", url: "/v1/people?sort=name" },
    record,
    search: { method: "GET", url: "/v1/people?name:match=an" },
    write: { method: "POST", url: "/v1/people" },
  };
  const full = () => Object.entries(kinds).flatMap(([kind, asked]) => (isFull(asked) ? [kind] : []));
  const some = (count: number, asked: { method: string; url: string }) => Array.from({ length: count }, () => begin(asked));
  const ends = some(23, write);
  expect(full()).toEqual([]);
  ends.push(...some(1, write));
  expect(full()).toEqual(["write"]);
  for (const end of ends.splice(12)) end();
  ends.push(...some(12, search));
  expect(full()).toEqual(["search", "write"]);
  const working = await begun("/work", 12);
  expect(full()).toEqual(["list", "search", "write"]);
  ends.push(...some(4, record));
  expect(full()).toEqual(Object.keys(kinds));
  for (const end of ends) end();
  release();
  await Promise.all(working);
  expect(full()).toEqual([]);
});

test("who sends slowly holds nobody's place", async () => {
  const { address, ask } = await three();
  const { port } = new URL(address);
  const slow = Array.from({ length: 10 }, () => connect(Number(port), "127.0.0.1"));
  for (const socket of slow)
    socket.write("POST /sent HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
  await Promise.all(slow.map((socket) => once(socket, "connect")));
  expect((await Promise.all([1, 2, 3].map(() => ask("/quick")))).map(({ status }) => status)).toEqual([200, 200, 200]);
  for (const socket of slow) socket.destroy();
});

test("who asks for much in one packet is answered in turn, and holds one place", async () => {
  const { address, ask, begun, release, working } = await three();
  const before = await begun("/work", 2);
  const socket = connect(Number(new URL(address).port), "127.0.0.1").setEncoding("latin1");
  onTestFinished(() => void socket.destroy());
  let answers = "";
  socket.on("data", (part: string) => (answers += part));
  socket.write(["/work", "/quick", "/work"].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  await expect.poll(working).toBe(3);
  expect((await ask("/quick")).status).toBe(503);
  release();
  await Promise.all(before);
  await expect.poll(working).toBe(1);
  const statuses = () => answers.match(/HTTP\/1\.1 \d+/g);
  await expect.poll(statuses).toEqual(["HTTP/1.1 200", "HTTP/1.1 200"]);
  release();
  await expect.poll(() => statuses()?.length).toBe(3);
  socket.destroy();
});

test("who waits for long on nothing takes nobody's place", async () => {
  const { begun, release } = await three();
  const waiting = await begun("/feed", 20);
  const working = await begun("/work", 3);
  release();
  expect((await Promise.all([...waiting, ...working])).every(({ status }) => status === 200)).toBe(true);
});

test("while requests take long fewer are worked on, never under 32, and as many as before once they are quick again and some are turned away", () => {
  const clock = { now: 0 };
  const allowance = allowanceOf(256, () => clock.now);
  const pass = (ms: number, turning: boolean) => {
    for (let n = 0; n < 10; n++) {
      if (turning) allowance.refused();
      clock.now += 10;
      allowance.took(ms);
    }
    return allowance.allowed();
  };
  expect(pass(290, true)).toBe(256);
  expect(pass(900, true)).toBe(230);
  for (let n = 0; n < 40; n++) pass(900, true);
  expect(allowance.allowed()).toBe(32);
  expect(pass(50, false)).toBe(32);
  expect(pass(50, true)).toBe(36);
  for (let n = 0; n < 40; n++) pass(50, true);
  expect(allowance.allowed()).toBe(256);
});

test("a bound below 32 stays what it is, however long requests take", () => {
  const clock = { now: 0 };
  const allowance = allowanceOf(3, () => (clock.now += 200));
  for (let n = 0; n < 10; n++) allowance.took(5_000);
  expect(allowance.allowed()).toBe(3);
});
