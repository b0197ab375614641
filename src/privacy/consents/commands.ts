import { randomUUIDv7 } from "node:crypto";
import { createShape } from "../../core/registry/noun.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { sourceOf } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { insertRow, lockRecord, updateRow } from "../../db/write/records.ts";
import { checkReferences } from "../../db/write/references.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { consentSource } from "./queries.ts";
import { Consent, WithdrawConsent } from "./schema.ts";
import { consents } from "./table.ts";

/** What a client sends with a new consent. */
export const CreateConsent = createShape(Consent);

type Body = Record<string, unknown>;

/**
 * Records a consent. One to a newer wording takes the place of the one that holds for the purpose.
 * @throws Problem `not-found` or `erased` (the person), what is wrong with the body, `state-conflict` when the same wording holds already.
 */
export function createConsent(writing: AnsweredWriting, personId: string, body: unknown, now: Date): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { context } = writing;
    // Who is hidden has rights all the same.
    await lockRecord(tx, sourceOf(context, "people"), personId, context, "hidden");
    const { value, violations } = checkBody(CreateConsent, body);
    violations.push(
      ...notYet(value, "given_at", now),
      ...(await checkReferences(tx, Consent, [{ body: value, pointer: "" }], context.today)),
      ...(await wordingOfPurpose(tx, value)),
    );
    if (violations.length > 0) throw problemOf(violations, "body");
    await replaceStanding(tx, personId, value, context.actor.subject);
    const id = randomUUIDv7();
    const row = { ...initialRow(Consent), ...rowOf(Consent, value, id, context.keys), id, person_id: personId };
    await insertRow(tx, consents, { ...row, recorded_by: context.actor.subject });
    return { id, version: 1, person: personId };
  });
}

/** Withdraws a consent: from the commitment on nobody finds the person by it. @throws Problem `state-conflict` when it has been withdrawn. */
export function withdrawConsent(writing: AnsweredWriting, id: string, body: unknown, now: Date): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { row } = await lockRecord(tx, consentSource, id, writing.context);
    const { value, violations } = checkBody(WithdrawConsent, body);
    violations.push(...notYet(value, "withdrawn_at", now), ...notBefore(value, row["given_at"] as string));
    if (violations.length > 0) throw problemOf(violations, "body");
    if (row["withdrawn_at"] !== null) throw withdrawnAlready(new Date(row["withdrawn_at"] as string));
    const withdrawal = {
      withdrawn_at: value["withdrawn_at"] ?? now.toISOString(),
      withdrawal_method: value["method"],
      withdrawal_evidence: value["evidence"],
      withdrawal_recorded_by: writing.context.actor.subject,
    };
    return { id, version: await updateRow(tx, consentSource, consents, id, withdrawal), person: row["person_id"] as string };
  });
}

async function replaceStanding(tx: Transaction, personId: string, { purpose, wording, given_at }: Body, by: string): Promise<void> {
  const [standing] = await tx.run<{ id: string; wording: string }>(
    sql`select id, wording from consents where person_id = ${personId}::uuid and purpose = ${purpose} and withdrawn_at is null`,
  );
  if (!standing) return;
  if (standing.wording === wording) {
    const detail = {
      vi: "Người này đã đồng ý với đúng văn bản này, và sự đồng ý ấy còn hiệu lực.",
      en: "The person has agreed to this very wording, and that consent holds.",
    };
    throw new Problem("state-conflict", { detail, members: { consent_id: standing.id } });
  }
  await tx.run(sql`update consents set withdrawn_at = greatest(given_at, ${given_at}::timestamptz), withdrawal_method = 'replaced',
    withdrawal_evidence = ${wording}, withdrawal_recorded_by = ${by} where id = ${standing.id}::uuid`);
}

async function wordingOfPurpose(tx: Transaction, { purpose, wording }: Body): Promise<Violation[]> {
  const [text] = await tx.run<{ purpose: string | null }>(
    sql`select attributes->>'purpose' as purpose from codes where list = 'consent-texts' and code = ${wording ?? ""} order by list_version desc limit 1`,
  );
  if (!text || text.purpose === purpose) return [];
  const detail = { vi: "Văn bản này là của một mục đích khác.", en: "This wording belongs to another purpose." };
  return [{ code: "validation-failed", pointer: "/wording", detail }];
}

function notYet(value: Body, member: string, now: Date): Violation[] {
  if (typeof value[member] !== "string" || new Date(value[member]) <= now) return [];
  const detail = { vi: "Thời điểm này chưa tới.", en: "This instant is yet to come." };
  return [{ code: "validation-failed", pointer: `/${member}`, detail }];
}

function notBefore({ withdrawn_at: at }: Body, given: string): Violation[] {
  if (typeof at !== "string" || new Date(at) >= new Date(given)) return [];
  const detail = { vi: "Rút trước khi đồng ý.", en: "Withdrawn before it was given." };
  return [{ code: "date-order", pointer: "/withdrawn_at", detail }];
}

function withdrawnAlready(at: Date): Problem {
  const detail = {
    vi: `Sự đồng ý này đã được rút lúc ${at.toISOString()}.`,
    en: `This consent was withdrawn at ${at.toISOString()}.`,
  };
  return new Problem("state-conflict", { detail });
}
