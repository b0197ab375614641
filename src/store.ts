import { join } from "node:path";
import type { Config } from "./config.ts";
import { startEmbedded } from "./db/embedded.ts";
import type { Embedded } from "./db/embedded.ts";
import { StartError } from "./db/start-error.ts";
import { brokenOff, migrate, migrationStatus, refuse } from "./db/upkeep/migrations.ts";
import { SERVICE } from "./db/upkeep/roles.ts";
import { noteKeys, readStanding, refuseStanding } from "./db/upkeep/standing.ts";
import { naming } from "./db/upkeep/unreachable.ts";
import { keysFingerprint, loadKeys } from "./http/access/keys.ts";
import type { ServiceKeys } from "./http/access/keys.ts";
import { grantReports } from "./db/upkeep/reports.ts";
import { reportColumns } from "./nouns.ts";
import { loadReference } from "./reference/load.ts";

/** The database that the settings name, reached as each of the two roles; the embedded one runs until `stop`. */
export type Store = { ownerUrl: string; serviceUrl: string; embedded: Embedded | undefined; stop(): Promise<void> };

/** Takes a line for people. */
export type Say = (line: string) => void;

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
    await grantReports(ownerUrl, reportColumns());
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
      const broken = status.interrupted === undefined ? undefined : brokenOff(status.interrupted);
      throw new StartError({
        vi: `Cơ sở dữ liệu còn ${status.pending.length} bản di trú chưa áp dụng${broken ? ` (${broken.vi})` : ""}: hãy chạy “trithuc migrate up” với TRITHUC_OWNER_URL.`,
        en: `The database lacks ${status.pending.length} migrations${broken ? ` (${broken.en})` : ""}: run "trithuc migrate up" with TRITHUC_OWNER_URL.`,
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

/** Where it is remembered, outside the database, who was erased. */
export const erasureLogOf = ({ TRITHUC_ERASURE_LOG: file, TRITHUC_DATA_DIR: dataDir }: Config): string =>
  file ?? join(dataDir, "erasures.log");

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

/** The database of the settings, fit for work: the embedded one brought up to date, any other one only judged; and the keys are its own. */
export async function openReadyStore(config: Config, keys: ServiceKeys, say: Say): Promise<Store> {
  const store = await openStore(config, say);
  try {
    await (store.embedded ? prepareStore(config, store, say) : checkStore(store));
    await checkKeys(store.serviceUrl, keys);
    return store;
  } catch (error) {
    await store.stop();
    throw error;
  }
}
