import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { startEmbedded } from "../../../src/db/embedded.ts";
import { SCHEMA } from "../../../src/db/schema.ts";
import { OWNER } from "../../../src/db/upkeep/roles.ts";
import { newKeysText } from "../../../src/http/access/keys.ts";
import { newFolder } from "../../setup/folder.ts";
import { refuseValues } from "../../setup/server-log.ts";
import { administer, loadedTemplate, newServer, prepareTemplate, urlsOf } from "../../setup/template.ts";
import type { TestUrls } from "../../setup/template.ts";

/** A PostgreSQL of its own that may be killed, with a template that holds the reference data. */
export type Place = {
  keysText: string;
  /** A database of its own for one run. */
  database(): Promise<TestUrls>;
  /** kill -9 of the postmaster and every process below it, as a power cut takes them; it is started again by its supervisor. */
  crash(): void;
  /** A fast shutdown; the supervisor starts it again. */
  restart(): void;
  /** Waits until a server that was told to stop has stopped. */
  away(): Promise<void>;
  /** Waits until it takes connections again; gives the moment at which it did. */
  accepting(): Promise<number>;
  /** Asks a database as the server's administrator. */
  ask<Row = Record<string, unknown>>(urls: TestUrls, text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

/** Starts the server; some seconds. */
export async function openPlace(): Promise<Place> {
  const folder = newFolder();
  const embedded = await startEmbedded({ dataDir: folder, settings: { max_connections: "200", max_wal_size: "1GB" } });
  const home = realpathSync(join(folder, "postgres"));
  const server = newServer(embedded.superuserUrl);
  await prepareTemplate(server);
  const state = { stopping: 0 };
  const postmaster = () => Number(readFileSync(join(home, "data/postmaster.pid"), "utf8").split("\n")[0]);
  return {
    keysText: newKeysText(),
    database: async () => {
      const name = `${server.template}_${randomBytes(4).toString("hex")}`;
      await administer(server.adminUrl, (admin) =>
        admin.query(`CREATE DATABASE ${name} TEMPLATE ${loadedTemplate(server)} STRATEGY file_copy OWNER ${OWNER}`),
      );
      return urlsOf(server, name);
    },
    crash: () => {
      const first = postmaster();
      const pids = [first, ...childrenOf(first)];
      for (const pid of pids) killed(pid, "SIGKILL");
    },
    restart: () => {
      state.stopping = postmaster();
      killed(state.stopping, "SIGINT");
    },
    away: async () => {
      while (isRunning(state.stopping)) await delay(2);
    },
    accepting: () => accepting(server.adminUrl),
    ask: async <Row>({ adminUrl }: TestUrls, text: string, values: readonly unknown[] = []) =>
      (await withClient(adminUrl, (client) => client.query(text, [...values]))).rows as Row[],
    close: async () => {
      await embedded.stop();
      try {
        refuseValues(join(home, "server.log"));
      } finally {
        for (const path of [home, folder]) rmSync(path, { recursive: true, force: true });
      }
    },
  };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, options: `-c search_path=${SCHEMA}`, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

const WAIT_MS = 60_000;

async function accepting(url: string): Promise<number> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const found = await withClient(url, (client) => client.query("select")).then(
      () => true,
      () => false,
    );
    if (found) return performance.now();
    if (performance.now() > deadline) throw new Error("PostgreSQL takes no connections");
    await delay(5);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function killed(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone meanwhile
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // The name of a program may hold spaces and brackets: what is wanted stands after the last one.
        return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
}
