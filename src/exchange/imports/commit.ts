import { randomUUIDv7 } from "node:crypto";
import { setImmediate as immediate } from "node:timers/promises";
import { personCode } from "../../core/check-characters.ts";
import type { RegistryTable } from "../../db/tables/columns.ts";
import { addFact } from "../../db/write/facts.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import type { Context } from "../../db/query/source.ts";
import { sourceOf } from "../../db/query/source.ts";
import { insertRows, updateRow } from "../../db/write/records.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { replaceIdentifiers } from "../../registry/people/identifiers.ts";
import type { Facts } from "../../registry/people/commands.ts";
import { Person } from "../../registry/people/schema.ts";
import { people, personIdentifiers } from "../../registry/people/table.ts";
import { bodyOf } from "../statements/body.ts";
import type { Supply } from "../statements/body.ts";
import { nameSchemes } from "../statements/schemes.ts";
import type { Schemes } from "../statements/schemes.ts";
import { planUpdate } from "../../registry/statements/plan.ts";
import { loadStanding } from "../../registry/statements/queries.ts";
import type { ReadPerson } from "./reading/person.ts";

type Body = Record<string, unknown>;
/** A row that is to be applied: a new person, or a change of the one named. */
export type Applied = { id: string; row: number; read: ReadPerson; target: string | null };
/** A new person has the number of its code. */
export type NumberedRow = Applied & { number: number | null };
export type Committing = { context: Context; supply: Supply; facts: Facts; importId: string; schemes: Schemes };

const IDENTIFIERS = personIdentifiers as unknown as RegistryTable;

/** A batch made ready: what is to be inserted, table by table in the order of their foreign keys, and the people to be changed. */
export type Batch = { inserts: Map<RegistryTable, Row[]>; created: number; changes: { row: number; target: string; body: Body }[] };

/** So many rows are made ready at a stretch: meanwhile nobody else's request is answered. */
const STRETCH = 50;

/** Makes a batch ready without asking the database, so that it can be done while the one before is being written. */
export async function prepareRows(rows: readonly NumberedRow[], committing: Committing): Promise<Batch> {
  const batch: Batch = {
    inserts: new Map<RegistryTable, Row[]>([
      [people, []],
      [IDENTIFIERS, []],
    ]),
    created: 0,
    changes: [],
  };
  const initial = initialRow(Person);
  for (const [n, { row, target, read, number }] of rows.entries()) {
    if (n % STRETCH === STRETCH - 1) await immediate();
    const body = nameSchemes(bodyOf(read, committing.supply), committing.facts, committing.schemes);
    if (target !== null) batch.changes.push({ row, target, body });
    else gatherPerson(batch, initial, { row, body, number: number! }, committing);
  }
  return batch;
}

/** Writes a batch: new people set-wise, changes one by one. Answers how many were written. */
export async function applyBatch(tx: Transaction, { inserts, created, changes }: Batch, committing: Committing): Promise<number> {
  for (const [table, rows] of inserts) await insertRows(tx, table, rows);
  const standing = await loadStanding(
    tx.run,
    changes.map(({ target }) => target),
    committing.supply.organization_id,
    committing.facts,
  );
  for (const { row, target, body } of changes) await changeOne(tx, row, standing.get(target), body, committing);
  // Somebody hidden since the preview is not brought back by a spreadsheet.
  return created + changes.filter(({ target }) => standing.has(target)).length;
}

function gatherPerson(
  batch: Batch,
  initial: Row,
  { row, body, number }: { row: number; body: Body; number: number },
  { context, facts, importId }: Committing,
): void {
  const id = randomUUIDv7();
  const origin = { import_id: importId, import_row: row };
  const mine = { person_id: id, origin_person_id: id, ...origin };
  batch.created += 1;
  batch.inserts.get(people)!.push({ ...initial, ...rowOf(Person, body, id, context.keys), ...origin, id, code: personCode(number) });
  for (const { scheme, value } of (body["identifiers"] ?? []) as { scheme: string; value: string }[]) {
    const source_organization_id = (body["source"] as Body)["organization_id"] ?? null;
    batch.inserts.get(IDENTIFIERS)!.push({ id: randomUUIDv7(), scheme, value, source_organization_id, ...mine });
  }
  for (const [member, fact] of Object.entries(facts)) gatherFacts(batch.inserts, fact, (body[member] ?? []) as Body[], mine, context);
}

function gatherFacts(inserts: Batch["inserts"], fact: FactNoun, bodies: readonly Body[], mine: Row, { keys }: Context): void {
  if (bodies.length === 0) return;
  const rows = inserts.get(fact.table) ?? [];
  const initial = initialRow(fact.noun);
  for (const body of bodies) {
    const id = randomUUIDv7();
    rows.push({ ...initial, ...rowOf(fact.noun, body, id, keys), ...mine, id });
  }
  inserts.set(fact.table, rows);
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
