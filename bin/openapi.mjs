// Judges openapi/trithuc.v1.json by Redocly's rules: `lint`, or `diff REF`, which fails where a client of that git reference would break.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = "openapi/trithuc.v1.json";
const CLI = join(ROOT, "node_modules/@redocly/cli/bin/cli.js");
const [word, ref = "HEAD"] = process.argv.slice(2);

/** Runs Redocly without its letters home. */
function redocly(...args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return spawnSync(process.execPath, [CLI, ...args], { cwd: ROOT, env, stdio: "inherit" }).status ?? 1;
}

function diff() {
  const { status, stdout } = spawnSync("git", ["show", `${ref}:${FILE}`], {
    cwd: ROOT,
    maxBuffer: 64 * 2 ** 20,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) return 2;
  const folder = mkdtempSync(join(tmpdir(), "trithuc-openapi-"));
  try {
    const before = join(folder, "before.json");
    writeFileSync(before, stdout);
    return redocly("diff", before, FILE, "--fail-on", "major");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (word !== "lint" && word !== "diff") console.error("node bin/openapi.mjs lint | diff REF");
process.exitCode = word === "lint" ? redocly("lint", FILE) : word === "diff" ? diff() : 2;
