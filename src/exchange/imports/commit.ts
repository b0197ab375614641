import { randomUUIDv7 } from "node:crypto";
import { personCode } from "../../core/check-characters.ts";
import type { RegistryTable } from "../../db/tables/columns.ts";
import { addFact } from "../../db/write/facts.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import type { Context } from "../../db/query/source.ts";
import { sourceOf } from "../../db/query/source.ts";
import { insertRows, updateRow } from "../../db/write/records.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { replaceIdentifiers } from "../../registry/people/identifiers.ts";
import type { Facts } from "../../registry/people/commands.ts";
import { Person } from "../../registry/people/schema.ts";
import { people, personIdentifiers } from "../../registry/people/table.ts";
import { bodyOf } from "../statements/body.ts";
import type { Supply } from "../statements/body.ts";
import { nameSchemes } from "../statements/schemes.ts";
import type { Schemes } from "../statements/schemes.ts";
import { planUpdate } from "../statements/plan.ts";
import { loadStanding } from "../statements/queries.ts";
import type { ReadPerson } from "./reading/person.ts";

type Body = Record<string, unknown>;
/** A row that is to be applied: a new person, or a change of the one named. */
export type Applied = { id: string; row: number; read: ReadPerson; target: string | null };
export type Committing = { context: Context; supply: Supply; facts: Facts; importId: string; schemes: Schemes };

/** Writes a batch of rows: new people set-wise, changes one by one. Answers how many were written. */
export async function applyRows(tx: Transaction, rows: readonly Applied[], committing: Committing): Promise<number> {
  const bodies = rows.map(({ row, target, read }) => ({
    row,
    target,
    body: nameSchemes(bodyOf(read, committing.supply), committing.facts, committing.schemes),
  }));
  await createAll(
    tx,
    bodies.filter(({ target }) => target === null),
    committing,
  );
  const changes = bodies.filter(({ target }) => target !== null);
  const standing = await loadStanding(
    tx.run,
    changes.map(({ target }) => target!),
    committing.supply.organization_id,
    committing.facts,
  );
  for (const { row, target, body } of changes) await changeOne(tx, row, standing.get(target!), body, committing);
  // Somebody hidden since the preview is not brought back by a spreadsheet.
  return bodies.filter(({ target }) => target === null || standing.has(target)).length;
}

async function createAll(
  tx: Transaction,
  bodies: readonly { row: number; body: Body }[],
  { context, facts, importId }: Committing,
): Promise<void> {
  if (bodies.length === 0) return;
  const numbers = await tx.run<{ n: string }>(
    sql`insert into person_numbers (n) select nextval(pg_get_serial_sequence('person_numbers', 'n')) from generate_series(1, ${bodies.length}::int) returning n`,
  );
  const [persons, identifiers]: Row[][] = [[], []];
  const statements = new Map<RegistryTable, Row[]>();
  bodies.forEach(({ row, body }, i) => {
    const id = randomUUIDv7();
    const origin = { import_id: importId, import_row: row };
    persons!.push({
      ...initialRow(Person),
      ...rowOf(Person, body, id, context.keys),
      ...origin,
      id,
      code: personCode(Number(numbers[i]!.n)),
    });
    const mine = { person_id: id, origin_person_id: id, ...origin };
    for (const { scheme, value } of (body["identifiers"] ?? []) as { scheme: string; value: string }[]) {
      identifiers!.push({
        id: randomUUIDv7(),
        scheme,
        value,
        source_organization_id: (body["source"] as Body)["organization_id"] ?? null,
        ...mine,
      });
    }
    for (const [member, fact] of Object.entries(facts)) gather(statements, fact, (body[member] ?? []) as Body[], mine, context);
  });
  await insertRows(tx, people, persons!);
  await insertRows(tx, personIdentifiers as unknown as RegistryTable, identifiers!);
  for (const [table, rows] of statements) await insertRows(tx, table, rows);
}

function gather(statements: Map<RegistryTable, Row[]>, fact: FactNoun, bodies: readonly Body[], mine: Row, { keys }: Context): void {
  const rows = statements.get(fact.table) ?? [];
  for (const body of bodies) {
    const id = randomUUIDv7();
    rows.push({ ...initialRow(fact.noun), ...rowOf(fact.noun, body, id, keys), ...mine, id });
  }
  statements.set(fact.table, rows);
}

async function changeOne(
  tx: Transaction,
  row: number,
  standing: Parameters<typeof planUpdate>[0] | undefined,
  body: Body,
  committing: Committing,
): Promise<void> {
  const { context, supply, facts, importId } = committing;
  if (!standing) return;
  const id = standing.person["id"] as string;
  const origin = { import_id: importId, import_row: row };
  const plan = planUpdate(standing, body, supply.organization_id, facts, context.keys);
  const own = plan.identifiers ? { ...plan.own, identifiers: plan.identifiers } : plan.own;
  if (Object.keys(own).length > 0) await updateRow(tx, sourceOf(context, "people"), people, id, own);
  if (plan.identifiers) await replaceIdentifiers(tx, id, plan.identifiers, body, origin);
  for (const { fact, id: factId, row: change } of plan.changed) await updateRow(tx, fact.source, fact.table, factId, change);
  for (const { fact, body: added } of plan.added) await addFact(tx, fact, id, added, context, origin);
}
