import type { Source } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { DataRequest } from "./schema.ts";

/** How requests are read: what is due first comes first. */
export const dataRequestSource: Source = {
  noun: DataRequest,
  conditions: {},
  usual: "due_on",
  derived: { overdue: (row, { today }) => sql`coalesce(${row}.due_on < ${today}::date, false)` },
};

/** Those of some codes that the list `consent-purposes` has. */
export async function knownPurposes(tx: Transaction, codes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.run<{ code: string }>(
    sql`select distinct code from codes where list = 'consent-purposes' and code = any(${codes}::text[])`,
  );
  return new Set(rows.map(({ code }) => code));
}
