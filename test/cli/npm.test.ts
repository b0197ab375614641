import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "./program.ts";

test("SIGTERM to `npm start` stops the service and its database, though npm's shell does not pass it on", async () => {
  const { folder, remove } = dataFolder();
  const env = { ...process.env, PORT: "0", TRITHUC_DATA_DIR: folder, TRITHUC_LOG_LEVEL: "error" };
  const npm = spawn("npm", ["start"], { env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve) => npm.stdout.on("data", (text: Buffer) => void (text.includes("curl -H") && resolve())));
  const postmaster = Number(readFileSync(join(folder, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
  expect(isRunning(postmaster)).toBe(true);
  npm.kill("SIGTERM");
  await once(npm, "exit");
  await expect.poll(() => isRunning(postmaster), { timeout: 10_000, interval: 50 }).toBe(false);
  remove();
}, 60_000);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
