import { randomUUIDv7 } from "node:crypto";
import { createShape } from "../../core/registry/noun.ts";
import { problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { sourceOf } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { writeRecord } from "../../db/write/facts.ts";
import type { AnsweredWriting } from "../../db/write/facts.ts";
import type { Answer } from "../../db/write/idempotency.ts";
import { insertRow, lockRecord, requireVersion, updateRow } from "../../db/write/records.ts";
import type { Precondition } from "../../db/write/records.ts";
import { checkReferences } from "../../db/write/references.ts";
import { initialRow, rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import { readCalendar } from "../clocks/queries.ts";
import { addWorkingDays } from "../clocks/working-days.ts";
import { deadlinesOf } from "../clocks/deadlines.ts";
import type { Kind } from "../clocks/deadlines.ts";
import { carryOut } from "../executions/commands.ts";
import { extensionChecks, newChecks, requireOneExtension, stepChecks } from "./checks.ts";
import { dataRequestSource } from "./queries.ts";
import { CarryOut, ChangeDataRequest, DataRequest } from "./schema.ts";
import { isOpen, requireStep } from "./states.ts";
import type { State } from "./states.ts";
import { dataRequests } from "./table.ts";

/** What a client sends with a new request. */
export const CreateDataRequest = createShape(DataRequest);

/** Takes a person's request down and starts its clocks. @throws Problem `not-found` or `erased` (the person), what is wrong with the body */
export function createDataRequest(writing: AnsweredWriting, personId: string, body: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { context } = writing;
    await lockRecord(tx, sourceOf(context, "people"), personId, context, "hidden");
    const { value, violations } = checkBody(CreateDataRequest, body);
    violations.push(...(await newChecks(tx, value, context.today)));
    if (violations.length > 0) throw problemOf(violations, "body");
    const received = (value["received_on"] as string | undefined) ?? context.today;
    const clocks = deadlinesOf(value["kind"] as Kind, received, value["with_processor"] === true, await readCalendar(tx.run));
    const id = randomUUIDv7();
    const row = { ...initialRow(DataRequest), ...rowOf(DataRequest, value, id, context.keys), id, person_id: personId };
    await insertRow(tx, dataRequests, { ...row, received_on: received, ...clocks, due_on: clocks.acknowledge_by });
    return { id, version: 1, person: personId };
  });
}

/** Writes down a step, or the one extension. @throws Problem in the order of api.md 1: existence, precondition, validation, state. */
export function changeDataRequest(writing: AnsweredWriting, id: string, precondition: Precondition, body: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { context } = writing;
    const locked = await lockRecord(tx, dataRequestSource, id, context);
    requireVersion(locked, precondition);
    const { value, violations } = checkBody(ChangeDataRequest, body);
    violations.push(
      ...stepChecks(value),
      ...extensionChecks(value, locked.row, context.today),
      ...(await checkReferences(tx, DataRequest, [{ body: value, pointer: "" }], context.today)),
    );
    if (violations.length > 0) throw problemOf(violations, "body");
    const [from, to] = [locked.row["state"] as State, (value["state"] ?? locked.row["state"]) as State];
    if (to !== from) requireStep(from, to);
    const changed: Row = { ...value, ...daysOf(to, from, context.today) };
    if ("extension_days" in value) {
      requireOneExtension(locked.row);
      changed["complete_by"] = addWorkingDays(
        locked.row["complete_by"] as string,
        value["extension_days"] as number,
        await readCalendar(tx.run),
      );
    }
    const end = { ...locked.row, ...changed };
    changed["due_on"] = !isOpen(to) ? null : to === "received" ? end["acknowledge_by"] : end["complete_by"];
    return { id, version: await updateRow(tx, dataRequestSource, dataRequests, id, changed), person: locked.row["person_id"] as string };
  });
}

/** Does what an approved request asks for.  @throws Problem `state-conflict` */
export function carryOutDataRequest(writing: AnsweredWriting, id: string, body: unknown): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { context } = writing;
    const { row } = await lockRecord(tx, dataRequestSource, id, context);
    const { value, violations } = checkBody(CarryOut, body ?? {});
    if (violations.length > 0) throw problemOf(violations, "body");
    requireStep(row["state"] as State, "completed");
    await carryOut(tx, row, context);
    // Of whom was erased nothing is said any more.
    const outcome = row["kind"] === "delete" ? null : ((value["outcome"] as string | undefined) ?? null);
    const done = { state: "completed", completed_on: context.today, due_on: null, outcome };
    const person = row["kind"] === "delete" ? null : (row["person_id"] as string);
    return { id, version: await updateRow(tx, dataRequestSource, dataRequests, id, done), person };
  });
}

/** Takes a restriction back: the person is shown again. @throws Problem `state-conflict` for any other request */
export function liftRestriction(writing: AnsweredWriting, id: string): Promise<Answer> {
  return writeRecord(writing, async (tx) => {
    const { row } = await lockRecord(tx, dataRequestSource, id, writing.context);
    requireStep(row["kind"] === "restrict" ? (row["state"] as State) : "cancelled", "lifted");
    const version = await updateRow(tx, dataRequestSource, dataRequests, id, { state: "lifted" });
    const person = row["person_id"] as string;
    // Who had been hidden before stays hidden: only what the restriction hid, in one transaction with its end, is shown again.
    await tx.run(sql`update people p set hidden_at = null where p.id = ${person}::uuid and exists (select from revisions r join revisions h on h.xact = r.xact
      where r.record_id = ${id}::uuid and h.record_id = p.id and h.noun = 'people' and (h."row"->>'hidden_at')::timestamptz = p.hidden_at)
      and not exists (select from data_requests d where d.person_id = p.id and d.kind = 'restrict' and d.state = 'completed')`);
    return { id, version, person };
  });
}

function daysOf(to: State, from: State, today: string): Row {
  if (to === from) return {};
  if (to === "acknowledged") return { acknowledged_on: today };
  return to === "approved" || to === "refused" ? { decided_on: today } : {};
}
