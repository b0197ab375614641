import type { Client } from "pg";
import type { Keys } from "../../core/secrets/sealing.ts";
import { StartError } from "../../db/start-error.ts";
import { personAt, type Draft, type Plan } from "./person/population.ts";
import { sheetsOf } from "./rows.ts";
import { freeCitizenIds, holdsOthers, numberNew } from "./standing.ts";
import { connect, copy, inTransaction } from "./write.ts";
import { readWorld, type World } from "./world/world.ts";

/** Where and what to make; shares are of 0 to 1. */
export type DemoOptions = {
  /** The role of the service is enough to write. */
  serviceUrl: string;
  /** The owner's role counts the tables anew afterwards; without it that is left to autovacuum. */
  ownerUrl?: string;
  people: number;
  seed: number;
  keys: Keys;
  duplicates?: number;
  dirt?: number;
  /** Write even where the registry holds people who are not synthetic. */
  mix?: boolean;
  /** Told after each batch how many people stand and of how many. */
  progress?: (done: number, total: number) => void;
};

/** What was written; `kept` people of the same seed stood there before. */
export type DemoOutcome = { people: number; kept: number; duplicates: number; dirty: number; rows: Record<string, number> };

export const DUPLICATES = 0.01;
export const DIRT = 0.02;
/** Ids and citizen ids of one seed are made for so many. */
export const MOST = 1_000_000;
const BATCH = 2_000;
// Two: while the database works on one batch, the next is made.
const CONNECTIONS = 2;

/**
 * Writes a synthetic population, the same for the same seed. People of the seed that stand already stay as they are, so that a run that was
 * broken off goes on, and a larger number adds the rest.
 * @throws StartError when the reference data are missing, or real people stand in the registry
 */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(options.serviceUrl)));
  try {
    const [first] = clients as [Client, ...Client[]];
    const world = await inTransaction(first, null, documentOf(options.seed), () => prepare(first, options.mix === true));
    const outcome = await writeAll(world, clients, options);
    if (options.ownerUrl) await analyze(options.ownerUrl, Object.keys(outcome.rows));
    return outcome;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
}

async function prepare(client: Client, mix: boolean): Promise<World> {
  const world = await readWorld(client);
  if (world.places.home.items.length === 0) throw NO_REFERENCE;
  if (!mix && (await holdsOthers(client, world.units.supplier))) throw REAL_PEOPLE;
  return world;
}

const NO_REFERENCE = new StartError({
  vi: "Chưa có dữ liệu danh mục: hãy chạy `trithuc reference load` trước.",
  en: "The reference data are missing: run `trithuc reference load` first.",
});

const REAL_PEOPLE = new StartError({
  vi: "Cơ sở dữ liệu đã có người thật, nên không ghi người tổng hợp vào. Nếu vẫn muốn ghi, hãy thêm --mix.",
  en: "The registry holds real people, and synthetic ones are not mixed among them. To do so all the same, add --mix.",
});

/** What a record of a synthetic population names as its source document. */
export const documentOf = (seed: number): string => `Dữ liệu tổng hợp (synthetic), seed ${seed}`;

async function writeAll(world: World, clients: readonly Client[], options: DemoOptions): Promise<DemoOutcome> {
  const plan: Plan = { seed: options.seed, duplicates: options.duplicates ?? DUPLICATES, dirt: options.dirt ?? DIRT };
  const outcome: DemoOutcome = { people: 0, kept: 0, duplicates: 0, dirty: 0, rows: {} };
  let next = 0;
  // Numbers are drawn in the order of the people: in an empty registry the codes are the same for the same seed, too.
  let turn: Promise<unknown> = Promise.resolve();
  const work = async (client: Client): Promise<void> => {
    while (next < options.people) {
      const start = next;
      next += BATCH;
      const indexes = Array.from({ length: Math.min(BATCH, options.people - start) }, (_, i) => start + i);
      await inTransaction(client, world.units.supplier, documentOf(plan.seed), async () => {
        const numbered = turn.then(() => numberNew(client, plan.seed, indexes));
        turn = numbered.catch(() => {});
        const { fresh, numbers } = await numbered;
        const people = fresh.map((index) => personAt(world, plan, index));
        await freeCitizenIds(client, people, options.keys);
        for (const sheet of sheetsOf(world, people, numbers, { seed: plan.seed, document: documentOf(plan.seed), keys: options.keys })) {
          await copy(client, sheet);
          outcome.rows[sheet.table] = (outcome.rows[sheet.table] ?? 0) + sheet.lines.length;
        }
        add(outcome, people, indexes.length);
      });
      options.progress?.(outcome.people + outcome.kept, options.people);
    }
  };
  await Promise.all(clients.map(work));
  return outcome;
}

async function analyze(ownerUrl: string, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const owner = await connect(ownerUrl);
  try {
    await owner.query(`analyze ${[...tables, "person_reach", "revisions"].join(", ")}`);
  } finally {
    await owner.end();
  }
}

function add(outcome: DemoOutcome, people: readonly Draft[], asked: number): void {
  outcome.people += people.length;
  outcome.kept += asked - people.length;
  outcome.duplicates += people.filter(({ copyOf }) => copyOf !== null).length;
  outcome.dirty += people.filter(({ dirt }) => dirt !== null).length;
}
