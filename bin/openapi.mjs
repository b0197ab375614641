// What Redocly does with openapi/trithuc.v1.json: `lint` judges it, `diff REF` fails where a client of that git reference would break,
// `clients [FOLDER]` generates clients of it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = "openapi/trithuc.v1.json";
const CLI = join(ROOT, "node_modules/@redocly/cli/bin/cli.js");
const [word, given] = process.argv.slice(2);

/** Runs Redocly without its letters home. */
function redocly(...args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return spawnSync(process.execPath, [CLI, ...args], { cwd: ROOT, env, stdio: "inherit" }).status ?? 1;
}

function diff(ref = "HEAD") {
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

// Go is not among them: its page walkers of 2026-11 send one value alone of a list of values.
const LANGUAGES = ["typescript", "python", "java"];

/** One folder a language: typescript/trithuc.ts, python/trithuc.py, java/Trithuc.java. */
function clients(folder = join(ROOT, "clients")) {
  const scratch = mkdtempSync(join(tmpdir(), "trithuc-openapi-"));
  try {
    // A Java package takes its name from the title, of which the generator would drop each letter with a mark.
    const document = JSON.parse(readFileSync(join(ROOT, FILE), "utf8"));
    const plain = join(scratch, "openapi.json");
    writeFileSync(plain, JSON.stringify({ ...document, info: { ...document.info, title: "Tri Thuc" } }));
    for (const language of LANGUAGES) {
      // The output must end in .ts, whatever the language; the generator puts its own ending in that place.
      const status = redocly("generate-client", plain, "--generator", language, "--output", join(folder, language, "trithuc.ts"));
      if (status !== 0) return status;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(LANGUAGES.map((language) => join(folder, language)).join("\n"));
  return 0;
}

const words = { lint: () => redocly("lint", FILE), diff, clients };
if (!Object.hasOwn(words, word ?? "")) console.error("node bin/openapi.mjs lint | diff REF | clients [FOLDER]");
process.exitCode = words[word]?.(given) ?? 2;
