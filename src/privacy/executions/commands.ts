import type { Context } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import type { Kind } from "../clocks/deadlines.ts";
import { erasePerson } from "../erasures/commands.ts";

/**
 * Does what a request asks for, in its transaction.
 *
 * `restrict` hides the record and keeps it: no list, search, statistic or export has it, nobody changes it, until the restriction is lifted.
 * `object` and `withdraw` end the consents to the purposes named, or to all. `delete` erases. `view`, `copy` and `correct` are done by
 * people; here they are only written down as done.
 */
export async function carryOut(tx: Transaction, row: Row, context: Context): Promise<void> {
  const person = row["person_id"] as string;
  switch (row["kind"] as Kind) {
    case "restrict":
      await tx.run(sql`update people set hidden_at = now() where id = ${person}::uuid and hidden_at is null`);
      return;
    case "object":
    case "withdraw":
      await endConsents(tx, row, context.actor.subject);
      return;
    case "delete":
      await erasePerson(tx, context.keys, row["id"] as string, person);
      return;
    default:
  }
}

async function endConsents(tx: Transaction, row: Row, by: string): Promise<void> {
  const purposes = row["purposes"] as string[];
  await tx.run(sql`update consents set withdrawn_at = greatest(given_at, now()), withdrawal_method = 'data_request', withdrawal_evidence = ${row["id"]}, withdrawal_recorded_by = ${by}
    where person_id = ${row["person_id"]}::uuid and withdrawn_at is null and (${purposes.length}::int = 0 or purpose = any(${purposes}::text[]))`);
}
