import { createHash } from "node:crypto";
import { chownSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import type { Cluster } from "./cluster.ts";
import { findHolder, freePort, launch, type Holder, type Place, type Server } from "./server.ts";

/** The server that holds the cluster: our own, or another process's (`attached`), which `stop` leaves running. */
export type Held = { holder: Holder; attached: boolean; stop(): Promise<void> };
type Options = { settings: Record<string, string>; answers(holder: Holder): Promise<boolean>; log(line: string): void };

const WAIT_MS = 30_000;
const WATCH_MS = 250;
// Another start was faster, someone took the port, or back ends of a killed server have not noticed yet: worth another try.
const PASSING = /lock file|could not bind|could not create any TCP|shared memory block/;

/**
 * Attaches to the server that holds the cluster, or starts one and keeps it running until `stop`.
 * @throws StartError with PostgreSQL's own last words when neither works within 30 s
 */
export async function holdCluster(cluster: Cluster, options: Options): Promise<Held> {
  const deadline = Date.now() + WAIT_MS;
  let said = "another PostgreSQL holds it";
  while (Date.now() < deadline) {
    const holder = findHolder(cluster.data);
    if (holder?.ready && (await options.answers(holder))) return follow(cluster, holder, options);
    if (holder) {
      await delay(20); // it is starting or stopping in another process
      continue;
    }
    const place = { port: await freePort(), socketDir: socketFolder(cluster), settings: options.settings };
    const launched = await launch(cluster, place);
    if ("server" in launched) return keepRunning(cluster, place, launched, options.log);
    said = launched.failed.slice(-1_000);
    if (!PASSING.test(launched.failed)) break;
    await delay(50);
  }
  throw new StartError({
    vi: `Không khởi động được PostgreSQL trên ${cluster.data}: ${said}`,
    en: `PostgreSQL does not start on ${cluster.data}: ${said}`,
  });
}

function keepRunning(cluster: Cluster, place: Place, first: { server: Server; holder: Holder }, log: (line: string) => void): Held {
  const end = new AbortController();
  const now: { server: Server | undefined } = { server: first.server };
  const supervise = async (): Promise<void> => {
    while (now.server) {
      await now.server.gone;
      now.server = await startAgain(cluster, place, end.signal, log);
    }
  };
  const over = supervise();
  const stop = async (): Promise<void> => {
    end.abort();
    await now.server?.stop();
    await over;
    if (place.socketDir && place.socketDir !== cluster.home) rmSync(place.socketDir, { recursive: true, force: true });
  };
  return { holder: first.holder, attached: false, stop };
}

/** Another process's server: should that process stop it, this one starts it at the same place, and holds it from then on. */
function follow(cluster: Cluster, holder: Holder, { settings, log }: Options): Held {
  const end = new AbortController();
  const taken: { over?: Held } = {};
  const watch = async (): Promise<void> => {
    while (!end.signal.aborted && !taken.over) {
      await delay(WATCH_MS, undefined, { ref: false, signal: end.signal }).catch(() => {});
      if (!end.signal.aborted && !findHolder(cluster.data)) await takeOver();
    }
  };
  const takeOver = async (): Promise<void> => {
    const place = { port: holder.port, socketDir: socketFolder(cluster), settings };
    const launched = await launch(cluster, place).catch((error: unknown) => ({ failed: String(error) }));
    if ("failed" in launched) return; // another follower was faster, or it works the next time
    log("PostgreSQL was stopped by the process that had started it, and goes on in this one");
    taken.over = keepRunning(cluster, place, launched, log);
  };
  const watching = watch();
  const stop = async (): Promise<void> => {
    end.abort();
    await watching;
    await taken.over?.stop();
  };
  return { holder, attached: true, stop };
}

async function startAgain(cluster: Cluster, place: Place, end: AbortSignal, log: (line: string) => void): Promise<Server | undefined> {
  for (let tries = 1; !end.aborted; tries++) {
    log(`PostgreSQL ended by itself; start ${tries}`);
    const launched = await launch(cluster, place).catch((error: unknown) => ({ failed: String(error) }));
    if ("failed" in launched) await delay(Math.min(100 * tries, 2_000), undefined, { ref: false });
    else if (end.aborted) await launched.server.stop();
    else return launched.server;
  }
  return undefined;
}

// A socket's path holds 103 bytes on macOS, 107 on Linux: deep folders get a short one in the temporary folder instead, private to us.
function socketFolder({ home, account }: Cluster): string | undefined {
  if (process.platform === "win32") return undefined;
  if (fitsSocket(home)) return home;
  const name = `trithuc-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`;
  const short = [join(tmpdir(), name), join("/tmp", name)].find(fitsSocket)!;
  try {
    mkdirSync(short, { mode: 0o700 });
    if (account.spawn.uid !== undefined) chownSync(short, account.uid, account.gid);
  } catch {
    const { uid, mode } = lstatSync(short);
    if (uid !== account.uid || (mode & 0o077) !== 0) return undefined; // somebody else's: loopback alone then
  }
  return short;
}

function fitsSocket(folder: string): boolean {
  return Buffer.byteLength(join(folder, ".s.PGSQL.65535")) <= 103;
}
