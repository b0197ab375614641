import type { Client } from "pg";

/** A row as its table takes it. */
export type TableRow = { id: string } & Record<string, unknown>;
/** What a load did to a list; `kept` rows differ but were changed by people, `vanished` ones are no longer in the files, and stay. */
export type Outcome = { list: string; inserted: number; changed: number; unchanged: number; kept: number; vanished: number };

/** Who writes the reference data, as their history names him. */
export const ACTOR = "reference load";

/**
 * Makes the table's rows equal to those given, by id, and touches none that is equal already.
 * With `shared`, a row that anybody else has changed since the last load stays as it is.
 */
export async function writeRows(client: Client, table: string, rows: readonly TableRow[], shared = false): Promise<Outcome> {
  const columns = Object.keys(rows[0] ?? { id: "" });
  const of = (alias: string): string => columns.map((column) => `${alias}."${column}"`).join(", ");
  const given = `given as materialized (select ${of("r")} from json_populate_recordset(null::"${table}", $1::json) r)`;
  // Nobody has changed a row whose last revision is a load's.
  const ours = shared
    ? `exists (select from revisions v where (v.record_id, v.version, v.noun, v.actor) = (t.id, t.version, '${table}', '${ACTOR}'))`
    : "true";
  const text = JSON.stringify(rows);
  const compared = await client.query<Pick<Outcome, "inserted" | "changed" | "kept" | "vanished">>(
    `with ${given}, pairs as (
      select t.id is null as is_new, (${of("t")}) is distinct from (${of("g")}) as differs, ${ours} as is_ours from given g left join "${table}" t on t.id = g.id)
    select count(*) filter (where is_new)::int as inserted,
      count(*) filter (where not is_new and differs and is_ours)::int as changed,
      count(*) filter (where not is_new and differs and not is_ours)::int as kept,
      (select count(*)::int from "${table}" t join revisions v on (v.record_id, v.version, v.noun, v.actor) = (t.id, 1, '${table}', '${ACTOR}')
        where t.id not in (select id from given)) as vanished
    from pairs`,
    [text],
  );
  const { inserted, changed, kept, vanished } = compared.rows[0]!;
  // A statement that changes nothing would still run the table's triggers, which rebuild the tree of the organizations.
  if (inserted + changed > 0) {
    await fill(client, table, () =>
      client.query(
        `with ${given} insert into "${table}" as t (${columns.map((column) => `"${column}"`).join(", ")}) select ${of("g")} from given g
      on conflict (id) do update set ${columns.map((column) => `"${column}" = excluded."${column}"`).join(", ")}
      where (${of("t")}) is distinct from (${of("excluded")}) and ${ours}`,
        [text],
      ),
    );
  }
  return { list: table, inserted, changed, unchanged: rows.length - inserted - changed - kept, kept, vanished };
}

/** Makes a table of ids and codes equal to the columns given; true when anything differed. */
export async function writeTree(
  client: Client,
  table: string,
  type: string,
  columns: Readonly<Record<string, string[]>>,
): Promise<boolean> {
  const names = Object.keys(columns);
  const list = names.join(", ");
  const given = `given as materialized (select * from unnest(${names.map((_, i) => `$${i + 1}::${type}[]`).join(", ")}) as g (${list}))`;
  const same = names.map((name) => `g.${name} = t.${name}`).join(" and ");
  const values = Object.values(columns).map((column) => `{${column.join(",")}}`);
  const gone = await client.query(`with ${given} delete from ${table} t where not exists (select from given g where ${same})`, values);
  const come = await fill(client, table, () =>
    client.query(
      `with ${given} insert into ${table} (${list}) select ${list} from given g where not exists (select from ${table} t where ${same})`,
      values,
    ),
  );
  return (gone.rowCount ?? 0) + (come.rowCount ?? 0) > 0;
}

/**
 * Runs a write; into an empty table, with the foreign keys off and made anew behind it.
 * The first load then checks them by a join each, not row by row: that is a second less for the tree alone (2026-11).
 */
async function fill<T>(client: Client, table: string, write: () => Promise<T>): Promise<T> {
  const { rows: keys } = await client.query<{ name: string; definition: string }>(
    `select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = $1::regclass and contype = 'f' and not exists (select from "${table}")`,
    [table],
  );
  for (const { name } of keys) await client.query(`alter table "${table}" drop constraint ${name}`);
  const written = await write();
  for (const { name, definition } of keys) await client.query(`alter table "${table}" add constraint ${name} ${definition}`);
  return written;
}
