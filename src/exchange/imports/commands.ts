import { randomUUIDv7 } from "node:crypto";
import type { Actor } from "../../core/actor.ts";
import { Problem, problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { write, writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting, Writing } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { addJob } from "../../db/upkeep/jobs.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { all, territory } from "../../db/query/visible.ts";
import { hashOf, sealFile } from "../uploads/seals.ts";
import type { Override } from "./mapping.ts";
import { readImport, seenBy } from "./queries.ts";
import type { SheetSummary } from "./analysis/reader.ts";
import { ChangeImport, DecideRow } from "./schema.ts";

/** An uploaded file with what was said of it. */
export type Upload = { bytes: Buffer; fileName: string; organizationId: string | null; receivedOn: string | null; document: string | null };
type Held = { id: string; state: string; organization_id: string | null };

/** Takes a file in and has it analysed. @throws Problem `import-already-applied` for the same bytes of the same supplier. */
export function createImport(writing: Writing, { bytes, fileName, organizationId, receivedOn, document }: Upload): Promise<string> {
  const { actor, keys } = writing.context;
  const hash = hashOf(bytes);
  return write(writing, async (tx) => {
    await requireSupplier(tx, organizationId, actor);
    await refuseApplied(tx, hash, organizationId);
    const id = randomUUIDv7();
    const held = { ...actor, scopes: [...actor.scopes] };
    await tx.run(sql`insert into imports (id, state, organization_id, received_on, document, file_name, file_hash, actor, client)
      values (${id}::uuid, 'analysing', ${organizationId}::uuid, ${receivedOn}::date, ${document}, ${fileName}, ${hash}, ${JSON.stringify(held)}::jsonb, ${actor.client})`);
    await tx.run(sql`insert into import_files (import_id, sealed) values (${id}::uuid, ${sealFile(keys, id, bytes)})`);
    await addJob(tx, "analyse_import", { import_id: id }, `import-${id}`);
    return id;
  });
}

async function requireSupplier(tx: Transaction, id: string | null, { org }: Actor): Promise<void> {
  if (id === null) return;
  const inside = sql`(${org}::uuid[] is null or exists (select from organization_tree t where t.organization_id = o.id and t.ancestor_id = any(${org}::uuid[])))`;
  const rows = await tx.run(sql`select from organizations o where o.id = ${id}::uuid and o.hidden_at is null and ${inside}`);
  const detail = { vi: "Không có đơn vị cung cấp này.", en: "There is no such supplier." };
  if (rows.length === 0)
    throw new Problem("unknown-code", { detail, errors: [{ code: "unknown-code", pointer: "/organization_id", detail }] });
}

async function refuseApplied(tx: Transaction, hash: string, supplier: string | null): Promise<void> {
  const [applied] = await tx.run<{ id: string }>(
    sql`select id from imports where file_hash = ${hash} and organization_id is not distinct from ${supplier}::uuid and state in ('committing', 'committed') limit 1`,
  );
  if (applied) throw new Problem("import-already-applied", { members: { import_id: applied.id } });
}

/** Corrects how columns are read, and has the file analysed again. */
export function changeImport(writing: Writing, id: string, body: unknown): Promise<void> {
  return write(writing, async (tx) => {
    await hold(tx, writing, id, ["preview", "failed"]);
    const { value, violations } = checkBody(ChangeImport, body);
    if (violations.length === 0) violations.push(...(await unknownColumns(tx, id, value["columns"] as Override[])));
    if (violations.length > 0) throw problemOf(violations, "body");
    await tx.run(
      sql`update imports set state = 'analysing', overrides = ${JSON.stringify(value["columns"])}::jsonb, problem = null, progress = null, counts = null, ended_at = null where id = ${id}::uuid`,
    );
    await addJob(tx, "analyse_import", { import_id: id }, `import-${id}`);
  });
}

/** Corrections that name no column of the file: they would be passed over in silence. */
async function unknownColumns(tx: Transaction, id: string, columns: readonly Override[]): Promise<Violation[]> {
  const [found] = await tx.run<{ sheets: SheetSummary[] | null }>(sql`select sheets from imports where id = ${id}::uuid`);
  const sheets = found?.sheets;
  if (!sheets) return [];
  const stands = ({ sheet, column }: Override) =>
    sheets.some(({ name, columns: list }) => (sheet === undefined || sheet === name) && list.some((one) => one.column === column));
  const detail = { vi: "Tệp không có cột này.", en: "The file has no such column." };
  return columns.flatMap((one, n) => (stands(one) ? [] : [{ code: "validation-failed", pointer: `/columns/${n}/column`, detail }]));
}

/** Decides a doubtful row. */
export function decideRow(writing: Writing, id: string, rowId: string, body: unknown): Promise<void> {
  return write(writing, async (tx) => {
    await hold(tx, writing, id, ["preview"]);
    const [row] = await tx.run<{ outcome: string; match: { person_id?: string } | null }>(
      sql`select outcome, match from import_rows where id = ${rowId}::uuid and import_id = ${id}::uuid for update`,
    );
    if (!row) throw new Problem("not-found");
    const { value, violations } = checkBody(DecideRow, body);
    if (violations.length > 0) throw problemOf(violations, "body");
    const { decision, target_id: named } = value as { decision: string; target_id?: string | null };
    if (row.outcome === "error" && decision !== "skip")
      throw conflict("Dòng này có lỗi: hãy sửa trong tệp.", "The row has an error: correct it in the file.");
    const target = decision === "update" ? (named ?? row.match?.person_id ?? null) : null;
    if (decision === "update") await requireTarget(tx, writing, target);
    await tx.run(sql`update import_rows set decision = ${decision}, target_id = ${target}::uuid where id = ${rowId}::uuid`);
  });
}

async function requireTarget(tx: Transaction, { context: { actor, today } }: Writing, target: string | null): Promise<void> {
  const rows =
    target === null
      ? []
      : await tx.run(
          sql`select from people p where p.id = ${target}::uuid and p.hidden_at is null and ${all(territory(sql`p.id`, { actor, today }))}`,
        );
  const detail = { vi: "Không có người này.", en: "There is no such person." };
  if (rows.length === 0) throw new Problem("unknown-code", { detail, errors: [{ code: "unknown-code", pointer: "/target_id", detail }] });
}

/**
 * Has the rows applied; gives the import as it then stands, or what was answered to the request that this one repeats.
 * @throws Problem `state-conflict` unless there is a preview
 */
export function commitImport(writing: Writing, id: string, once: Pick<AnsweredWriting["answering"], "key" | "turns">): Promise<Answer> {
  const shown = async (tx: Transaction) => JSON.stringify(await readImport(tx, writing.context, id));
  const answering: AnsweredWriting["answering"] = {
    ...once,
    dryRun: false,
    present: async (tx) => ({ id, version: 1, person: null, status: 202, body: await shown(tx) }),
    // Whoever may not see the import today is told of none.
    repeat: async (tx, kept) => shown(tx).then(() => kept),
  };
  return writeRecord({ ...writing, answering }, async (tx) => {
    const held = await hold(tx, writing, id, ["preview"]);
    const [file] = await tx.run<{ hash: string }>(sql`select file_hash as hash from imports where id = ${id}::uuid`);
    await refuseApplied(tx, file!.hash, held.organization_id);
    await tx.run(sql`update imports set state = 'committing' where id = ${id}::uuid`);
    await addJob(tx, "commit_import", { import_id: id }, `import-${id}`);
    return { id, version: 1, person: null };
  });
}

/** Gives an import up before it is committed. */
export function cancelImport(writing: Writing, id: string): Promise<void> {
  return write(writing, async (tx) => {
    await hold(tx, writing, id, ["analysing", "preview", "failed"]);
    await tx.run(sql`update imports set state = 'cancelled', ended_at = now() where id = ${id}::uuid`);
  });
}

/** Holds an import in one of these states. @throws Problem `not-found`, `state-conflict` */
async function hold(tx: Transaction, { context }: Writing, id: string, states: readonly string[]): Promise<Held> {
  const [held] = await tx.run<Held>(
    sql`select i.id, i.state, i.organization_id from imports i where i.id = ${id}::uuid and ${seenBy(context)} for update`,
  );
  if (!held) throw new Problem("not-found");
  if (!states.includes(held.state))
    throw conflict(`Việc nhập đang ở trạng thái ${held.state}.`, `The import is in the state ${held.state}.`);
  return held;
}

const conflict = (vi: string, en: string) => new Problem("state-conflict", { detail: { vi, en } });
