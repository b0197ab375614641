import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { as, frontApp } from "./front-app.ts";
import type { RateSettings } from "../../src/http/traffic/rate.ts";

// The clock stands still but for where a test moves it: a slow machine must not begin a new second in between.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

async function service(rates: RateSettings = { reads: 3, writes: 1 }) {
  const app = await frontApp({ rates });
  const config = { scope: "people:read" } as const;
  const schema = { hide: true };
  app.get("/v1/people", { config, schema }, () => ({}));
  app.post("/v1/people", { config, schema }, () => ({}));
  app.post("/v1/people/search", { config, schema }, () => ({}));
  app.get("/page", { config: { scope: "public" }, schema }, () => "");
  app.get("/healthz", { config: { scope: "public" }, schema }, () => "");
  return { app, get: async (client: string, url = "/v1/people") => app.inject({ url, headers: await as(client, "people:read") }) };
}

describe("a client", () => {
  test("has its reads within a second, is told what is left, and then is 429 until the second is over", async () => {
    const { get } = await service();
    for (const left of [2, 1, 0]) {
      const answer = await get("one");
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({ "ratelimit-policy": '"reads";q=3;w=1', ratelimit: `"reads";r=${left};t=1` });
    }
    const refused = await get("one");
    expect([refused.statusCode, refused.json().code, refused.headers["content-type"]]).toEqual([
      429,
      "rate-limited",
      "application/problem+json",
    ]);
    expect(refused.headers).toMatchObject({ "retry-after": "1", "ratelimit-policy": '"reads";q=3;w=1', ratelimit: '"reads";r=0;t=1' });
    vi.setSystemTime(Date.now() + 1001);
    expect((await get("one")).statusCode).toBe(200);
  });

  test("is not slowed by another one, nor reads by writes; a search is a read", async () => {
    const { app, get } = await service();
    const headers = await as("one", "people:read");
    const post = async (url: string) => (await app.inject({ method: "POST", url, headers })).statusCode;
    expect([await post("/v1/people"), await post("/v1/people")]).toEqual([200, 429]);
    expect([await post("/v1/people/search"), (await get("one")).statusCode, (await get("one")).statusCode]).toEqual([200, 200, 200]);
    expect([await post("/v1/people/search"), (await get("two")).statusCode]).toEqual([429, 200]);
  });

  test("is who its token says, and without one the address it calls from, an IPv6 one by its /64", async () => {
    const { app } = await service({ reads: 1, writes: 1 });
    const from = async (remoteAddress: string) => (await app.inject({ url: "/page", remoteAddress })).statusCode;
    expect([await from("192.0.2.1"), await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([200, 429, 200]);
    expect([await from("2001:db8:1:2::1"), await from("2001:db8:1:2:ffff::9"), await from("2001:db8:1:3::1")]).toEqual([200, 429, 200]);
    expect((await app.inject({ url: "/healthz", remoteAddress: "192.0.2.1" })).headers).not.toHaveProperty("ratelimit");
  });
});

test("off, there is no limit and no header", async () => {
  const { get } = await service("off");
  for (let i = 0; i < 20; i++) expect((await get("one")).headers).not.toHaveProperty("ratelimit");
});
