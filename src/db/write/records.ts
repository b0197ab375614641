import { Problem } from "../../core/problems.ts";
import type { RegistryTable } from "../tables/columns.ts";
import { absent } from "../query/refusals.ts";
import { column } from "../query/source.ts";
import type { Context, Source } from "../query/source.ts";
import { all, from, hidden, writableRows } from "../query/visible.ts";
import { eq, getTableColumns, getTableName } from "../tables/drizzle.ts";
import type { AnyPgColumn } from "../tables/drizzle.ts";
import type { Row } from "./rows.ts";
import { join, name, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { Transaction } from "./transaction.ts";

/** What every write needs to know of the record it changes. */
export type Locked = { id: string; version: number; hidden: boolean; row: Row };

/** The tag that a client sent with `If-Match`: a version, or null where it sent none. */
export type Precondition = { version: number | null };

/**
 * Reads a record that the actor may know of and holds it until the transaction ends.
 * @throws Problem `not-found`; `erased`; `deleted` for a hidden one, unless `hidden` is wanted.
 */
export async function lockRecord(
  tx: Transaction,
  source: Source,
  id: string,
  context: Context,
  wanted: "shown" | "hidden" = "shown",
): Promise<Locked> {
  const row = raw("t0");
  const known = all(writableRows(source, row, { ...context, inTurn: true }));
  const [found] = await tx.read<{ row: Row; gone: boolean }>(
    sql`select to_jsonb(t0) as row, ${hidden(source, row)} as gone from ${from(source, row)} where ${column(row, "id")} = ${id}::uuid and ${known} for update of t0`,
  );
  if (!found) throw await absent(tx.run, id, context);
  if (found.gone && wanted === "shown") throw new Problem("deleted");
  return { id, version: found.row["version"] as number, hidden: found.row["hidden_at"] !== null, row: found.row };
}

/** @throws Problem `if-match-required` without a tag, `version-mismatch` (with the current version) for an old one. */
export function requireVersion({ version }: Locked, precondition: Precondition): void {
  if (precondition.version === null) throw new Problem("if-match-required", { members: { current_version: version } });
  if (precondition.version !== version) throw new Problem("version-mismatch", { members: { current_version: version } });
}

/** Adds a row. */
export async function insertRow(tx: Transaction, table: RegistryTable, row: Row): Promise<void> {
  await tx.orm.insert(table).values(row as never);
}

/** Changes a row; a change that changes nothing makes no version. Answers the version that then stands. */
export async function updateRow(tx: Transaction, source: Source, table: RegistryTable, id: string, row: Row): Promise<number> {
  if (Object.keys(row).length > 0)
    await tx.orm
      .update(table)
      .set(row as never)
      .where(eq(table["id"]!, id));
  const [now] = await tx.read<{ version: number }>(sql`select version from ${from(source, raw("t0"))} where t0.id = ${id}::uuid`);
  return now!.version;
}

/**
 * After a write: whether the actor's territory still holds the person.
 * @throws Problem `outside-territory`
 */
export async function requireInside(tx: Transaction, person: Source, id: string, context: Context): Promise<void> {
  if (!(await isInside(tx, person, id, context))) throw new Problem("outside-territory");
}

/** Whether the actor's territory holds the person, hidden or not. */
export async function isInside(tx: Transaction, person: Source, id: string, context: Context): Promise<boolean> {
  if (context.actor.org === null && context.actor.loc === null) return true;
  const row = raw("t0");
  // Of one row: as a join the planner begins with all whom the territory reaches (2026-11: 16 ms of a creation at 10,000 people).
  const inside = writableRows(person, row, { ...context, inTurn: true });
  const rows = await tx.read(sql`select from ${from(person, row)} where t0.id = ${id}::uuid and ${all(inside)}`);
  return rows.length > 0;
}

/** A value sealed anew is other bytes each time: one whose look-up hash did not change is left as it stands. */
export function keepSeals({ row }: Locked, changed: Row): Row {
  const same = Object.entries(changed).flatMap(([name, value]) =>
    name.endsWith("_hash") && value instanceof Buffer && row[name] === `\\x${value.toString("hex")}` ? [name.slice(0, -5)] : [],
  );
  return Object.fromEntries(Object.entries(changed).filter(([name]) => !same.includes(name.replace(/_(hash|sealed)$/, ""))));
}

/** The outermost days of a record's period, to be checked together with what a patch says of it. */
export const periodOf = ({ row }: Locked): Record<string, unknown> => ({
  valid_from: row["valid_from_earliest"] ?? null,
  valid_to: row["valid_to_latest"] ?? null,
});

/** A merge patch of `source` keeps the members that it does not name. */
export function mergeSource({ row }: Locked, value: Record<string, unknown>): Record<string, unknown> {
  if (!value["source"]) return value;
  const before = {
    organization_id: row["source_organization_id"],
    received_on: row["source_received_on"],
    document: row["source_document"],
  };
  return { ...value, source: { ...before, ...(value["source"] as object) } };
}

/** So many rows are added by a text that is the same whatever they name, and is planned once. */
const FEW = 200;

/** Adds rows by one statement. A column that a row does not name takes the table's default, as far as that is a plain value. */
export async function insertRows(tx: Transaction, table: RegistryTable, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await (rows.length > FEW ? tx.run : tx.read)(insertion(table, rows));
}

/**
 * The statement that adds rows; `made` are columns that the statement itself computes.
 * The rows go as one JSON text: as parameters of their own a row of people costs five times as long to build and parse (2026-11).
 */
export function insertion(table: RegistryTable, rows: readonly Row[], made: Readonly<Record<string, Statement>> = {}): Statement {
  const columns = getTableColumns(table);
  const usual: Row = {};
  const listed = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) listed.add(key);
  // What the database itself gives a row, as its time, is none of them.
  const given = rows.length > FEW ? [...listed] : Object.keys(columns).filter((key) => !isGiven(columns[key]!));
  for (const key of given) {
    listed.add(key);
    if (columns[key]?.default != null) usual[key] = columns[key].default;
  }
  const whole = rows.map((row) => written(row, usual));
  const into = name(getTableName(table));
  const list = [...listed].filter((key) => !(key in made));
  // One text: each name as a statement of its own took a twentieth of a creation (2026-11).
  const names = (keys: readonly string[]) => raw(keys.map((key) => name(key).texts[0]).join(", "));
  return sql`insert into ${into} (${names([...list, ...Object.keys(made)])})
    select ${join([names(list), ...Object.values(made)], ", ")} from json_populate_recordset(null::${into}, ${JSON.stringify(whole)}::json)`;
}

/** Whether it is computed, or its default is an expression. */
const isGiven = ({ default: value, generated, hasDefault }: AnyPgColumn): boolean =>
  generated !== undefined || (hasDefault && (value === undefined || (typeof value === "object" && !Array.isArray(value))));

/** A row as JSON can say it: a column that is not named is null, and most are. */
function written(row: Row, usual: Row): Row {
  const copy: Row = { ...usual };
  for (const [key, value] of Object.entries(row)) {
    if (value !== null || key in usual) copy[key] = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : value;
  }
  return copy;
}
