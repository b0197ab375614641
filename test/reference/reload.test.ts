import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { StartError } from "../../src/db/start-error.ts";
import { loadReference } from "../../src/reference/load.ts";
import { testDatabase } from "../setup/database.ts";

let client: Client;
let ownerUrl: string;
const folder = mkdtempSync(join(tmpdir(), "trithuc-reference-"));

beforeAll(async () => {
  ownerUrl = (await testDatabase()).ownerUrl;
  client = new Client({ connectionString: ownerUrl, options: `-c search_path=${SCHEMA}` });
  await client.connect();
  await client.query("select set_config('trithuc.actor', 'an officer', false)");
});
afterAll(async () => {
  await client.end();
  for (const made of [folder, originals]) rmSync(made, { recursive: true });
});

/** The files of this version with the communes of one province alone: each load of all of them takes a second. */
const originals = mkdtempSync(join(tmpdir(), "trithuc-reference-"));
const edit = (file: string, change: (text: string) => string): void => {
  cpSync(originals, folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
};

function fewCommunes(): void {
  cpSync(new URL("../../reference/", import.meta.url).pathname, originals, { recursive: true });
  const path = (file: string) => join(originals, `${file}.csv`);
  const linesOf = (file: string) => readFileSync(path(file), "utf8").split("\n");
  const parents = new Map(linesOf("localities").map((line) => [line.split(",")[0]!, /,(\d*),[^,]*,[^,]*,[^,]*$/.exec(line)?.[1] ?? ""]));
  const isOurs = (code: string): boolean => code !== "" && (["24", "27"].includes(code) || isOurs(parents.get(code) ?? ""));
  const stays = (code: string): boolean => code.length !== 5 || isOurs(code);
  writeFileSync(
    path("localities"),
    linesOf("localities")
      .filter((line) => stays(line.split(",")[0]!))
      .join("\n"),
  );
  const ends = (line: string) => [0, 2].map((column) => line.split(",")[column] ?? "");
  writeFileSync(
    path("locality_lineage"),
    linesOf("locality_lineage")
      .filter((line) => ends(line).every(stays))
      .join("\n"),
  );
}
fewCommunes();

const load = async (today = "2026-11-23") => {
  const lines: string[] = [];
  const outcomes = await loadReference(ownerUrl, { folder, today, log: (line) => lines.push(line) });
  return { of: (list: string) => outcomes.find((outcome) => outcome.list === list), lines };
};
const one = async (sql: string, ...values: unknown[]): Promise<unknown> => {
  const row = (await client.query<Record<string, unknown>>(sql, values)).rows[0];
  return Object.values(row ?? {})[0];
};

test("an organization that people made under a code of the file stays theirs, and the others find it", async () => {
  const id = "019a0000-0000-7000-8000-0000000000aa";
  await client.query("insert into organizations (id, code, name, kind) values ($1, 'UBND', 'Của chúng tôi', 'other')", [id]);
  edit("codes.csv", (text) => text);
  const { of } = await load();
  expect(of("organizations")).toMatchObject({ inserted: 205, kept: 1, changed: 0 });
  expect(await one("select name from organizations where id = $1", id)).toBe("Của chúng tôi");
  expect(await one("select parent_id from organizations where code = 'SKHCN'")).toBe(id);
});

test("an organization that people changed is not changed back, any other follows the file", async () => {
  await client.query("update organizations set website = 'https://skhcn.example' where code = 'SKHCN'");
  edit("organizations.csv", (text) => text.replaceAll(",Department of ", ",Provincial Department of "));
  const { of, lines } = await load();
  expect(of("organizations")?.kept).toBe(2);
  expect(of("organizations")?.changed).toBeGreaterThan(5);
  expect(lines.find((line) => line.startsWith("organizations:"))).toContain("2 kept as changed by hand");
  expect(await one("select website from organizations where code = 'SKHCN'")).toBe("https://skhcn.example");
  expect(await one("select name_en from organizations where code = 'SYT'")).toBe("Provincial Department of Health");
  expect(await one("select version from organizations where code = 'SYT'")).toBe(2);
});

test("what is no longer in the files stays, is told, and keeps its place in the trees", async () => {
  edit("localities.csv", (text) => text.replace(/^07210,commune.*2025-07-01,\n/m, ""));
  const without = readFileSync(join(folder, "locality_lineage.csv"), "utf8").replace(/^\d+,,07210,2025-07-01.*\n/gm, "");
  writeFileSync(join(folder, "locality_lineage.csv"), without);
  const { of, lines } = await load();
  expect(of("localities")).toMatchObject({ vanished: 1, inserted: 0 });
  expect(of("locality_lineage")?.vanished).toBeGreaterThan(0);
  expect(lines[0]).toContain("1 no longer in the files, kept");
  const place = `select count(*)::int from locality_tree t join localities p on p.id = t.ancestor_id
    join localities c on c.id = t.locality_id
    where p.full_name = 'Tỉnh Bắc Ninh' and p.valid_to is null and c.code = '07210' and c.valid_to is null`;
  expect(await one(place)).toBe(1);
});

test("a unit that ends and its successor move the people who live there", async () => {
  const person = "019a0000-0000-7000-8000-0000000000bb";
  const home = await one("select id from localities where code = '07210' and valid_to is null");
  await client.query(
    `insert into people (id, code, name_full, name_given, name_folded, residence_locality_id)
    values ($1, 'BN-0000001-1', 'An', 'An', 'an', $2)`,
    [person, home],
  );
  // The unit of before reaches him too: by its own node.
  const at = `select l.code from person_reach r join localities l on l.id = r.node_id
    where r.person_id = $1 and l.kind = 'commune' order by l.valid_from desc`;
  expect(await one(at, person)).toBe("07210");
  edit("localities.csv", (text) =>
    text.replace(/^(07210,commune.*2025-07-01,)$/m, "$12026-12-31\n07999,commune,phuong,Mới,Phường Mới,24,2025-07-01,2027-01-01,"),
  );
  const edge = "07210,2025-07-01,07999,2027-01-01,rename,1,2027-01-01,\n";
  writeFileSync(join(folder, "locality_lineage.csv"), readFileSync(join(folder, "locality_lineage.csv"), "utf8") + edge);
  await load("2026-12-31");
  expect(await one(at, person)).toBe("07210");
  await load("2027-01-01");
  expect(await one(at, person)).toBe("07999");
});

test.each([
  ["localities.csv", (text: string) => text.replace("code,kind", "kod,kind"), "has no column code"],
  ["localities.csv", (text: string) => text.replace(",Tỉnh Hà Giang,", ",,"), "line 3: the cell full_name is empty"],
  ["locality_lineage.csv", (text: string) => `${text}99999,,00004,2025-07-01,merge,1,2025-07-01,\n`, "99999@ is not in localities.csv"],
  ["localities.csv", (text: string) => text.replace("002,district", '"002,district'), "cannot be read"],
  ["codes.csv", (text: string) => `${text}nothing,1,A,a,a,,\n`, "nothing 1 is not in code_lists.csv"],
  ["organizations.csv", (text: string) => text.replace(",UBND,24,", ",UBND,27,"), "no locality 27 on 2026-11-23"],
])("a wrong %s stops the load with one clear line and changes nothing", async (file, change, line) => {
  edit(file, change);
  const before = await one("select count(*) from revisions");
  const failure: unknown = await load().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartError);
  expect((failure as StartError).text.en).toContain(line);
  expect(await one("select count(*) from revisions")).toBe(before);
});

test("a folder that is not there stops the load with one clear line", async () => {
  await expect(loadReference(ownerUrl, { folder: join(folder, "none") })).rejects.toThrow("the folder cannot be read");
});

test("a field that is moved in its tree moves those who work in it, also in the list that pages of names are read from", async () => {
  const person = "019a0000-0000-7000-8000-0000000000cc";
  const home = await one("select id from localities where code = '07228' and valid_to is null");
  await client.query(
    "insert into people (id, code, name_full, name_folded, name_given, residence_locality_id) values ($1, 'BN-0000002-2', 'Hồ Chuyển', 'ho chuyen', 'Chuyển', $2)",
    [person, home],
  );
  const fact = ["gen_random_uuid()", `'${person}'`, `'${person}'`].join(", ");
  await client.query(`insert into degrees (id, person_id, origin_person_id, level, level_scheme)
    select ${fact}, 'TS', max(list_version) from codes where list = 'degree-levels'`);
  await client.query(
    `insert into expertise (id, person_id, origin_person_id, field, field_scheme, role) values (${fact}, '10101', 'qd-12-2008', 'main')`,
  );
  const listed = async () =>
    (await client.query<{ field: string }>("select field from person_facets where person_id = $1 order by 1", [person])).rows;
  expect(await listed()).toEqual(["1", "101", "10101"].map((field) => ({ field })));
  edit("fields.csv", (text) => text.replace("rd,qd-12-2008,10101,101,3,", "rd,qd-12-2008,10101,102,3,"));
  await load();
  expect(await listed()).toEqual(["1", "10101", "102"].map((field) => ({ field })));
});
