import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { migrate, migrations } from "../../src/db/upkeep/migrations.ts";
import { OWNER, prepareRoles } from "../../src/db/upkeep/roles.ts";
import { administer, urlsOf } from "../setup/template.ts";
import { DATA, DERIVED, KEPT } from "./old-data.ts";

const FOLDER = join(import.meta.dirname, "../../migrations");
/** The first schema that a service ever ran on: history and reach came with it. */
const FIRST = "0001_history_and_reach";
const NAMES = migrations().map(({ name }) => name);
const EARLIER = NAMES.slice(NAMES.indexOf(FIRST));
/** An ordinary run takes the last ten and every third before them; `npm run test:versions` every one. */
const VERSIONS = process.env["VERSIONS"] === "all" ? EARLIER : EARLIER.filter((_, n) => n % 3 === 0 || n >= EARLIER.length - 10);

const server = inject("server");
const subset = mkdtempSync(join(tmpdir(), "trithuc-versions-"));
const chain = `${server.template}_chain_${randomBytes(3).toString("hex")}`;
afterAll(() => rmSync(subset, { recursive: true, force: true }));

const ownerOf = (database: string) => urlsOf(server, database).ownerUrl;
const ask = async (database: string, text: string): Promise<Record<string, unknown>[]> =>
  administer(ownerOf(database), async (client) => {
    await client.query("set search_path = trithuc");
    const answered = await client.query(text);
    return answered.rows as Record<string, unknown>[];
  });

async function copyOf(database: string): Promise<string> {
  const name = `${server.template}_${randomBytes(4).toString("hex")}`;
  await administer(server.adminUrl, (admin) =>
    admin.query(`CREATE DATABASE ${name} TEMPLATE ${database} STRATEGY file_copy OWNER ${OWNER}`),
  );
  return name;
}

/** Every row of a table as text, without when it was written. */
const contents = async (database: string, tables: readonly string[]): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (table) => {
        const rows = await ask(database, `select (to_jsonb(t) - 'created_at')::text as row from ${table} t order by 1`);
        return [table, rows.map(({ row }) => String(row))] as const;
      }),
    ),
  );

describe("data of every earlier version", { timeout: 120_000 }, () => {
  let wanted: { kept: Record<string, string[]>; derived: Record<string, string[]> };
  let done = 0;

  /** Brings the chain's database up to a migration. */
  const upTo = async (name: string): Promise<void> => {
    for (; done <= NAMES.indexOf(name); done++) copyFileSync(join(FOLDER, `${NAMES[done]}.sql`), join(subset, `${NAMES[done]}.sql`));
    await migrate(ownerOf(chain), { folder: subset });
  };

  beforeAll(async () => {
    const head = await copyOf(server.template);
    await ask(head, DATA);
    wanted = { kept: await contents(head, KEPT), derived: await contents(head, DERIVED) };
    expect(Object.entries(wanted.derived).filter(([, rows]) => rows.length === 0)).toEqual([]);
    await prepareRoles(server.adminUrl, { database: chain, passwords: server.passwords });
  }, 60_000);

  test.for(VERSIONS)(
    "written under %s is whole under the newest schema, with reach, names and listings as if written there",
    async (name) => {
      await upTo(name);
      const old = await copyOf(chain);
      await ask(old, DATA);
      const before = await ask(old, "select noun, record_id, version, row from revisions order by id");
      await migrate(ownerOf(old));
      expect(await contents(old, KEPT)).toEqual(wanted.kept);
      expect(await contents(old, DERIVED)).toEqual(wanted.derived);
      const after = await ask(old, `select noun, record_id, version, row from revisions order by id limit ${before.length}`);
      expect(after).toEqual(before);
      expect(before.length).toBeGreaterThan(10);
    },
  );
});
