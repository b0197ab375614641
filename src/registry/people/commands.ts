import { randomUUIDv7 } from "node:crypto";
import type { z } from "zod";
import { isOrcid } from "../../core/check-characters.ts";
import { splitName, stripTitles } from "../../core/vietnamese/names.ts";
import { changeShape, createShape } from "../../core/registry/noun.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import { clean } from "../../core/vietnamese/text.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { factRow, orderOfDates, writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, FactNoun, Origin, Writing, Written } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { sourceOf } from "../../db/query/source.ts";
import { insertion, keepSeals, lockRecord, mergeSource, requireInside, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Locked, Precondition } from "../../db/write/records.ts";
import { checkReferences } from "../../db/write/references.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { addingIdentifiers, replaceIdentifiers } from "./identifiers.ts";
import { findDuplicates, refuseDuplicates } from "./matching.ts";
import type { Compared } from "./matching.ts";
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

/**
 * Adds a person with the facts that come along, in one transaction.
 * @throws Problem with everything that is wrong at once, then `possible-duplicate` unless the client knows better
 */
export function createPerson(
  writing: AnsweredWriting,
  { shape, facts, body, anyhow }: { shape: z.ZodObject; facts: Facts; body: unknown; anyhow: boolean },
): Promise<Answer> {
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
    return { ...written, sure: () => requireInside(tx, sourceOf(context, "people"), written.id, context) };
  };
  return writeRecord(writing, work, ask);
}

/** Everything about a person's body that its shape cannot say. */
export async function checkPerson(tx: Transaction, { context }: Writing, facts: Facts, value: Body): Promise<Violation[]> {
  const nested = Object.entries(facts).flatMap(([member, { noun }]) =>
    ((value[member] ?? []) as Body[]).map((body, i) => ({ noun, body, pointer: `/${member}/${i}` })),
  );
  return [
    ...nameParts(value),
    ...identifierChecks(value),
    ...nested.flatMap(({ body, pointer }) => orderOfDates(body, pointer)),
    ...(await checkReferences(tx, Person, [{ body: value, pointer: "" }, ...nested], context.today)),
  ];
}

/** Sends a person and the facts that have been checked; whoever asks something afterwards hears of what is refused. */
export function addPerson(
  tx: Transaction,
  { context, answering: { dryRun } }: AnsweredWriting,
  facts: Facts,
  value: Body,
  origin: Origin,
): Written {
  const id = randomUUIDv7();
  const person = { ...initialRow(Person), ...rowOf(Person, value, id, context.keys), ...origin, id };
  const identifiers = (value["identifiers"] ?? []) as [];
  // A sequence does not go back: a trial takes no number, and stands under its id for as long as it lasts.
  const code = dryRun ? id : insertNumbered(tx, person);
  if (dryRun) tx.send(insertion(people, [{ ...person, code }]));
  if (identifiers.length > 0) tx.send(addingIdentifiers(id, identifiers, value, origin));
  for (const [member, fact] of Object.entries(facts)) {
    const rows = ((value[member] ?? []) as Body[]).map((body) => factRow(fact, id, body, context, origin));
    if (rows.length > 0) tx.send(insertion(fact.table, rows));
  }
  return { id, code, version: 1, person: id };
}

/** Sends a person under the next number, and gives the code that it makes. */
function insertNumbered(tx: Transaction, person: Row): Promise<string> {
  const code = raw("(select person_code(n) from number)");
  const adding = sql`with number as (insert into person_numbers default values returning n) ${insertion(people, [person], { code })} returning code`;
  const coming = tx.read<{ code: string }>(adding).then(([row]) => row!.code);
  coming.catch(() => {}); // what is asked next fails by it
  return coming;
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

/** A title before or after a name is no part of it; parts that a client sends must make up what is left. */
function nameParts(value: Body): Violation[] {
  const name = value["name"] as { full: string; family?: string | null; middle?: string | null; given?: string } | undefined;
  if (!name) return [];
  const bare = stripTitles(clean(name.full)).name;
  if (bare === "") {
    const detail = { vi: "Chỉ có học hàm, học vị mà không có tên.", en: "There are titles and no name." };
    return [{ code: "validation-failed", pointer: "/name/full", detail }];
  }
  name.full = bare;
  const split = splitName(name.full);
  const part = (own: string | null | undefined, usual: string | null) => (own === undefined ? usual : own);
  const parts = [part(name.family, split.family), part(name.middle, split.middle), part(name.given, split.given)];
  if (parts.filter(Boolean).join(" ") === name.full) return [];
  const detail = { vi: "Các phần của tên không ghép lại thành tên đầy đủ.", en: "The parts do not make up the full name." };
  return [{ code: "validation-failed", pointer: "/name", detail }];
}

function identifierChecks(value: Body): Violation[] {
  const identifiers = (value["identifiers"] ?? []) as { scheme: string; value: string }[];
  const refused = (i: number, vi: string, en: string): Violation[] => [
    { code: "validation-failed", pointer: `/identifiers/${i}/value`, detail: { vi, en } },
  ];
  return identifiers.flatMap(({ scheme, value: text }, i): Violation[] => {
    if (identifiers.findIndex((one) => one.scheme === scheme && one.value === text) < i)
      return refused(i, "Mã định danh này được nêu hai lần.", "This identifier is named twice.");
    if (scheme !== "orcid" || isOrcid(text)) return [];
    return refused(i, "Số ORCID sai chữ số kiểm tra.", "The ORCID has a wrong check digit.");
  });
}
