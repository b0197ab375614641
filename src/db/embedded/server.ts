import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/** What `postmaster.pid` says of the server that holds the cluster. */
export type Holder = { pid: number; port: number; socketDir: string | undefined; ready: boolean };
/** A server of our own: `stop` ends it in order and resolves when nothing of it is left. */
export type Server = { stop(): Promise<void> };
/** How an attempt to start ended. */
export type Launch = { server: Server } | { failed: string };

// The shell becomes PostgreSQL (same pid); beside it waits a watcher on a pipe that only this process holds open. However this process
// ends, kill -9 included, the pipe closes and the watcher stops PostgreSQL in order. prctl's parent-death signal would do so on Linux
// only, and when the starting *thread* ends. `detached` keeps Ctrl-C from PostgreSQL: requests in flight finish first.
const WATCHED = `LC_ALL=C TZ=UTC; export LC_ALL TZ
( (read -r _ <&3 || kill -INT $$) </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-`;

/** Gives the server that holds the cluster now, if one does; a pid file that outlived its server is removed. */
export function findHolder(data: string): Holder | undefined {
  const file = join(data, "postmaster.pid");
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const pid = Math.abs(Number(lines[0]));
  if (lines.length > 1 && !isServer(pid, data)) {
    rmSync(file, { force: true });
    return undefined;
  }
  return { pid, port: Number(lines[3]), socketDir: lines[4] || undefined, ready: lines[7]?.trim() === "ready" };
}

// After a power cut another process may have the pid of the file, and PostgreSQL would refuse to start because of it.
function isServer(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return true;
  }
}

/** Starts PostgreSQL on the cluster and waits until it accepts connections, recovery after a crash included. */
export async function launch(cluster: Cluster, socketDir: string | undefined, settings: Record<string, string>): Promise<Launch> {
  const { account, bin, data, home } = cluster;
  const port = await freePort();
  const all = { ...settings, port: String(port), listen_addresses: "127.0.0.1", unix_socket_directories: quoted(socketDir) };
  const command = [join(bin, "postgres"), "-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const watched = process.platform === "win32" ? command : ["/bin/sh", "-c", WATCHED, "sh", ...command];
  const [file = "", ...args] = [...account.before, ...watched];
  const log = openSync(join(home, "server.log"), "a", 0o600);
  const said = statSync(join(home, "server.log")).size;
  const child = spawn(file, args, { ...account.spawn, detached: true, stdio: ["ignore", log, log, "pipe"] });
  closeSync(log);
  const pipe = child.stdio[3] as Socket;
  const exited = once(child, "exit").catch((error: unknown) => error);
  const gone = exited.then(() => dismiss(pipe));
  child.unref();
  pipe.unref();
  while (child.exitCode === null && child.signalCode === null) {
    const holder = child.pid === undefined ? undefined : findHolder(data);
    if (holder?.ready && holder.pid === child.pid) {
      return { server: { stop: () => stop(child, pipe, gone) } };
    }
    await Promise.race([delay(5), exited]);
  }
  await gone;
  return { failed: readFileSync(join(home, "server.log")).subarray(said).toString() };
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

// A word on the pipe lets the watcher go without a signal: by then the pid it knows may be another's.
async function dismiss(pipe: Socket): Promise<void> {
  const closed = new Promise((resolve) => pipe.once("close", resolve).once("error", resolve));
  pipe.resume();
  pipe.end("stopped\n");
  await closed;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
