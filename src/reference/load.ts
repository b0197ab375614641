import { Client } from "pg";
import { SCHEMA } from "../db/schema.ts";
import { loadBodies } from "./loading/bodies.ts";
import { digestOf, FOLDER, readDataset } from "./loading/dataset.ts";
import { loadCodeLists, loadFields } from "./loading/lists.ts";
import { loadTerritory } from "./loading/territory.ts";
import { ACTOR, withoutIndexes } from "./loading/write.ts";
import type { Outcome } from "./loading/write.ts";

/** How to load; nothing has to be said. */
export type LoadOptions = {
  /** Where the files are, if not in `reference/`. */
  folder?: string;
  /** Is told a line for each list. */
  log?: (line: string) => void;
  /** `YYYY-MM-DD`; in Vietnam now, if left out. */
  today?: string;
  /** Does nothing, and answers no list, where the same files were loaded today: for a start, which should not take a second longer. */
  onlyIfNew?: boolean;
};

// Loads wait for each other, and not for migrations, which take another number.
const LOCK = 7_204_373;

/** What a first load fills with thousands of rows. */
const FILLED = [
  "localities",
  "locality_lineage",
  "locality_tree",
  "fields",
  "field_tree",
  "codes",
  "reference_names",
  "reference_words",
] as const;

/**
 * Loads the reference data into the registry, in one transaction, and says of each list what changed.
 * A second load changes nothing and leaves no revision; what is no longer in the files stays and is told to `log`.
 * @throws StartError when a file does not fit
 */
export async function loadReference(ownerUrl: string, options: LoadOptions = {}): Promise<Outcome[]> {
  const today = options.today ?? new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
  const folder = options.folder ?? FOLDER;
  const mark = `${today} ${digestOf(folder)}`;
  const outcomes = await inTransaction(ownerUrl, async (client) => {
    if (options.onlyIfNew && (await markOf(client)) === mark) return [];
    const data = readDataset(folder);
    // Whoever wrote a place, a bond or a field meanwhile would be put where the old trees say, and be missed in the new ones.
    await client.query("lock table people, affiliations, expertise in share row exclusive mode");
    const done = await withoutIndexes(client, FILLED, async () => [
      ...(await loadTerritory(client, data, today)),
      ...(await loadFields(client, data)),
      ...(await loadCodeLists(client, data)),
      ...(await loadBodies(client, data, today)),
    ]);
    if (done.some(({ inserted }) => inserted > 1000)) {
      await client.query("analyze localities, locality_lineage, locality_tree, fields, field_tree, codes");
    }
    await client.query(`comment on table code_lists is ${client.escapeLiteral(mark)}`);
    return done;
  });
  for (const outcome of outcomes) options.log?.(sentence(outcome));
  return outcomes;
}

// The mark of the last load is the comment of a table: it needs no table of its own, and goes along with a dump.
async function markOf(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ mark: string | null }>("select obj_description('code_lists'::regclass, 'pg_class') as mark");
  return rows[0]?.mark ?? null;
}

function sentence({ list, inserted, changed, unchanged, kept, vanished }: Outcome): string {
  const aside = [kept > 0 ? `, ${kept} kept as changed by hand` : "", vanished > 0 ? `, ${vanished} no longer in the files, kept` : ""];
  return `${list}: ${inserted} inserted, ${changed} changed, ${unchanged} unchanged${aside.join("")}`;
}

async function inTransaction<T>(ownerUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const options = `-c search_path=${SCHEMA} -c lock_timeout=30s -c timezone=UTC -c jit=off`;
  const client = new Client({ connectionString: ownerUrl, options, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the pending query rejects by itself
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1), set_config('trithuc.actor', $2, true)", [LOCK, ACTOR]);
    const done = await work(client);
    await client.query("commit");
    return done;
  } finally {
    await client.end(); // an open transaction ends undone
  }
}
