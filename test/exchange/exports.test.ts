import { createHash } from "node:crypto";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import type { Scope } from "../../src/core/actor.ts";
import { exportSlots } from "../../src/exchange/exports/slots.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";
import { administer } from "../setup/template.ts";

const EXPORTER: readonly Scope[] = ["exports", "people:read", "people:write"];
const PEOPLE = 3_000;
let registry: Registry;
let one: string;

beforeAll(async () => {
  registry = await startRegistry();
  await runDemo({ ...registry.urls, keys: registry.keys, people: PEOPLE, seed: 1 });
  const degrees = Array.from({ length: 50 }, (_, i) => ({ level: "CN", certificate_no: `M-${i}` }));
  const person = { name: { full: "Đỗ Thị Ước" }, citizen_id: "024185000017", ethnicity: "01", degrees };
  const made = await registry.admin.post("/v1/people", person);
  expect(made.status, made.text).toBe(201);
  one = made.body.id as string;
  for (const certificate_no of ["M-50", "M-51"]) await registry.admin.post(`/v1/people/${one}/degrees`, { level: "CN", certificate_no });
}, 60_000);
afterAll(() => registry.close());

type Sent = { path: string; wish?: Wish; headers?: Record<string, string>; method?: string };

/** An answer whose body nobody reads yet. */
async function open({ path, wish = {}, headers = {}, method = "GET" }: Sent): Promise<IncomingMessage> {
  const authorization = `Bearer ${await registry.token({ scope: EXPORTER, ...wish })}`;
  const { port } = registry.app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ port, path, method, headers: { authorization, ...headers } }, resolve)
      .once("error", reject)
      .end();
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

type Line = Record<string, unknown> & { id: string };
type End = { end: true; count: number; sha256: string; position: null };

async function read(sent: Sent): Promise<{ records: Line[]; end: End; text: string }> {
  const answer = await open(sent);
  const text = await textOf(answer);
  expect([answer.statusCode, answer.headers["content-type"]], text.slice(0, 500)).toEqual([200, "application/x-ndjson"]);
  expect(text.endsWith("\n")).toBe(true);
  const lines = text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  return { records: lines.slice(0, -1), end: lines.at(-1) as unknown as End, text };
}

async function refusal(sent: Sent) {
  const answer = await open(sent);
  const { code, detail } = JSON.parse(await textOf(answer)) as { code: string; detail: string };
  return { status: answer.statusCode, code, detail, headers: answer.headers };
}

/** Connections of the service that stand in a transaction, as the server itself counts them. */
const held = (): Promise<number> =>
  administer(registry.urls.adminUrl, async (admin) => {
    const sql =
      "select count(*)::int as n from pg_stat_activity where datname = $1 and usename = 'trithuc_service' and xact_start is not null";
    return (await admin.query<{ n: number }>(sql, [registry.urls.name])).rows[0]!.n;
  });

async function until(condition: () => Promise<boolean>, withinMs: number): Promise<number> {
  const started = performance.now();
  while (!(await condition())) {
    expect(performance.now() - started).toBeLessThan(withinMs);
    await delay(10);
  }
  return performance.now() - started;
}

describe("GET /v1/people/export", { timeout: 60_000 }, () => {
  test("gives every person with all facts, one a line, and ends with their number and the hash of the bytes before", async () => {
    const { records, end, text } = await read({ path: "/v1/people/export" });
    expect(end).toEqual({ end: true, count: PEOPLE + 1, sha256: expect.any(String), position: null });
    expect(records.length).toBe(end.count);
    const before = text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1);
    expect(createHash("sha256").update(before).digest("hex")).toBe(end.sha256);
    const ids = records.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const facts = await registry.sql<{ n: number }>("select count(*)::int as n from affiliations where hidden_at is null");
    expect(records.flatMap((record) => record["affiliations"] as unknown[]).length).toBe(facts[0]!.n);
    for (const member of ["degrees", "academic_titles", "affiliations", "expertise", "awards"]) expect(records[0]).toHaveProperty(member);
  });

  test("never cuts what hangs on a person", async () => {
    const { records } = await read({ path: "/v1/people/export?name:exact=%C4%90%E1%BB%97%20Th%E1%BB%8B%20%C6%AF%E1%BB%9Bc" });
    expect(records.map(({ id }) => id)).toContain(one);
    const own = records.find(({ id }) => id === one)!;
    expect((own["degrees"] as unknown[]).length).toBe(52);
    expect(own).not.toHaveProperty("more");
  });

  test("speaks the language of lists: parameters, filter, fields, include, as_of", async () => {
    const path =
      "/v1/people/export?gender=female&filter=has(degrees,level=TS)&fields=id,gender,degrees.level&sort=id&as_of=2025-12-31&format=ndjson";
    const { records, end } = await read({ path });
    const list = await registry.as().get("/v1/people?gender=female&filter=has(degrees,level=TS)&as_of=2025-12-31&count=exact&limit=1");
    expect(list.status, list.text).toBe(200);
    expect(end.count).toBe(list.body.meta.count.value);
    expect(end.count).toBeGreaterThan(0);
    for (const record of records) {
      expect(Object.keys(record).toSorted()).toEqual(["degrees", "gender", "id"]);
      expect((record["degrees"] as { level: string }[]).some(({ level }) => level === "TS")).toBe(true);
    }
    const shallow = await read({ path: "/v1/people/export?include=awards&gender=female&birth_year=1970" });
    expect(shallow.records[0]).toHaveProperty("awards");
    expect(shallow.records[0]).not.toHaveProperty("degrees");
  });

  test("names what it keeps back, and opens it with scope and purpose only", async () => {
    const filter = `/v1/people/export?filter=${encodeURIComponent(`id = ${one}`)}`;
    const closed = await read({ path: filter });
    expect(closed.text).not.toContain("024185000017");
    expect(closed.records[0]!["redacted"]).toContain("citizen_id");
    expect(closed.records[0]).not.toHaveProperty("citizen_id");
    const scope: Scope[] = [...EXPORTER, "people:read.restricted", "people:read.sensitive"];
    expect((await read({ path: filter, wish: { scope } })).records[0]!["redacted"]).toContain("citizen_id");
    const opened = await read({ path: filter, wish: { scope }, headers: { "access-purpose": "verification" } });
    expect(opened.records[0]).toMatchObject({ citizen_id: "024185000017", ethnicity: "01" });
    expect(opened.records[0]).not.toHaveProperty("redacted");
    expect(
      createHash("sha256")
        .update(opened.text.slice(0, opened.text.indexOf("\n") + 1))
        .digest("hex"),
    ).toBe(opened.end.sha256);
  });

  test("keeps to the territory of the token", async () => {
    const [unit] = await registry.sql<{ id: string; n: number }>(
      "select r.node_id as id, count(distinct r.person_id)::int as n from person_reach r join organizations o on o.id = r.node_id where $1 between r.from_day and r.until_day group by 1 order by 2 limit 1",
      "2026-11-23",
    );
    const { end } = await read({ path: "/v1/people/export", wish: { org: [unit!.id] } });
    expect(end.count).toBe(unit!.n);
    expect((await read({ path: "/v1/people/export", wish: { org: [] } })).end.count).toBe(0);
    expect((await read({ path: "/v1/degrees/export", wish: { loc: [] } })).end.count).toBe(0);
  });

  test("needs `exports` beside the noun's own scope", async () => {
    expect(await refusal({ path: "/v1/people/export", wish: { scope: ["exports"] } })).toMatchObject({
      status: 403,
      code: "scope-missing",
    });
    expect(await refusal({ path: "/v1/people/export", wish: { scope: ["people:read"] } })).toMatchObject({
      status: 403,
      code: "scope-missing",
    });
    expect((await read({ path: "/v1/organizations/export", wish: { scope: ["exports"] } })).end.count).toBeGreaterThan(100);
    expect((await read({ path: "/v1/people/export", wish: { scope: ["exports", "directory:read"] } })).end.count).toBe(0);
  });

  test("refuses other formats and orders, unknown parameters, and identifiers in the address, before the first byte", async () => {
    const code = async (query: string, headers = {}) => {
      const { status, code } = await refusal({ path: `/v1/people/export?${query}`, headers });
      return [status, code];
    };
    expect(await code("format=csv")).toEqual([400, "invalid-parameter"]);
    expect(await code("format=xlsx")).toEqual([400, "invalid-parameter"]);
    expect(await code("", { accept: "text/csv" })).toEqual([406, "not-acceptable"]);
    expect(await code("", { accept: "application/json" })).toEqual([406, "not-acceptable"]);
    expect(await code("sort=name")).toEqual([400, "invalid-parameter"]);
    expect(await code("limit=5")).toEqual([400, "unknown-parameter"]);
    expect(await code("brith_year=1970")).toEqual([400, "unknown-parameter"]);
    expect(await code("citizen_id=024185000017")).toEqual([400, "identifier-in-url"]);
    expect(await code("fields=citizen_id")).toEqual([403, "scope-missing"]);
    expect((await read({ path: "/v1/people/export?format=ndjson&gender=other", headers: { accept: "application/json" } })).end.count).toBe(
      0,
    );
  });

  test("answers HEAD without doing the work", async () => {
    const answer = await open({ path: "/v1/people/export", method: "HEAD" });
    expect([answer.statusCode, answer.headers["content-type"], await textOf(answer)]).toEqual([200, "application/x-ndjson", ""]);
    expect(await held()).toBe(0);
  });
});

describe("a running export", { timeout: 60_000 }, () => {
  test("equals one snapshot, whatever is written meanwhile", async () => {
    const answer = await open({ path: "/v1/people/export" });
    const first = answer.read() as Buffer | null;
    const { body } = await registry.admin.post("/v1/people", { name: { full: "Người Đến Sau" } });
    const text = (first?.toString("utf8") ?? "") + (await textOf(answer));
    expect(text).not.toContain(body.id);
    expect(text.trimEnd().split("\n").length).toBe(PEOPLE + 2);
    const later = await open({ path: "/v1/people/export" });
    expect(await textOf(later)).toContain(body.id);
  });

  test("keeps no place for a client who hung up before its turn came", async () => {
    const waiting =
      "select count(*)::int as n from pg_locks where not granted and database = (select oid from pg_database where datname = $1)";
    for (let n = 0; n < 2; n++) {
      await administer(registry.urls.adminUrl, async (admin) => {
        await admin.query("begin; lock table trithuc.organizations in access exclusive mode");
        const authorization = `Bearer ${await registry.token({ scope: EXPORTER, org: ["SYT"] })}`;
        const { port } = registry.app.server.address() as AddressInfo;
        const asking = request({ port, path: "/v1/people/export", headers: { authorization } }).once("error", () => {});
        asking.end();
        await until(async () => (await admin.query<{ n: number }>(waiting, [registry.urls.name])).rows[0]!.n > 0, 2_000);
        const closed = new Promise((resolve) => asking.once("close", resolve));
        asking.destroy();
        await closed;
        await delay(50); // the service is told by the network
        await admin.query("commit");
      });
    }
    await until(async () => (await open({ path: "/v1/awards/export" })).resume().statusCode === 200, 5_000);
  });

  test("frees its connection within a second when the client hangs up", async () => {
    await until(async () => (await held()) === 0, 5_000); // those of the tests before
    const answer = await open({ path: "/v1/people/export" });
    await until(async () => (await held()) === 1, 2_000);
    answer.destroy();
    const tookMs = await until(async () => (await held()) === 0, 1_000);
    expect(tookMs).toBeLessThan(1_000);
  });

  test("that loses its connection to the database breaks off, and nobody can take it for whole", async () => {
    const answer = await open({ path: "/v1/people/export" });
    await until(async () => (await held()) === 1, 2_000);
    const sql =
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'trithuc_service' and xact_start is not null";
    await administer(registry.urls.adminUrl, (admin) => admin.query(sql, [registry.urls.name]));
    let text = "";
    const cut = await (async () => {
      for await (const chunk of answer) text += String(chunk);
    })().then(
      () => false,
      () => true,
    );
    expect(cut).toBe(true);
    expect(text).not.toContain('"end":true');
    expect((await read({ path: "/v1/awards/export" })).end.end).toBe(true);
  });

  test("leaves connections to the others: what does not fit is 503 and may come later", async () => {
    // The service of the tests has three connections for transactions, of which exports take one.
    const running = await open({ path: "/v1/people/export", wish: { client: "a" } });
    await until(async () => (await held()) === 1, 2_000);
    const { status, code, headers } = await refusal({ path: "/v1/people/export", wish: { client: "b" } });
    expect([status, code, headers["retry-after"]]).toEqual([503, "overloaded", "10"]);
    await textOf(running);
    await read({ path: "/v1/awards/export", wish: { client: "b" } });
  });

  test("is one of at most two of a client: a third is 429 until one is done", () => {
    const take = exportSlots(10);
    const [first] = [take("a"), take("a")];
    expect(() => take("a")).toThrow(expect.objectContaining({ code: "rate-limited", headers: { "retry-after": "10" } }));
    take("b");
    first();
    first(); // letting go twice gives one place
    take("a");
    expect(() => take("a")).toThrow("rate-limited");
  });
});

test("every noun with a list has an export", { timeout: 60_000 }, async () => {
  for (const { noun } of Object.values(catalog).filter(({ noun }) => noun.name !== "codes")) {
    const wish = { scope: ["exports", "people:read", "privacy"] } as const;
    const { records, end } = await read({ path: `/v1/${noun.name}/export`, wish });
    const list = await registry.as(wish).get(`/v1/${noun.name}?count=exact&limit=1`);
    expect(list.status, list.text).toBe(200);
    expect([noun.name, end.count, records.length]).toEqual([noun.name, list.body.meta.count.value, list.body.meta.count.value]);
  }
});
