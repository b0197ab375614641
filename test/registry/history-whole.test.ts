import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { loadReference } from "../../src/reference/load.ts";
import { analysed, committed } from "../exchange/office.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

// An import starts a thread of its own, which a busy machine makes wait.
vi.setConfig({ testTimeout: 60_000 });

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  return registry.close;
});

const typed = (statements: string) =>
  registry.sql(
    `begin; select set_config('trithuc.actor', 'dba', true), set_config('trithuc.reason', 'by hand', true); ${statements}; commit`,
  );

/** Rows that are not what their last version says, or whose versions have a gap or do not ascend in time, table by table. */
async function escaped(): Promise<{ rows: number; wrong: unknown[] }> {
  const tables = await registry.sql<{ name: string }>(
    "select tgrelid::regclass::text as name from pg_trigger where tgname like '%_created' and tgfoid = 'record_revisions'::regproc order by 1",
  );
  expect(tables.length).toBeGreaterThan(14);
  const wrong: unknown[] = [];
  let rows = 0;
  for (const { name } of tables) {
    wrong.push(
      ...(await registry.sql(
        `select '${name}' as table, t.id from ${name} t left join lateral (select r.version, r."row" from revisions r where r.record_id = t.id and r.noun = '${name}'
          order by r.version desc limit 1) r on true where r.version is distinct from t.version or r."row" is distinct from to_jsonb(t)`,
      )),
      ...(await registry.sql(
        `select * from (select noun, record_id, version, version - coalesce(lag(version) over w, 0) as step, recorded_at <= lag(recorded_at) over w as back
          from revisions where noun = '${name}' window w as (partition by record_id order by version)) x where step <> 1 or back`,
      )),
    );
    rows += Number((await registry.sql<{ n: string }>(`select count(*) as n from ${name}`))[0]!.n);
  }
  return { rows, wrong };
}

describe("nothing escapes the history:", () => {
  test("reference data, a population by COPY, an office's import, and what is typed by hand", async () => {
    const [{ last: before } = { last: 0 }] = await registry.sql<{ last: number }>("select max(id)::int as last from revisions");
    await runDemo({ ...registry.urls, people: 40, seed: 5, keys: registry.keys });
    const office = registry.as({ scope: ["imports"], client: "so-y-te", subject: "van-thu" });
    const sheet = "Họ và tên,Ngày sinh,Trình độ,Mã CB\nNguyễn Thị Nạp,02/09/1985,Thạc sĩ,CB1\nTrần Văn Nạp,1990,Tiến sĩ,CB2\n";
    const { id } = await analysed(office, "mau.csv", sheet, { organization_id: "SYT", received_on: "2026-11-20" });
    await committed(office, id);
    await loadReference(registry.urls.ownerUrl, { today: "2026-11-24" });
    await typed("update people set gender = 'other' where gender = 'male'");
    await typed("update degrees set verification = 'document_seen'");
    await typed(`insert into awards (id, person_id, origin_person_id, award, verification) select gen_random_uuid(), id, id, 'TTUT', 'declared' from people;
      update awards set year = 2020; delete from awards where year = 2020`);
    await typed(`insert into code_lists (id, list, list_version) values (gen_random_uuid(), 'degree-levels', 'x'), (gen_random_uuid(), 'degree-levels', 'x')
      on conflict (list, list_version) do nothing; insert into code_lists (id, list, list_version) values (gen_random_uuid(), 'degree-levels', 'x')
      on conflict (list, list_version) do update set document = 'y'`);
    await typed(
      "merge into people p using (select id from people limit 5) x on p.id = x.id when matched then update set nationality = 'VN'",
    );
    const { rows, wrong } = await escaped();
    expect(wrong).toEqual([]);
    expect(rows).toBeGreaterThan(25_000);
    const since = await registry.sql<{ actor: string; n: string }>(
      "select actor, count(*) as n from revisions where id > $1 group by actor order by actor",
      before,
    );
    expect(since.map(({ actor }) => actor)).toEqual(["dba", "demo", "van-thu"]);
    // Every insertion, change and deletion of an award by hand.
    const awards = await registry.sql<{ action: string; n: string }>(
      "select action, count(*) as n from revisions where noun = 'awards' and actor = 'dba' group by action order by action",
    );
    const people = (await registry.sql<{ n: string }>("select count(*) as n from people"))[0]!.n;
    expect(awards.map(({ action }) => action)).toEqual(["changed", "created", "erased"]);
    expect(awards[1]!.n).toBe(people);
  });

  test("an import's writes name the import, its row, the supplier and who committed it", async () => {
    const clerk = registry.as();
    const [person] = (await clerk.get("/v1/people?name:exact=Tr%E1%BA%A7n%20V%C4%83n%20N%E1%BA%A1p")).body.data;
    const [{ id } = { id: "" }] = await registry.sql<{ id: string }>("select id from imports");
    for (const path of [`people/${person.id}`, `degrees/${(await clerk.get(`/v1/people/${person.id}/degrees`)).body.data[0].id}`]) {
      const created = (await clerk.get(`/v1/${path}/revisions`)).body.data.at(-1);
      expect(created).toMatchObject({
        action: "created",
        actor: "van-thu",
        client: "so-y-te",
        import_id: id,
        import_row: 3,
        source_organization: { code: "SYT" },
      });
      expect(created.beside).toBeUndefined();
    }
    const [degree] = (await clerk.get(`/v1/people/${person.id}/degrees`)).body.data;
    const [changed] = (await clerk.get(`/v1/degrees/${degree.id}/revisions`)).body.data;
    expect(changed).toMatchObject({ actor: "dba", reason: "by hand", import_id: null, import_row: null });
  });
});

describe("a record's versions ascend in time", () => {
  const versions = (id: string) =>
    registry.sql<{ version: number; actor: string; later: boolean | null; ahead: boolean }>(
      `select version, actor, recorded_at > lag(recorded_at) over (order by version) as later, recorded_at > clock_timestamp() as ahead
        from revisions where record_id = $1 order by version`,
      id,
    );

  const writer = async (actor: string): Promise<Client> => {
    const client = new Client({ connectionString: registry.urls.serviceUrl, options: `-c search_path=${SCHEMA}` });
    await client.connect();
    await client.query(`begin; select set_config('trithuc.actor', '${actor}', true), clock_timestamp()`);
    return client;
  };

  test("also where the clock was set back, and known_at reads what was written by the clock that ran ahead", async () => {
    const clerk = registry.as();
    const { id } = (await clerk.post("/v1/people", { name: { full: "Giáp Thị Giờ" } })).body;
    await registry.sql("update revisions set recorded_at = recorded_at + interval '1 hour' where record_id = $1", id);
    await clerk.patch(`/v1/people/${id}`, { gender: "female" }, 1);
    expect(await versions(id)).toMatchObject([{ ahead: true }, { later: true, ahead: true }]);
    const [second, first] = (await clerk.get(`/v1/people/${id}/revisions`)).body.data;
    const known = async (at: string) => (await clerk.get(`/v1/people/${id}?known_at=${at}`)).body;
    expect([(await known(first.recorded_at)).gender, (await known(second.recorded_at)).gender]).toEqual([null, "female"]);
    const after = new Date(new Date(second.recorded_at).getTime() + 1_000).toISOString();
    expect((await known(after)).code).toBe("invalid-parameter");
  });

  test("where two write one row, the second after the first has been waited for", async () => {
    const { id } = (await registry.as().post("/v1/people", { name: { full: "Giáp Văn Đua" } })).body;
    // Both transactions have begun, and read the clock, before either writes.
    const [first, second] = await Promise.all([writer("first"), writer("second")]);
    await first.query(`update people set gender = 'male' where id = '${id}'`);
    const [{ pid }] = (await second.query<{ pid: number }>("select pg_backend_pid() as pid")).rows as [{ pid: number }];
    const waiting = second.query(`update people set gender = 'female' where id = '${id}'`);
    const waits = () => registry.sql("select from pg_locks where pid = $1 and not granted", pid);
    await vi.waitFor(async () => expect(await waits()).toHaveLength(1), { timeout: 10_000, interval: 5 });
    await first.query("commit");
    await waiting;
    await second.query("commit");
    await Promise.all([first.end(), second.end()]);
    expect(await versions(id)).toMatchObject([
      { version: 1, later: null },
      { version: 2, actor: "first", later: true },
      { version: 3, actor: "second", later: true },
    ]);
  });

  test("and a write of one with many reads but the last of them", async () => {
    const { id } = (await registry.as().post("/v1/people", { name: { full: "Giáp Thị Nhiều" } })).body;
    await typed(`do $$ begin for n in 1..300 loop update people set keywords = array[n::text] where id = '${id}'; end loop; end $$`);
    const client = await writer("last");
    const read = async () =>
      (await client.query("select idx_tup_fetch::int as n from pg_stat_xact_user_tables where relname = 'revisions'")).rows[0].n as number;
    const before = await read();
    await client.query(`update people set gender = 'female' where id = '${id}'`);
    expect((await read()) - before).toBeLessThanOrEqual(5);
    await client.query("commit");
    await client.end();
    expect((await versions(id)).length).toBe(302);
  });

  test("under eight who write it at once", async () => {
    const { id } = (await registry.as().post("/v1/people", { name: { full: "Giáp Thị Đông" } })).body;
    const one = async (n: number) => {
      const client = await writer(`w${n}`);
      await client.query(`update people set keywords = array['${n}'] where id = '${id}'`);
      await client.query("commit");
      await client.end();
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => one(n)));
    const all = await versions(id);
    expect([all.length, all.filter(({ later }) => later === false)]).toEqual([9, []]);
  });
});
