import type { Client } from "pg";
import { lookupHash, type Keys } from "../../core/secrets/sealing.ts";
import type { Draft } from "./person/population.ts";
import { personId } from "./rows.ts";

/** Which of these indexes do not stand yet, and a new number for the code of each. */
export async function numberNew(client: Client, seed: number, indexes: readonly number[]): Promise<{ fresh: number[]; numbers: number[] }> {
  const ids = new Map(indexes.map((index) => [personId(seed, index), index]));
  const standing = await client.query<{ id: string }>("select id from people where id = any($1)", [[...ids.keys()]]);
  for (const { id } of standing.rows) ids.delete(id);
  const fresh = [...ids.values()];
  const { rows } = await client.query<{ n: string }>(
    "insert into person_numbers (n) select nextval(pg_get_serial_sequence('person_numbers', 'n')) from generate_series(1, $1) returning n",
    [fresh.length],
  );
  return { fresh, numbers: rows.map(({ n }) => Number(n)).sort((a, b) => a - b) };
}

/** Takes the citizen id from whoever would share it with somebody in the registry: another seed's people, where six digits happen to meet. */
export async function freeCitizenIds(client: Client, people: readonly Draft[], keys: Keys): Promise<void> {
  const holders = new Map<string, Draft>();
  for (const person of people) {
    if (person.citizenId !== null) holders.set(lookupHash(keys, "citizen_id", person.citizenId).toString("hex"), person);
  }
  const { rows } = await client.query<{ hash: string }>(
    "select encode(citizen_id_hash, 'hex') as hash from people where citizen_id_hash = any(array(select decode(unnest($1::text[]), 'hex')))",
    [[...holders.keys()]],
  );
  for (const { hash } of rows) holders.get(hash)!.citizenId = null;
}

/** Whether people of another source than the synthetic supplier stand in the registry. */
export async function holdsOthers(client: Client, supplier: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    "select exists (select from people where source_organization_id is distinct from $1) as found",
    [supplier],
  );
  return rows[0]!.found;
}
