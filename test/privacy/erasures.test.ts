import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Client } from "pg";
import { sweepTables } from "../../src/privacy/erasures/commands.ts";
import { analysed, committed } from "../exchange/office.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { findInFiles, findInTables } from "./canaries.ts";
import { administratorOf, canaryOf, hashesOf, nameOf, officeOf, sheetOf, spellings } from "./office.ts";
import type { PrivacyOffice } from "./office.ts";

/** The figure U3 of docs/security.md is of 100: `npm run test:security`. */
const MANY = Number(process.env.ERASURES ?? 6);
/** Where values of a person who was registered, changed, stated by a supplier and imported stand, keyed hashes among them. */
const PLACES = [
  "import_rows.citizen_id_hash",
  "consents.evidence",
  "degrees.certificate_no",
  "import_rows.read",
  "imports.file_name",
  "people.citizen_id_hash",
  "people.phones",
  "person_answers.person",
  "people.biography",
  "people.name_full",
  "person_identifiers.value",
  "person_names.name_folded",
  "person_statements.citizen_id_hash",
  "person_statements.members",
  "person_units.name_given",
  "person_words.word",
  "revisions.reason",
  "revisions.row",
];
/** Where beside them the id of such a person stands: answers kept under an idempotency key are sealed, and a job is told ids alone. */
const NAMED = ["_private_jobs.payload", "idempotency_records.person_id", "person_answers.person_id", "person_statements.person_id"];
/** What is kept holds ids alone. */
const KEPT = /^(erasures|revisions|data_requests|feed|feed_reach|access_log)\./;

let registry: Registry;
let office: PrivacyOffice;
let administrator: Client;

beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  office = await officeOf(registry);
  administrator = await administratorOf(registry);
  return async () => {
    await administrator.end();
    await registry.close();
  };
}, 60_000);

describe(`the erasure of ${MANY} people`, () => {
  const numbers = Array.from({ length: MANY }, (_, i) => 100 + i);
  const canariesOf = () => numbers.flatMap((n) => [...spellings(n), ...hashesOf(registry.keys, n)]);
  const others = [5000, 5001];

  test("leaves their values nowhere in the tables, and after a sweep nowhere in the data folder", async () => {
    const canaries = canariesOf();
    const ids = await people(numbers);
    await keptAndAwaited(ids);
    for (const n of others) await office.register(n);
    await administrator.query("analyze");
    const report = await administratorOf(registry);
    await report.query("begin isolation level repeatable read");
    await report.query("select 1");
    expect(await findInTables(registry, canaries)).toEqual(expect.arrayContaining(PLACES));
    expect(await findInTables(registry, ids)).toEqual(expect.arrayContaining(NAMED));

    for (const [i, n] of numbers.entries()) await office.erase(ids[i]!, canaryOf(n));

    expect(await findInTables(registry, canaries)).toEqual([]);
    expect((await findInTables(registry, ids)).filter((place) => !KEPT.test(place))).toEqual([]);
    for (const n of others) {
      const { body } = await registry.admin.get(`/v1/people?name:exact=${encodeURIComponent(nameOf(n))}`);
      expect(body.data.map((row: { name: { full: string } }) => row.name.full)).toEqual([nameOf(n)]);
    }

    const folder = await dataFolder();
    await administrator.query("checkpoint");
    const before = findInFiles(folder, canaries);
    await expect(sweepTables(administrator, 200)).rejects.toThrow(/open transaction can still read what was erased/);
    await Promise.all([sweepTables(administrator), report.query("commit").then(() => report.end())]);
    await administrator.query("checkpoint");
    const after = findInFiles(folder, canaries);
    console.log(
      `U3: ${MANY} people erased; files of the database with a canary: ${before.length} before the sweep, ${after.length} after it`,
    );
    expect(before.length).toBeGreaterThan(0);
    expect(after).toEqual([]);
  }, 600_000);
});

/** Half of them are registered, half come by an import; another import that names all of them waits in its preview. */
async function people(numbers: readonly number[]): Promise<string[]> {
  const [typed, sent] = [numbers.slice(0, numbers.length / 2), numbers.slice(numbers.length / 2)];
  const ids: string[] = [];
  for (const n of typed) ids.push(await office.register(n));
  const first = await analysed(office.importer, `ds ${canaryOf(sent[0]!)}.csv`, sheetOf([...sent, 6000]), { organization_id: "SYT" });
  await committed(office.importer, first.id);
  await analysed(office.importer, "ds.csv", sheetOf([...numbers, 6001]), { organization_id: "SNV" });
  for (const n of sent) {
    const { body } = await registry.admin.get(`/v1/people?name:exact=${encodeURIComponent(nameOf(n))}`);
    ids.push(body.data[0].id as string);
  }
  return ids;
}

/** Their answers are kept, and of each a job waits for tomorrow. */
async function keptAndAwaited(ids: readonly string[]): Promise<void> {
  const reader = registry.as();
  for (const id of ids) {
    await reader.get(`/v1/people/${id}`);
    await waitingFor(registry, id);
  }
  const unkept =
    "select id from people where id = any ($1::uuid[]) and id not in (select person_id from person_answers where person is not null)";
  await vi.waitFor(async () => expect(await registry.sql(unkept, ids)).toEqual([]), { timeout: 20_000 });
}

const waitingFor = (of: Registry, id: string) =>
  of.sql("select graphile_worker.add_job('later', json_build_object('person_id', $1::text), run_at => now() + interval '1 day')", id);

async function dataFolder(): Promise<string> {
  const { rows } = await administrator.query<{ path: string }>(
    "select current_setting('data_directory') || '/base/' || oid as path from pg_database where datname = current_database()",
  );
  return rows[0]!.path;
}

const EMPTY = "language sql as 'select'";
const STAYS = (table: string) => `create trigger stays before delete on ${table} for each row execute function stays()`;
/** Ways to forget, none of which leads to what another one leaves behind. */
const DEFECTS: [forgets: string, defect: string, ...places: string[]][] = [
  ["the history", `create or replace function forget_revisions(person uuid, key bytea) returns void ${EMPTY}`, "revisions.row"],
  [
    "the imports",
    `create or replace function forget_imports(person uuid) returns void ${EMPTY}`,
    "import_rows.read",
    "import_rows.citizen_id_hash",
  ],
  ["the dictionaries", `create or replace function forget_names(gone text[]) returns void ${EMPTY}`, "person_names.name_full"],
  [
    "a table that does not say whose its rows are",
    "create table notes as select name_full as text, citizen_id_hash as hash, phones from people",
    "notes.text",
    "notes.hash",
    "notes.phones",
  ],
  ["the queue", STAYS("graphile_worker._private_jobs"), "_private_jobs.payload"],
  ["what is kept under keys", STAYS("idempotency_records"), "idempotency_records.person_id"],
];

describe("an erasure that forgets", () => {
  let flawed: Registry;
  let left: string[];
  beforeAll(async () => {
    flawed = await startRegistry({ jobs: true });
    const own = await officeOf(flawed);
    const id = await own.register(9);
    await waitingFor(flawed, id);
    await analysed(own.importer, "ds.csv", sheetOf([9]), { organization_id: "SYT" });
    const request = await own.approve(id, canaryOf(9));
    await flawed.sql("create function stays() returns trigger language plpgsql as 'begin return null; end'");
    for (const [, defect] of DEFECTS) await flawed.sql(defect);
    expect((await own.officer.post(`/v1/data-requests/${request}/execution`, {})).status).toBe(201);
    left = await findInTables(flawed, [...spellings(9), ...hashesOf(flawed.keys, 9), id]);
    return flawed.close;
  }, 60_000);

  test.each(DEFECTS)("%s is found out", (_, _defect, ...places) => {
    expect(left).toEqual(expect.arrayContaining(places));
  });
});
