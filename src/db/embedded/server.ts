import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/** What `postmaster.pid` says of the server that holds the cluster. */
export type Holder = { pid: number; port: number; socketDir: string | undefined; ready: boolean };
/** A server of our own: `gone` resolves when it has ended by itself or by `stop`, and nothing of it is left. */
export type Server = { gone: Promise<void>; stop(): Promise<void> };
/** How an attempt to start ended. */
export type Launch = { server: Server; holder: Holder } | { failed: string };
/** What differs from one start to the next. */
export type Place = { port: number; socketDir: string | undefined; settings: Record<string, string> };

// The shell becomes PostgreSQL (same pid); beside it waits a watcher on a pipe that only this process holds open. However this process
// ends, kill -9 included, the pipe closes and the watcher stops PostgreSQL in order. prctl's parent-death signal would do so on Linux
// only, and when the starting *thread* ends. `detached` keeps Ctrl-C from PostgreSQL: requests in flight finish first.
const WATCHED = `LC_ALL=C TZ=UTC; export LC_ALL TZ
( (read -r _ <&3 || kill -INT $$) </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-`;

/** Gives the server that holds the cluster now, if one does. */
export function findHolder(data: string): Holder | undefined {
  const file = join(data, "postmaster.pid");
  const text = readIfThere(file);
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!pid || !isRunning(pid)) return undefined;
  if (lines.length < 8 || isServer(pid, data)) {
    return { pid, port: Number(lines[3]), socketDir: lines[4] || undefined, ready: lines[7]?.trim() === "ready" };
  }
  // Only the pid is changed, to one that no process has: PostgreSQL still has to find in the rest of the file whether back ends of a
  // killed server go on writing. Without the file it would not ask.
  if (readFileSync(file, "utf8") === text) writeFileSync(file, text.replace(/^\d+/, "2147483647"));
  return undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

// After a power cut another process may have the pid of the file, and PostgreSQL would refuse to start because of it.
function isServer(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return true;
  }
}

/** Starts PostgreSQL on the cluster and waits until it accepts connections, recovery after a crash included. */
export async function launch(cluster: Cluster, { port, socketDir, settings }: Place): Promise<Launch> {
  const { account, bin, data, home } = cluster;
  const all = { ...settings, port: String(port), listen_addresses: "127.0.0.1", unix_socket_directories: quoted(socketDir) };
  const command = [join(bin, "postgres"), "-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const watched = process.platform === "win32" ? command : ["/bin/sh", "-c", WATCHED, "sh", ...command];
  const [file = "", ...args] = [...account.before, ...watched];
  const log = openSync(join(home, "server.log"), "a", 0o600);
  const said = statSync(join(home, "server.log")).size;
  const child = spawn(file, args, { ...account.spawn, detached: true, stdio: ["ignore", log, log, "pipe"] });
  closeSync(log);
  const pipe = child.stdio[3] as Socket;
  const state = { ended: false };
  const gone = ended(child, pipe, state);
  child.unref();
  pipe.unref();
  while (!state.ended) {
    const holder = findHolder(data);
    if (holder?.ready && holder.pid === child.pid) return { holder, server: { gone, stop: () => stop(child, pipe, gone) } };
    await Promise.race([delay(5), gone]);
  }
  return { failed: ownLines(readFileSync(join(home, "server.log")).subarray(said).toString(), child.pid) };
}

// Of two starts at once both write to the log: each line names its process as "[pid]".
function ownLines(text: string, pid: number | undefined): string {
  const lines = text.trim().split("\n");
  return lines.filter((line) => line.includes(`[${pid}]`) || !/\[\d+\]/.test(line)).join(" | ");
}

// The setting is a list: a comma in a folder's name would end the name.
function quoted(socketDir: string | undefined): string {
  return socketDir === undefined ? "" : `"${socketDir.replaceAll('"', '""')}"`;
}

async function stop(child: ReturnType<typeof spawn>, pipe: Socket, gone: Promise<void>): Promise<void> {
  child.ref();
  pipe.ref();
  child.kill("SIGINT"); // fast shutdown: open transactions are rolled back, a checkpoint is written
  const slow = setTimeout(() => child.kill("SIGQUIT"), 30_000);
  await gone;
  clearTimeout(slow);
}

async function ended(child: ReturnType<typeof spawn>, pipe: Socket, state: { ended: boolean }): Promise<void> {
  await once(child, "exit").catch(() => {}); // an "error" means that it never began
  const closed = pipe.closed ? undefined : new Promise((resolve) => pipe.once("close", resolve).once("error", resolve));
  pipe.resume();
  pipe.end("stopped\n"); // the watcher goes without a signal: by now the pid it knows may be another's
  await closed;
  state.ended = true;
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The text of a file that a server which is just ending may take away at any moment; '' where there is none. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
