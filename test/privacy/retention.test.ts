import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { pruneLogs, sealLogs } from "../../src/privacy/access-log/commands.ts";
import { readHead } from "../../src/privacy/access-log/queries.ts";
import type { Run } from "../../src/privacy/access-log/queries.ts";
import { verifyLogs } from "../../src/privacy/access-log/verification.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
let owner: Client;
let run: Run;
/** The head of each batch, as somebody else kept it. */
const heads: string[] = [];
let second: Date;

beforeAll(async () => {
  registry = await startRegistry();
  owner = new Client({ connectionString: registry.urls.ownerUrl, options: `-c search_path=${SCHEMA} -c timezone=UTC` });
  await owner.connect();
  run = async <Row>(statement: Parameters<Run>[0]) => (await owner.query(statement.render())).rows as Row[];
  const { database } = registry.work;
  for (let i = 0; i < 4; i++) {
    const read = [1, 2, 3].map(() => ({ person: crypto.randomUUID(), fields: ["phones"] }));
    await registry.sql(
      "insert into access_log (id, person_id, operation, fields, client, actor, request_id) select gen_random_uuid(), id::uuid, 'x', '{phones}', 'x', 'x', 'x' from unnest($1::text[]) id",
      read.map(({ person }) => person),
    );
    await database.events.record({ kind: "export", detail: { i } });
    expect(await sealLogs(database.workers)).toBe(1);
    const head = (await readHead(run))!;
    heads.push(head.hash.toString("hex"));
    if (i === 1) second = new Date(head.sealedAt);
    await delay(5); // the moments of batches differ by more than a clock's tick
  }
  return async () => {
    await owner.end();
    await registry.close();
  };
});

/** So many months after the second batch, and before the third is as old. */
const monthsAfter = (months: number): Date => {
  const day = new Date(second.getTime() + 3);
  day.setUTCMonth(day.getUTCMonth() + months);
  return day;
};

describe("the retention of the logs", () => {
  test("is never less than twelve months: no setting and no call takes away younger rows", async () => {
    expect(() => readConfig({ TRITHUC_LOG_MONTHS: "11" })).toThrow();
    await expect(pruneLogs(run, { months: 11, now: monthsAfter(11) })).rejects.toThrow("12 months");
    expect(await pruneLogs(run, { months: 24, now: monthsAfter(12) })).toEqual({ upto: null, rows: { access_log: 0, audit_events: 0 } });
    expect(await verifyLogs(run, heads[0])).toMatchObject({ findings: [], headFound: true, pruned: 0 });
  });

  test("takes whole batches away, says so in an event, and every head that was kept still fits", async () => {
    const { upto, rows } = await pruneLogs(run, { months: 12, now: monthsAfter(12) });
    expect([upto, rows.access_log]).toEqual([2, 6]);
    await sealLogs(registry.work.database.workers);
    for (const head of heads) expect(await verifyLogs(run, head)).toMatchObject({ findings: [], headFound: true, pruned: 2, seals: 5 });
    expect(await registry.sql("select number from access_log")).toHaveLength(6);
    const [event] = await registry.sql<{ detail: object }>("select detail from audit_events where kind = 'retention'");
    expect(event!.detail).toMatchObject({ upto: 2, months: 12 });
    expect(await pruneLogs(run, { months: 12, now: monthsAfter(12) })).toMatchObject({ upto: null });
  });

  test("hides nothing: rows of a younger batch that are gone are found, and rows put back into one that went", async () => {
    await owner.query("begin; set local trithuc.pruning = 'on'");
    await owner.query("delete from access_log where number <= (select access_upto from audit_seals where n = 3)");
    await owner.query(
      'insert into audit_events (id, kind, detail) values (gen_random_uuid(), \'retention\', \'{"upto": 3, "at": "2026-11-24T00:00:00.000Z"}\')',
    );
    expect((await verifyLogs(run)).findings).toEqual([7, 8, 9].map((n) => ({ log: "access_log", n, seal: 3, what: "deleted" })));
    await expect(pruneLogs(run, { months: 12, now: monthsAfter(30) })).rejects.toThrow("not as they were sealed");
    await owner.query("rollback");
    await owner.query("begin");
    await owner.query(
      "insert into access_log (id, number, person_id, operation, fields, client, actor, request_id) overriding system value select gen_random_uuid(), 1, gen_random_uuid(), operation, fields, client, actor, request_id from access_log limit 1",
    );
    expect((await verifyLogs(run)).findings).toEqual([{ log: "access_log", n: 1, seal: 1, what: "inserted" }]);
    await owner.query("rollback");
  });

  test("is the owner's alone: the service may delete nothing, whatever it sets", async () => {
    const client = await registry.work.database.workers.connect();
    await client.query("set trithuc.pruning = 'on'");
    await expect(client.query("delete from access_log")).rejects.toMatchObject({ code: "42501" });
    client.release(true);
  });
});
