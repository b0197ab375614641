import { totalmem } from "node:os";
import { Client } from "pg";
import { openCluster, SUPERUSER, type Cluster } from "./embedded/cluster.ts";
import { holdCluster } from "./embedded/hold.ts";
import type { Holder } from "./embedded/server.ts";
import { OWNER, prepareRoles, SERVICE } from "./upkeep/roles.ts";

export { prepareRoles } from "./upkeep/roles.ts";
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

/**
 * Starts the PostgreSQL that came through npm on the cluster below `dataDir` (made at the first start), with both roles and the database.
 * A second start on the same folder attaches to the running server. The server ends with the process that started it, however that
 * ends; should it end by itself, it is started again at the same place.
 * @throws StartError when it cannot start, with what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => {});
  const cluster = openCluster(options.dataDir, log);
  const answers = (holder: Holder) => versionOf(urlsOf(cluster, holder).superuserUrl).then(Boolean, () => false);
  const { holder, attached, stop } = await holdCluster(cluster, { settings: { ...defaults(), ...options.settings }, answers, log });
  const urls = urlsOf(cluster, holder);
  await prepareRoles(urls.superuserUrl, { database: DATABASE, passwords: cluster.passwords });
  const version = await versionOf(urls.superuserUrl);
  log(`PostgreSQL ${version} ${attached ? "attached" : "started"} (${cluster.account.how}, port ${holder.port})`);
  return { ...urls, ...(holder.socketDir && { socketDir: holder.socketDir }), attached, version, stop };
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
    log_checkpoints: "off",
  };
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
