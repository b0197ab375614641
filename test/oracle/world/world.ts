import { catalog } from "../../../src/nouns.ts";
import type { Noun } from "../../../src/core/registry/noun.ts";
import { TODAY } from "../../setup/template.ts";
import { Localities } from "./localities.ts";

/** A row as Postgres keeps it, dates as text. */
// oxlint-disable-next-line typescript/no-explicit-any -- the oracle looks at plain rows, whatever is in them
export type Row = Record<string, any>;

/** Everything that the registry holds, in memory: what the oracle answers from. */
export type World = {
  today: string;
  nouns: Readonly<Record<string, Noun>>;
  /** Rows by the noun's name, hidden ones included. */
  rows: Readonly<Record<string, Row[]>>;
  byId: ReadonlyMap<string, Row>;
  /** What hangs on a person, by noun and person. */
  elements: ReadonlyMap<string, readonly Row[]>;
  localities: Localities;
  /** Earlier parents of organizations, with their days. */
  parentLinks: readonly Row[];
  /** Every code above a code, itself included, by `scheme@version|code`. */
  fieldPaths: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whole numbers that the database keeps sealed, by person. */
  citizenIds: ReadonlyMap<string, string>;
};

type Sql = <T>(text: string) => Promise<T[]>;

/** Reads the whole registry as plain rows, past the service. */
export async function readWorld(sql: Sql, citizenIds: ReadonlyMap<string, string>): Promise<World> {
  const read = async (table: string): Promise<Row[]> =>
    (await sql<{ row: Row }>(`select to_jsonb(t) as row from ${table} t order by id`)).map(({ row }) => row);
  const nouns = Object.fromEntries(Object.values(catalog).map(({ noun }) => [noun.name, noun]));
  const rows: Record<string, Row[]> = {};
  for (const noun of Object.values(nouns)) rows[noun.name] = await read(noun.table);
  const all = Object.values(rows).flat();
  const elements = Map.groupBy(
    Object.values(nouns).flatMap(({ name, standing }) => (standing === "fact" ? rows[name]!.map((row) => ({ name, row })) : [])),
    ({ name, row }) => `${name} ${row["person_id"]}`,
  );
  return {
    today: TODAY,
    nouns,
    rows,
    byId: new Map(all.map((row) => [row["id"] as string, row])),
    elements: new Map([...elements].map(([key, found]) => [key, found.map(({ row }) => row)])),
    localities: new Localities(rows["localities"]!, await read("locality_lineage"), TODAY),
    parentLinks: (await read("organization_links")).filter(({ kind }) => kind === "parent"),
    fieldPaths: fieldPaths(rows["fields"]!),
    citizenIds,
  };
}

function fieldPaths(fields: Row[]): Map<string, Set<string>> {
  const key = (row: Row, code: string) => `${row["scheme"]}@${row["scheme_version"]}|${code}`;
  const parents = new Map(fields.map((row) => [key(row, row["code"]), row["parent_code"] as string | null]));
  return new Map(
    fields.map((row) => {
      const path = new Set<string>();
      for (let code: string | null = row["code"]; code !== null; code = parents.get(key(row, code)) ?? null) path.add(code);
      return [key(row, row["code"]), path];
    }),
  );
}

/** Whether an organization stood in the subtree of another on a day, itself included. */
export function organizationBelow(world: World, id: string, ancestor: string, day: string, seen: string[] = []): boolean {
  if (id === ancestor) return true;
  if (seen.includes(id)) return false;
  const row = world.byId.get(id);
  const now = row?.["parent_id"] && (row["parent_since"] ?? "") <= day ? [row["parent_id"] as string] : [];
  const before = world.parentLinks.filter(
    (link) => link["from_id"] === id && (link["valid_from"] ?? "") <= day && day <= (link["valid_to"] ?? "9999"),
  );
  return [...now, ...before.map((link) => link["to_id"] as string)].some((parent) =>
    organizationBelow(world, parent, ancestor, day, [...seen, id]),
  );
}
