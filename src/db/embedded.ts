import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, chownSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { openCluster, SUPERUSER, type Cluster } from "./embedded/cluster.ts";
import { findHolder, launch, type Holder, type Server } from "./embedded/server.ts";
import { OWNER, prepareRoles, SERVICE } from "./roles.ts";
import { StartError } from "./start-error.ts";

export { prepareRoles } from "./roles.ts";
export { StartError } from "./start-error.ts";

/** The database of the service in the embedded cluster. */
export const DATABASE = "trithuc";

/** A running embedded PostgreSQL; `attached` when another process started it: `stop` then leaves it running. */
export type Embedded = {
  ownerUrl: string;
  serviceUrl: string;
  superuserUrl: string;
  socketDir?: string;
  attached: boolean;
  version: string;
  stop(): Promise<void>;
};

/** Where the cluster lies and how it runs: `settings` are PostgreSQL's own, over the defaults. */
export type EmbeddedOptions = { dataDir: string; log?: (line: string) => void; settings?: Record<string, string> };

const WAIT_MS = 30_000;

/**
 * Starts the PostgreSQL that came through npm on the cluster below `dataDir` (made at the first start), with both roles and the database.
 * A second start on the same folder attaches to the running server. The server ends with this process, however it ends.
 * @throws StartError when it cannot start, with what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => {});
  const cluster = openCluster(options.dataDir, log);
  const { holder, server } = await holdCluster(cluster, { ...defaults(), ...options.settings });
  const urls = urlsOf(cluster, holder);
  await prepareRoles(urls.superuserUrl, { database: DATABASE, passwords: cluster.passwords });
  const version = await versionOf(urls.superuserUrl);
  log(`PostgreSQL ${version} ${server ? "started" : "attached"} (${cluster.account.how}, port ${holder.port})`);
  const socket = holder.socketDir === undefined ? {} : { socketDir: holder.socketDir };
  return { ...urls, ...socket, attached: server === undefined, version, stop: () => stopServer(cluster, holder, server) };
}

async function holdCluster(cluster: Cluster, settings: Record<string, string>): Promise<{ holder: Holder; server?: Server }> {
  const deadline = Date.now() + WAIT_MS;
  let said = "";
  while (Date.now() < deadline) {
    const holder = findHolder(cluster.data);
    if (holder?.ready && (await answers(urlsOf(cluster, holder).superuserUrl))) return { holder };
    if (holder) {
      await delay(20); // it is starting or stopping in another process
      continue;
    }
    const launched = await launch(cluster, socketFolder(cluster), settings);
    if ("server" in launched) return { holder: findHolder(cluster.data)!, server: launched.server };
    said = launched.failed.trim().split("\n").slice(-5).join(" | ");
    if (!/lock file|could not bind|could not create any TCP/.test(said)) break; // else: another start was faster, or took the port
  }
  const because = said || "another PostgreSQL holds it";
  throw new StartError({
    vi: `Không khởi động được PostgreSQL trên ${cluster.data}: ${because}`,
    en: `PostgreSQL does not start on ${cluster.data}: ${because}`,
  });
}

async function stopServer(cluster: Cluster, holder: Holder, server?: Server): Promise<void> {
  await server?.stop();
  if (server && holder.socketDir && !holder.socketDir.startsWith(cluster.home)) rmSync(holder.socketDir, { recursive: true, force: true });
}

function urlsOf(cluster: Cluster, holder: Holder): Pick<Embedded, "ownerUrl" | "serviceUrl" | "superuserUrl"> {
  const socket = holder.socketDir ? `host=${encodeURIComponent(holder.socketDir)}&` : "";
  const url = (user: string, password: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${holder.port}/${database}?${socket}sslmode=disable`;
  const { superuser, owner, service } = cluster.passwords;
  return {
    ownerUrl: url(OWNER, owner, DATABASE),
    serviceUrl: url(SERVICE, service, DATABASE),
    superuserUrl: url(SUPERUSER, superuser, "postgres"),
  };
}

// A socket's path holds 103 bytes on macOS, 107 on Linux: deep folders get a short one in the temporary folder instead, private to us.
function socketFolder({ home, account }: Cluster): string | undefined {
  if (process.platform === "win32") return undefined;
  if (fitsSocket(home)) return home;
  const short = join(
    fitsSocket(join(tmpdir(), "x".repeat(20))) ? tmpdir() : "/tmp",
    `trithuc-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`,
  );
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

function defaults(): Record<string, string> {
  const megabytes = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2 ** 20;
  return {
    shared_buffers: `${Math.round(Math.min(256, Math.max(32, megabytes / 16)))}MB`,
    max_connections: "100",
    jit: "off",
    fsync: "on",
    timezone: "UTC",
    unix_socket_permissions: "0700",
    // A message of level ERROR quotes the values of a row: personal data stay out of the log.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
}

async function answers(url: string): Promise<boolean> {
  return versionOf(url).then(Boolean, () => false);
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query<{ server_version: string }>("SHOW server_version")).rows[0]!.server_version;
  } finally {
    await client.end().catch(() => {});
  }
}
