import { unseal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import type { NumberedRow } from "../imports/commit.ts";
import type { Decided } from "../imports/decide.ts";
import { rowSeal } from "./seals.ts";
import type { ReadPerson } from "../imports/reading/person.ts";

/** A row of an import as it lies in the database, its citizen id opened. */
export type KeptRow = Decided & { id: string; position: number; kind: "person" };
type Found<More> = More & { id: string; position: number; read: Omit<ReadPerson, "citizen_id">; sealed: Buffer | null };

const BATCH = 500;

/** The next rows that were decided without anybody's help, in the order of the sheet. */
export async function nextUndecided(tx: Transaction, keys: Keys, importId: string, after: number): Promise<KeptRow[]> {
  const rows = await tx.run<
    Found<Omit<KeptRow, "kind">>
  >(sql`select id, sheet, "row", position, read, citizen_id_sealed as sealed, problems, outcome, match
    from import_rows where import_id = ${importId}::uuid and position > ${after}::int and decision is null and outcome in ('create', 'update', 'unchanged') order by position limit ${BATCH}::int`);
  return rows.map(({ sealed, ...row }) => ({ ...row, kind: "person", read: opened(keys, row.id, row.read, sealed) }));
}

/** The persons whom somebody decided rows to be. */
export async function decidedTargets(tx: Transaction, importId: string): Promise<string[]> {
  const rows = await tx.run<{ id: string }>(
    sql`select target_id as id from import_rows where import_id = ${importId}::uuid and decision = 'update' and target_id is not null`,
  );
  return rows.map(({ id }) => id);
}

const TO_APPLY = raw(`outcome <> 'error' and (decision in ('create', 'update') or (decision is null and outcome in ('create', 'update')))`);

/** How many rows a commitment is to write. */
export async function countToApply(tx: Transaction, importId: string): Promise<number> {
  const [row] = await tx.run<{ n: number }>(
    sql`select count(*)::int as n from import_rows where import_id = ${importId}::uuid and ${TO_APPLY}`,
  );
  return row!.n;
}

/** The next rows to be written, in the order of the sheet, each with the person whom it changes, or with the number of a new one. */
export async function nextToApply(
  tx: Transaction,
  keys: Keys,
  importId: string,
  after: number,
): Promise<(NumberedRow & { position: number })[]> {
  const rows = await tx.run<
    Found<{ row: number; target: string | null }>
  >(sql`select id, "row", position, read, citizen_id_sealed as sealed,
      case when decision = 'create' then null when decision = 'update' then target_id when outcome = 'update' then (match->>'person_id')::uuid end as target
    from import_rows where import_id = ${importId}::uuid and position > ${after}::int and ${TO_APPLY} order by position limit ${BATCH}::int`);
  const numbers = await newNumbers(tx, rows.filter(({ target }) => target === null).length);
  return rows.map(({ sealed, read, ...row }) => ({
    ...row,
    read: opened(keys, row.id, read, sealed),
    number: row.target === null ? numbers.shift()! : null,
  }));
}

async function newNumbers(tx: Transaction, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await tx.run<{ n: string }>(
    sql`insert into person_numbers (n) select nextval(pg_get_serial_sequence('person_numbers', 'n')) from generate_series(1, ${count}::int) returning n`,
  );
  return rows.map(({ n }) => Number(n));
}

const opened = (keys: Keys, rowId: string, read: Omit<ReadPerson, "citizen_id">, sealed: Buffer | null): ReadPerson => ({
  ...read,
  citizen_id: sealed === null ? null : unseal(keys, sealed, rowSeal(rowId)),
});
