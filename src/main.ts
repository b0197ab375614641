import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { startEmbedded } from "./db/embedded.ts";
import type { Embedded } from "./db/embedded.ts";
import { migrate, migrationStatus, refuse } from "./db/migrations.ts";
import { openDatabase } from "./db/pools.ts";
import { remoteKeySet } from "./http/issuer/key-set.ts";
import { loadKeys } from "./http/keys.ts";
import type { ServiceKeys } from "./http/keys.ts";
import { localVerifier, tokenVerifier } from "./http/tokens.ts";
import type { TokenVerifier } from "./http/tokens.ts";
import { catalog } from "./nouns.ts";
import { loadReference } from "./reference/load.ts";

/** A running service. */
export type Service = { app: FastifyInstance; url: string; keys: ServiceKeys; embedded: boolean; close(): Promise<void> };

/** Starts everything, in this order: settings, database, schema and reference data (embedded only), app, listening. */
export async function startService(config: Config, say: (line: string) => void): Promise<Service> {
  const keys = keysOf(config);
  const embedded = config.DATABASE_URL === undefined ? await startEmbedded({ dataDir: config.TRITHUC_DATA_DIR, log: say }) : undefined;
  const url = embedded?.serviceUrl ?? config.DATABASE_URL!;
  await prepareSchema(embedded, url);
  const database = openDatabase({
    url,
    readers: config.TRITHUC_READERS,
    workers: config.TRITHUC_WORKERS,
    statementTimeoutMs: config.TRITHUC_STATEMENT_TIMEOUT_MS,
  });
  let address = config.TRITHUC_PUBLIC_URL ?? "";
  const app = await buildApp({
    database,
    keys,
    catalog,
    publicUrl: () => address,
    clock: () => new Date(),
    verify: verifierOf(config, keys),
    logger: false,
  });
  const listening = await app.listen({ port: config.PORT, host: config.HOST });
  address ||= listening;
  const close = async () => {
    await app.close();
    await database.close();
    await embedded?.stop();
  };
  return { app, url: address, keys, embedded: embedded !== undefined, close };
}

/** The keys of this installation. */
export function keysOf(config: Config): ServiceKeys {
  const { TRITHUC_DATA_DIR: dataDir, TRITHUC_KEYS_FILE: keysFile, TRITHUC_KEYS: keysText, DATABASE_URL } = config;
  return loadKeys({ dataDir, keysFile, keysText, embedded: DATABASE_URL === undefined });
}

/** The embedded database is brought up to date by the start; any other one by `trithuc migrate up` with the owner's role. */
async function prepareSchema(embedded: Embedded | undefined, url: string): Promise<void> {
  if (embedded) {
    await migrate(embedded.ownerUrl);
    await loadReference(embedded.ownerUrl);
    return;
  }
  refuse(await migrationStatus(url));
}

function verifierOf(config: Config, keys: ServiceKeys): TokenVerifier {
  const { TRITHUC_ISSUER: issuer, TRITHUC_AUDIENCE: audience } = config;
  return issuer === undefined ? localVerifier(keys, audience) : tokenVerifier({ issuer, audience, keys: remoteKeySet(issuer) });
}

/** Closes the service on SIGTERM and SIGINT: requests in flight finish, Postgres shuts down, exit code 0. */
export function closeOnSignals(service: Service): void {
  closeWithGrace({ delay: 10_000 }, () => service.close());
}
