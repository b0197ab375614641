import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { describePolicy, hashOfPolicy } from "./core/policy/description.ts";
import type { Embedded } from "./db/embedded.ts";
import { openDatabase } from "./db/pools.ts";
import type { Database } from "./db/pools.ts";
import { remoteKeySet } from "./http/access/key-set.ts";
import { keysFingerprint } from "./http/access/keys.ts";
import type { ServiceKeys } from "./http/access/keys.ts";
import { listenWidely } from "./http/doors.ts";
import { openLog } from "./http/log.ts";
import { localVerifier, tokenVerifier } from "./http/access/tokens.ts";
import type { TokenVerifier } from "./http/access/tokens.ts";
import { startJobs } from "./db/upkeep/jobs.ts";
import type { JobFailed } from "./db/upkeep/jobs.ts";
import { startPublisher } from "./exchange/changes/jobs.ts";
import { noteConfiguration } from "./privacy/access-log/commands.ts";
import type { Configuration } from "./privacy/access-log/commands.ts";
import { erasureLogOf, keysOf, openReadyStore } from "./store.ts";
import type { Say, Store } from "./store.ts";
import { catalog, CRONTAB, FACTS, jobsOf } from "./nouns.ts";
import type { WorkParts } from "./nouns.ts";

const PATIENCE_MS = 8_500;

/** A running service. */
export type Service = { app: FastifyInstance; url: string; keys: ServiceKeys; embedded: Embedded | undefined; close(): Promise<void> };

/** Starts everything, in this order: settings, database, schema and reference data (embedded only), app, listening. */
export async function startService(config: Config, say: Say): Promise<Service> {
  const keys = keysOf(config);
  const store = await openReadyStore(config, keys, say);
  try {
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
  const jobs = config.TRITHUC_JOBS === "here" ? await workQueue(config, store, database, keys) : undefined;
  // Wherever the feed is answered, whoever works the queue: of several services one publishes, the others stand by.
  const publisher = await startPublisher(store.serviceUrl, workOf(config, database, keys));
  const closeAll = async () => {
    await Promise.all([app.close(), jobs?.stop(), publisher.stop()]); // side by side: each may take most of the time that there is
    await database.close();
  };
  const close = () => closeInTime(closeAll, store);
  try {
    await noteConfiguration(database, configurationOf(keys));
    const listening = await listenWidely(app, { port: config.PORT, host: config.HOST });
    address ||= listening;
  } catch (error) {
    await closeAll();
    throw error;
  }
  return { app, url: address, keys, embedded: store.embedded, close };
}

/** Ids of keys, and never a key. */
function configurationOf(keys: ServiceKeys): Configuration {
  const ids = { current: keys.current, ring: [...keys.encryption.keys()].toSorted(), lookup: keysFingerprint(keys) };
  return { keys: ids, policy: { sha256: hashOfPolicy(describePolicy(Object.values(catalog).map(({ noun }) => noun))) } };
}

/** A process that works the queue and answers nobody. */
export type Worker = { embedded: Embedded | undefined; close(): Promise<void> };

/** Starts the jobs alone, beside services whose setting leaves them to it; several share the queue. */
export async function startWorker(config: Config, say: Say): Promise<Worker> {
  const keys = keysOf(config);
  const store = await openReadyStore(config, keys, say);
  const database = databaseOf(config, store);
  try {
    const jobs = await workQueue(config, store, database, keys);
    const closeAll = async () => {
      await jobs.stop();
      await database.close();
    };
    return { embedded: store.embedded, close: () => closeInTime(closeAll, store) };
  } catch (error) {
    await database.close();
    await store.stop();
    throw error;
  }
}

/** What takes longer is cut with its connection: the next start takes the job over. */
async function closeInTime(closeAll: () => Promise<void>, store: Store): Promise<void> {
  await Promise.race([closeAll(), delay(PATIENCE_MS, undefined, { ref: false })]);
  await store.stop();
}

function workQueue(config: Config, { serviceUrl }: Store, database: Database, keys: ServiceKeys): Promise<{ stop(): Promise<void> }> {
  const log = openLog({ level: config.TRITHUC_LOG_LEVEL });
  const failed: JobFailed = ({ task, attempt, error }) => log.error({ job: { task, attempt }, err: error }, "job failed");
  return startJobs(serviceUrl, jobsOf(workOf(config, database, keys)), { crontab: CRONTAB, failed });
}

/** What jobs work with. */
export function workOf(config: Config, database: Database, keys: ServiceKeys): WorkParts {
  const { TRITHUC_PROVINCE: home, TRITHUC_IMPORT_MEMORY_MB: memoryMb } = config;
  return { database, keys, catalog, facts: FACTS, clock: () => new Date(), home, memoryMb, erasureLog: erasureLogOf(config) };
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
    home: config.TRITHUC_PROVINCE,
    erasureLog: erasureLogOf(config),
    concurrency: config.TRITHUC_CONCURRENCY,
    // Well above what a large answer costs.
    maxDelayMs: config.TRITHUC_CONCURRENCY === 0 ? 0 : 1_000,
    embedded: config.DATABASE_URL === undefined,
  });
}

/** The service's connections to a store. */
export function databaseOf(config: Config, { serviceUrl }: Pick<Store, "serviceUrl">): Database {
  const { TRITHUC_READERS: readers, TRITHUC_WORKERS: workers, TRITHUC_STATEMENT_TIMEOUT_MS: statementTimeoutMs } = config;
  return openDatabase({ url: serviceUrl, readers, workers, statementTimeoutMs });
}

function verifierOf(config: Config, keys: ServiceKeys): TokenVerifier {
  const { TRITHUC_ISSUER: issuer, TRITHUC_AUDIENCE: audience } = config;
  return issuer === undefined ? localVerifier(keys, audience) : tokenVerifier({ issuer, audience, keys: remoteKeySet(issuer) });
}
