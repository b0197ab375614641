import type { Client } from "pg";
import { refusal } from "./dataset.ts";
import type { Dataset, Row } from "./dataset.ts";
import { stableId } from "./ids.ts";
import { localityTree } from "./tree.ts";
import type { Edge, Unit } from "./tree.ts";
import { writeRows, writeTree } from "./write.ts";
import type { Outcome } from "./write.ts";

type Period = { valid_from: string | null; valid_to: string | null };

/** Whether something stands on a day; an end that is not given is open. */
export const stands = ({ valid_from, valid_to }: Period, day: string): boolean => (valid_from ?? "") <= day && day <= (valid_to ?? "9999");

/** The id of a locality: its code names it only together with its first day. */
export const localityId = (code: string, validFrom: string | null): string => stableId("locality", `${code}@${validFrom ?? ""}`);

/** Loads the localities, what became of them, and their tree; people of units that moved count where these are now. */
export async function loadTerritory(client: Client, data: Dataset, today: string): Promise<Outcome[]> {
  const ids = new Map(data.localities.map((row) => [`${row.code}@${row.valid_from ?? ""}`, localityId(row.code, row.valid_from)]));
  const rows = data.localities.map((row) => localityRow(row, ids));
  const lineage = data.locality_lineage.map((row) => lineageRow(row, ids));

  const vanished = await vanishedFrom(
    client,
    [...ids.values()],
    lineage.map(({ id }) => id),
  );
  const units: Unit[] = [...rows, ...vanished.units].map((row) => ({ id: row.id, parentId: row.parent_id, today: stands(row, today) }));
  const edges: Edge[] = [...lineage, ...vanished.edges].map((row) => ({ from: row.predecessor_id, to: row.successor_id }));
  const tree = localityTree(units, edges);

  const placed = rows.map((row) => ({ ...row, today_id: tree.today.get(row.id) ?? null }));
  const moved = await movedAmong(client, placed);
  const outcomes = [await writeRows(client, "localities", placed), await writeRows(client, "locality_lineage", lineage)];
  await writeTree(client, "locality_tree", "uuid", { ancestor_id: tree.ancestors, locality_id: tree.units });
  if (moved.length > 0) await refreshPeople(client, moved);
  return outcomes;
}

function localityRow({ parent_code, parent_valid_from, ...row }: Row<"localities">, ids: ReadonlyMap<string, string>) {
  const id = known(ids, row.code, row.valid_from, "localities.csv");
  const parent_id = parent_code === null ? null : known(ids, parent_code, parent_valid_from, "localities.csv");
  return { id, ...row, parent_id };
}

function lineageRow({ kind, share, effective_on, document, ...row }: Row<"locality_lineage">, ids: ReadonlyMap<string, string>) {
  const predecessor_id = known(ids, row.predecessor_code, row.predecessor_valid_from, "locality_lineage.csv");
  const successor_id = known(ids, row.successor_code, row.successor_valid_from, "locality_lineage.csv");
  const id = stableId("locality-lineage", predecessor_id, successor_id);
  return { id, predecessor_id, successor_id, kind, share: share === null ? null : Number(share), effective_on, document };
}

function known(ids: ReadonlyMap<string, string>, code: string, validFrom: string | null, file: string): string {
  const key = `${code}@${validFrom ?? ""}`;
  const id = ids.get(key);
  if (id === undefined) throw refusal(file, `${key} không có trong localities.csv`, `${key} is not in localities.csv`);
  return id;
}

// What an earlier load brought and the files no longer name still stands in the tree.
async function vanishedFrom(client: Client, ids: string[], edges: string[]) {
  const units = await client.query<{ id: string; parent_id: string | null } & Period>(
    "select id, parent_id, valid_from::text, valid_to::text from localities where id not in (select unnest($1::uuid[]))",
    [ids],
  );
  const lineage = await client.query<{ predecessor_id: string; successor_id: string }>(
    "select predecessor_id, successor_id from locality_lineage where id not in (select unnest($1::uuid[]))",
    [edges],
  );
  return { units: units.rows, edges: lineage.rows };
}

async function movedAmong(
  client: Client,
  rows: readonly { id: string; parent_id: string | null; today_id: string | null }[],
): Promise<string[]> {
  const { rows: moved } = await client.query<{ id: string }>(
    `select t.id from json_populate_recordset(null::localities, $1::json) g join localities t on t.id = g.id
    where (t.parent_id, t.today_id) is distinct from (g.parent_id, g.today_id)`,
    [JSON.stringify(rows.map(({ id, parent_id, today_id }) => ({ id, parent_id, today_id })))],
  );
  return moved.map(({ id }) => id);
}

async function refreshPeople(client: Client, moved: string[]): Promise<void> {
  await client.query(
    `with places as materialized (select locality_id as id from locality_tree where ancestor_id = any ($1))
    select refresh_reach(array(
      select id from people where residence_locality_id in (select id from places)
      union
      select a.person_id from affiliations a join organizations o on o.id = a.organization_id
      where o.locality_id in (select id from places)))`,
    [moved],
  );
}
