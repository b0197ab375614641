import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { foreseen } from "../../src/db/upkeep/foreseen.ts";
import { migrate, migrationStatus } from "../../src/db/upkeep/migrations.ts";
import { prepareRoles } from "../../src/db/upkeep/roles.ts";
import { urlsOf } from "../setup/template.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const BREAK = "\n--> statement-breakpoint\n";

/** A folder of migrations; each is its statements. */
function folderOf(files: Record<string, readonly string[]>): string {
  const folder = mkdtempSync(join(tmpdir(), "trithuc-migrations-"));
  folders.push(folder);
  for (const [name, statements] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), statements.join(BREAK));
  return folder;
}

/** An empty database with both roles; `ask` asks it as its owner, on a connection of its own. */
async function emptyDatabase() {
  const server = inject("server");
  const name = `${server.template}_${randomBytes(4).toString("hex")}`;
  await prepareRoles(server.adminUrl, { database: name, passwords: server.passwords });
  const { ownerUrl } = urlsOf(server, name);
  const connect = async () => {
    const client = new Client({ connectionString: ownerUrl, options: `-c search_path=${SCHEMA}` });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const ask = async <Row>(text: string): Promise<Row[]> => {
    const client = await connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  };
  return { ownerUrl, connect, ask };
}

const FIRST = { "0000_first": ["create table notes (id int primary key, text text)", "insert into notes values (1, 'một')"] };

describe("migrate", { timeout: 60_000 }, () => {
  test("by eight at once applies each file once, and everybody ends well", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    const folder = folderOf({
      ...FIRST,
      "0001_counted": ["insert into notes select max(id) + 1, 'once' from notes", "select pg_sleep(0.3)"],
      "0002_indexed": [
        "-- no-transaction\ndrop index concurrently if exists notes_text",
        "create index concurrently notes_text on notes (text)",
      ],
    });
    const done = await Promise.all(Array.from({ length: 8 }, () => migrate(ownerUrl, { folder })));
    expect(done.map((names) => names.length).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 3]);
    expect(await ask("select id from notes order by id")).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await ask("select name from migrations order by name")).toHaveLength(3);
  });

  test("leaves nothing of a file that fails, says where it failed, and goes on from there", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    const broken = { ...FIRST, "0001_more": ["insert into notes values (2, 'hai')", "alter table notes drop column nothing"] };
    await expect(migrate(ownerUrl, { folder: folderOf(broken) })).rejects.toThrow(
      /0001_more failed at statement 2\/2: 42703 .+; nothing of it stands/,
    );
    expect(await ask("select id from notes")).toEqual([{ id: 1 }]);
    const folder = folderOf({ ...FIRST, "0001_more": ["insert into notes values (2, 'hai')"] });
    expect(await migrate(ownerUrl, { folder })).toEqual(["0001_more"]);
  });

  test("does not quote what a row holds", async () => {
    const { ownerUrl } = await emptyDatabase();
    const folder = folderOf({ ...FIRST, "0001_cast": ["alter table notes alter column text type int using text::int"] });
    const failure = await migrate(ownerUrl, { folder }).catch((error: Error) => error.message);
    expect(failure).toMatch(/0001_cast failed at statement 1\/1: 22P02/);
    expect(failure).not.toContain("một");
  });

  test("without a transaction is recorded at the end only, named when it was broken off, and run again from its beginning", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    const bare = ["-- no-transaction\ncreate index concurrently if not exists notes_text on notes (text)"];
    const broken = folderOf({ ...FIRST, "0001_bare": [...bare, "insert into notes values (1, 'again')"] });
    await expect(migrate(ownerUrl, { folder: broken })).rejects.toThrow(
      /0001_bare failed at statement 2\/2: 23505 notes, notes_pkey; those before/,
    );
    const status = await migrationStatus(ownerUrl, broken);
    expect([status.pending, status.interrupted]).toEqual([["0001_bare"], "0001_bare"]);
    const folder = folderOf({ ...FIRST, "0001_bare": [...bare, "insert into notes values (2, 'hai') on conflict do nothing"] });
    expect(await migrate(ownerUrl, { folder })).toEqual(["0001_bare"]);
    const after = await migrationStatus(ownerUrl, folder);
    expect([after.pending, after.interrupted]).toEqual([[], undefined]);
    expect(await ask("select id from notes order by id")).toHaveLength(2);
  });

  test("killed between two statements of such a file says which it was, and the next run completes it", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    const step = "insert into notes values (2, 'step') on conflict do nothing";
    const folder = folderOf({ ...FIRST, "0001_bare": [`-- no-transaction\n${step}`, "select 1"] });
    const killed = migrate(ownerUrl, {
      folder: folderOf({ ...FIRST, "0001_bare": [`-- no-transaction\n${step}`, "select pg_sleep(60)"] }),
    });
    const ended = killed.then(
      () => "done",
      () => "killed",
    );
    const asleep =
      "select pid from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(60)' or query like E'\\nselect pg_sleep(60)%'";
    await expect.poll(() => ask(asleep).then((rows) => rows.length), { timeout: 20_000, interval: 20 }).toBe(1);
    await ask(`select pg_terminate_backend(pid) from (${asleep}) a`);
    expect(await ended).toBe("killed");
    expect((await migrationStatus(ownerUrl, folder)).interrupted).toBe("0001_bare");
    expect(await migrate(ownerUrl, { folder })).toEqual(["0001_bare"]);
    expect(await ask("select id from notes order by id")).toHaveLength(2);
  });

  test("does not take an index for made that a broken-off run left half made", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    const twice = { "0000_first": [...FIRST["0000_first"], "insert into notes values (2, 'một')"] };
    const unique = "create unique index concurrently if not exists notes_text on notes (text)";
    const folder = folderOf({ ...twice, "0001_unique": [`-- no-transaction\n${unique}`] });
    await expect(migrate(ownerUrl, { folder })).rejects.toThrow(/0001_unique failed at statement 1\/1: 23505/);
    await ask("delete from notes where id = 2");
    await expect(migrate(ownerUrl, { folder })).rejects.toThrow(/DROP INDEX CONCURRENTLY notes_text/);
    await ask("drop index concurrently notes_text");
    expect(await migrate(ownerUrl, { folder })).toEqual(["0001_unique"]);
  });

  test("waits for a table in short turns, so that requests behind it do not give up", async () => {
    const { ownerUrl, connect } = await emptyDatabase();
    await migrate(ownerUrl, { folder: folderOf(FIRST) });
    const [writer, request] = [await connect(), await connect()];
    await writer.query("begin; insert into notes values (7, 'held')");
    const migrating = migrate(ownerUrl, { folder: folderOf({ ...FIRST, "0001_column": ["alter table notes add column n int"] }) });
    // As every request of the service: at most 2 s for a lock. While the ALTER waits, it waits behind it.
    await request.query("set lock_timeout = '2s'");
    for (let asked = 0; asked < 2; asked++) {
      await expect
        .poll(async () => (await writer.query("select from pg_locks where not granted")).rowCount, { timeout: 10_000 })
        .toBeGreaterThan(0);
      expect((await request.query("select count(*) from notes")).rowCount).toBe(1);
    }
    await writer.query("commit");
    expect(await migrating).toEqual(["0001_column"]);
    await Promise.all([writer.end(), request.end()]);
  });
});

describe("migrate plan", { timeout: 60_000 }, () => {
  test("says of each pending statement which lock it takes, on how much, and who waits; and changes nothing", async () => {
    const { ownerUrl, ask } = await emptyDatabase();
    await migrate(ownerUrl, { folder: folderOf(FIRST) });
    await ask("analyze notes");
    const folder = folderOf({
      ...FIRST,
      "0001_more": [
        "-- A comment\nCREATE TABLE fresh (id int)",
        "CREATE INDEX fresh_id ON fresh (id)",
        "ALTER TABLE notes ADD COLUMN n int",
        "ALTER TABLE notes ADD CONSTRAINT n_positive CHECK (n > 0)",
        "CREATE INDEX notes_n ON notes (n); UPDATE notes SET n = 1",
        "DO $$ BEGIN PERFORM 1; END $$",
      ],
      "0002_later": ["-- no-transaction\nCREATE INDEX CONCURRENTLY notes_id_n ON notes (id, n)"],
    });
    const [more, later] = await foreseen(ownerUrl, folder);
    expect([more!.bare, later!.bare]).toEqual([false, true]);
    expect(more!.steps.map(({ lock, table, meaning }) => [lock, table, meaning.en])).toEqual([
      ["ACCESS EXCLUSIVE", "notes", "everybody else waits, for a moment"],
      ["ACCESS EXCLUSIVE", "notes", "everybody else waits while the whole table is read or written anew"],
      ["SHARE", "notes", "writers wait while the whole table is read"],
      ["ROW EXCLUSIVE", "notes", "only writers of the same rows wait"],
      ["", "", "runs code: read it"],
    ]);
    expect(more!.steps[0]!.size).toMatch(/^1 rows, \d+ kB$/);
    expect(later!.steps.map(({ lock }) => lock)).toEqual(["SHARE UPDATE EXCLUSIVE"]);
    expect((await migrationStatus(ownerUrl, folder)).pending).toEqual(["0001_more", "0002_later"]);
  });
});
