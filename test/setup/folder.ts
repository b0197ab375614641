import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "trithuc-test-";
const MEMORY = "/dev/shm";
const ROOM = 6 * 2 ** 30;

/**
 * Makes a temporary folder for a cluster: in memory where there is ample room, else (or where `TEST_CLUSTER=disk` asks for it) on disk. It is removed by who asked for it, and by
 * the next run if that was killed. A copied database is some 700 new files: 25 ms in memory, 300 ms on a slow disk (2026-11).
 */
export function newFolder(): string {
  return mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes the folders of runs that were killed. */
export function removeAbandoned(): void {
  for (const root of [MEMORY, tmpdir()]) {
    for (const name of entriesOf(root).filter((entry) => entry.startsWith(PREFIX))) {
      if (!isRunning(Number(name.slice(PREFIX.length).split("-")[0]))) rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

// Containers give /dev/shm 64 MB, and what lies in it counts against their memory.
function hasRoom(): boolean {
  if (process.env.TEST_CLUSTER === "disk") return false;
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM && process.availableMemory() > ROOM;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
