import type { Checked } from "../../../core/registry/validate.ts";
import { lookupHash } from "../../../core/secrets/sealing.ts";
import { foldSearch } from "../../../core/vietnamese/text.ts";
import type { AnsweredWriting, Written } from "../../../db/write/facts.ts";
import { inProgress, keepAnswers, keptUnderAny, tryAll } from "../../../db/write/idempotency.ts";
import type { Answer, Key } from "../../../db/write/idempotency.ts";
import { checkReferences } from "../../../db/write/references.ts";
import { inGroup } from "../../../db/write/transaction.ts";
import type { Transaction } from "../../../db/write/transaction.ts";
import { inTurn } from "../../../db/write/turns.ts";
import type { Facts } from "../commands.ts";
import { findUnsure } from "../matching.ts";
import type { Compared } from "../matching.ts";
import { Person } from "../schema.ts";
import { checkAlone, pointing } from "./checks.ts";
import { addPeople, createPerson } from "./commands.ts";
import type { Sent } from "./commands.ts";
import { gathering } from "./gathering.ts";

/** How people are sent: in which shape, and with which facts. */
type Form = Pick<Sent, "shape" | "facts">;
/** A sound request that may be done with others: `marks` are what no two of them may have in common. */
type New = { writing: AnsweredWriting; value: Compared & Body; anyhow: boolean; marks: readonly string[]; name: string };
type Body = Record<string, unknown>;

/** Rows of one request at most: who sends more is done alone. */
const MOST_ROWS = 12;
/** Three at once: 1.1 times as many people as two, and 1.5 times as one, at 16 connections (2026-11). One waits for a turn as for a connection. */
const BOUNDS = { most: 16, underWay: 3, patienceMs: 2_000 };

/**
 * Creates people, those whom one client sends at one time in one transaction: what a write costs beside its rows is paid once for all of
 * them. Whatever is in the least unusual about a request is done alone, from its beginning, by `createPerson`, which alone refuses.
 */
export function creatingPeople(form: Form): (writing: AnsweredWriting, asked: Omit<Sent, keyof Form>, checked: Checked) => Promise<Answer> {
  const gather = gathering<New, Answer>((members) => createTogether(form.facts, members), BOUNDS);
  return (writing, asked, checked) => {
    const { key, turns } = writing.answering;
    const sent = { ...form, ...asked };
    const one = soundOne(writing, sent, checked);
    if (one === undefined) return createPerson(writing, sent);
    const held = { ...writing, answering: { ...writing.answering, turns: new Map() } };
    const work = () => gather(laneOf(writing), { one, alone: () => createPerson(held, sent) });
    return key ? inTurn(turns, key.hash.toString("hex"), inProgress, work) : work();
  };
}

/** One transaction has one actor and one reason, and answers are read with one actor's rights. */
function laneOf({ context: { actor, today }, reason }: AnsweredWriting): string {
  const { client, subject, scopes, purpose, language, org, loc } = actor;
  return JSON.stringify([client, subject, reason, [...scopes], purpose, language, org, loc, today]);
}

/** What can be said of a request without the database; undefined where it is to be done alone. */
function soundOne(writing: AnsweredWriting, { facts, anyhow }: Sent, { value, violations }: Checked): New | undefined {
  if (writing.answering.dryRun || !writing.answering.several) return undefined;
  if (violations.length > 0 || checkAlone(facts, value).length > 0) return undefined;
  if (pointing(facts, value, "").length > MOST_ROWS) return undefined;
  const { name, citizen_id: number, identifiers = [] } = value as Compared;
  const marks = identifiers.map(({ scheme, value: text }) => `${scheme}\0${text}`);
  if (number) marks.push(lookupHash(writing.context.keys, "citizen_id", number).toString("hex"));
  return { writing, value: value as Compared & Body, anyhow, marks, name: foldSearch(name.full) };
}

async function createTogether(facts: Facts, members: readonly New[]): Promise<(Answer | undefined)[] | undefined> {
  const { workers, context, reason } = members[0]!.writing;
  const apart = unlike(members);
  return inGroup(workers, { actor: context.actor, reason }, async (tx) => {
    const sound = await soundOnes(tx, facts, apart);
    if (sound.length === 0) return [];
    const written = addPeople(
      tx,
      context,
      facts,
      sound.map(({ value }) => value),
    );
    const answers = await presentAll(tx, sound, written);
    keepAnswers(
      tx,
      sound.flatMap(({ writing: { answering } }, n) => (answering.key ? [{ key: answering.key, answer: answers[n]! }] : [])),
    );
    const told = new Map(sound.map((one, n) => [one, answers[n]!]));
    return members.map((one) => told.get(one));
  });
}

/** Those of whom the same is shown are read by one statement. */
async function presentAll(tx: Transaction, members: readonly New[], written: readonly Written[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const alike = Map.groupBy(members.keys(), (n) => members[n]!.writing.answering.several!.of);
  await Promise.all(
    [...alike.values()].map(async (places) => {
      const told = await members[places[0]!]!.writing.answering.several!.present(
        tx,
        places.map((n) => written[n]!),
      );
      places.forEach((n, i) => (answers[n] = told[i]!));
    }),
  );
  return answers;
}

/** Without the later one of two who may be one person: alone, after the others, it is told of the earlier one. */
function unlike(members: readonly New[]): New[] {
  const [marks, names] = [new Set<string>(), new Set<string>()];
  return members.filter((one) => {
    if (one.marks.some((mark) => marks.has(mark)) || (!one.anyhow && names.has(one.name))) return false;
    for (const mark of one.marks) marks.add(mark);
    names.add(one.name);
    return true;
  });
}

/** Those of whom the database knows nothing that speaks against it; asked in the round trip of the beginning. */
async function soundOnes(tx: Transaction, facts: Facts, members: readonly New[]): Promise<New[]> {
  const { context } = members[0]!.writing;
  const keys = members.flatMap(({ writing: { answering } }) => answering.key ?? []);
  const bodies = members.flatMap(({ value }, n) => pointing(facts, value, `/${n}`));
  const [free, kept, violations, unsure] = await Promise.all([
    keys.length > 0 ? tx.read<{ hash: string }>(tryAll(keys)) : [],
    keys.length > 0 ? tx.read<{ hash: string }>(keptUnderAny(keys)) : [],
    checkReferences(tx, Person, bodies, context.today),
    findUnsure(tx, context, members),
  ]);
  const open = new Set(free.map(({ hash }) => hash)).difference(new Set(kept.map(({ hash }) => hash)));
  const wrong = new Set(violations.map(({ pointer = "" }) => Number(pointer.split("/")[1])));
  const isFree = (key: Key | null) => key === null || open.has(key.hash.toString("hex"));
  return members.filter(({ writing }, n) => isFree(writing.answering.key) && !wrong.has(n) && !unsure.has(n));
}
