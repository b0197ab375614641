import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { connect } from "../../../src/cli/demo/write.ts";

/** How long writers hold their transactions open now and then, how much they write together, and after what silence a reader gives up. */
export type Extent = { writers: number; events: number; longestMs: number; quietMs: number };

const PEOPLE = 400;
const AWARDS = 1;
const ACTOR = "select set_config('trithuc.actor', 'writer', true)";

/** Makes the people and awards that are written on, and gives the ids of the awards. */
export async function makeRecords(url: string): Promise<string[]> {
  const client = await connect(url);
  await client.query(`begin; ${ACTOR}`);
  const people = Array.from({ length: PEOPLE }, () => randomUUID());
  await client.query(
    `insert into people (id, code, name_full, name_family, name_middle, name_given, name_folded)
     select p.id, 'BN-9' || lpad(n::text, 6, '0') || '-0', 'Trần Văn ' || n, 'Trần', 'Văn', n::text, 'tran van ' || n from unnest($1::uuid[]) with ordinality p(id, n)`,
    [people],
  );
  const awards = await client.query<{ id: string }>(
    `insert into awards (id, person_id, origin_person_id, award) select gen_random_uuid(), p, p, 'TTUT' from unnest($1::uuid[]) p, generate_series(1, ${AWARDS}) returning id`,
    [people],
  );
  await client.query("commit");
  await client.end();
  return awards.rows.map(({ id }) => id);
}

/** Writes from several connections at once, in transactions of every length that change the same records in turn, and are taken back now and then. */
export async function write(
  url: string,
  records: readonly string[],
  { writers, events, longestMs }: Extent,
  over: () => boolean,
): Promise<void> {
  const written = { events: 0 };
  const one = async () => {
    const client = await connect(url);
    while (written.events < events && !over()) {
      try {
        const count = await transaction(client, records, longestMs);
        written.events += count;
      } catch (error) {
        if ((error as { code?: string }).code !== "40P01") throw error;
        await client.query("rollback"); // a deadlock: the other one goes on
      }
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: writers }, one));
}

async function transaction(client: Client, records: readonly string[], longestMs: number): Promise<number> {
  await client.query(`begin; ${ACTOR}`);
  let count = 0;
  // In one order, as each waits for who holds the next: deadlocks would be a second's pause each.
  const chosen = Array.from({ length: randomInt(1, 8) }, () => randomInt(records.length)).toSorted((a, b) => a - b);
  for (const record of chosen) {
    count += await step(client, records[record]!);
    const chance = randomInt(1_000);
    if (chance < 2) await delay(randomInt(longestMs));
    else if (chance < 200) await delay(randomInt(8));
  }
  const kept = randomInt(10) > 0;
  await client.query(kept ? "commit" : "rollback");
  return kept ? count : 0;
}

/** One statement: a change, or a new record; some within a savepoint that is taken back, which leaves numbers that nobody has. */
async function step(client: Client, record: string): Promise<number> {
  const change = () => client.query("update awards set decision = $2 where id = $1", [record, randomUUID()]);
  switch (randomInt(10)) {
    case 0:
      await client.query("savepoint a");
      await change();
      await client.query("rollback to a");
      return 0;
    case 1:
      await client.query(
        "insert into awards (id, person_id, origin_person_id, award) select gen_random_uuid(), person_id, person_id, 'TTUT' from awards where id = $1",
        [record],
      );
      return 1;
    default:
      return (await change()).rowCount ?? 0;
  }
}
