import { randomUUIDv7 } from "node:crypto";
import type { Pool } from "pg";
import type { z } from "zod";
import type { Noun } from "../../core/registry/noun.ts";
import { days, isPartialDate } from "../../core/time/partial-date.ts";
import type { Violation } from "../../core/problems.ts";
import type { RegistryTable } from "../tables/columns.ts";
import type { Context, Source } from "../query/source.ts";
import { insertRows } from "./records.ts";
import { initialRow, rowOf } from "./rows.ts";
import type { Row } from "./rows.ts";
import type { Answer } from "./idempotency.ts";
import { inTransaction } from "./transaction.ts";
import type { Answering, Transaction } from "./transaction.ts";

type Body = Record<string, unknown>;

/** A noun with what its commands need: shapes, table and source. */
export type FactNoun = { noun: Noun; table: RegistryTable; source: Source; create: z.ZodObject; change: z.ZodObject };
/** Where and on whose behalf a command writes. */
export type Writing = { workers: Pool; context: Context; reason: string | null };
/** The same, with how its client is told. */
export type AnsweredWriting = Writing & { answering: Answering<Written> };
/** What was written: the record, its version, its code if it has one, and the person whom it is about. */
export type Written = {
  id: string;
  version: number;
  /** A new person's is known when its row is written. */
  code?: string | Promise<string>;
  person: string | null;
  /** What must hold beside for the write to stand: asked where the record is not read back by a reader whom it must be shown to. */
  sure?: () => Promise<void>;
  /** Where only the write itself knows whether the record is new. */
  status?: 200 | 201;
  /** Members that were sent and not written. */
  ignored?: readonly string[];
};

/** Where an import's rows come from; null for what a client sent. */
export type Origin = { import_id: string; import_row: number } | null;

/** Writes the row of a fact that has been checked. */
export async function addFact(
  tx: Transaction,
  fact: FactNoun,
  personId: string,
  body: Body,
  context: Context,
  origin: Origin,
): Promise<Written> {
  const row = factRow(fact, personId, body, context, origin);
  await insertRows(tx, fact.table, [row]);
  return { id: row["id"] as string, version: 1, person: personId };
}

/** The row of a new fact. */
export function factRow({ noun }: FactNoun, personId: string, body: Body, { keys }: Context, origin: Origin): Row {
  const id = randomUUIDv7();
  return { ...initialRow(noun), ...rowOf(noun, body, id, keys), ...origin, id, person_id: personId, origin_person_id: personId };
}

/** Runs a command in one transaction that names its actor and reason. */
export function write<T>({ workers, context, reason }: Writing, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return inTransaction(workers, { actor: context.actor, reason }, work);
}

/**
 * The same for a command that writes a record: gives what its client is told, the kept answer where the request is a repetition.
 * What the command has to know first is read by `ask`, in the round trip of the beginning.
 */
export function writeRecord<Asked = undefined>(
  { workers, context, reason, answering }: AnsweredWriting,
  work: (tx: Transaction, asked: Asked) => Promise<Written>,
  ask: (tx: Transaction) => Promise<Asked> = () => Promise.resolve(undefined as Asked),
): Promise<Answer> {
  return inTransaction(workers, { actor: context.actor, reason }, work, answering, ask);
}

/** A period must not certainly end before it begins. */
export function orderOfDates(body: Body, pointer: string): Violation[] {
  const [from, to] = [body["valid_from"], body["valid_to"]] as (string | null | undefined)[];
  if (!from || !to || !isPartialDate(from) || !isPartialDate(to) || days(from).earliest <= days(to).latest) return [];
  return [
    {
      code: "date-order",
      pointer: `${pointer}/valid_to`,
      detail: { vi: "Ngày kết thúc đứng trước ngày bắt đầu.", en: "The end lies before the beginning." },
    },
  ];
}
