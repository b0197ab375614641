import { randomUUIDv7 } from "node:crypto";
import { changeShape, createShape } from "../../core/registry/noun.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { orderOfDates, writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, Writing } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { insertRow, lockRecord, periodOf, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Precondition } from "../../db/write/records.ts";
import { checkReferences } from "../../db/write/references.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { organizationSource } from "./queries.ts";
import { Organization } from "./schema.ts";
import { organizations } from "./table.ts";

export const CreateOrganization = createShape(Organization);
export const ChangeOrganization = changeShape(Organization);

/** Adds an organization. @throws Problem `duplicate-identifier` for a code that was ever used. */
export function createOrganization(writing: AnsweredWriting, body: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const value = await checked(tx, writing, CreateOrganization, body);
    const id = randomUUIDv7();
    await insertRow(tx, organizations, { ...initialRow(Organization), ...rowOf(Organization, value, id, writing.context.keys), id });
    return { id, version: 1, code: value["code"] as string, person: null };
  });
}

/** Changes an organization; an earlier parent is kept with its days. @throws Problem in the order of api.md 1. */
export function changeOrganization(writing: AnsweredWriting, id: string, precondition: Precondition, patch: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const locked = await lockRecord(tx, organizationSource, id, writing.context);
    requireVersion(locked, precondition);
    const value = await checked(tx, writing, ChangeOrganization, patch, periodOf(locked));
    await refuseCircle(tx, id, value["parent_id"] as string | null | undefined);
    const version = await updateRow(tx, organizationSource, organizations, id, rowOf(Organization, value, id, writing.context.keys));
    return { id, version, code: locked.row["code"] as string, person: null };
  });
}

/** Hides an organization. @throws Problem `in-use` while people or other organizations stand in it. */
export function deleteOrganization(writing: AnsweredWriting, id: string, precondition: Precondition): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const locked = await lockRecord(tx, organizationSource, id, writing.context);
    requireVersion(locked, precondition);
    const [use] = await tx.run<{
      used: boolean;
    }>(sql`select exists (select from affiliations where organization_id = ${id}::uuid and hidden_at is null)
      or exists (select from degrees where institution_id = ${id}::uuid and hidden_at is null)
      or exists (select from organizations where parent_id = ${id}::uuid and hidden_at is null) as used`);
    if (use?.used) throw new Problem("in-use");
    const version = await updateRow(tx, organizationSource, organizations, id, { hidden_at: new Date().toISOString() });
    return { id, version, person: null };
  });
}

/** Brings a hidden organization back. @throws Problem `state-conflict` when it is not hidden. */
export function restoreOrganization(writing: AnsweredWriting, id: string): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { hidden, row } = await lockRecord(tx, organizationSource, id, writing.context, "hidden");
    if (!hidden) throw new Problem("state-conflict", { detail: { vi: "Bản ghi không bị ẩn.", en: "The record is not hidden." } });
    const version = await updateRow(tx, organizationSource, organizations, id, { hidden_at: null });
    return { id, version, code: row["code"] as string, person: null };
  });
}

async function checked(
  tx: Transaction,
  { context }: Writing,
  shape: typeof CreateOrganization,
  body: unknown,
  standing: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { value, violations } = checkBody(shape, body);
  violations.push(
    ...orderOfDates({ ...standing, ...value }, ""),
    ...(await checkReferences(tx, Organization, [{ body: value, pointer: "" }], context.today)),
  );
  if (violations.length > 0) throw problemOf(violations, "body");
  return value;
}

/** An organization cannot stand below itself. */
async function refuseCircle(tx: Transaction, id: string, parent: string | null | undefined): Promise<void> {
  if (!parent) return;
  const below = await tx.run(sql`select from organization_tree where ancestor_id = ${id}::uuid and organization_id = ${parent}::uuid`);
  const detail = { vi: "Đơn vị cấp trên nằm dưới chính đơn vị này.", en: "The parent stands below the organization itself." };
  if (below.length > 0)
    throw new Problem("validation-failed", { detail, errors: [{ code: "validation-failed", pointer: "/parent_id", detail }] });
}
