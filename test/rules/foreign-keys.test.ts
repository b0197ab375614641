import { beforeAll, describe, expect, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  return registry.close;
});

/** Tables written from others in the same transaction, by triggers, loads and writes: a reference would only be checked twice. */
const DERIVED = [
  "person_reach",
  "person_facets",
  "person_units",
  "locality_tree",
  "organization_tree",
  "reference_names",
  "revisions",
  "feed",
  "feed_reach",
  "idempotency_records",
  "person_answers",
];
/** What was read is kept, whatever becomes of whom it was about. */
const LOGS = ["access_log", "audit_events"];
/** Ids that point at no table, each with its reason. */
const NO_TABLE: Record<string, string> = {
  "data_requests.person_id": "the request outlives the person whom it erases",
  "erasures.person_id": "a person who was erased: the id names nobody any more",
  "erasures.request_id": "the log of erasures may be applied to a copy that is older than the request",
  electronic_id: "the agency's id in the national catalogue",
  ror_id: "an id of the Research Organization Registry",
  citizen_id: "a number of the state",
  target_id: "a choice in an import's preview, looked up again when it is committed",
  import_id: "the import may go 30 days after its end, what it brought stays",
};

describe("every column that ends in _id", () => {
  test("has a foreign key", async () => {
    const rows = await registry.sql<{ table: string; column: string }>(
      `select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = $1::regnamespace and c.relkind = 'r' and a.attname like '%\\_id' and not a.attisdropped
         and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
       order by 1, 2`,
      SCHEMA,
    );
    const without = rows.filter(
      ({ table, column }) => ![...DERIVED, ...LOGS].includes(table) && !(column in NO_TABLE) && !(`${table}.${column}` in NO_TABLE),
    );
    expect(without.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
  });
});

describe("every foreign key", () => {
  test("has an index that begins with its columns", async () => {
    const rows = await registry.sql<{ name: string }>(
      `select k.conname as name from pg_constraint k where k.contype = 'f' and k.connamespace = $1::regnamespace
         and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indpred is null
           and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)] = k.conkey)`,
      SCHEMA,
    );
    expect(rows.map(({ name }) => name)).toEqual([]);
  });

  test("and every constraint and index is named by hand", async () => {
    const rows = await registry.sql<{ name: string }>(
      `select conname as name from pg_constraint where connamespace = $1::regnamespace and conname ~ '(_idx|_check\\d*|_key\\d+|_fkey\\d+)$'`,
      SCHEMA,
    );
    expect(rows.map(({ name }) => name)).toEqual([]);
  });
});
