import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { startPublisher } from "../../src/exchange/changes/jobs.ts";
import { jobsOf } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { administer } from "../setup/template.ts";
import { follow } from "./following.ts";

let registry: Registry;
let reader: Agent;
const children: ChildProcess[] = [];

beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["changes:read", "people:read"] });
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await registry.close();
});

const create = async (): Promise<string> => (await registry.admin.post("/v1/people", { name: { full: "Đặng Thị Nguồn" } })).body.id;
const state = async () => (await registry.sql<{ epoch: string; n: string; seen: string }>("select epoch, n, seen from feed_state"))[0];

async function startProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "publisher-process.ts"), registry.urls.serviceUrl], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout!, "data");
  return child;
}

describe("publishing", () => {
  test("has not begun: there is no feed yet, an export has no position", async () => {
    const { status, body, headers } = await reader.get("/v1/changes");
    expect([status, body.code, Number(headers["retry-after"]) > 0]).toEqual([503, "unavailable", true]);
    const { text } = await registry.as({ scope: ["exports", "people:read"] }).get("/v1/people/export");
    expect(JSON.parse(text.trimEnd().split("\n").at(-1)!)).toMatchObject({ end: true, position: null });
  });

  test("is done by one of several processes, and taken over within a second of a kill", async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    const all = await follow(reader);
    const before = await create();
    await all.until((seen) => seen.some(({ subject }) => subject === before));
    first.kill("SIGKILL");
    const started = performance.now();
    const id = await create();
    await all.until((seen) => seen.some(({ subject }) => subject === id));
    // What is measured holds the write, the poll of the reader, and whatever else this machine does.
    expect(performance.now() - started).toBeLessThan(2_000);
    second.kill("SIGKILL");
  });

  test("writes nothing where nothing was committed", async () => {
    const publisher = await startPublisher(registry.urls.serviceUrl, registry.work);
    const all = await follow(reader);
    const id = await create();
    await all.until((seen) => seen.some(({ subject }) => subject === id));
    const before = await state();
    // Transactions that write elsewhere move the snapshot, and are nothing to tell of.
    for (let n = 0; n < 5; n++) await registry.sql("select pg_current_xact_id()");
    expect((await reader.get(`/v1/changes?after=${all.position}&wait=1`)).body.data).toEqual([]);
    expect(await state()).toEqual(before);
    await publisher.stop();
  });

  test("is not held up by a transaction that goes on, which is told of when it ends", async () => {
    const publisher = await startPublisher(registry.urls.serviceUrl, registry.work);
    const all = await follow(reader);
    const long = new Client({ connectionString: registry.urls.ownerUrl, options: "-c search_path=trithuc" });
    await long.connect();
    await long.query("begin; select set_config('trithuc.actor', 'long', true)");
    const { rows } = await long.query<{ id: string }>("update organizations set short_name = 'Dài' where code = 'SYT' returning id");
    const id = await create();
    expect((await all.until((seen) => seen.some(({ subject }) => subject === id))).map(({ type }) => type)).toEqual(["person.created"]);
    await long.query("commit");
    await long.end();
    expect((await all.until((seen) => seen.length > 0)).map(({ subject }) => subject)).toEqual([rows[0]!.id]);
    await publisher.stop();
  });

  test("begins the next epoch where the tables are those of another database", async () => {
    const { position } = (await reader.get("/v1/changes?limit=500")).body;
    await registry.sql("update feed_state set identity = 'another/1/00000001/1'");
    expect((await reader.get(`/v1/changes?after=${position}`)).status).toBe(503);
    const publisher = await startPublisher(registry.urls.serviceUrl, registry.work);
    const { status, body } = await reader.get(`/v1/changes?after=${position}`);
    expect([status, body.code]).toEqual([410, "feed-position-expired"]);
    expect(Number(body.oldest.split(".")[0])).toBeGreaterThan(Number(position.split(".")[0]));
    const all = await follow(reader, "", body.oldest);
    const id = await create();
    expect((await all.until((seen) => seen.some(({ subject }) => subject === id))).map(({ type }) => type)).toEqual(["person.created"]);
    await publisher.stop();
  });

  test("keeps 400 days: an older position is 410 and names the oldest", async () => {
    const publisher = await startPublisher(registry.urls.serviceUrl, registry.work);
    const all = await follow(reader);
    const ids = [await create(), await create(), await create()];
    const events = await all.until((seen) => seen.some(({ subject }) => subject === ids[2]));
    await publisher.stop();
    const [, last] = events.map(({ id }) => Number(id.split(".")[1]));
    await registry.sql(
      "update feed set published_at = now() - interval '401 days' where n <= $1 or epoch <> (select epoch from feed_state)",
      last,
    );
    const sweep = jobsOf(registry.work)["sweep_changes"]!;
    await sweep({}, 1);
    await sweep({}, 1);
    const [first, second, third] = events as unknown as [{ id: string }, { id: string }, { id: string }];
    const { status, body } = await reader.get(`/v1/changes?after=${first.id}`);
    expect([status, body.code, body.oldest]).toEqual([410, "feed-position-expired", second.id]);
    expect((await reader.get(`/v1/changes?after=${second.id}`)).body.data.map(({ id }: { id: string }) => id)).toEqual([third.id]);
    expect((await reader.get("/v1/changes")).body.data.map(({ id }: { id: string }) => id)).toEqual([third.id]);
    expect(await registry.sql("select from feed where epoch <> (select epoch from feed_state)")).toEqual([]);
  });
});

describe("a hundred long polls at once", () => {
  test("hold no connection, and are answered at once when the service stops", async () => {
    const other = await startRegistry({ feed: true });
    const agent = other.as({ scope: ["changes:read", "people:read"] });
    const { position } = (await agent.get("/v1/changes?limit=500")).body;
    const polls = Array.from({ length: 101 }, () => agent.get(`/v1/changes?after=${position}&wait=25`));
    // The one too many is answered first: by then the others wait.
    const refused = await Promise.race(polls);
    expect([refused.status, refused.body.code, refused.headers["retry-after"]]).toEqual([429, "rate-limited", "1"]);
    const busy = await administer(other.urls.adminUrl, async (admin) => {
      const text = "select count(*)::int as n from pg_stat_activity where datname = $1 and usename = 'trithuc_service' and state <> 'idle'";
      return (await admin.query<{ n: number }>(text, [other.urls.name])).rows[0]!.n;
    });
    expect(busy).toBeLessThan(4);
    expect((await other.admin.get("/v1/people?limit=1")).status).toBe(200);
    const started = performance.now();
    const closed = other.close();
    const answers = await Promise.all(polls);
    expect(performance.now() - started).toBeLessThan(3_000);
    const waited = answers.filter(({ status }) => status === 200);
    expect(waited.length).toBe(100);
    expect(waited[0]!.body).toEqual({ data: [], position, has_more: false });
    await closed;
  }, 60_000);
});
