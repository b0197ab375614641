import type { Client } from "pg";

/** A row as its table takes it. */
export type TableRow = { id: string } & Record<string, unknown>;
/** What a load did to a list; `kept` rows differ but were changed by people, `vanished` ones are no longer in the files, and stay. */
export type Outcome = { list: string; inserted: number; changed: number; unchanged: number; kept: number; vanished: number };

type Counts = Pick<Outcome, "inserted" | "changed" | "kept" | "vanished">;

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
  const names = columns.map((column) => `"${column}"`).join(", ");
  const insert = `with ${given} insert into "${table}" as t (${names}) select ${of("g")} from given g`;
  const text = JSON.stringify(rows);
  if (await isEmpty(client, table)) {
    await fill(client, table, insert, [text]);
    return { list: table, inserted: rows.length, changed: 0, unchanged: 0, kept: 0, vanished: 0 };
  }
  // Nobody has changed a row whose last revision is a load's.
  const ours = shared
    ? `exists (select from revisions v where (v.record_id, v.version, v.noun, v.actor) = (t.id, t.version, '${table}', '${ACTOR}'))`
    : "true";
  const compared = await client.query<Counts>(
    `with ${given}, pairs as (
      select t.id is null as is_new, (${of("t")}) is distinct from (${of("g")}) as differs, ${ours} as is_ours
      from given g left join "${table}" t on t.id = g.id)
    select count(*) filter (where is_new)::int as inserted,
      count(*) filter (where not is_new and differs and is_ours)::int as changed,
      count(*) filter (where not is_new and differs and not is_ours)::int as kept,
      (select count(*)::int from "${table}" t
        join revisions v on (v.record_id, v.version, v.noun, v.actor) = (t.id, 1, '${table}', '${ACTOR}')
        where t.id not in (select id from given)) as vanished
    from pairs`,
    [text],
  );
  const counts = compared.rows[0]!;
  // A statement that changes nothing would still run the table's triggers, which rebuild the tree of the organizations.
  if (counts.inserted + counts.changed > 0) {
    await client.query(
      `${insert} on conflict (id) do update set ${columns.map((column) => `"${column}" = excluded."${column}"`).join(", ")}
      where (${of("t")}) is distinct from (${of("excluded")}) and ${ours}`,
      [text],
    );
  }
  return { list: table, ...counts, unchanged: rows.length - counts.inserted - counts.changed - counts.kept };
}

/** Makes a table of ids or codes equal to the columns given. */
export async function writeTree(client: Client, table: string, type: string, columns: Readonly<Record<string, string[]>>): Promise<void> {
  const names = Object.keys(columns);
  const list = names.join(", ");
  const given = `given as materialized (select * from unnest(${names.map((_, i) => `$${i + 1}::${type}[]`).join(", ")}) as g (${list}))`;
  const insert = `with ${given} insert into ${table} (${list}) select ${list} from given g`;
  const same = names.map((name) => `g.${name} = t.${name}`).join(" and ");
  const values = Object.values(columns).map((column) => `{${column.join(",")}}`);
  if (await isEmpty(client, table)) return fill(client, table, insert, values);
  await client.query(`with ${given} delete from ${table} t where not exists (select from given g where ${same})`, values);
  await client.query(`${insert} where not exists (select from ${table} t where ${same})`, values);
}

async function isEmpty(client: Client, table: string): Promise<boolean> {
  return (await client.query(`select from "${table}" limit 1`)).rowCount === 0;
}

/**
 * Fills an empty table with its foreign keys off, and makes them anew behind it.
 * They are then checked by a join each, not row by row: a second less for the tree alone (2026-11).
 */
async function fill(client: Client, table: string, insert: string, values: string[]): Promise<void> {
  const { rows: keys } = await client.query<{ name: string; definition: string }>(
    `select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = $1::regclass and contype = 'f'`,
    [table],
  );
  const alter = (changes: string[]): string => `alter table "${table}" ${changes.join(", ")}`;
  if (keys.length > 0) await client.query(alter(keys.map(({ name }) => `drop constraint ${name}`)));
  await client.query(insert, values);
  if (keys.length > 0) await client.query(alter(keys.map(({ name, definition }) => `add constraint ${name} ${definition}`)));
}

/**
 * Gives what `work` gives, with the plain indexes of the tables made anew behind it where `first` of them is empty still: sorted once, an
 * index costs a fifth of what it does row by row, the words of names most of all (2026-11: the first load 3.0 s, so 1.7).
 */
export async function withoutIndexes<T>(client: Client, tables: readonly [first: string, ...string[]], work: () => Promise<T>): Promise<T> {
  if (!(await isEmpty(client, tables[0]))) return work();
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid = any($1::regclass[]) and not indisunique and not indisexclusion`,
    [tables],
  );
  if (rows.length > 0) await client.query(`drop index ${rows.map(({ name }) => name).join(", ")}`);
  const done = await work();
  for (const { definition } of rows) await client.query(definition);
  return done;
}
