import type { Client } from "pg";
import { madeUnits, SUPPLIER, type MadeUnit, type Pool } from "./organizations.ts";
import type { Places } from "./places.ts";

/** An organization with its first and last day ("0001-01-01", "9999-12-31" where there is none) and what it followed. */
export type Unit = { id: string; code: string; name: string; from: string; to: string; before: Unit[] };

/** The organizations that people of the population work in, come from and belong to. */
export type Units = {
  supplier: string;
  byCode: Map<string, Unit>;
  /** Those of one trade that stand today. */
  pools: Map<Pool, Unit[]>;
  /** The same, of one commune of today. */
  near: Map<Pool, Map<string, Unit[]>>;
};

/** Which bodies of the reference data belong to which trade; those with a parent `UBND` are departments. */
const REFERENCE: Partial<Record<Pool, readonly string[]>> = {
  party: ["BTGDV", "MTTQ"],
  university: ["DHTDTT", "DHQTBH", "DHNLBG", "HVNHBN", "UNI-UKB", "CDCNBN", "CDYTBN"],
  media: ["BPTTH"],
  arts: ["HVHNT", "SVHTTDL"],
  research: ["VNCPT"],
};

type Row = { id: string; code: string; name: string; parent: string | null; valid_from: string | null; valid_to: string | null };

/** Adds the made organizations that are missing; returns all of them. */
export async function writeUnits(client: Client, places: Places): Promise<MadeUnit[]> {
  const all = madeUnits(places);
  const { rows } = await client.query<{ id: string; code: string }>("select id, code from organizations order by code");
  const known = new Map(rows.map(({ id, code }) => [code, id]));
  const idOf = (code: string): string | null => known.get(code) ?? all.find((unit) => unit.code === code)?.id ?? null;
  const missing = all
    .filter(({ code }) => !known.has(code))
    .map((unit) => ({ ...unit, parent_id: unit.parent_code && idOf(unit.parent_code) }));
  if (missing.length === 0) return all;
  await client.query(
    `insert into organizations (id, code, name, kind, status, locality_id, parent_id,
      valid_from_earliest, valid_from_latest, valid_to_earliest, valid_to_latest)
    select id, code, name, kind, status, locality_id, parent_id, valid_from, valid_from, valid_to, valid_to
    from json_to_recordset($1) as r (id uuid, code text, name text, kind text, status text, locality_id uuid, parent_id uuid,
      valid_from date, valid_to date)`,
    [JSON.stringify(missing)],
  );
  return all;
}

/** Reads the organizations, and what each of them followed. */
export async function readUnits(client: Client, made: readonly MadeUnit[]): Promise<Units> {
  const { rows } = await client.query<Row>(
    `select o.id, o.code, o.name, p.code as parent, o.valid_from_latest::text as valid_from, o.valid_to_earliest::text as valid_to
    from organizations o left join organizations p on p.id = o.parent_id where o.hidden_at is null order by o.code`,
  );
  const byCode = new Map(rows.map(({ id, code, name, valid_from, valid_to }) => [code, unitOf(id, code, name, valid_from, valid_to)]));
  const links = await client.query<{ before: string; after: string }>(
    `select f.code as before, t.code as after from organization_links l join organizations f on f.id = l.from_id
    join organizations t on t.id = l.to_id where l.kind <> 'parent' and l.hidden_at is null order by 1, 2`,
  );
  const pairs = [...links.rows, ...made.flatMap(({ code, after = [] }) => after.map((before) => ({ before, after: code })))];
  for (const { before, after } of pairs) {
    const [from, to] = [byCode.get(before), byCode.get(after)];
    if (from && to) to.before.push(from);
  }
  const departments = rows.filter(({ parent, valid_to }) => parent === "UBND" && valid_to === null).map(({ code }) => code);
  const pools = new Map<Pool, Unit[]>();
  const near = new Map<Pool, Map<string, Unit[]>>();
  const add = (pool: Pool, code: string, place: string | null): void => {
    const unit = byCode.get(code);
    if (!unit || unit.to !== NEVER) return;
    listAt(pools, pool).push(unit);
    if (place === null) return;
    if (!near.has(pool)) near.set(pool, new Map());
    listAt(near.get(pool)!, place).push(unit);
  };
  const standing = new Map<Pool, readonly string[]>(Object.entries(REFERENCE) as [Pool, readonly string[]][]);
  standing.set(
    "department",
    departments.filter((code) => !code.startsWith(SUPPLIER) && code !== "VNCPT"),
  );
  for (const [pool, codes] of standing) codes.forEach((code) => add(pool, code, null));
  for (const { pool, code, locality_id } of made) if (pool !== null) add(pool, code, locality_id);
  return { supplier: byCode.get(SUPPLIER)!.id, byCode, pools, near };
}

const ALWAYS = "0001-01-01";
/** The last day of a unit that stands. */
export const NEVER = "9999-12-31";

function unitOf(id: string, code: string, name: string, from: string | null, to: string | null): Unit {
  return { id, code, name, from: from ?? ALWAYS, to: to ?? NEVER, before: [] };
}

function listAt<K, V>(map: Map<K, V[]>, key: K): V[] {
  const found = map.get(key);
  if (found) return found;
  const list: V[] = [];
  map.set(key, list);
  return list;
}
