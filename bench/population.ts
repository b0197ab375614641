import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { runDemo } from "../src/cli/demo/run.ts";
import { readConfig } from "../src/config.ts";
import { startEmbedded } from "../src/db/embedded.ts";
import type { Embedded } from "../src/db/embedded.ts";
import { migrations } from "../src/db/upkeep/migrations.ts";
import { keysOf, openReadyStore } from "../src/store.ts";
import { hashOf } from "./sides.ts";

const SEED = 7;
const SMALL = 20_000;
const GROWN = "grown";
/** All sides share one server; its memory is a usual one for a machine of this size, and its log is kept. */
const SETTINGS = { shared_buffers: "2GB", max_wal_size: "4GB", checkpoint_timeout: "15min", effective_cache_size: "8GB" };

/** A cluster with so many people in the registry's tables, and the same people in those of both baselines. */
export type Population = { embedded: Embedded; dataDir: string; people: number; sql: Sql; close(): Promise<void> };
/** Asks the cluster as its superuser. */
export type Sql = <Row = Record<string, unknown>>(text: string, ...values: unknown[]) => Promise<Row[]>;

/** Notes that people have been created in a population. */
export const noteGrown = ({ dataDir }: Population): void => writeFileSync(join(dataDir, GROWN), "");

/** Opens the population below `folder`, made by `trithuc demo` with one seed where it does not stand yet. */
export async function openPopulation(folder: string, people: number, say: (line: string) => void): Promise<Population> {
  const dataDir = join(folder, String(people));
  removeOther(dataDir, people);
  mkdirSync(dataDir, { recursive: true });
  const embedded = await startEmbedded({ dataDir, settings: SETTINGS });
  const client = new Client({ connectionString: embedded.superuserUrl.replace(/\/postgres(\?|$)/, "/trithuc$1") });
  await client.connect();
  const sql: Sql = async <Row>(text: string, ...values: unknown[]) => (await client.query(text, values)).rows as Row[];
  const close = async () => {
    await client.end();
    await embedded.stop();
  };
  try {
    await fill({ embedded, dataDir, people, sql, close }, say);
    await warm(sql, say);
  } catch (error) {
    await close();
    throw error;
  }
  return { embedded, dataDir, people, sql, close };
}

/**
 * Reads the tables and indexes of all sides from the disk once, the history aside, which no work reads: measured is a service that has been
 * running. Without it the first minutes at 1,000,000 people, in which all is measured, were those of a disk (of 133 ms of a search 120).
 */
async function warm(sql: Sql, say: (line: string) => void): Promise<void> {
  await sql("create extension if not exists pg_prewarm schema hand");
  const [read] = await sql<{ megabytes: number }>(
    `with named as materialized (select c.oid, c.reltoastrelid from pg_class c where c.relkind = 'r' and c.relname::text <> all($1::text[])
        and c.relnamespace in (select oid from pg_namespace where nspname in ('trithuc', 'hand', 'public'))),
      tables as materialized (select oid from named union all select reltoastrelid from named where reltoastrelid <> 0),
      files as materialized (select oid from tables union all select i.indexrelid from pg_index i join tables t on t.oid = i.indrelid)
    select (sum(hand.pg_prewarm(oid, 'read')) * 8 / 1024)::int as megabytes from files`,
    HISTORY,
  );
  say(`${read!.megabytes} MB read from the disk`);
}

/** What no work reads of what grows with people. */
const HISTORY = ["revisions", "feed", "feed_reach"];

/** What other baselines were filled from, and a population so small that the creations of earlier runs are a part of it. */
function removeOther(dataDir: string, people: number): void {
  const marker = join(dataDir, "filled.json");
  const kept = existsSync(marker) && readFileSync(marker, "utf8") === wantedOf(people);
  if (!existsSync(marker) || (kept && (people > SMALL || !existsSync(join(dataDir, GROWN))))) return;
  for (const path of [realpathSync(join(dataDir, "postgres")), dataDir]) rmSync(path, { recursive: true, force: true });
}

/** A later migration with a lower number is refused where it comes too late: such a population is made anew. */
const schema = () =>
  createHash("sha256")
    .update(
      migrations()
        .map(({ hash }) => hash)
        .join(),
    )
    .digest("hex");

const wantedOf = (people: number) =>
  JSON.stringify({ people, seed: SEED, schema: schema(), hand: hashOf("hand.sql"), typical: hashOf("typical.sql") });

async function fill({ dataDir, people, sql }: Population, say: (line: string) => void): Promise<void> {
  const began = performance.now();
  const took = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const config = readConfig({ TRITHUC_DATA_DIR: dataDir });
  const keys = keysOf(config);
  const store = await openReadyStore(config, keys, () => {});
  const marker = join(dataDir, "filled.json");
  try {
    if (existsSync(marker)) return;
    await runDemo({ serviceUrl: store.serviceUrl, ownerUrl: store.ownerUrl, keys, people, seed: SEED });
    say(`${people} people stand (${took()})`);
    for (const file of ["hand.sql", "typical.sql"]) await sql(readFileSync(join(import.meta.dirname, "baselines", file), "utf8"));
    await sql("vacuum analyze");
    await sql("checkpoint");
    writeFileSync(marker, wantedOf(people));
    say(`and in the tables of the baselines (${took()})`);
  } finally {
    await store.stop();
  }
}
