import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { newKeysText } from "../../src/http/access/keys.ts";
import { startService } from "../../src/main.ts";
import { startEmbedded, StartError, type Embedded } from "../../src/db/embedded.ts";
import { newFolder as temporaryFolder } from "../setup/folder.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const rows = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

/** The processes whose command names `folder`, the sought program aside. */
const processesOf = (folder: string): string[] =>
  spawnSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(`${folder}/`));

/** Starts the embedded database in another process and gives it with its URL once it is ready. */
const startElsewhere = async (folder: string): Promise<{ process: ChildProcess; url: string }> => {
  const module = new URL("../../src/db/embedded.ts", import.meta.url).href;
  const code = `import { startEmbedded } from ${JSON.stringify(module)};
    console.log((await startEmbedded({ dataDir: process.argv[1] })).superuserUrl);
    process.stdin.resume();`;
  const args = ["--input-type=module", "--eval", code, folder];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the start elsewhere failed")));
  const [url] = (await Promise.race([once(createInterface(child.stdout), "line"), ended])) as [string];
  ended.catch(() => {});
  return { process: child, url };
};

const killed = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL");
  await once(child, "exit");
};

describe("the embedded PostgreSQL", () => {
  let folder: string;
  let running: Embedded;
  beforeAll(async () => {
    folder = newFolder();
    running = await startEmbedded({ dataDir: folder });
  });
  afterAll(() => running.stop());

  test("starts on an empty folder, sorts in Vietnamese and keeps what it acknowledged", async () => {
    expect(running).toMatchObject({ attached: false, version: "18.4" });
    const settings = await rows(running.serviceUrl, "SELECT current_setting('fsync') AS fsync, current_setting('jit') AS jit");
    expect(settings).toEqual([{ fsync: "on", jit: "off" }]);
    const names = await rows(running.serviceUrl, "SELECT name FROM unnest(ARRAY['Đỗ','Em','Dũng','Ân','An','Ăn']) AS name ORDER BY name");
    expect(names.map((row) => row.name)).toEqual(["An", "Ăn", "Ân", "Dũng", "Đỗ", "Em"]);
  });

  test("is attached to by a second start on the same folder, whose stop leaves it running", async () => {
    const second = await startEmbedded({ dataDir: folder });
    expect(second).toMatchObject({ attached: true, ownerUrl: running.ownerUrl, serviceUrl: running.serviceUrl });
    await second.stop();
    expect(await rows(running.serviceUrl, "SELECT 1 AS here")).toEqual([{ here: 1 }]);
  });

  test("keeps its passwords in one file that only its owner reads", () => {
    const file = join(folder, "postgres/passwords.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object).sort()).toEqual(["owner", "service", "superuser"]);
  });

  test("gives the service a role that owns nothing and makes no tables", async () => {
    const owned = await rows(
      running.superuserUrl,
      "SELECT 1 FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid AND deptype = 'o' WHERE rolname = 'trithuc_service'",
    );
    expect(owned).toEqual([]);
    for (const schema of ["trithuc", "public"]) {
      await expect(rows(running.serviceUrl, `CREATE TABLE ${schema}.tried (id int)`)).rejects.toMatchObject({ code: "42501" });
    }
    await expect(rows(running.serviceUrl, "CREATE ROLE tried")).rejects.toMatchObject({ code: "42501" });
    await expect(rows(running.ownerUrl, "CREATE ROLE tried")).rejects.toMatchObject({ code: "42501" });
    expect(await rows(running.ownerUrl, "CREATE TABLE trithuc.made (id int); DROP TABLE trithuc.made")).toBeUndefined();
  });

  test("refuses a wrong password on loopback and on the socket", async () => {
    for (const url of [running.serviceUrl, running.serviceUrl.replace(/host=[^&]*&/, "")]) {
      await expect(rows(url.replace(/:[^:@/]+@/, ":wrong@"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    }
  });

  test("writes no value of a failed statement to its log", async () => {
    await expect(rows(running.serviceUrl, "SELECT 'canary-027185'::date")).rejects.toMatchObject({ code: "22007" });
    expect(readFileSync(join(folder, "postgres/server.log"), "utf8")).not.toContain("canary-027185");
  });
});

describe("the end of an embedded PostgreSQL", () => {
  test("is complete: stop leaves no process, and the next start finds the rows", async () => {
    const folder = newFolder();
    const first = await startEmbedded({ dataDir: folder });
    await rows(first.ownerUrl, "CREATE TABLE trithuc.kept AS SELECT 7 AS n");
    await first.stop();
    expect(processesOf(folder)).toEqual([]);
    const next = await startEmbedded({ dataDir: folder, settings: { fsync: "off" } });
    expect(await rows(next.ownerUrl, "SELECT n FROM trithuc.kept")).toEqual([{ n: 7 }]);
    // What would lose rows when the power fails is no database for a service.
    const config = readConfig({ PORT: "0", DATABASE_URL: next.serviceUrl, TRITHUC_KEYS: newKeysText() });
    await expect(startService(config, () => {})).rejects.toThrow(/runs with fsync=off and may lose what was written: set fsync=on/);
    await next.stop();
    expect(processesOf(folder)).toEqual([]);
  });

  test("comes with a killed service: no orphan stays, and the next start recovers every acknowledged row", async () => {
    const folder = newFolder();
    const { process: service, url } = await startElsewhere(folder);
    await rows(url, "CREATE TABLE acknowledged AS SELECT n FROM generate_series(1, 1000) AS n");
    await killed(service);
    const next = await startEmbedded({ dataDir: folder });
    expect(next.attached).toBe(false);
    expect(await rows(next.superuserUrl, "SELECT count(*)::int AS kept FROM acknowledged")).toEqual([{ kept: 1000 }]);
    await next.stop();
    expect(processesOf(folder)).toEqual([]);
  });

  test("does not damage the rows when PostgreSQL itself is killed, and a pid that is another's now does not bar the next start", async () => {
    const folder = newFolder();
    const pidFile = join(folder, "postgres/data/postmaster.pid");
    const { process: service, url } = await startElsewhere(folder);
    await rows(url, "CREATE TABLE acknowledged AS SELECT n FROM generate_series(1, 1000) AS n");
    const left = readFileSync(pidFile, "utf8");
    process.kill(Number(left.split("\n")[0]), "SIGKILL");
    await killed(service);
    if (existsSync("/proc/self/cwd")) writeFileSync(pidFile, left.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
    const next = await startEmbedded({ dataDir: folder });
    expect(await rows(next.superuserUrl, "SELECT count(*)::int AS kept FROM acknowledged")).toEqual([{ kept: 1000 }]);
    await next.stop();
  });
});

describe("an embedded PostgreSQL that is killed under its service", () => {
  test("is started again at the same place with every acknowledged row", async () => {
    const folder = newFolder();
    const lines: string[] = [];
    const running = await startEmbedded({ dataDir: folder, log: (line) => lines.push(line) });
    await rows(running.superuserUrl, "CREATE TABLE acknowledged AS SELECT n FROM generate_series(1, 1000) AS n");
    process.kill(Number(readFileSync(join(folder, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
    const count = () => rows(running.superuserUrl, "SELECT count(*)::int AS kept FROM acknowledged").catch(() => undefined);
    await expect.poll(() => lines.at(-1), { timeout: 5_000 }).toMatch(/ended by itself/);
    await expect.poll(count, { timeout: 10_000 }).toEqual([{ kept: 1000 }]);
    await running.stop();
    expect(processesOf(folder)).toEqual([]);
  });
});

describe("the start of an embedded PostgreSQL", () => {
  test("is done by one of several at once on an empty folder; the others attach to it", async () => {
    const folder = newFolder();
    const starts = await Promise.all([startElsewhere(folder), startElsewhere(folder), startElsewhere(folder)]);
    expect(new Set(starts.map(({ url }) => url)).size).toBe(1);
    expect(await rows(starts[0].url, "SELECT 1 AS here")).toEqual([{ here: 1 }]);
    await Promise.all(starts.map(({ process: service }) => killed(service)));
    await expect.poll(() => processesOf(folder), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(folder)).toEqual(["postgres"]);
  });

  test("works in a folder too deep for a socket's path, whose short socket folder goes with it", async () => {
    const folder = join(newFolder(), "x".repeat(120));
    const deep = await startEmbedded({ dataDir: folder });
    expect(await rows(deep.serviceUrl, "SELECT 1 AS here")).toEqual([{ here: 1 }]);
    expect(deep.socketDir).toMatch(/trithuc-[0-9a-f]{12}$/);
    await deep.stop();
    expect(existsSync(deep.socketDir!)).toBe(false);
  });

  test("names the folder in one line per language when the data are of another version", async () => {
    const folder = newFolder();
    await (await startEmbedded({ dataDir: folder })).stop();
    writeFileSync(join(folder, "postgres/data/PG_VERSION"), "12\n");
    const refused = await startEmbedded({ dataDir: folder }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as StartError).text.en).toMatch(/are of PostgreSQL 12/);
    expect((refused as StartError).text.vi.split("\n")).toHaveLength(1);
  });
});
