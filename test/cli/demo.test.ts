import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isCopy, personAt } from "../../src/cli/demo/person/population.ts";
import { personId } from "../../src/cli/demo/rows.ts";
import { documentOf, runDemo, type DemoOutcome } from "../../src/cli/demo/run.ts";
import { readWorld } from "../../src/cli/demo/world/world.ts";
import { citizenIdFacts, isOrcid, isPersonCode } from "../../src/core/check-characters.ts";
import { unseal } from "../../src/core/secrets/sealing.ts";
import { fold, foldSearch } from "../../src/core/vietnamese/text.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { loadedDatabase, testDatabase } from "../setup/database.ts";

const KEYS = {
  current: "k1",
  encryption: new Map([["k1", Buffer.alloc(32, 1)]]),
  lookup: Buffer.alloc(32, 2),
  cursor: Buffer.alloc(32, 3),
};
const PEOPLE = 2_000;
const SEED = 42;
const FACTS = ["degrees", "academic_titles", "affiliations", "expertise", "awards"];
const TABLES = ["people", "person_identifiers", ...FACTS];

let [db, twin]: (Client | undefined)[] = [];
let [first, second]: (DemoOutcome | undefined)[] = [];
let twinUrl = "";

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, options: `-c search_path=${SCHEMA} -c timezone=UTC` });
  await client.connect();
  return client;
}

async function rowsOf<T extends object = Record<string, unknown>>(sql: string, values: unknown[] = [], client = db!): Promise<T[]> {
  return (await client.query<T>(sql, values)).rows;
}

const countOf = async (sql: string, values: unknown[] = [], client = db!): Promise<number> =>
  Number((await rowsOf<{ n: string }>(`select count(*) as n from ${sql}`, values, client))[0]!.n);

/** People in whose territory a node of their residence is missing. */
const lacking = (node: string) => `people p join localities l on l.id = p.residence_locality_id
  where not exists (select from person_reach r where r.person_id = p.id and r.node_id = ${node})`;

beforeAll(async () => {
  const [one, two] = await Promise.all([loadedDatabase(), loadedDatabase()]);
  twinUrl = two.serviceUrl;
  first = await runDemo({ serviceUrl: one.serviceUrl, ownerUrl: one.ownerUrl, people: PEOPLE, seed: SEED, keys: KEYS });
  second = await runDemo({ serviceUrl: two.serviceUrl, people: PEOPLE, seed: SEED, keys: KEYS });
  db = await open(one.ownerUrl);
  twin = await open(two.ownerUrl);
}, 60_000);

afterAll(async () => {
  await db?.end();
  await twin?.end();
});

describe("trithuc demo: a population", () => {
  test("the same seed gives the same people, with the same ids and codes", async () => {
    expect(second).toEqual(first);
    for (const table of [...TABLES, "organizations", "person_reach"]) {
      // The time of the write and the chance in a seal are the only differences.
      const digest = `select count(*)::int as n, md5(string_agg((to_jsonb(t) - 'created_at' - 'citizen_id_sealed')::text, '|'
        order by (to_jsonb(t) - 'created_at' - 'citizen_id_sealed')::text)) as digest from ${table} t`;
      const [[one], [two]] = [await rowsOf(digest), await rowsOf(digest, [], twin)];
      expect(two, table).toEqual(one);
    }
    expect(await countOf("people")).toBe(PEOPLE);
  });

  test("nobody has a doctorate before 24", async () => {
    const doctors = "degrees d join people p on p.id = d.person_id where d.level in ('TS', 'TSKH')";
    expect(await countOf(doctors)).toBeGreaterThan(5);
    expect(await countOf(`${doctors} and d.graduation_year - p.birth_year < 24`)).toBe(0);
    expect(await countOf("degrees d join people p on p.id = d.person_id where d.graduation_year - p.birth_year < 18")).toBe(0);
  });

  test("nobody has a post before 18", async () => {
    expect(await countOf("affiliations where valid_from_earliest is null")).toBe(0);
    const young =
      "affiliations a join people p on p.id = a.person_id where a.valid_from_earliest < p.birth_date_latest + interval '18 years'";
    expect(await countOf(young)).toBe(0);
  });

  test("a title comes after a doctorate", async () => {
    expect(
      await countOf(`academic_titles t where not exists (select from degrees d where d.person_id = t.person_id
        and d.level = 'TS' and d.graduation_year < t.year)`),
    ).toBe(0);
    expect(await countOf("awards a join people p on p.id = a.person_id where a.year - p.birth_year < 22")).toBe(0);
  });
});

describe("trithuc demo: units", () => {
  test("each unit of a post stands on every day of it", async () => {
    const stood = "affiliations a join organizations o on o.id = a.organization_id";
    expect(await countOf(stood)).toBeGreaterThan(PEOPLE);
    expect(
      await countOf(`${stood} where a.valid_from_earliest < o.valid_from_earliest
        or coalesce(a.valid_to_latest, '2026-06-30') > o.valid_to_latest`),
    ).toBe(0);
  });

  test("a school stood in the year of its degree", async () => {
    expect(
      await countOf(`degrees d join organizations o on o.id = d.institution_id
        where make_date(d.graduation_year, 1, 1) < o.valid_from_earliest or make_date(d.graduation_year, 12, 31) > o.valid_to_latest`),
    ).toBe(0);
  });

  test("a hometown stood on the day of birth, a residence is a commune of today", async () => {
    const home = "people p join localities l on l.id = p.hometown_locality_id";
    expect(await countOf(home)).toBeGreaterThan(0.95 * PEOPLE);
    expect(await countOf(`${home} where p.birth_date_earliest < l.valid_from or p.birth_date_latest > l.valid_to`)).toBe(0);
    const stay = "people p join localities l on l.id = p.residence_locality_id";
    expect(await countOf(`${stay} where l.kind <> 'commune' or l.valid_to is not null`)).toBe(0);
    const [{ communes }] = (await rowsOf<{ communes: number }>(
      `select count(distinct l.id)::int as communes from ${stay} join localities v on v.id = l.parent_id where v.code = '24'`,
    )) as [{ communes: number }];
    expect(communes).toBe(99);
  });

  test("people went from the units of before 2025-07-01 into those of today", async () => {
    const [{ moved }] = (await rowsOf<{ moved: number }>(`select count(distinct a.person_id)::int as moved from affiliations a
      join affiliations b on b.person_id = a.person_id join organizations x on x.id = a.organization_id join organizations y on y.id = b.organization_id
      where a.valid_to_latest = '2025-06-30' and x.valid_to_latest = '2025-06-30' and b.valid_from_earliest = '2025-07-01'
        and y.valid_from_latest = '2025-07-01'`)) as [{ moved: number }];
    expect(moved).toBeGreaterThan(20);
  });
});

describe("trithuc demo: what is asked for", () => {
  test("shares of duplicates and of faults are as asked", async () => {
    expect(first!.duplicates).toBe(PEOPLE * 0.01);
    expect(Math.abs(first!.dirty - PEOPLE * 0.02 * 0.99)).toBeLessThanOrEqual(3);
    const plan = { seed: 7, duplicates: 0.05, dirt: 0.1 };
    const asked = { serviceUrl: twinUrl, people: 1_000, keys: KEYS, ...plan };
    const other = await runDemo(asked);
    expect(other.people).toBe(1_000);
    expect(Math.abs(other.duplicates - 50)).toBeLessThanOrEqual(1);
    expect(Math.abs(other.dirty - 95)).toBeLessThanOrEqual(6);
    // As the registry shows it: faults of names aside, which a name may rightly look like.
    const copies = Array.from({ length: 1_000 }, (_, i) => i).filter((index) => isCopy(plan, index));
    const faulty = await countOf(
      `people p where source_document = $1 and not id = any($2) and (gender is null or birth_date_earliest is null
        or birth_date_earliest <> birth_date_latest or to_char(birth_date_earliest, 'MM-DD') = '01-01' or hometown_locality_id is null
        or residence_locality_id is null and residence_group is distinct from 'overseas'
        or not exists (select from degrees d where d.person_id = p.id and training_field is not null)
        or residence_group = 'in_province' and exists (select from affiliations a where a.person_id = p.id and organization_id is null))`,
      [documentOf(7), copies.map((index) => personId(7, index))],
      twin,
    );
    expect(faulty).toBeLessThanOrEqual(other.dirty);
    expect(faulty).toBeGreaterThanOrEqual(other.dirty * 0.8);
  });

  test("none of either where none is asked for", async () => {
    const clean = await runDemo({ serviceUrl: twinUrl, people: 300, seed: 8, keys: KEYS, duplicates: 0, dirt: 0 });
    expect(clean).toMatchObject({ people: 300, duplicates: 0, dirty: 0 });
  });

  test("a duplicate is the same person, written otherwise", async () => {
    await db!.query("begin read only");
    const world = await readWorld(db!);
    await db!.query("rollback");
    const plan = { seed: SEED, duplicates: 0.01, dirt: 0.02 };
    const copies = Array.from({ length: PEOPLE }, (_, i) => i).filter((index) => isCopy(plan, index));
    let otherwise = 0;
    for (const index of copies) {
      const copy = personAt(world, plan, index);
      const origin = personAt(world, { ...plan, dirt: 0 }, copy.copyOf!);
      expect(copy.copyOf).toBeLessThan(index);
      expect(fold(copy.name.given)).toBe(fold(origin.name.given));
      expect(copy.birth![0].slice(0, 4)).toBe(origin.birth![0].slice(0, 4));
      expect(copy.hometown).toBe(origin.hometown);
      if (copy.name.full !== origin.name.full || copy.birth!.join() !== origin.birth!.join()) otherwise++;
    }
    expect(otherwise).toBeGreaterThan(copies.length / 2);
  });

  test("a larger number adds the rest, and leaves those who stand", async () => {
    const serviceUrl = twinUrl;
    const before = await runDemo({ serviceUrl, people: 100, seed: 9, keys: KEYS });
    const more = await runDemo({ serviceUrl, people: 250, seed: 9, keys: KEYS });
    expect([before.people, more.people, more.kept]).toEqual([100, 150, 100]);
  });

  test("people of other sources are not mixed with synthetic ones", async () => {
    const urls = await loadedDatabase();
    const owner = await open(urls.ownerUrl);
    await owner.query("begin");
    await owner.query("select set_config('trithuc.actor', 'test', true)");
    await owner.query(`insert into people (id, code, name_full, name_given, name_folded)
      values (gen_random_uuid(), 'BN-0000001-9', 'Thử Nghiệm', 'Nghiệm', 'thu nghiem')`);
    await owner.query("commit");
    const run = (mix: boolean) => runDemo({ serviceUrl: urls.serviceUrl, people: 10, seed: 1, keys: KEYS, mix });
    await expect(run(false)).rejects.toThrow("holds real people");
    expect((await owner.query("select count(*)::int as n from organizations where code like 'DEMO%'")).rows).toEqual([{ n: 0 }]);
    await owner.query("select nextval(pg_get_serial_sequence('person_numbers', 'n'))");
    expect(await run(true)).toMatchObject({ people: 10 });
    await owner.end();
  });

  test("without the reference data it says what to do", async () => {
    const { serviceUrl } = await testDatabase();
    await expect(runDemo({ serviceUrl, people: 10, seed: 1, keys: KEYS })).rejects.toThrow("trithuc reference load");
  });
});

describe("trithuc demo: the rows", () => {
  test("each says that it is synthetic, and who wrote it", async () => {
    const [supplier] = await rowsOf<{ id: string; name: string }>("select id, name from organizations where code = 'DEMO'");
    expect(supplier!.name).toContain("synthetic");
    for (const table of ["people", ...FACTS]) {
      expect(
        await countOf(`${table} where source_organization_id is distinct from $1 or source_document is distinct from $2`, [
          supplier!.id,
          documentOf(SEED),
        ]),
        table,
      ).toBe(0);
    }
    for (const table of TABLES) {
      const written = await countOf(`revisions where noun = $1 and actor = 'demo' and version = 1 and action = 'created'`, [table]);
      expect(written, table).toBe(await countOf(table));
    }
    expect(
      await countOf(
        FACTS.map((table) => `(select person_id, origin_person_id from ${table})`)
          .join(" union all ")
          .replace(/^/, "(") + ") x where person_id <> origin_person_id",
      ),
    ).toBe(0);
  });

  test("territory is known: commune, province, organization and what is above it", async () => {
    expect(await countOf(lacking("l.id"))).toBe(0);
    expect(await countOf(lacking("l.parent_id"))).toBe(0);
    expect(
      await countOf(`affiliations a join organization_tree t on t.organization_id = a.organization_id where a.ended is not true
        and not exists (select from person_reach r where r.person_id = a.person_id and r.node_id = t.ancestor_id)`),
    ).toBe(0);
  });

  test("codes and identifiers have right check digits, names are folded as everywhere", async () => {
    type Row = {
      id: string;
      code: string;
      name_full: string;
      name_family: string;
      name_middle: string;
      name_given: string;
      name_folded: string;
    };
    const people = await rowsOf<Row>("select id, code, name_full, name_family, name_middle, name_given, name_folded from people");
    for (const { code, name_full, name_folded, ...parts } of people) {
      expect(isPersonCode(code)).toBe(true);
      expect(name_folded).toBe(foldSearch(name_full));
      const words = [parts.name_family, parts.name_middle, parts.name_given].filter((part) => part !== "");
      expect([...words].sort().join(" ").split(" ").sort()).toEqual(name_full.split(" ").sort());
      expect(name_full).not.toMatch(/[ÐƉðɖ]/u);
    }
    for (const { value } of await rowsOf<{ value: string }>("select value from person_identifiers")) expect(isOrcid(value)).toBe(true);
    expect(
      await countOf(
        "person_identifiers i join people p on p.id = i.person_id and p.identifiers @> jsonb_build_array(jsonb_build_object('value', i.value))",
      ),
    ).toBe(first!.rows["person_identifiers"]);
  });

  test("a citizen id opens with the keys and says gender and year", async () => {
    const sealed = await rowsOf<{ id: string; gender: string | null; birth_year: number; citizen_id_sealed: Buffer }>(
      "select id, gender, birth_year, citizen_id_sealed from people where citizen_id_sealed is not null",
    );
    expect(sealed.length).toBeGreaterThan(0.8 * PEOPLE);
    for (const { id, gender, birth_year, citizen_id_sealed } of sealed) {
      const facts = citizenIdFacts(unseal(KEYS, citizen_id_sealed, `people.citizen_id:${id}`));
      expect(facts).toMatchObject({ birth_year, ...(gender && { gender }) });
    }
  });

  test("every code is one of the scheme that it names", async () => {
    const fields = [
      ["degrees", "training_field"],
      ["expertise", "field"],
      ["expertise", "sector"],
      ["academic_titles", "field"],
    ] as const;
    for (const [table, member] of fields) {
      const known = `select from fields f where f.code = t.${member} and f.scheme || '@' || f.scheme_version = t.${member}_scheme`;
      expect(await countOf(`${table} t where ${member} is not null and not exists (${known})`), `${table}.${member}`).toBe(0);
    }
    const codes = [
      ["degrees", "level"],
      ["academic_titles", "title"],
      ["awards", "award"],
      ["affiliations", "grade"],
    ] as const;
    for (const [table, member] of codes) {
      const known = `select from codes c where c.code = t.${member} and c.list || '@' || c.list_version = t.${member}_scheme`;
      expect(await countOf(`${table} t where ${member} is not null and not exists (${known})`), `${table}.${member}`).toBe(0);
    }
  });
});
