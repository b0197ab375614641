import type { z } from "zod";
import { changeShape, createShape } from "../../core/registry/noun.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, FactNoun } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { sourceOf } from "../../db/query/source.ts";
import { keepSeals, lockRecord, mergeSource, requireInside, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Locked, Precondition } from "../../db/write/records.ts";
import { rowOf } from "../../db/write/rows.ts";
import { checkPerson } from "./creation/checks.ts";
import { replaceIdentifiers } from "./identifiers.ts";
import { Person } from "./schema.ts";
import { people } from "./table.ts";

type Body = Record<string, unknown>;

/** The facts that may come with a new person, by member. */
export type Facts = Readonly<Record<string, FactNoun>>;

export const ChangePerson = changeShape(Person);

/** The shape of a new person, with at most 50 of each kind of fact. */
export function createPersonShape(facts: Facts): z.ZodObject {
  return createShape(
    Person,
    Object.fromEntries(Object.entries(facts).map(([member, { create }]) => [member, create.array().max(50).optional()])),
  );
}

/** The facts that a body names, for the answer to show. */
export function sentFacts(facts: Facts, body: unknown): string | undefined {
  const sent = Object.keys(facts).filter((member) => Object.hasOwn(Object(body) as object, member));
  return sent.length > 0 ? sent.join(",") : undefined;
}

/** Changes a person's own members. @throws Problem in the order of api.md 1: existence, precondition, validation, state. */
export function changePerson(writing: AnsweredWriting, id: string, precondition: Precondition, patch: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const source = sourceOf(writing.context, "people");
    const locked = await lockRecord(tx, source, id, writing.context);
    requireVersion(locked, precondition);
    const { value, violations } = checkBody(ChangePerson, patch);
    const merged = mergeName(locked, mergeSource(locked, value));
    violations.push(...(await checkPerson(tx, writing, {}, merged)));
    if (violations.length > 0) throw problemOf(violations, "body");
    const version = await updateRow(tx, source, people, id, keepSeals(locked, rowOf(Person, merged, id, writing.context.keys)));
    if (merged["identifiers"]) await replaceIdentifiers(tx, id, merged["identifiers"] as [], merged, null);
    await requireInside(tx, source, id, writing.context);
    return { id, version, code: locked.row["code"] as string, person: id };
  });
}

/** Hides a person, and with it what hangs on it. */
export function deletePerson(writing: AnsweredWriting, id: string, precondition: Precondition): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const source = sourceOf(writing.context, "people");
    const locked = await lockRecord(tx, source, id, writing.context);
    requireVersion(locked, precondition);
    return { id, version: await updateRow(tx, source, people, id, { hidden_at: new Date().toISOString() }), person: id };
  });
}

/** Brings a hidden person back. @throws Problem `state-conflict` when it is not hidden. */
export function restorePerson(writing: AnsweredWriting, id: string): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const source = sourceOf(writing.context, "people");
    const { hidden, row } = await lockRecord(tx, source, id, writing.context, "hidden");
    if (!hidden) throw new Problem("state-conflict", { detail: { vi: "Bản ghi không bị ẩn.", en: "The record is not hidden." } });
    return { id, version: await updateRow(tx, source, people, id, { hidden_at: null }), code: row["code"] as string, person: id };
  });
}

/** A patch of a name keeps the parts that it does not name; a new `full` is split anew. */
function mergeName({ row }: Locked, value: Body): Body {
  const patch = value["name"] as { full?: string } | undefined;
  if (!patch) return value;
  const kept =
    patch.full === undefined
      ? { full: row["name_full"], family: row["name_family"], middle: row["name_middle"], given: row["name_given"] }
      : {};
  return { ...value, name: { ...kept, ...patch } };
}
