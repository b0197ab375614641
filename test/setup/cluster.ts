import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../../src/db/embedded.ts";
import { dropDatabases, prepareTemplate, refuseRealData, type TestServer } from "./template.ts";

const PREFIX = "trithuc-test-";

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
  const { adminUrl, close } = given ? { adminUrl: given, close: dropDatabases } : await startTemporary();
  const server = await prepareTemplate(adminUrl);
  project.provide("server", server);
  return () => close(server);
}

async function startTemporary(): Promise<{ adminUrl: string; close(): Promise<void> }> {
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const embedded = await startEmbedded({ dataDir: folder, settings: { max_connections: "300" } });
  const close = async (): Promise<void> => {
    await embedded.stop();
    for (const path of [realpathSync(join(folder, "postgres")), folder]) rmSync(path, { recursive: true, force: true });
  };
  return { adminUrl: embedded.superuserUrl, close };
}

// A run that was killed could not remove its folder; the next one does.
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split("-")[0]);
    if (!isRunning(pid) && existsSync(join(tmpdir(), name))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
