import { Problem, problemOf } from "../../core/problems.ts";
import type { Noun } from "../../core/registry/noun.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { addFact, orderOfDates, writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, FactNoun } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { sourceOf } from "../../db/query/source.ts";
import { lockRecord, mergeSource, periodOf, requireInside, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Locked, Precondition } from "../../db/write/records.ts";
import { checkReferences } from "../../db/write/references.ts";
import { rowOf } from "../../db/write/rows.ts";

type Body = Record<string, unknown>;

/** Adds a fact to a person. @throws Problem `not-found` or `deleted` (the person), then everything that is wrong with the body. */
export function createFact(writing: AnsweredWriting, fact: FactNoun, personId: string, body: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const person = sourceOf(writing.context, "people");
    await lockRecord(tx, person, personId, writing.context);
    const { value, violations } = checkBody(fact.create, body);
    violations.push(
      ...orderOfDates(value, ""),
      ...(await checkReferences(tx, fact.noun, [{ body: value, pointer: "" }], writing.context.today)),
    );
    if (violations.length > 0) throw problemOf(violations, "body");
    const written = await addFact(tx, fact, personId, value, writing.context, null);
    await requireInside(tx, person, personId, writing.context);
    return written;
  });
}

/** Changes a fact. @throws Problem in the order of api.md 1: existence, precondition, validation, state. */
export function changeFact(
  writing: AnsweredWriting,
  fact: FactNoun,
  id: string,
  precondition: Precondition,
  patch: unknown,
): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const locked = await lockRecord(tx, fact.source, id, writing.context);
    requireVersion(locked, precondition);
    const { value, violations } = checkBody(fact.change, patch);
    const merged: Body = { ...periodOf(locked), ...unitsOf(fact.noun, locked, value), ...value };
    violations.push(
      ...orderOfDates(merged, ""),
      ...(await checkReferences(tx, fact.noun, [{ body: merged, pointer: "" }], writing.context.today)),
    );
    for (const key of Object.keys(value)) if (`${key}_scheme` in merged) value[`${key}_scheme`] = merged[`${key}_scheme`];
    if (violations.length > 0) throw problemOf(violations, "body");
    const version = await updateRow(
      tx,
      fact.source,
      fact.table,
      id,
      rowOf(fact.noun, mergeSource(locked, value), id, writing.context.keys),
    );
    const person = locked.row["person_id"] as string;
    await requireInside(tx, sourceOf(writing.context, "people"), person, writing.context);
    return { id, version, person };
  });
}

/** Hides a fact; a restoration brings it back. */
export function deleteFact(writing: AnsweredWriting, fact: FactNoun, id: string, precondition: Precondition): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const locked = await lockRecord(tx, fact.source, id, writing.context);
    requireVersion(locked, precondition);
    const version = await updateRow(tx, fact.source, fact.table, id, { hidden_at: new Date().toISOString() });
    const person = locked.row["person_id"] as string;
    await requireInside(tx, sourceOf(writing.context, "people"), person, writing.context);
    return { id, version, person };
  });
}

/** Brings a hidden fact back. @throws Problem `state-conflict` when it is not hidden; `deleted` when its person is. */
export function restoreFact(writing: AnsweredWriting, fact: FactNoun, id: string): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { hidden, row } = await lockRecord(tx, fact.source, id, writing.context, "hidden");
    const person = row["person_id"] as string;
    await lockRecord(tx, sourceOf(writing.context, "people"), person, writing.context);
    if (!hidden) throw new Problem("state-conflict", { detail: { vi: "Bản ghi không bị ẩn.", en: "The record is not hidden." } });
    return { id, version: await updateRow(tx, fact.source, fact.table, id, { hidden_at: null }), person };
  });
}

/** The units that stand, where a patch changes the period in which they must have stood. */
function unitsOf({ fields }: Noun, { row }: Locked, value: Body): Body {
  if (!("valid_from" in value) && !("valid_to" in value)) return {};
  const units = Object.entries(fields).filter(([, { kind }]) => kind === "unit" || kind === "place");
  return Object.fromEntries(units.map(([member]) => [`${member}_id`, row[`${member}_id`] ?? null]));
}
