import { randomUUIDv7 } from "node:crypto";
import type { z } from "zod";
import { problemOf } from "../../../core/problems.ts";
import { checkBody } from "../../../core/registry/validate.ts";
import { sourceOf } from "../../../db/query/source.ts";
import type { Context } from "../../../db/query/source.ts";
import { raw, sql } from "../../../db/statement.ts";
import { factRow, writeRecord } from "../../../db/write/facts.ts";
import type { AnsweredWriting, Origin, Written } from "../../../db/write/facts.ts";
import type { Answer } from "../../../db/write/idempotency.ts";
import { insertion, requireInside } from "../../../db/write/records.ts";
import { initialRow, rowOf } from "../../../db/write/rows.ts";
import type { Row } from "../../../db/write/rows.ts";
import type { Transaction } from "../../../db/write/transaction.ts";
import type { Facts } from "../commands.ts";
import { addingIdentifiers } from "../identifiers.ts";
import { findDuplicates, refuseDuplicates } from "../matching.ts";
import type { Compared } from "../matching.ts";
import { Person } from "../schema.ts";
import { people } from "../table.ts";
import { checkPerson } from "./checks.ts";

type Body = Record<string, unknown>;

/** A new person as a client sends it; `anyhow`: whoever is alike. */
export type Sent = { shape: z.ZodObject; facts: Facts; body: unknown; anyhow: boolean };

/**
 * Adds a person with the facts that come along, in one transaction.
 * @throws Problem with everything that is wrong at once, then `possible-duplicate` unless the client knows better
 */
export function createPerson(writing: AnsweredWriting, { shape, facts, body, anyhow }: Sent): Promise<Answer> {
  const { context } = writing;
  const ask = async (tx: Transaction) => {
    const { value, violations } = checkBody(shape, body);
    const sound = violations.length === 0;
    const checking = checkPerson(tx, writing, facts, value);
    const [more, matches] = await Promise.all([checking, sound && !anyhow ? findDuplicates(tx, context, value as Compared) : []]);
    return { value, violations: [...violations, ...more], matches };
  };
  const work = async (tx: Transaction, { value, violations, matches }: Awaited<ReturnType<typeof ask>>): Promise<Written> => {
    if (violations.length > 0) throw problemOf(violations, "body");
    await refuseDuplicates(tx.run, context, matches);
    const written = addPerson(tx, writing, facts, value, null);
    return { ...written, sure: surelyInside(tx, written, context) };
  };
  return writeRecord(writing, work, ask);
}

const surelyInside =
  (tx: Transaction, { id }: Written, context: Context): (() => Promise<void>) =>
  () =>
    requireInside(tx, sourceOf(context, "people"), id, context);

/** Sends a person and the facts that have been checked; whoever asks something afterwards hears of what is refused. */
export function addPerson(
  tx: Transaction,
  { context, answering: { dryRun } }: AnsweredWriting,
  facts: Facts,
  value: Body,
  origin: Origin,
): Written {
  const id = randomUUIDv7();
  const person = rowOfPerson(value, id, context, origin);
  // A sequence does not go back: a trial takes no number, and stands under its id for as long as it lasts.
  const code = dryRun ? id : insertNumbered(tx, person);
  if (dryRun) tx.send(insertion(people, [{ ...person, code }]));
  addIdentifiers(tx, id, value, origin);
  for (const [member, fact] of Object.entries(facts)) {
    const rows = ((value[member] ?? []) as Body[]).map((body) => factRow(fact, id, body, context, origin));
    if (rows.length > 0) tx.send(insertion(fact.table, rows));
  }
  return { id, code, version: 1, person: id };
}

/** The same of several people, of whom each has been checked: one statement a table, whose triggers run once for all of them. */
export function addPeople(tx: Transaction, context: Context, facts: Facts, values: readonly Body[]): Written[] {
  const ids = values.map(() => randomUUIDv7());
  const codes = insertAllNumbered(
    tx,
    values.map((value, n) => rowOfPerson(value, ids[n]!, context, null)),
  );
  values.forEach((value, n) => addIdentifiers(tx, ids[n]!, value, null));
  for (const [member, fact] of Object.entries(facts)) {
    const rows = values.flatMap((value, n) => ((value[member] ?? []) as Body[]).map((body) => factRow(fact, ids[n]!, body, context, null)));
    if (rows.length > 0) tx.send(insertion(fact.table, rows));
  }
  return ids.map((id) => {
    const code = codes.then((all) => all.get(id)!);
    code.catch(() => {}); // so too
    const written = { id, code, version: 1, person: id };
    return { ...written, sure: surelyInside(tx, written, context) };
  });
}

const rowOfPerson = (value: Body, id: string, { keys }: Context, origin: Origin): Row => ({
  ...initialRow(Person),
  ...rowOf(Person, value, id, keys),
  ...origin,
  id,
});

function addIdentifiers(tx: Transaction, id: string, value: Body, origin: Origin): void {
  const identifiers = (value["identifiers"] ?? []) as [];
  if (identifiers.length > 0) tx.send(addingIdentifiers(id, identifiers, value, origin));
}

/** Sends a person under the next number, and gives the code that it makes. */
function insertNumbered(tx: Transaction, person: Row): Promise<string> {
  const code = raw("(select person_code(n) from number)");
  const adding = sql`with number as (insert into person_numbers default values returning n) ${insertion(people, [person], { code })} returning code`;
  const coming = tx.read<{ code: string }>(adding).then(([row]) => row!.code);
  coming.catch(() => {}); // what is asked next fails by it
  return coming;
}

/** The same of several people, each under a number of its own in their order; gives the codes by id. */
function insertAllNumbered(tx: Transaction, persons: readonly Row[]): Promise<Map<string, string>> {
  const coming = tx
    .read<{ id: string; code: string }>(
      sql`with number as (
        insert into person_numbers (n) select nextval(pg_get_serial_sequence('person_numbers', 'n')) from generate_series(1, ${persons.length}::int) returning n
      ), coded as (select person_code(n) as coded, row_number() over (order by n) as place from number)
      ${insertion(people, persons, { code: raw("coded") })} with ordinality as row join coded on place = ordinality returning id, code`,
    )
    .then((rows) => new Map(rows.map(({ id, code }) => [id, code])));
  coming.catch(() => {}); // what is asked next fails by it
  return coming;
}
