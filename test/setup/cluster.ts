import { realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../../src/db/embedded.ts";
import { refuseValues } from "./server-log.ts";
import { newFolder, removeAbandoned } from "./folder.ts";
import { dropDatabases, newServer, prepareTemplate, refuseRealData, type TestServer } from "./template.ts";

declare module "vitest" {
  interface ProvidedContext {
    server: TestServer;
  }
}

/**
 * Gives the whole run one server with a migrated template database: the embedded one in a temporary folder that goes as a whole,
 * or the PostgreSQL 15-18 that TRITHUC_TEST_URL (else DATABASE_URL) names as its administrator.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TRITHUC_TEST_URL ?? process.env.DATABASE_URL;
  if (given) await refuseRealData(given);
  // The commands that tests start choose their own database, as an office's do.
  delete process.env.DATABASE_URL;
  const { close, ...place } = given ? { adminUrl: given, close: dropDatabases } : await startTemporary();
  const server = { ...newServer(place.adminUrl), ...place };
  try {
    await prepareTemplate(server);
  } catch (error) {
    await close(server);
    throw error;
  }
  project.provide("server", server);
  return () => close(server);
}

/** Nothing is ever recovered from the log of this server, nor sent elsewhere: with every database that is made it would hold whole pages anew. */
const BRIEF = { full_page_writes: "off", wal_level: "minimal", max_wal_senders: "0" };

async function startTemporary(): Promise<{ adminUrl: string; log: string; close(): Promise<void> }> {
  removeAbandoned();
  const folder = newFolder();
  const embedded = await startEmbedded({ dataDir: folder, settings: { max_connections: "300", max_wal_size: "256MB", ...BRIEF } });
  const home = realpathSync(join(folder, "postgres"));
  const log = join(home, "server.log");
  const close = async (): Promise<void> => {
    await embedded.stop();
    try {
      refuseValues(log);
    } finally {
      for (const path of [home, folder]) rmSync(path, { recursive: true, force: true });
    }
  };
  return { adminUrl: embedded.superuserUrl, log, close };
}
