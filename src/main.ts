import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { startEmbedded } from "./db/embedded.ts";
import type { Embedded } from "./db/embedded.ts";
import { migrate, migrationStatus, refuse } from "./db/upkeep/migrations.ts";
import { openDatabase } from "./db/pools.ts";
import type { Database } from "./db/pools.ts";
import { SERVICE } from "./db/upkeep/roles.ts";
import { noteKeys, readStanding, refuseStanding } from "./db/upkeep/standing.ts";
import { StartError } from "./db/start-error.ts";
import { naming } from "./db/upkeep/unreachable.ts";
import { remoteKeySet } from "./http/access/key-set.ts";
import { keysFingerprint, loadKeys } from "./http/access/keys.ts";
import type { ServiceKeys } from "./http/access/keys.ts";
import { localVerifier, tokenVerifier } from "./http/access/tokens.ts";
import type { TokenVerifier } from "./http/access/tokens.ts";
import { startJobs } from "./db/upkeep/jobs.ts";
import type { ImportParts } from "./exchange/imports/jobs.ts";
import { catalog, CRONTAB, FACTS, jobsOf } from "./nouns.ts";
import { loadReference } from "./reference/load.ts";

/** A running service. */
export type Service = { app: FastifyInstance; url: string; keys: ServiceKeys; embedded: Embedded | undefined; close(): Promise<void> };

/** The database that the settings name, reached as each of the two roles; the embedded one runs until `stop`. */
export type Store = { ownerUrl: string; serviceUrl: string; embedded: Embedded | undefined; stop(): Promise<void> };

type Say = (line: string) => void;

/** Starts everything, in this order: settings, database, schema and reference data (embedded only), app, listening. */
export async function startService(config: Config, say: Say): Promise<Service> {
  const keys = keysOf(config);
  const store = await openStore(config, say);
  try {
    await (store.embedded ? prepareStore(config, store, say) : checkStore(store));
    await checkKeys(store.serviceUrl, keys);
    return await listen(config, store, keys);
  } catch (error) {
    await store.stop();
    throw error;
  }
}

async function listen(config: Config, store: Store, keys: ServiceKeys): Promise<Service> {
  const database = databaseOf(config, store);
  let address = config.TRITHUC_PUBLIC_URL ?? "";
  const app = await makeApp(config, database, keys, () => address);
  const jobs = await startJobs(store.serviceUrl, jobsOf(workOf(config, database, keys)), CRONTAB);
  const close = async () => {
    await app.close();
    await jobs.stop();
    await database.close();
    await store.stop();
  };
  try {
    const listening = await app.listen({ port: config.PORT, host: config.HOST });
    address ||= listening;
  } catch (error) {
    await app.close();
    await jobs.stop();
    await database.close();
    throw listenFailure(error, config);
  }
  return { app, url: address, keys, embedded: store.embedded, close };
}

/** What jobs work with. */
export function workOf(config: Config, database: Database, keys: ServiceKeys): ImportParts {
  const { TRITHUC_PROVINCE: home, TRITHUC_IMPORT_MEMORY_MB: memoryMb } = config;
  return { database, keys, catalog, facts: FACTS, clock: () => new Date(), home, memoryMb };
}

/** The app as the settings want it, not listening: `trithuc openapi` asks it for its document. */
export async function makeApp(config: Config, database: Database, keys: ServiceKeys, publicUrl: () => string): Promise<FastifyInstance> {
  const { TRITHUC_RATE_LIMIT: rate, TRITHUC_CORS_ORIGINS: corsOrigins = [], TRITHUC_TRUSTED_PROXIES: trustedProxies = [] } = config;
  const [reads = 0, writes = 0] = rate.split("/").map(Number);
  return buildApp({
    database,
    keys,
    catalog,
    publicUrl,
    clock: () => new Date(),
    verify: verifierOf(config, keys),
    log: { level: config.TRITHUC_LOG_LEVEL },
    rates: rate === "off" ? "off" : { reads, writes },
    corsOrigins,
    trustedProxies,
    uploadBytes: config.TRITHUC_UPLOAD_MB * 1024 * 1024,
    // Well above what a large answer costs.
    maxDelayMs: 1_000,
    embedded: config.DATABASE_URL === undefined,
  });
}

/** The service's connections to a store. */
export function databaseOf(config: Config, { serviceUrl }: Pick<Store, "serviceUrl">): Database {
  const { TRITHUC_READERS: readers, TRITHUC_WORKERS: workers, TRITHUC_STATEMENT_TIMEOUT_MS: statementTimeoutMs } = config;
  return openDatabase({ url: serviceUrl, readers, workers, statementTimeoutMs });
}

/** Reaches the database of the settings; the embedded one is started, or attached to where another process runs it. */
export async function openStore(config: Config, say: Say): Promise<Store> {
  const { DATABASE_URL: url, TRITHUC_OWNER_URL: ownerUrl = url } = config;
  if (url !== undefined) return { ownerUrl: ownerUrl!, serviceUrl: url, embedded: undefined, stop: async () => {} };
  const embedded = await startEmbedded({ dataDir: config.TRITHUC_DATA_DIR, log: say });
  return { ownerUrl: embedded.ownerUrl, serviceUrl: embedded.serviceUrl, embedded, stop: embedded.stop };
}

/** Brings schema and reference data up to date as the owner, and notes the keys; gives the names of the migrations that were new. */
export async function prepareStore(config: Config, store: Store, say: Say): Promise<string[]> {
  const done = await migrateStore(config, store);
  await naming(ownerSetting(config), store.ownerUrl, () => loadReference(store.ownerUrl, { onlyIfNew: true, log: say }));
  return done;
}

/** Brings the schema up to date as the owner, and notes the keys; gives the names of the migrations that were new. */
export async function migrateStore(config: Config, { ownerUrl, serviceUrl }: Store): Promise<string[]> {
  return naming(ownerSetting(config), ownerUrl, async () => {
    const done = await migrate(ownerUrl, { service: decodeURIComponent(new URL(serviceUrl).username) || SERVICE });
    const { keys } = await readStanding(ownerUrl);
    // A machine that only migrates may have no keys: the first one that does notes them.
    const own = keys === null ? keysIfThere(config) : undefined;
    if (own) await noteKeys(ownerUrl, keysFingerprint(own));
    return done;
  });
}

/** The setting that the owner's connection came from. */
export const ownerSetting = (config: Config): string => (config.TRITHUC_OWNER_URL === undefined ? "DATABASE_URL" : "TRITHUC_OWNER_URL");

/** A database of one's own is migrated by `trithuc migrate up` with the owner's role, never by a start. */
async function checkStore({ serviceUrl }: Store): Promise<void> {
  await naming("DATABASE_URL", serviceUrl, async () => {
    refuseStanding(await readStanding(serviceUrl));
    const status = await migrationStatus(serviceUrl);
    refuse(status);
    if (status.pending.length > 0) {
      throw new StartError({
        vi: `Cơ sở dữ liệu còn ${status.pending.length} bản di trú chưa áp dụng: hãy chạy “trithuc migrate up” với TRITHUC_OWNER_URL.`,
        en: `The database lacks ${status.pending.length} migrations: run "trithuc migrate up" with TRITHUC_OWNER_URL.`,
      });
    }
  });
}

/** With the wrong keys every citizen id would stay sealed, and new ones would be sealed by another key. */
async function checkKeys(serviceUrl: string, keys: ServiceKeys): Promise<void> {
  const { keys: noted } = await readStanding(serviceUrl);
  if (noted === null || noted === keysFingerprint(keys)) return;
  throw new StartError({
    vi: "Khoá đang dùng không phải khoá của cơ sở dữ liệu này: hãy đặt TRITHUC_KEYS_FILE tới tệp khoá đã lưu cùng nó.",
    en: "The keys in use are not those of this database: set TRITHUC_KEYS_FILE to the keys file that belongs to it.",
  });
}

/** The keys of this installation. */
export function keysOf(config: Config): ServiceKeys {
  const { TRITHUC_DATA_DIR: dataDir, TRITHUC_KEYS_FILE: keysFile, TRITHUC_KEYS: keysText, DATABASE_URL } = config;
  return loadKeys({ dataDir, keysFile, keysText, embedded: DATABASE_URL === undefined });
}

function keysIfThere(config: Config): ServiceKeys | undefined {
  try {
    return keysOf(config);
  } catch (error) {
    if (error instanceof StartError) return undefined;
    throw error;
  }
}

function verifierOf(config: Config, keys: ServiceKeys): TokenVerifier {
  const { TRITHUC_ISSUER: issuer, TRITHUC_AUDIENCE: audience } = config;
  return issuer === undefined ? localVerifier(keys, audience) : tokenVerifier({ issuer, audience, keys: remoteKeySet(issuer) });
}

function listenFailure(error: unknown, { PORT, HOST }: Config): unknown {
  const { code } = error as { code?: string };
  const texts = {
    EADDRINUSE: {
      vi: `Cổng ${PORT} đã có chương trình khác dùng: hãy đặt PORT sang số khác.`,
      en: `Port ${PORT} is taken by another program: set PORT to another number.`,
    },
    EACCES: {
      vi: `Không được phép dùng cổng ${PORT}: hãy đặt PORT từ 1024 trở lên.`,
      en: `Port ${PORT} is not allowed: set PORT to 1024 or more.`,
    },
    EADDRNOTAVAIL: { vi: `Máy này không có địa chỉ ${HOST}: hãy sửa HOST.`, en: `This machine has no address ${HOST}: correct HOST.` },
    ENOTFOUND: { vi: `Không có địa chỉ ${HOST}: hãy sửa HOST.`, en: `There is no address ${HOST}: correct HOST.` },
  };
  const text = texts[code as keyof typeof texts];
  return text === undefined ? error : new StartError(text, error);
}

/**
 * Closes the service on SIGTERM and SIGINT: requests in flight finish, Postgres shuts down, exit code 0.
 * Under npm the signal ends the shell between npm and this process, and does not come through: there the loss of the parent is the signal.
 */
export function closeOnSignals(service: Service, underNpm: boolean): void {
  closeWithGrace({ delay: 9_500 }, () => service.close());
  if (!underNpm) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}
