import { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { buildApp } from "../../src/app.ts";
import { lookupHash } from "../../src/core/secrets/sealing.ts";
import { openDatabase } from "../../src/db/pools.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { catalog } from "../../src/nouns.ts";
import { PUBLIC_URL, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

type Reply = { status: number; text: string; replayed: string | null; retryAfter: string | null };

let registry: Registry;
let clerk: Agent;
let owner: Client;
/** Two services on one database, each with connections and turns of its own. */
let addresses: string[];
let token: string;

beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  token = await registry.token();
  owner = new Client({ connectionString: registry.urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
  await owner.connect();
  const database = openDatabase({ url: registry.urls.serviceUrl, readers: 2, workers: 3, statementTimeoutMs: 10_000 });
  const { keys } = registry;
  const verify = localVerifier(keys, "https://registry.example");
  const other = await buildApp({ database, keys, catalog, publicUrl: () => PUBLIC_URL, clock: registry.work.clock, verify });
  await other.listen({ port: 0, host: "127.0.0.1" });
  addresses = [registry.app, other].map(({ server }) => `http://127.0.0.1:${(server.address() as { port: number }).port}`);
  return async () => {
    await owner.end();
    await other.close();
    await database.close();
    await registry.close();
  };
});

async function create(n: number, body: object, key?: string): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    ...(key !== undefined && { "idempotency-key": key }),
  };
  const path = "/v1/people?on_duplicate=create";
  const answer = await fetch(`${addresses[n % addresses.length]}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const header = (name: string) => answer.headers.get(name);
  return { status: answer.status, text: await answer.text(), replayed: header("idempotency-replayed"), retryAfter: header("retry-after") };
}

const named = async (full: string) =>
  Number((await registry.sql<{ n: string }>("select count(*) as n from people where name_full = $1", full))[0]!.n);
const parallel = <T>(count: number, one: (n: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, n) => one(n)));
const hashOf = (key: string) => lookupHash(registry.keys, "idempotency-key", `local-client\0${key}`);
const lockOf = (key: string) => hashOf(key).readBigInt64BE().toString();

/** R9. */
describe("64 requests at once with one key, over two services on one database", () => {
  test("have one effect: each is answered 201 or told to wait, and after the retry all 64 answers are one", async () => {
    const body = { name: { full: "Mẫu Văn Song Song" }, degrees: [{ level: "TS" }, { level: "ThS" }] };
    const first = await parallel(64, (n) => create(n, body, "r9"));
    expect(new Set(first.map(({ status }) => status)).difference(new Set([201, 409]))).toEqual(new Set());
    for (const { status, text, retryAfter } of first)
      if (status === 409) expect([JSON.parse(text).code, Number(retryAfter)]).toEqual(["idempotency-in-progress", 1]);
    let retries = 0;
    const all = await Promise.all(
      first.map(async (reply, n) => {
        let last = reply;
        for (; last.status === 409; last = await create(n, body, "r9")) retries++;
        return last;
      }),
    );
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(all.filter(({ replayed }) => replayed === null)).toHaveLength(1);
    expect(await named("Mẫu Văn Song Song")).toBe(1);
    expect(await registry.sql("select from idempotency_records")).toHaveLength(1);
    const other = await parallel(8, (n) => create(n, { name: { full: "Mẫu Thị Song Song" } }, "r9"));
    for (const { status, text } of other) expect([status, JSON.parse(text).code]).toEqual([422, "idempotency-key-reused"]);
    console.log(
      `R9: 64 requests, ${first.filter(({ status }) => status === 409).length} told to wait, ${retries} retries, 1 effect, 1 answer`,
    );
  });

  test("and 16 without a key have 16: doubling would be seen", async () => {
    const answers = await parallel(16, (n) => create(n, { name: { full: "Mẫu Văn Không Khoá" } }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await named("Mẫu Văn Không Khoá")).toBe(16);
  });
});

describe("a repetition that meets its original", () => {
  test("in another process is 409 with Retry-After, and answered once that has ended", async () => {
    await owner.query("select pg_advisory_lock($1)", [lockOf("held")]);
    const told = await create(0, { name: { full: "Mẫu Văn Chờ" } }, "held");
    expect([told.status, JSON.parse(told.text).code, told.retryAfter]).toEqual([409, "idempotency-in-progress", "1"]);
    expect(await named("Mẫu Văn Chờ")).toBe(0);
    await owner.query("select pg_advisory_unlock($1)", [lockOf("held")]);
    expect((await create(1, { name: { full: "Mẫu Văn Chờ" } }, "held")).status).toBe(201);
  });

  test("in the same process waits for it without a connection, and is answered alike", async () => {
    await owner.query("begin; lock table person_numbers in access exclusive mode");
    const [before, connections] = [create(0, { name: { full: "Mẫu Văn Kiên Nhẫn" } }, "slow"), 6];
    await untilWaiting();
    const after = parallel(connections, () => create(0, { name: { full: "Mẫu Văn Kiên Nhẫn" } }, "slow"));
    // The one who waits holds one of three; six more would hold them all.
    expect((await clerk.post("/v1/people/search", {})).status).toBe(200);
    expect((await clerk.patch("/v1/people/019a0000-0000-7000-8000-00000000ffff", {}, 1)).status).toBe(404);
    await owner.query("rollback");
    const texts = [await before, ...(await after)].map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
    expect(await named("Mẫu Văn Kiên Nhẫn")).toBe(1);
  });

  test("that takes longer than two seconds is 409", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { turns } = registry.work.database;
    turns.set(hashOf("long").toString("hex"), promise);
    const { status, text, retryAfter } = await create(0, { name: { full: "Mẫu Văn Lâu" } }, "long");
    expect([status, JSON.parse(text).code, retryAfter]).toEqual([409, "idempotency-in-progress", "1"]);
    turns.delete(hashOf("long").toString("hex"));
    resolve();
    expect((await create(0, { name: { full: "Mẫu Văn Lâu" } }, "long")).status).toBe(201);
    expect(turns.size).toBe(0);
  });

  async function untilWaiting(): Promise<void> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const { rowCount } = await owner.query("select from pg_locks where not granted and relation = 'person_numbers'::regclass");
      if (rowCount! > 0) return;
      if (Date.now() > deadline) throw new Error("nobody waits for the lock");
    }
  }
});

describe("keys that are none", () => {
  test("of 1 MB, two at once, are refused by the front, and the service goes on", async () => {
    const answers = await parallel(2, async (n) => {
      try {
        return (await create(n, { name: { full: "Mẫu Văn To" } }, String.fromCodePoint(97 + n).repeat(1024 * 1024))).status;
      } catch (error) {
        // The service answers and hangs up while the client is still sending.
        return (error as { cause?: { code?: string } }).cause?.code;
      }
    });
    for (const answer of answers) expect([431, "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]).toContain(answer);
    expect(await named("Mẫu Văn To")).toBe(0);
    expect((await create(0, { name: { full: "Mẫu Văn To" } }, "small")).status).toBe(201);
  });
});
