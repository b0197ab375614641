import { randomUUIDv7 } from "node:crypto";
import type { Origin } from "../../db/write/facts.ts";
import { sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";

type Identifier = { scheme: string; value: string };

/**
 * Keeps the rows of a person's identifiers, by which they are unique, equal to the list in the record; a row that goes is hidden.
 * The list itself is a member of the person, so that its change counts as one.
 */
export async function replaceIdentifiers(
  tx: Transaction,
  personId: string,
  list: readonly Identifier[],
  body: Record<string, unknown>,
  origin: Origin,
): Promise<void> {
  const [schemes, values] = [list.map(({ scheme }) => scheme), list.map(({ value }) => value)];
  await tx.run(sql`update person_identifiers i set hidden_at = now() where i.person_id = ${personId}::uuid and i.hidden_at is null
    and not exists (select from unnest(${schemes}::text[], ${values}::text[]) x(scheme, value) where x.scheme = i.scheme and x.value = i.value)`);
  await tx.run(addingIdentifiers(personId, list, body, origin));
}

/** The statement that adds what of the list the person does not have yet. */
export function addingIdentifiers(personId: string, list: readonly Identifier[], body: Record<string, unknown>, origin: Origin): Statement {
  const [schemes, values] = [list.map(({ scheme }) => scheme), list.map(({ value }) => value)];
  const source = (body["source"] as { organization_id?: string | null } | null | undefined)?.organization_id ?? null;
  return sql`insert into person_identifiers (id, person_id, origin_person_id, scheme, value, source_organization_id, import_id, import_row)
    select x.id, ${personId}::uuid, ${personId}::uuid, x.scheme, x.value, ${source}::uuid, ${origin?.import_id ?? null}::uuid, ${origin?.import_row ?? null}::int
    from unnest(${list.map(() => randomUUIDv7())}::uuid[], ${schemes}::text[], ${values}::text[]) x(id, scheme, value)
    where not exists (select from person_identifiers i where i.person_id = ${personId}::uuid and i.scheme = x.scheme and i.value = x.value and i.hidden_at is null)`;
}
