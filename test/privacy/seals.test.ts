import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../src/core/actor.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { auditTrail } from "../../src/db/write/audit-events.ts";
import { sealLogs } from "../../src/privacy/access-log/commands.ts";
import { readHead } from "../../src/privacy/access-log/queries.ts";
import type { Run } from "../../src/privacy/access-log/queries.ts";
import { hashOf, leavesOf } from "../../src/privacy/access-log/seals.ts";
import { verifyLogs } from "../../src/privacy/access-log/verification.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

const SEALS = 8;
/** The figure U2 of docs/security.md is of 1,000: `npm run test:security`. */
const EDITS = Number(process.env["EDITS"] ?? 250);
/** The template's migration is an event too, and stands before all others. */
const MIGRATION = 1;
const actor = {
  client: "c",
  subject: "s",
  purpose: "advice",
  scopes: new Set(),
  org: null,
  loc: null,
  language: "vi",
} as const satisfies Actor;

let registry: Registry;
let owner: Client;
let run: Run;
let head: string;

beforeAll(async () => {
  registry = await startRegistry();
  const { database } = registry.work;
  for (let i = 0; i < SEALS; i++) {
    const people = Array.from({ length: 40 }, () => ({ person: crypto.randomUUID(), fields: ["citizen_id", "phones"] }));
    await database.access.record(people, actor, { requestId: `r${i}`, operation: "listPeople" });
    await database.events.record({ kind: "export", detail: { i } }, { kind: "import", actor, detail: { i } });
    expect(await sealLogs(database.workers)).toBe(1);
  }
  owner = new Client({ connectionString: registry.urls.ownerUrl, options: `-c search_path=${SCHEMA} -c timezone=Asia/Ho_Chi_Minh` });
  await owner.connect();
  run = async <Row>(statement: Parameters<Run>[0]) => (await owner.query(statement.render())).rows as Row[];
  head = (await readHead(run))!.hash.toString("hex");
  return async () => {
    await owner.end();
    await registry.close();
  };
});

/** What the owner does to the database, and what is found of it; afterwards it is as before. */
async function afterwards(...edits: string[]) {
  await owner.query("begin");
  try {
    for (const table of ["access_log", "audit_events", "audit_seals"]) await owner.query(`alter table ${table} disable trigger user`);
    for (const edit of edits) expect([edit, (await owner.query(edit)).rowCount]).not.toEqual([edit, 0]);
    return await verifyLogs(run, head);
  } finally {
    await owner.query("rollback");
  }
}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
const number = (upto: number) => 1 + Math.floor(Math.random() * upto);
const uuid = () => `'${crypto.randomUUID()}'`;

const COLUMNS = {
  access_log: {
    id: uuid,
    at: () => `at + interval '1 microsecond'`,
    person_id: uuid,
    import_row_id: uuid,
    operation: () => "operation || 'x'",
    fields: () => "array_remove(fields, 'phones')",
    purpose: () => "null",
    client: () => "'other'",
    actor: () => "'other'",
    request_id: () => "request_id || ' '",
  },
  audit_events: {
    id: uuid,
    at: () => "at - interval '1 day'",
    kind: () => "'keys'",
    client: () => "'x'",
    request_id: () => "'x'",
    detail: () => `'{"i": 99}'::jsonb`,
  },
} as const;
const ROWS = { access_log: SEALS * 40, audit_events: SEALS * 2 } as const;
const hex = (bytes: number) => `'\\x${randomBytes(bytes).toString("hex")}'::bytea`;

/** Edits that somebody who may do everything could make, each at random. */
const KINDS: Record<string, () => string[]> = {
  "a value changed": () => {
    const table = pick(["access_log", "access_log", "access_log", "audit_events"] as const);
    const [column, value] = pick(Object.entries(COLUMNS[table]) as [string, () => string][]);
    return [`update ${table} set ${column} = ${value()} where number = ${number(ROWS[table])}`];
  },
  "a row deleted": () => {
    const table = pick(["access_log", "audit_events"] as const);
    return [`delete from ${table} where number = ${number(ROWS[table])}`];
  },
  "rows deleted": () => {
    const from = number(ROWS.access_log - 10);
    return [`delete from access_log where number between ${from} and ${from + number(30)}`];
  },
  "a row put in": () => [
    `insert into access_log (id, number, person_id, operation, fields, client, actor, request_id) overriding system value
     select ${uuid()}, ${-number(100)}, person_id, operation, fields, client, actor, request_id from access_log where number = ${number(ROWS.access_log)}`,
  ],
  "two rows exchanged": () => {
    const [a, b] = [number(ROWS.access_log / 2), ROWS.access_log / 2 + number(ROWS.access_log / 2)];
    return [
      // Who may do everything may also say that numbers are given out no more.
      "alter table access_log alter number drop identity",
      `update access_log set number = -1 where number = ${a}`,
      `update access_log set number = ${a} where number = ${b}`,
      `update access_log set number = ${b} where number = -1`,
    ];
  },
  "the end cut off": () => {
    const last = number(SEALS);
    return [
      `delete from access_log where number > (select access_after from audit_seals where n = ${last})`,
      `delete from audit_seals where n >= ${last}`,
    ];
  },
  "a seal changed": () => {
    const [column, value] = pick([
      ["hash", hex(32)],
      ["previous", hex(32)],
      ["access_leaves", hex(80)],
      ["events_leaves", hex(40)],
      ["access_upto", "access_upto + 1"],
      ["events_after", "events_after - 1"],
      ["sealed_at", "sealed_at + interval '1 second'"],
    ] as const);
    return [`update audit_seals set ${column} = ${value} where n = ${number(SEALS)}`];
  },
  "a seal deleted": () => [`delete from audit_seals where n = ${number(SEALS)}`],
  "everything gone": () => [`delete from access_log`, `delete from audit_events`, `delete from audit_seals`],
};

describe("the seals", () => {
  test("say that nothing was changed, in any time zone, and what is not sealed yet", async () => {
    expect(await verifyLogs(run, head)).toMatchObject({ seals: SEALS, rows: SEALS * 42 + MIGRATION, findings: [], headFound: true });
    await registry.work.database.access.record([{ person: crypto.randomUUID(), fields: ["phones"] }], actor, {
      requestId: "r",
      operation: "o",
    });
    const { findings, unsealed } = await verifyLogs(run, head);
    expect(findings).toEqual([]);
    expect(unsealed.access_log).toEqual({ count: 1, from: SEALS * 40 + 1, to: SEALS * 40 + 1 });
  });

  test(`find each of ${EDITS} random edits that the owner makes`, async () => {
    const found = new Map<string, number>();
    const missed: string[] = [];
    for (let i = 0; i < EDITS; i++) {
      const kind = pick(Object.keys(KINDS));
      const edits = KINDS[kind]!();
      const { findings, headFound } = await afterwards(...edits);
      if (findings.length > 0 || headFound === false) found.set(kind, (found.get(kind) ?? 0) + 1);
      else missed.push(edits.join("; "));
    }
    console.log(`edits found: ${JSON.stringify(Object.fromEntries(found))}`);
    expect(missed).toEqual([]);
    expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBe(EDITS);
  }, 120_000);

  test("say where: which row, and what was done to it", async () => {
    const where = async (...edits: string[]) => (await afterwards(...edits)).findings;
    expect(await where("update access_log set purpose = 'honours' where number = 50")).toEqual([
      { log: "access_log", n: 50, seal: 2, what: "changed" },
    ]);
    expect(await where("delete from audit_events where number = 4")).toEqual([{ log: "audit_events", n: 4, seal: 2, what: "deleted" }]);
    const inserted = KINDS["a row put in"]!();
    expect((await where(...inserted)).map(({ what }) => what)).toEqual(["inserted"]);
    expect(await where("update audit_seals set access_leaves = access_leaves || access_leaves where n = 3")).toContainEqual(
      expect.objectContaining({ log: "audit_seals", seal: 3, what: "broken" }),
    );
  });

  test("cannot be made anew without the head telling: who recomputes every hash is found by it, and by nothing else", async () => {
    await owner.query("begin");
    try {
      for (const table of ["access_log", "audit_seals"]) await owner.query(`alter table ${table} disable trigger user`);
      await owner.query("delete from access_log where number = 7");
      await owner.query("delete from audit_seals");
      await owner.query("commit");
      await sealLogs(registry.work.database.workers);
      expect(await verifyLogs(run)).toMatchObject({ findings: [], headFound: undefined });
      expect(await verifyLogs(run, head)).toMatchObject({ findings: [], headFound: false });
    } finally {
      for (const table of ["access_log", "audit_seals"]) await owner.query(`alter table ${table} enable trigger user`);
    }
  });

  test("cover a row's number and its text: neither alone", () => {
    const [a, b] = [leavesOf([{ n: 1, line: "x" }]), leavesOf([{ n: 2, line: "x" }])];
    const seal = { n: 1, sealedAt: "t", previous: Buffer.alloc(32) };
    const part = (leaves: Buffer) => ({
      access_log: { after: 0, upto: 1, leaves },
      audit_events: { after: 0, upto: 0, leaves: Buffer.alloc(0) },
    });
    expect(hashOf({ ...seal, parts: part(a) })).not.toEqual(hashOf({ ...seal, parts: part(b) }));
  });
});

describe("the service's role", () => {
  test("may add to the logs, and change, delete or empty none of them", async () => {
    const { workers } = registry.work.database;
    for (const table of ["access_log", "audit_events", "audit_seals"]) {
      for (const sql of [`update ${table} set id = id`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(
          workers.query(sql.replace("set id = id", table === "audit_seals" ? "set n = n" : "set id = id")),
        ).rejects.toMatchObject({ code: "42501" });
      }
    }
    await auditTrail(workers).record({ kind: "policy", detail: {} });
  });

  test("and even the owner's slip is refused: rows are only added", async () => {
    await expect(owner.query("delete from access_log")).rejects.toMatchObject({ code: "42501" });
  });
});
