import { randomUUIDv7 } from "node:crypto";
import type { Pool } from "pg";
import { lookupHash, seal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import type { Decided } from "../imports/decide.ts";
import { rowSeal } from "./seals.ts";

/** Removes what an earlier reading of a file left. */
export async function removeRows(pool: Pool, importId: string): Promise<void> {
  await pool.query("delete from import_rows where import_id = $1", [importId]);
}

/** Keeps the rows of a batch with what they would do, their citizen ids sealed. False once nobody wants the analysis any more. */
export async function storeRows(pool: Pool, keys: Keys, importId: string, from: number, decided: readonly Decided[]): Promise<boolean> {
  if (decided.length === 0) return true;
  const rows = decided.map(({ read: { citizen_id: citizenId, ...read }, ...row }, n) => {
    const id = randomUUIDv7();
    const sealed = citizenId === null ? null : hex(seal(keys, citizenId, rowSeal(id)));
    const hash = citizenId === null ? null : hex(lookupHash(keys, "citizen_id", citizenId));
    return { ...row, id, import_id: importId, position: from + n, read, sealed, hash };
  });
  const { rowCount } = await pool.query(
    `insert into import_rows (id, import_id, sheet, "row", position, outcome, read, citizen_id_sealed, citizen_id_hash, match, problems)
     select id, import_id, sheet, "row", position, outcome, read, sealed::bytea, hash::bytea, match, problems
     from json_to_recordset($1) as x(id uuid, import_id uuid, sheet text, "row" int, position int, outcome text, read jsonb, sealed text, hash text, match jsonb, problems jsonb)
     where exists (select from imports i where i.id = $2 and i.state = 'analysing')`,
    [JSON.stringify(rows), importId],
  );
  return rowCount === rows.length;
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString("hex")}`;

/** Says anew what rows would do. */
export async function restateRows(
  tx: Transaction,
  rows: readonly (Pick<Decided, "outcome" | "match" | "problems"> & { id: string })[],
): Promise<void> {
  if (rows.length === 0) return;
  const stated = rows.map(({ id, outcome, match, problems }) => ({ id, outcome, match, problems }));
  await tx.run(sql`update import_rows r set outcome = x.outcome, match = x.match, problems = x.problems
    from json_to_recordset(${JSON.stringify(stated)}) as x(id uuid, outcome text, match jsonb, problems jsonb) where r.id = x.id`);
}
