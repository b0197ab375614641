import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Reader } from "../../src/db/pools.ts";
import { sql } from "../../src/db/statement.ts";
import type { Actor } from "../../src/core/actor.ts";
import { readFeed } from "../../src/exchange/changes/queries.ts";
import { startPublisher } from "../../src/exchange/changes/jobs.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

const EVENTS = 200_000;
const SCAN = 5_000;
let registry: Registry;
let unit: string;

beforeAll(async () => {
  registry = await startRegistry();
  await (await startPublisher(registry.urls.serviceUrl, registry.work)).stop();
  unit = (await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'"))[0]!.id;
  // One noun and one unit are rare: every fifty-thousandth.
  await registry.sql(
    `insert into feed (epoch, n, kind, noun, record_id, version, recorded_at, revision_id, reach)
     select s.epoch, g, 'changed', case when g % 50000 = 0 then 'awards' else 'degrees' end, gen_random_uuid(), 1, now(), -g,
       case when g % 50000 = 0 then array[$1::uuid] else array(select id from organizations order by id limit 8) end
     from feed_state s, generate_series(1, ${EVENTS}) g`,
    unit,
  );
  await registry.sql(`update feed_state set n = ${EVENTS}`);
  await registry.sql("analyze feed");
}, 60_000);
afterAll(() => registry.close());

const actor = (more: Partial<Actor> = {}): Actor => ({
  client: "a",
  subject: "a",
  scopes: new Set(["changes:read", "people:read"]),
  org: null,
  loc: null,
  purpose: null,
  language: "vi",
  ...more,
});

/** The pages of 8 KiB that reading a page of the feed touches, as the reader of the service runs it. */
async function buffers(wanted: Parameters<typeof readFeed>[1], who: Actor): Promise<number> {
  const { database } = registry.work;
  let plan: { Plan: { "Shared Hit Blocks": number; "Shared Read Blocks": number } }[] = [];
  const explaining: Reader = {
    async read<Row>(statement: Parameters<Reader["read"]>[0]) {
      const rows = await database.reader.read<{ "QUERY PLAN": typeof plan }>(sql`explain (analyze, buffers, format json) ${statement}`);
      plan = rows[0]!["QUERY PLAN"];
      return [{}] as Row[];
    },
  };
  await readFeed(explaining, wanted, who);
  await readFeed(explaining, wanted, who);
  const [{ Plan }] = plan as [(typeof plan)[0]];
  return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
}

describe("a page of a long feed", () => {
  test("touches what it shows, wherever it begins", async () => {
    for (const after of [0, 100_000, EVENTS - 100]) expect(await buffers({ after, limit: 50, tables: null }, actor())).toBeLessThan(400);
  });

  test("looks no further than 5,000 events for what is rare, and says how far it looked", async () => {
    const wanted = { after: 60_000, limit: 50, tables: ["awards"] };
    expect(await buffers(wanted, actor())).toBeLessThan(400);
    expect(await buffers({ ...wanted, tables: null }, actor({ org: [unit] }))).toBeLessThan(400);
    const { reader } = registry.work.database;
    for (const page of [
      await readFeed(reader, wanted, actor()),
      await readFeed(reader, { ...wanted, tables: null }, actor({ org: [unit] })),
    ]) {
      expect(page).toMatchObject({ events: [], scanned: 60_000 + SCAN, head: EVENTS });
    }
  });

  test("is followed to its end over empty pages, and nothing is missed", async () => {
    const agent = registry.as({ scope: ["changes:read", "people:read"], org: [unit] });
    const seen: string[] = [];
    let [pages, after] = [0, ""];
    for (let more = true; more; pages++) {
      const { body } = await agent.get(`/v1/changes?limit=500${after}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id.split(".")[1]));
      [more, after] = [body.has_more, `&after=${body.position}`];
    }
    expect(seen).toEqual(["50000", "100000", "150000", "200000"]);
    expect(pages).toBe(EVENTS / SCAN);
  });
});
