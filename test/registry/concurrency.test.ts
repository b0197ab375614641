import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { sql } from "../../src/db/statement.ts";
import { inTransaction } from "../../src/db/write/transaction.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let admin: Agent;
let home: string;
const unit: Record<string, string> = {};
beforeAll(async () => {
  registry = await startRegistry();
  admin = registry.admin;
  for (const { code, id } of await registry.sql<{ code: string; id: string }>(
    "select code, id from organizations where code in ('UBND', 'SYT', 'SKHCN')",
  ))
    unit[code] = id;
  [{ id: home }] = (await registry.sql("select id from localities where code = '07210' and valid_to is null")) as [{ id: string }];
  return registry.close;
});

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted();

/** A client of the service's role inside a transaction of its own. */
async function writer(): Promise<Client> {
  const client = new Client({ connectionString: registry.urls.serviceUrl, options: `-c search_path=${SCHEMA}` });
  await client.connect();
  await client.query("begin; select set_config('trithuc.actor', 'test', true)");
  return client;
}

/** Runs two writes at once: the first is committed when the second waits for it, or is through. */
async function sideBySide(first: string, second: string): Promise<void> {
  const [a, b] = [await writer(), await writer()];
  await a.query(first);
  const [{ pid }] = (await b.query("select pg_backend_pid() as pid")).rows;
  let through = false;
  const waiting = b.query(second).finally(() => (through = true));
  const waits = () => registry.sql("select from pg_locks where pid = $1 and not granted", pid);
  await vi.waitFor(async () => expect(through || (await waits()).length > 0).toBe(true), { timeout: 5_000, interval: 5 });
  await a.query("commit");
  await waiting;
  await b.query("commit");
  await Promise.all([a.end(), b.end()]);
}

describe("two writers at once", () => {
  test("of one version: one is taken, the other told 412, and nothing is lost", async () => {
    const { body } = await admin.post("/v1/people", { name: { full: "Hồ Thị Đua" } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => admin.patch(`/v1/people/${body.id}`, { keywords: [`k${i}`] }, 1)),
    );
    expect(statuses(answers)).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
    expect((await admin.get(`/v1/people/${body.id}`)).body.version).toBe(2);
  });

  test("of one identifier: one person has it, the others are told 409", async () => {
    const post = () =>
      admin.post("/v1/people", {
        name: { full: "Hồ Thị Trùng" },
        citizen_id: "024190000777",
        identifiers: [{ scheme: "scopus", value: "777" }],
      });
    const answers = await Promise.all(Array.from({ length: 6 }, post));
    expect(statuses(answers)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await registry.sql("select from people where name_full = 'Hồ Thị Trùng'")).toHaveLength(1);
  });

  test.for([
    ["changes", (id: string) => admin.patch(`/v1/people/${id}`, { keywords: ["chờ"] }, 1)],
    ["new degrees", (id: string) => admin.post(`/v1/people/${id}/degrees`, { level: "CN" })],
  ] as const)("of one person wait without a connection, %s: who writes of another is not kept waiting", async ([, write]) => {
    const [held, other] = await Promise.all([1, 2].map((n) => admin.post("/v1/people", { name: { full: `Hồ Thị Chờ ${n}` } })));
    const holder = await writer();
    await holder.query("select from people where id = $1 for update", [held!.body.id]);
    const waiting = Promise.all(Array.from({ length: 12 }, () => write(held!.body.id as string)));
    // More than the pool has connections; the lock is held until the other person has been written, however long that takes.
    expect((await admin.patch(`/v1/people/${other!.body.id}`, { keywords: ["không chờ"] }, 1)).status).toBe(200);
    await holder.query("rollback");
    await holder.end();
    const answers = await waiting;
    expect(answers.filter(({ status }) => ![200, 201, 412, 503].includes(status))).toEqual([]);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThan(2);
  });

  test("of people get codes of their own", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => admin.post("/v1/people", { name: { full: "Hồ Thị Mã" } })));
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(12);
  });

  test("of one person's affiliations leave the reach that the rows say", async () => {
    const at = (organization: string) => ({ kind: "membership", organization_id: unit[organization] });
    const { body } = await admin.post("/v1/people", { name: { full: "Hồ Thị Dời" }, affiliations: [at("SYT"), at("SKHCN")] });
    const [one, two] = body.affiliations as { id: string }[];
    const end = (id: string) => `update affiliations set ended = true where id = '${id}'`;
    await sideBySide(end(one!.id), end(two!.id));
    expect(await registry.sql("select node_id from person_reach where person_id = $1", body.id)).toEqual([]);
    for (const org of ["SYT", "SKHCN"]) expect((await registry.as({ org: [org] }).get(`/v1/people/${body.id}`)).status).toBe(404);
  });

  test("of organizations leave one tree, without a row too many", async () => {
    const made = async (code: string) =>
      (await admin.post("/v1/organizations", { code, name: code, kind: "other", parent_id: unit["SYT"] })).body.id as string;
    const [first, second] = [await made("CAY-1"), await made("CAY-2")];
    const move = (id: string) => `update organizations set parent_id = '${unit["SKHCN"]}' where id = '${id}'`;
    await sideBySide(move(first), move(second));
    const twice = await registry.sql(
      "select from organization_tree group by ancestor_id, organization_id, from_day, until_day having count(*) > 1",
    );
    expect(twice).toEqual([]);
    const below = await registry.sql<{ id: string }>(
      "select organization_id as id from organization_tree where ancestor_id = $1 and until_day = 'infinity'",
      unit["SKHCN"],
    );
    expect(below.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second]));
  });

  test("of an organization's place and of a person's bond to it: the person stands in the new place", async () => {
    const { id } = (await admin.post("/v1/organizations", { code: "DOI-CHO", name: "Dời chỗ", kind: "other", parent_id: unit["SYT"] }))
      .body;
    const { body } = await admin.post("/v1/people", { name: { full: "Hồ Thị Nối" } });
    const bind = `insert into affiliations (id, person_id, origin_person_id, kind, organization_id, verification)
      values (gen_random_uuid(), '${body.id}', '${body.id}', 'membership', '${id}', 'declared')`;
    const move = (code: string) => `update organizations set parent_id = '${unit[code]}' where id = '${id}'`;
    await sideBySide(move("SKHCN"), bind);
    expect((await registry.as({ org: ["SKHCN"] }).get(`/v1/people/${body.id}`)).status).toBe(200);
    await sideBySide(bind, move("UBND"));
    const query = `affiliations.organization:below=${unit["UBND"]}&sort=name&name=${encodeURIComponent("Hồ Thị Nối")}`;
    expect((await admin.get(`/v1/people?${query}`)).body.data).toMatchObject([{ id: body.id }]);
    const rows = await registry.sql("select from person_units where person_id = $1 and organization_id = $2", body.id, unit["UBND"]);
    expect(rows).toHaveLength(1);
  });

  test("of one person's degrees and expertise leave the listing that the rows say", async () => {
    const { id } = (await admin.post("/v1/people", { name: { full: "Hồ Thị Kép" }, residence_locality_id: home })).body as { id: string };
    const fact = `id, person_id, origin_person_id, verification`;
    const values = `gen_random_uuid(), '${id}', '${id}', 'declared'`;
    const degree = `insert into degrees (${fact}, level, level_scheme) select ${values}, 'TS', max(list_version) from codes where list = 'degree-levels'`;
    const field = `insert into expertise (${fact}, field, field_scheme, role) select ${values}, '20101', 'qd-12-2008', 'main'`;
    await sideBySide(degree, field);
    const listed = () => registry.sql("select field, level from person_facets where person_id = $1 order by field", id);
    expect(await listed()).toEqual(["2", "201", "20101"].map((code) => ({ field: code, level: "TS" })));
    await sideBySide(
      `update degrees set hidden_at = now() where person_id = '${id}'`,
      `update people set name_full = 'Hồ Thị Ba', name_given = 'Ba' where id = '${id}'`,
    );
    expect(await listed()).toEqual([]);
  });
});

describe("a statement whose answer nobody waits for", () => {
  test("takes the transaction with it, which fails by its error and not by what followed", async () => {
    const { workers } = registry.work.database;
    const actor = { client: "test", subject: "test" };
    const count = async () => (await registry.sql("select count(*) from person_numbers"))[0];
    const before = await count();
    for (const after of [[], [sql`select 1 as one`], [sql`insert into person_numbers default values`]]) {
      const attempt = inTransaction(workers, { actor }, async (tx) => {
        tx.send(sql`insert into person_numbers default values`);
        tx.send(sql`select 1 / ${0}::int`);
        for (const statement of after) await tx.read(statement);
      });
      await expect(attempt).rejects.toMatchObject({ code: "22012" });
    }
    const unsayable = { toPostgres: () => expect.fail("no text of it") };
    for (const after of [[], [sql`select ${1}::int as one`]]) {
      const attempt = inTransaction(workers, { actor }, async (tx) => {
        tx.send(sql`insert into person_numbers default values`);
        tx.send(sql`select ${unsayable}::text`);
        for (const statement of after) await tx.read(statement);
      });
      await expect(attempt).rejects.toThrow("no text of it");
    }
    expect(await count()).toEqual(before);
    await inTransaction(workers, { actor }, async (tx) => tx.send(sql`insert into person_numbers default values`));
    expect(await count()).not.toEqual(before);
  });
});

describe("the connection of a load", () => {
  test("serves nobody else: what its triggers have planned is for thousands of rows", async () => {
    const pidOf = (importId: string | null) =>
      inTransaction(registry.work.database.workers, { actor: { client: "test", subject: "test" }, importId }, async (tx) => {
        const [row] = await tx.run<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        return row!.pid;
      });
    const load = await pidOf("019a0000-0000-7000-8000-000000000050");
    const usual = [await pidOf(null), await pidOf(null), await pidOf(null)];
    expect(usual).not.toContain(load);
    expect(new Set(usual).size).toBeLessThan(3);
  });
});
