import { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
let service: Client;
beforeAll(async () => {
  registry = await startRegistry();
  service = new Client({ connectionString: registry.urls.serviceUrl, options: `-c search_path=${SCHEMA}` });
  await service.connect();
  return async () => {
    await service.end();
    await registry.close();
  };
});

type Revision = {
  version: number;
  action: string;
  actor: string;
  client: string | null;
  reason: string | null;
  row: Record<string, unknown> | null;
};
const history = (id: string) =>
  registry.sql<Revision>(`select version, action, actor, client, reason, "row" from revisions where record_id = $1 order by id`, id);
const code = async (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string }) => error.code,
  );

describe("the history", () => {
  test("keeps every version of a person and of each fact, with who, why and the whole row", async () => {
    const agent = registry.as({ subject: "chi-mai", client: "so-noi-vu" });
    const { body: person } = await agent.post("/v1/people?reason=Nh%E1%BA%ADp%20m%E1%BB%9Bi", {
      name: { full: "Ngô Thị Sử" },
      degrees: [{ level: "ThS" }],
      identifiers: [{ scheme: "scopus", value: "1" }],
    });
    await agent.patch(`/v1/people/${person.id}?reason=S%E1%BB%ADa`, { gender: "female" }, 1);
    await agent.delete(`/v1/people/${person.id}`, 2);
    await agent.post(`/v1/people/${person.id}/restorations`);
    const versions = await history(person.id);
    expect(versions.map(({ version, action, actor, client, reason }) => [version, action, actor, client, reason])).toEqual([
      [1, "created", "chi-mai", "so-noi-vu", "Nhập mới"],
      [2, "changed", "chi-mai", "so-noi-vu", "Sửa"],
      [3, "changed", "chi-mai", "so-noi-vu", null],
      [4, "changed", "chi-mai", "so-noi-vu", null],
    ]);
    expect(versions.map(({ row }) => [row?.["gender"], row?.["hidden_at"] !== null])).toEqual([
      [null, false],
      ["female", false],
      ["female", true],
      ["female", false],
    ]);
    const [degree] = await registry.sql<{ noun: string; person_id: string; version: number }>(
      "select noun, person_id, version from revisions where noun = 'degrees' and person_id = $1",
      person.id,
    );
    expect(degree).toEqual({ noun: "degrees", person_id: person.id, version: 1 });
    expect(await registry.sql("select from revisions where noun = 'person_identifiers' and person_id = $1", person.id)).toHaveLength(1);
  });

  test("is written by the tables themselves: a hand-typed UPDATE does not escape it", async () => {
    const { body: person } = await registry.as().post("/v1/people", { name: { full: "Đinh Văn Tay" } });
    await registry.sql(
      `begin; select set_config('trithuc.actor', 'dba', true); update people set gender = 'male' where id = '${person.id}'; commit`,
    );
    expect((await history(person.id)).map(({ version, actor }) => [version, actor])).toEqual([
      [1, "local-user"],
      [2, "dba"],
    ]);
    expect((await registry.as().get(`/v1/people/${person.id}`)).body.version).toBe(2);
    expect((await registry.as().patch(`/v1/people/${person.id}`, { gender: null }, 1)).status).toBe(412);
  });

  test("of one record ascends in time as in version, even within one transaction", async () => {
    const { body: person } = await registry.as().post("/v1/people", { name: { full: "Mai Văn Nhanh" } });
    const update = (gender: string) => `update people set gender = '${gender}' where id = '${person.id}';`;
    await registry.sql(
      `begin; select set_config('trithuc.actor', 'dba', true); ${update("male")} ${update("female")} ${update("other")} commit`,
    );
    const rows = await registry.sql<{ version: number; later: boolean | null }>(
      "select version, recorded_at > lag(recorded_at) over (order by version) as later from revisions where record_id = $1 order by version",
      person.id,
    );
    expect(rows).toEqual([
      { version: 1, later: null },
      { version: 2, later: true },
      { version: 3, later: true },
      { version: 4, later: true },
    ]);
  });

  test("a write that names no actor is refused, by the owner and by the service's role", async () => {
    await registry.as().post("/v1/people", { name: { full: "Cao Văn Một" } });
    expect(await code(registry.sql("update people set gender = 'male'"))).toBe("TI001");
    expect(await code(registry.sql("delete from degrees where false"))).toBe("TI001");
    expect(await code(registry.sql("update localities set name = 'x' where code = '24'"))).toBe("TI001");
    await service.query("begin; select set_config('trithuc.actor', 'x', true); commit");
    expect(await code(service.query("update people set gender = 'male'"))).toBe("TI001");
  });

  test("TRUNCATE is refused on every table that has a history, and on the history", async () => {
    const tables = await registry.sql<{ name: string }>(
      "select distinct tgrelid::regclass::text as name from pg_trigger where tgname like '%_truncated' order by 1",
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["people", "degrees", "organizations", "localities", "codes", "revisions"]),
    );
    for (const { name } of tables) expect([name, await code(registry.sql(`truncate ${name} cascade`))]).toEqual([name, "TI002"]);
  });

  test("stands on every table of a noun", async () => {
    const bare = await registry.sql<{ name: string }>(
      `select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = $1::regnamespace
         and (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('hidden_at', 'version')) = 2
         and (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname ~ '_(version|created|changed|erased|truncated)$') < 5`,
      SCHEMA,
    );
    expect(bare).toEqual([]);
  });
});

describe("the service's role", () => {
  test("cannot touch the history, delete, or make anything", async () => {
    const denied = "42501";
    for (const statement of [
      "update revisions set actor = 'x'",
      "delete from revisions",
      "truncate revisions",
      "delete from people",
      "truncate people",
      "update localities set name = 'x'",
      "insert into codes (id, list, list_version, code) values (gen_random_uuid(), 'x', '1', 'x')",
      "update person_reach set until_day = 'infinity'",
      "delete from person_reach",
      `create table ${SCHEMA}.mine (id int)`,
      "create table public.mine (id int)",
      "create schema mine",
      "alter table people disable trigger all",
      "drop table people",
      "create or replace function fold(value text) returns text language sql as 'select 1::text'",
    ]) {
      expect([statement, await code(service.query(statement))]).toEqual([statement, denied]);
    }
    expect(await code(service.query("set session_replication_role = replica"))).toBe(denied);
  });

  test("owns nothing, and is no superuser", async () => {
    const [role] = (
      await service.query("select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = current_user")
    ).rows;
    expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false });
    expect((await service.query("select from pg_class where relowner = current_user::regrole")).rowCount).toBe(0);
  });
});
