import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemOfDatabase } from "../../src/db/sqlstate.ts";
import type { ConstraintProblems } from "../../src/db/sqlstate.ts";
import { testDatabase } from "../setup/database.ts";

const CANARY = "027085001234";
const detail = { vi: "Số này đã có.", en: "This number exists already." };
const constraints: ConstraintProblems = {
  things_number_key: { code: "duplicate-identifier", detail, pointer: "/number" },
  things_dates_check: { code: "date-order", detail, pointer: "/valid_to" },
};

let ownerUrl = "";
let client: Client;

beforeAll(async () => {
  ({ ownerUrl } = await testDatabase());
  client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`
    create temp table things (
      id int constraint things_id_pkey primary key,
      number text constraint things_number_key unique,
      name text not null default '',
      days daterange,
      constraint things_dates_check check (name <> 'dates'),
      constraint things_other_check check (name <> 'other'),
      constraint things_days_excl exclude using gist (days with &&)
    );
    create temp table parts (thing int constraint parts_thing_fkey references things, kept int references things on delete restrict);
    insert into things values (1, '${CANARY}', 'a', '[2020-01-01,2021-01-01)'), (2, 'x', 'b', null), (3, 'y', 'c', null);
    insert into parts values (1, null), (null, 2)`);
});
afterAll(() => client.end());

/** The problem that a statement ends in: its code, or undefined where it is our own fault. */
async function problemOfSql(sql: string, on: Pick<Client, "query"> = client) {
  const error = await on.query(sql).then(
    () => new Error("the statement went through"),
    (thrown: unknown) => thrown,
  );
  const wrapped = new Error(`Failed query: ${sql}\nparams: ${CANARY}`, { cause: error });
  const problem = problemOfDatabase(wrapped, constraints);
  expect(problemOfDatabase(error, constraints)?.code).toBe(problem?.code);
  expect(JSON.stringify([problem, problem?.message])).not.toContain(CANARY);
  return problem;
}

describe("a refusal of the database", () => {
  test("by a constraint that we named says what the constraint means", async () => {
    const duplicate = await problemOfSql(`insert into things values (9, '${CANARY}')`);
    expect(duplicate).toMatchObject({
      code: "duplicate-identifier",
      detail,
      errors: [{ code: "duplicate-identifier", detail, pointer: "/number" }],
    });
    expect(await problemOfSql("insert into things (id, name) values (9, 'dates')")).toMatchObject({ code: "date-order" });
  });

  test("by another constraint has the meaning of its kind, and none where only a defect of ours explains it", async () => {
    expect((await problemOfSql("insert into things values (1, 'z')"))?.code).toBe("duplicate-identifier");
    expect((await problemOfSql("insert into things values (9, 'z', 'z', '[2020-06-01,2020-07-01)')"))?.code).toBe("period-overlap");
    expect((await problemOfSql("insert into parts values (77)"))?.code).toBe("unknown-code");
    expect((await problemOfSql("delete from things where id = 1"))?.code).toBe("in-use");
    expect((await problemOfSql("delete from things where id = 2"))?.code).toBe("in-use");
    expect(await problemOfSql("insert into things (id, name) values (9, 'other')")).toBeUndefined();
    expect(await problemOfSql("insert into things (id, name) values (9, null)")).toBeUndefined();
    expect(await problemOfSql("select nothing from nowhere")).toBeUndefined();
    expect(await problemOfSql("selec 1")).toBeUndefined();
    expect(await problemOfSql("select 1/0")).toBeUndefined();
  });

  test("that is one of time or room is 503 unavailable with Retry-After", async () => {
    await client.query("set statement_timeout = 20");
    expect(await problemOfSql("select pg_sleep(5)")).toMatchObject({ code: "unavailable", headers: { "retry-after": "2" } });
    await client.query("reset statement_timeout");
    for (const state of ["40001", "40P01", "53100", "53200", "53300", "55P03", "57P01", "57P03", "58030", "08006", "25006", "28P01"]) {
      const raise = `do $$ begin raise exception 'x' using errcode = '${state}'; end $$`;
      expect((await problemOfSql(raise))?.code, state).toBe("unavailable");
    }
  });

  test("of a deadlock's victim is 503 unavailable", async () => {
    const others = [new Client({ connectionString: ownerUrl }), new Client({ connectionString: ownerUrl })];
    for (const other of others) await other.connect();
    const [a, b] = others as [Client, Client];
    for (const [own, key] of [
      [a, 1],
      [b, 2],
    ] as const) {
      await own.query("begin");
      await own.query("select pg_advisory_xact_lock($1)", [key]);
    }
    const settled = await Promise.allSettled([a.query("select pg_advisory_xact_lock(2)"), b.query("select pg_advisory_xact_lock(1)")]);
    const failed = settled.find((result) => result.status === "rejected");
    expect(problemOfDatabase(failed?.reason)?.code).toBe("unavailable");
    for (const other of others) await other.end();
  });
});

describe("a database that is away", () => {
  test("is 503 unavailable, whether it refuses, hangs, ends the session or is no database", async () => {
    const cut = new Client({ connectionString: ownerUrl });
    await cut.connect();
    const lost = new Promise((resolve) => cut.once("error", resolve));
    expect((await problemOfSql("select pg_terminate_backend(pg_backend_pid())", cut))?.code).toBe("unavailable");
    await lost;
    expect((await problemOfSql("select 1", cut))?.code).toBe("unavailable");

    const closed = await portOf((socket) => socket.destroy());
    const silent = await portOf(() => {});
    const refused = await portOf(() => {});
    await refused.close();
    const elsewhere = new URL(ownerUrl);
    elsewhere.pathname = "/no_such_database";
    const wrong = new URL(ownerUrl);
    wrong.password = "wrong";
    const urls = [
      closed.url,
      silent.url,
      refused.url,
      elsewhere.href,
      wrong.href,
      "postgres://x@no-such-host.invalid/x",
      "postgres://x@localhost/x?host=/no/such/folder",
    ];
    for (const connectionString of urls) {
      const pool = new Pool({ connectionString, connectionTimeoutMillis: 300 });
      expect((await problemOfSql("select 1", pool))?.code, new URL(connectionString).host).toBe("unavailable");
      await pool.end();
      expect((await problemOfSql("select 1", pool))?.code).toBe("unavailable");
    }
    await Promise.all([closed.close(), silent.close()]);
  });

  test("that answers too slowly for the client is 503 unavailable", async () => {
    const slow = new Client({ connectionString: ownerUrl, query_timeout: 50 });
    await slow.connect();
    expect((await problemOfSql("select pg_sleep(1)", slow))?.code).toBe("unavailable");
    await slow.end();
  });
});

test("an error of another kind is none of the database's, whatever its code looks like", () => {
  for (const error of [
    new Error("x"),
    Object.assign(new Error("x"), { code: "EPERM" }),
    Object.assign(new Error("x"), { code: "23505" }),
    null,
    "x",
    5,
  ]) {
    expect(problemOfDatabase(error)).toBeUndefined();
  }
  const circle = new Error("a");
  circle.cause = circle;
  expect(problemOfDatabase(circle)).toBeUndefined();
});

/** A listener on loopback that treats each connection as told. */
async function portOf(treat: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on("error", () => {}));
    treat(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const socket of open) socket.destroy();
    return new Promise((done) => server.close(done));
  };
  return { url: `postgres://x:x@127.0.0.1:${port}/x`, close };
}
