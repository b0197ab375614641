import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import type { Statement } from "../../src/db/statement.ts";
import { predecessors as bodyPredecessors, successors as bodySuccessors } from "../../src/reference/organizations/succession.ts";
import { predecessors, successors } from "../../src/reference/localities/succession.ts";
import { loadReference } from "../../src/reference/load.ts";
import { testDatabase } from "../setup/database.ts";

type Edge = {
  locality?: { code: string; name: string };
  organization?: { code: string };
  kind: string;
  share: number | null;
  document: string | null;
};

let client: Client;
let ownerUrl: string;
let first: Awaited<ReturnType<typeof loadReference>>;
let took: number;

beforeAll(async () => {
  const urls = await testDatabase();
  ownerUrl = urls.ownerUrl;
  const start = performance.now();
  first = await loadReference(ownerUrl, { today: "2026-11-23" });
  took = performance.now() - start;
  client = new Client({ connectionString: urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
  await client.connect();
});
afterAll(() => client.end());

const one = async <T>(sql: string, ...values: unknown[]): Promise<T> => {
  const row = (await client.query<Record<string, T>>(sql, values)).rows[0];
  return Object.values(row ?? {})[0] as T;
};
const idOn = (code: string, day: string): Promise<string> =>
  one(`select id from localities where code = $1 and coalesce(valid_from <= $2, true) and coalesce(valid_to >= $2, true)`, code, day);
const below = (id: string, kind: string, today: boolean): Promise<number> =>
  one(
    `select count(*)::int from locality_tree t join localities l on l.id = t.locality_id
    where ancestor_id = $1 and kind = $2 and (valid_to is null) = $3`,
    id,
    kind,
    today,
  );
const bodyOf = (code: string) => one<string>("select id from organizations where code = $1", code);
const edgesOf = async (statement: Statement): Promise<Edge[]> => {
  const { text, values } = statement.render();
  return (await client.query<Edge>(text, values)).rows;
};
const codes = (edges: Edge[]): (string | undefined)[] => edges.map(({ locality, organization }) => (locality ?? organization)?.code);

describe("loading the reference data", () => {
  test("the first load inserts every row of the files, once", async () => {
    expect(Object.fromEntries(first.map(({ list, inserted }) => [list, inserted]))).toEqual({
      localities: 14_138,
      locality_lineage: 10_654,
      fields: 1021,
      field_crosswalk: 52,
      code_lists: 14,
      codes: 412,
      organizations: 206,
      organization_links: 12,
    });
    expect(await one("select count(*)::int from revisions")).toBe(first.reduce((sum, { inserted }) => sum + inserted, 0));
    expect(await one("select count(*)::int from revisions where actor <> 'reference load' or version <> 1")).toBe(0);
  });
  test("a second load changes nothing, leaves no revision, and gives no row another id", async () => {
    const digest = `select md5(string_agg(x.t, '' order by x.t))
      from (select r::text as t from localities r union all select r::text from organizations r) x`;
    const [revisions, rows] = [await one("select count(*)::int from revisions"), await one(digest)];
    const start = performance.now();
    const second = await loadReference(ownerUrl, { today: "2026-11-23" });
    console.log(`first load ${Math.round(took)} ms, second ${Math.round(performance.now() - start)} ms`);
    expect(second.filter(({ inserted, changed, kept, vanished }) => inserted + changed + kept + vanished > 0)).toEqual([]);
    expect(await one("select count(*)::int from revisions")).toBe(revisions);
    expect(await one(digest)).toBe(rows);
  });
  test("a start does not load again what was loaded today, and does on the next day", async () => {
    const start = performance.now();
    expect(await loadReference(ownerUrl, { today: "2026-11-23", onlyIfNew: true })).toEqual([]);
    console.log(`start without a load ${Math.round(performance.now() - start)} ms`);
    expect(await loadReference(ownerUrl, { today: "2026-11-24", onlyIfNew: true })).toHaveLength(8);
  });
  test("two loads at once wait for each other", async () => {
    const both = await Promise.all([1, 2].map(() => loadReference(ownerUrl, { today: "2026-11-23" })));
    expect(both.flat().filter(({ inserted, changed }) => inserted + changed > 0)).toEqual([]);
  });
  test("every foreign key stands and is checked after the load", async () => {
    const unchecked = "select count(*)::int from pg_constraint where contype = 'f' and not convalidated";
    expect(await one(unchecked)).toBe(0);
    const keys = `select count(*)::int from pg_constraint where contype = 'f'
      and conrelid in ('localities'::regclass, 'locality_lineage'::regclass, 'locality_tree'::regclass)`;
    expect(await one(keys)).toBe(6);
    const id = "019a0000-0000-7000-8000-000000000001";
    await expect(client.query("insert into locality_tree values ($1, $1)", [id])).rejects.toThrow("locality_tree_");
  });
  test("ids are UUIDs of version 7 and the same in every installation", async () => {
    expect(await idOn("24", "2026-01-01")).toBe(
      await one("select id from localities where full_name = 'Tỉnh Bắc Ninh' and valid_to is null"),
    );
    expect(await one("select count(*)::int from localities where id::text !~ '^0197c348-8800-7...-[89ab]...-............$'")).toBe(0);
  });
});

describe("units of today and of before", () => {
  test("24 was Bắc Giang until 30 June 2025 and is Bắc Ninh since", async () => {
    const name = "select full_name from localities where id = $1";
    expect([await one(name, await idOn("24", "2024-12-31")), await one(name, await idOn("24", "2025-07-01"))]).toEqual([
      "Tỉnh Bắc Giang",
      "Tỉnh Bắc Ninh",
    ]);
  });
  test("the 313 communes of before each lead to one of the 99", async () => {
    const found = await client.query<{ from: number; to: number; nowhere: number }>(
      `select count(*)::int as from, count(distinct c.today_id)::int as to, count(*) filter (where c.today_id is null)::int as nowhere
      from localities c join localities d on d.id = c.parent_id join localities p on p.id = d.parent_id
      where c.kind = 'commune' and p.code in ('24', '27') and p.valid_to = '2025-06-30'`,
    );
    expect(found.rows).toEqual([{ from: 313, to: 99, nowhere: 0 }]);
    const province = await idOn("24", "2025-07-01");
    expect(
      await one("select count(*)::int from localities where today_id = $1 and code in ('24', '27') and kind = 'province'", province),
    ).toBe(3);
  });
  test("a unit that was split has no single unit of today; a unit of today is its own", async () => {
    expect(await one("select count(*)::int from localities where valid_to is not null and kind = 'commune' and today_id is null")).toBe(
      471,
    );
    expect(await one("select count(*)::int from localities where valid_to is null and today_id <> id")).toBe(0);
    expect(await one("select count(*)::int from localities where kind = 'province' and today_id is null")).toBe(0);
    const name = "select t.full_name from localities d join localities t on t.id = d.today_id where d.code = $1 and d.kind = 'district'";
    expect(await one(name, "498")).toBe("Đặc khu Hoàng Sa");
    expect(await one(name, "207")).toBe("Đặc khu Cô Tô");
    expect(await one(name, "221")).toBeUndefined();
  });
  test("below today's Bắc Ninh stand its 99 communes and both provinces of before with all their units", async () => {
    const province = await idOn("24", "2025-07-01");
    expect([await below(province, "commune", true), await below(province, "commune", false)]).toEqual([99, 313]);
    expect(await below(province, "district", false)).toBe(18);
    expect([await below(province, "province", true), await below(province, "province", false)]).toEqual([1, 2]);
  });
  test("below the former district of Yên Thế stand the communes of today that it became, and not the province", async () => {
    const district = await one<string>("select id from localities where full_name = 'Huyện Yên Thế'");
    const own = await one<number>("select count(*)::int from localities where parent_id = $1", district);
    expect(await below(district, "commune", false)).toBe(own);
    const today = await client.query("select distinct today_id from localities where parent_id = $1", [district]);
    expect(await below(district, "commune", true)).toBe(today.rowCount);
    expect(await below(district, "province", true)).toBe(0);
    expect(await below(await idOn("27", "2025-06-30"), "province", true)).toBe(0);
  });
  test("below a unit of today counts a former commune that was split, if all its parts are there", async () => {
    const lost = `select count(*)::int from localities c where kind = 'commune' and valid_to is not null and not exists
      (select from locality_tree t join localities p on p.id = t.ancestor_id and p.kind = 'province' and p.valid_to is null
      where t.locality_id = c.id)`;
    const across = `select count(*)::int from (select predecessor_id from locality_lineage e join localities s on s.id = e.successor_id
      group by predecessor_id having count(distinct s.parent_id) > 1) x`;
    expect(await one(lost)).toBe(await one(across));
  });
  test("organizations stand where their code led on their own days", async () => {
    const place = "select l.full_name from organizations o join localities l on l.id = o.locality_id where o.code = $1";
    expect([await one(place, "STTTT"), await one(place, "SKHCN"), await one(place, "BBN")]).toEqual([
      "Tỉnh Bắc Ninh",
      "Tỉnh Bắc Ninh",
      "Tỉnh Bắc Ninh",
    ]);
    const code = "select l.code from organizations o join localities l on l.id = o.locality_id where o.code = $1";
    expect([await one(code, "STTTT"), await one(code, "SKHCN"), await one(code, "BBN")]).toEqual(["27", "24", "27"]);
    expect(
      await one("select count(*)::int from organization_tree t join organizations o on o.id = t.ancestor_id where o.code = 'UBND'"),
    ).toBeGreaterThan(15);
  });
  test("fields answer below: 102 stands below 1, 480101 below 48", async () => {
    const stands = "select count(*)::int from field_tree where scheme = $1 and ancestor_code = $2 and code = $3";
    expect([
      await one(stands, "rd", "1", "102"),
      await one(stands, "training", "48", "480101"),
      await one(stands, "rd", "2", "102"),
    ]).toEqual([1, 1, 0]);
  });
});

describe("lineage", () => {
  test("a former province became the one of today, and that came from both", async () => {
    const [before, today] = [await idOn("24", "2024-12-31"), await idOn("24", "2025-07-01")];
    expect(await edgesOf(successors(before, "2026-11-23"))).toEqual([
      {
        locality: { id: today, code: "24", name: "Bắc Ninh" },
        kind: "merge",
        share: 1,
        effective_on: "2025-07-01",
        document: "NQ 202/2025/QH15",
      },
    ]);
    expect(codes(await edgesOf(predecessors(today, "2026-11-23")))).toEqual(["24", "27"]);
    expect(codes(await edgesOf(predecessors(today, "2024-12-31")))).toEqual(["24", "27"]);
    expect(await edgesOf(successors(before, "2024-12-31"))).toEqual([]);
  });
  test("a former district answers through its communes, as split among those of today", async () => {
    const district = await one<string>("select id from localities where full_name = 'Huyện Yên Thế'");
    const edges = await edgesOf(successors(district, "2025-07-01"));
    expect(edges).toHaveLength(await below(district, "commune", true));
    expect(new Set(edges.map(({ kind, share }) => `${kind} ${share}`))).toEqual(new Set(["split null"]));
    expect(new Set(edges.map(({ document }) => document))).toEqual(new Set(["NQ 1658/NQ-UBTVQH15"]));
  });
  test("the islands' districts became special zones; a province that did not change became nothing", async () => {
    const island = await one<string>("select id from localities where code = '755' and kind = 'district'");
    expect(await edgesOf(successors(island, "2025-07-01"))).toMatchObject([{ locality: { code: "26732" }, kind: "rename", share: 1 }]);
    const whole = await one<string>("select id from localities where code = '207' and kind = 'district'");
    expect(await edgesOf(successors(whole, "2025-07-01"))).toMatchObject([{ locality: { name: "Cô Tô" }, kind: "rename", share: 1 }]);
    expect(await edgesOf(successors(await idOn("01", "2025-07-01"), "2025-07-01"))).toEqual([]);
  });
  test("a split commune gives several, and each knows it", async () => {
    const split = await idOn("00007", "2025-06-30");
    const edges = await edgesOf(successors(split, "2025-07-01"));
    expect(edges.length).toBeGreaterThan(1);
    expect(edges.every(({ kind, share }) => kind === "split" && share === null)).toBe(true);
    const back = await edgesOf(predecessors((await idOn(codes(edges)[0]!, "2025-07-01"))!, "2025-06-30"));
    expect(codes(back)).toContain("00007");
  });
  test("several steps are followed to the day that is asked for", async () => {
    await client.query("begin");
    const [old, now] = [await idOn("27", "2025-06-30"), await idOn("24", "2025-07-01")];
    const later = "019a0000-0000-7000-8000-0000000000ff";
    await client.query("select set_config('trithuc.actor', 'test', true)");
    await client.query("update localities set valid_to = '2029-12-31' where id = $1", [now]);
    await client.query(
      `insert into localities (id, code, kind, type, name, full_name, valid_from)
      values ($1, '99', 'province', 'tinh', 'X', 'Tỉnh X', '2030-01-01')`,
      [later],
    );
    await client.query(
      `insert into locality_lineage (id, predecessor_id, successor_id, kind, share, effective_on)
      values (gen_random_uuid(), $1, $2, 'rename', 1, '2030-01-01')`,
      [now, later],
    );
    expect(await edgesOf(successors(old, "2029-12-31"))).toMatchObject([{ locality: { code: "24" }, kind: "merge" }]);
    expect(await edgesOf(successors(old, "2030-01-01"))).toMatchObject([{ locality: { code: "99" }, kind: "merge", share: 1 }]);
    expect(codes(await edgesOf(predecessors(later, "2026-01-01")))).toEqual(["24"]);
    expect(codes(await edgesOf(predecessors(later, "2025-01-01")))).toEqual(["24", "27"]);
    expect(codes(await edgesOf(predecessors(later, "2030-06-01")))).toEqual(["24"]);
    await client.query("rollback");
  });
  test("organizations: four took over from the department of labour, one came from two", async () => {
    expect(codes(await edgesOf(bodySuccessors(await bodyOf("SLDTBXH"), "2026-11-23")))).toEqual(["SGDDT", "SNNMT", "SNV", "SYT"]);
    expect(codes(await edgesOf(bodyPredecessors(await bodyOf("SNNMT"), "2026-11-23")))).toEqual(["SLDTBXH", "SNNPTNT", "STNMT"]);
    expect(codes(await edgesOf(bodyPredecessors(await bodyOf("BPTTH"), "2025-06-30")))).toEqual(["BBN", "DPTTH"]);
    expect(await edgesOf(bodySuccessors(await bodyOf("BBN"), "2025-06-30"))).toEqual([]);
  });
});
