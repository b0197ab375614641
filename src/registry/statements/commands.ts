import { randomUUIDv7 } from "node:crypto";
import type { z } from "zod";
import { opening } from "../../core/policy.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { sourceOf } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { addFact, writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, Written } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { keepSeals, lockRecord, requireInside, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Locked, Precondition } from "../../db/write/records.ts";
import { rowOf } from "../../db/write/rows.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import type { Facts } from "../people/commands.ts";
import { checkPerson } from "../people/creation/checks.ts";
import { addPerson } from "../people/creation/commands.ts";
import { replaceIdentifiers } from "../people/identifiers.ts";
import { Person } from "../people/schema.ts";
import { people } from "../people/table.ts";
import { differingMembers, planUpdate, whole } from "./plan.ts";
import { findHolder, findOrganization, loadStanding } from "./queries.ts";
import { inNameOf, ownerOf, supplierOf } from "./supplier.ts";

type Body = Record<string, unknown>;
type Identifier = { scheme: string; value: string };

/** What a client expects to find: `absent` is `If-None-Match: *`. */
export type Expected = Precondition & { absent: boolean };
/** A whole person as a supplier states it, by an identifier or, without one, by the citizen id of the body. */
export type Supply = { shape: z.ZodObject; facts: Facts; body: unknown; by: Identifier | null; expected: Expected };

/**
 * States a whole person on behalf of one supplier: creates it, or replaces what that supplier stated before and nothing else.
 * @throws Problem in the order of api.md 1: existence, precondition, validation, state
 */
export function supplyPerson(writing: AnsweredWriting, supply: Supply): Promise<Answer> {
  const { context } = writing;
  const { shape, facts, by, expected } = supply;
  return writeRecord(writing, async (tx) => {
    const number = (Object(supply.body) as Body)["citizen_id"];
    const held = by ?? { citizen_id_hash: lookupHash(context.keys, "citizen_id", String(number)) };
    const id = await findHolder(tx.run, held, context);
    const locked = id === null ? null : await lockRecord(tx, sourceOf(context, "people"), id, context);
    requireExpected(locked, expected, by !== null);
    const { value, violations } = checkBody(shape, supply.body);
    const code = by && ownerOf(by.scheme);
    const owner = code === null ? null : { code, id: await findOrganization(tx.run, code) };
    const { supplier, violations: others } = supplierOf(value, owner, context, facts);
    const named = supplier === null ? value : withIdentifier(inNameOf(supplier, value, facts), by);
    violations.push(...others, ...(await checkPerson(tx, writing, facts, named)));
    if (violations.length > 0) throw problemOf(violations, "body");
    const written = await (locked ? replace(tx, writing, locked, named, supplier!, facts) : create(tx, writing, named, facts));
    await requireInside(tx, sourceOf(context, "people"), written.id, context);
    return written;
  });
}

/** @throws Problem `version-mismatch`, `if-match-required`; a number that nobody holds may be stated without a condition where `always` is not set */
function requireExpected(locked: Locked | null, expected: Expected, always: boolean): void {
  if (locked) {
    if (expected.absent) throw new Problem("version-mismatch", { members: { current_version: locked.version } });
    return requireVersion(locked, expected);
  }
  if (expected.version !== null) throw new Problem("version-mismatch");
  if (always && !expected.absent) throw new Problem("if-match-required");
}

function withIdentifier(body: Body, by: Identifier | null): Body {
  const list = (body["identifiers"] ?? []) as Identifier[];
  if (by === null || list.some(({ scheme, value }) => scheme === by.scheme && value === by.value)) return body;
  return { ...body, identifiers: [...list, by] };
}

function create(tx: Transaction, writing: AnsweredWriting, body: Body, facts: Facts): Written {
  return { ...addPerson(tx, writing, facts, body, null), status: 201 };
}

async function replace(
  tx: Transaction,
  { context }: AnsweredWriting,
  locked: Locked,
  body: Body,
  supplier: string,
  facts: Facts,
): Promise<Written> {
  const { id, row: person } = locked;
  const { actor, keys } = context;
  const standing = (await loadStanding(tx.run, [id], supplier, facts)).get(id)!;
  const stated = Object.fromEntries(
    Object.entries(facts).map(([member, { noun }]) => [member, ((body[member] ?? []) as Body[]).map((fact) => whole(noun, fact, actor))]),
  );
  const own = ownMembers(body, facts);
  const mine = person["source_organization_id"] === supplier;
  const plan = planUpdate(standing, { ...(mine ? whole(Person, own, actor) : own), ...stated }, supplier, facts, keys);
  const identifiers = await identifiersAfter(tx, id, person, body, supplier);
  const changed = { ...keepSeals(locked, plan.own), ...(identifiers && { identifiers }) };
  const version = await updateRow(tx, sourceOf(context, "people"), people, id, changed);
  if (identifiers) await replaceIdentifiers(tx, id, identifiers, body, null);
  // What is taken away first: of some facts a source may state only one.
  for (const { fact, id: factId } of plan.missing)
    await updateRow(tx, fact.source, fact.table, factId, { hidden_at: new Date().toISOString() });
  for (const { fact, id: factId, row } of plan.changed) await updateRow(tx, fact.source, fact.table, factId, row);
  for (const { fact, body: added } of plan.added) await addFact(tx, fact, id, added, context, null);
  const differing = mine ? [] : differingMembers(person, own, keys);
  if (!mine) await keepStatement(tx, id, body, differing, supplier, keys);
  const ignored = mine ? [] : namedAsIgnored(own, differing, actor);
  return { id, version, code: person["code"] as string, person: id, ...(ignored.length > 0 && { ignored }) };
}

function ownMembers(body: Body, facts: Facts): Body {
  const apart = new Set([...Object.keys(facts), "identifiers", "source"]);
  return Object.fromEntries(Object.entries(body).filter(([member]) => !apart.has(member)));
}

/** A member that the actor may not read is named whenever it was sent: whether it differs would tell what it is. */
function namedAsIgnored(own: Body, differing: readonly string[], actor: AnsweredWriting["context"]["actor"]): string[] {
  const sent = (member: string) => member in own || `${member}_id` in own;
  return Object.entries(Person.fields).flatMap(([member, field]) =>
    differing.includes(member) || (sent(member) && !opening(Person, field, actor).open) ? [member] : [],
  );
}

/** The list as it will stand, or null where nothing changes: the supplier's own numbers are those of the body, others' stay. */
async function identifiersAfter(
  tx: Transaction,
  id: string,
  person: Locked["row"],
  body: Body,
  supplier: string,
): Promise<Identifier[] | null> {
  const rows = await tx.run<Identifier>(sql`select scheme, value from person_identifiers
    where person_id = ${id}::uuid and source_organization_id = ${supplier}::uuid and hidden_at is null`);
  const [kept, wanted] = [person["identifiers"] as Identifier[], (body["identifiers"] ?? []) as Identifier[]];
  const among = (list: readonly Identifier[], one: Identifier) =>
    list.some(({ scheme, value }) => scheme === one.scheme && value === one.value);
  const after = [...kept.filter((one) => among(wanted, one) || !among(rows, one)), ...wanted.filter((one) => !among(kept, one))];
  return after.length === kept.length && after.every((one) => among(kept, one)) ? null : after;
}

/** Keeps what a supplier says otherwise than the record, as its one statement; nothing is hidden. */
async function keepStatement(
  tx: Transaction,
  personId: string,
  body: Body,
  differing: readonly string[],
  supplier: string,
  keys: AnsweredWriting["context"]["keys"],
): Promise<void> {
  const [standing] = await tx.run<{
    id: string;
    members: Body;
    hash: string | null;
  }>(sql`select id, members, encode(citizen_id_hash, 'hex') as hash
    from person_statements where person_id = ${personId}::uuid and source_organization_id = ${supplier}::uuid and hidden_at is null for update`);
  if (differing.length === 0) {
    if (standing) await tx.run(sql`update person_statements set hidden_at = now() where id = ${standing.id}::uuid`);
    return;
  }
  const id = standing?.id ?? randomUUIDv7();
  const said = Object.fromEntries(
    Object.entries(body).filter(([key]) => differing.includes(key.replace(/_(id|scheme)$/, "")) || differing.includes(key)),
  );
  const { citizen_id_sealed: sealed = null, citizen_id_hash: hash = null, ...members } = rowOf(Person, said, id, keys);
  const text = JSON.stringify(members);
  const source = body["source"] as { received_on?: string | null; document?: string | null };
  if (standing) {
    // Sealed anew it would be other bytes each time.
    const same = (hash as Buffer | null)?.toString("hex") === (standing.hash ?? undefined);
    await tx.run(sql`update person_statements set members = ${text}::jsonb, citizen_id_hash = ${hash},
      citizen_id_sealed = case when ${same}::boolean then citizen_id_sealed else ${sealed}::bytea end where id = ${id}::uuid`);
    return;
  }
  await tx.run(sql`insert into person_statements (id, person_id, origin_person_id, source_organization_id, source_received_on, source_document,
      members, citizen_id_sealed, citizen_id_hash)
    values (${id}::uuid, ${personId}::uuid, ${personId}::uuid, ${supplier}::uuid, ${source.received_on ?? null}::date, ${source.document ?? null},
      ${text}::jsonb, ${sealed}, ${hash})`);
}
