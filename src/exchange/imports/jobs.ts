import type { Actor } from "../../core/actor.ts";
import { Problem, PROBLEMS } from "../../core/problems.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { dayInVietnam } from "../../core/time/clock.ts";
import type { Database } from "../../db/pools.ts";
import type { Catalog, Context } from "../../db/query/source.ts";
import { problemOfDatabase } from "../../db/sqlstate.ts";
import { sql } from "../../db/statement.ts";
import type { Tasks } from "../../db/upkeep/jobs.ts";
import { inTransaction } from "../../db/write/transaction.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { createPersonShape } from "../../registry/people/commands.ts";
import type { Facts } from "../../registry/people/commands.ts";
import type { ReferenceRows } from "../cells/reference.ts";
import { keptReference, loadSchemes } from "../statements/queries.ts";
import { removeRows, storeRows } from "../uploads/commands.ts";
import { countToApply, nextToApply } from "../uploads/queries.ts";
import { openFile } from "../uploads/seals.ts";
import type { CheckedRow } from "./check.ts";
import { applyBatch, prepareRows } from "./commit.ts";
import type { Committing } from "./commit.ts";
import { decideRows, nothingTaken, settleRows } from "./decide.ts";
import type { Override } from "./mapping.ts";
import type { ReadPerson } from "./reading/person.ts";
import { readingThreads } from "./analysis/threads.ts";
import type { Reading } from "./analysis/threads.ts";

/** What the jobs of imports work with. */
export type ImportParts = {
  database: Database;
  keys: Keys;
  catalog: Catalog;
  facts: Facts;
  clock: () => Date;
  home: string;
  memoryMb: number;
};
type Stored = {
  id: string;
  state: string;
  organization_id: string | null;
  received_on: string | null;
  document: string | null;
  file_name: string;
  actor: Omit<Actor, "scopes"> & { scopes: Actor["scopes"] extends ReadonlySet<infer S> ? S[] : never };
  overrides: Override[];
  sealed: Buffer;
  supplier: { id: string; code: string; name: string } | null;
};

/** When uploads whose time has come are removed: each night in Vietnam. */
export const IMPORT_CRONTAB = "10 19 * * * sweep_imports";

/** A job that fails for a reason nobody foresaw is tried this often; a process that is killed costs a try too. */
const TRIES = 5;

/** The work that imports leave for later, by the names under which jobs are queued; each may run twice with the effect of once. */
export function importJobs(parts: ImportParts): Tasks {
  const idOf = (payload: unknown) => (payload as { import_id: string }).import_id;
  const reading = {
    file: readingThreads({ memoryMb: parts.memoryMb }),
    reference: keptReference(parts.database.reader.read, parts.home, (rows) => rows),
  };
  return {
    analyse_import: (payload, attempt) => failing(parts, idOf(payload), attempt, () => analyseImport(parts, reading, idOf(payload))),
    commit_import: (payload, attempt) => failing(parts, idOf(payload), attempt, () => commitRows(parts, idOf(payload))),
    sweep_imports: () => sweepImports(parts),
  };
}

/** What cannot be done fails its import with the problem; a database that is away, and what nobody foresaw, is tried again by the queue. */
async function failing(parts: ImportParts, id: string, attempt: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const known = error instanceof Problem ? error : problemOfDatabase(error);
    if (known?.code === "unavailable" || (known === undefined && attempt < TRIES)) throw error;
    const { code, detail, errors, members } = known ?? new Problem("internal");
    const problem = JSON.stringify({ code, detail: detail ?? errors[0]?.detail ?? PROBLEMS[code].about, ...members });
    await parts.database.workers.query(
      "update imports set state = 'failed', progress = null, problem = $2, ended_at = now() where id = $1 and state in ('analysing', 'committing')",
      [id, problem],
    );
    // Thrown on, so that it is logged; tried again, the job finds nothing to do.
    if (known === undefined) throw error;
  }
}

async function stored({ database }: ImportParts, id: string, state: string): Promise<Stored | undefined> {
  const { rows } = await database.workers.query<Stored>(
    `select i.id, i.state, i.organization_id, i.received_on, i.document, i.file_name, i.actor, i.overrides, f.sealed,
      (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from organizations o where o.id = i.organization_id) as supplier
     from imports i join import_files f on f.import_id = i.id where i.id = $1 and i.state = $2`,
    [id, state],
  );
  return rows[0];
}

function contextOf({ catalog, keys, clock }: ImportParts, { actor }: Stored): Context {
  return { actor: { ...actor, scopes: new Set(actor.scopes) }, catalog, keys, today: dayInVietnam(clock()), asOf: null, inUrl: false };
}

type How = { file: Reading; reference: () => Promise<ReferenceRows> };

async function analyseImport(parts: ImportParts, reading: How, id: string): Promise<void> {
  const found = await stored(parts, id, "analysing");
  if (!found) return;
  const { workers, reader } = parts.database;
  const context = contextOf(parts, found);
  const deciding = { run: reader.read, context, supply: supplyOf(found), facts: parts.facts, shape: createPersonShape(parts.facts) };
  const request = { reference: await reading.reference(), today: context.today, supplier: found.supplier, overrides: found.overrides };
  await removeRows(workers, id);
  const taken = nothingTaken();
  let position = 0;
  const rows = async (checked: CheckedRow[]) => {
    const people = checked.filter((row): row is CheckedRow & { read: ReadPerson } => row.kind === "person" && row.read !== null);
    const decided = await decideRows(people, taken, deciding);
    if (!(await storeRows(workers, parts.keys, id, position, decided))) throw new Abandoned();
    position += people.length;
  };
  const progress = (value: object) => tellProgress(parts, id, value);
  try {
    const bytes = openFile(parts.keys, id, found.sealed);
    const { sheets, ...counts } = await reading.file(bytes, found.file_name, request, { rows, progress });
    await workers.query(
      `update imports set state = 'preview', sheets = $2, progress = null, counts = $3::jsonb || ${OUTCOME_COUNTS} where id = $1 and state = 'analysing'`,
      [id, JSON.stringify(sheets), JSON.stringify(counts)],
    );
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
  }
}

/** Thrown where somebody gave an import up while its file was being read. */
class Abandoned extends Error {}

const OUTCOME_COUNTS = `(select jsonb_object_agg(o.outcome, coalesce(r.n, 0))
  from unnest(array['create', 'update', 'unchanged', 'possible_duplicate', 'error', 'skipped']) o(outcome)
  left join (select outcome, count(*) as n from import_rows where import_id = $1 group by outcome) r on r.outcome = o.outcome)`;

const supplyOf = ({ organization_id, received_on, document }: Stored) => ({ organization_id, received_on, document });

/** Told on a connection of its own, so that it is seen before the transaction ends; a lost line of progress is no loss. */
function tellProgress({ database }: ImportParts, id: string, progress: object): void {
  const sql = "update imports set progress = $2 where id = $1 and state in ('analysing', 'committing')";
  void database.workers.query(sql, [id, JSON.stringify(progress)]).catch(() => {});
}

/** Any number that nothing else locks by: one commitment at a time, so that each sees the people of the one before. */
const COMMITTING = 0x7472_6963;

/** Applies every row without error in one transaction; doubtful rows that nobody decided stay out. */
async function commitRows(parts: ImportParts, id: string): Promise<void> {
  const found = await stored(parts, id, "committing");
  if (!found) return;
  const [context, supply] = [contextOf(parts, found), supplyOf(found)];
  const committing = { context, supply, facts: parts.facts, importId: id, schemes: await loadSchemes(parts.database.reader.read) };
  // Not the file's name: it may be that of a person, and would stand in the history of everybody else of the file.
  const reason = "import";
  await inTransaction(parts.database.workers, { actor: context.actor, importId: id, source: found.organization_id, reason }, async (tx) => {
    await tx.client.query("set local statement_timeout = '10min'; set local idle_in_transaction_session_timeout = '2min'");
    const [lock] = await tx.run<{ got: boolean }>(sql`select pg_try_advisory_xact_lock(${COMMITTING}::bigint) as got`);
    if (!lock?.got) throw new Problem("unavailable");
    const [held] = await tx.run<{ id: string }>(sql`select id from imports where id = ${id}::uuid and state = 'committing'`);
    if (!held) return;
    await settleRows(tx, id, { run: tx.run, context, supply, facts: parts.facts, shape: null });
    const applied = await applyAll(tx, parts, id, committing);
    await tx.client.query(
      `update imports set state = 'committed', ended_at = now(), progress = null, counts = counts || ${OUTCOME_COUNTS} || jsonb_build_object('applied', $2::int) where id = $1`,
      [id, applied],
    );
  });
}

async function applyAll(tx: Transaction, parts: ImportParts, id: string, committing: Committing): Promise<number> {
  const total = await countToApply(tx, id);
  let applied = 0;
  let rows = await nextToApply(tx, parts.keys, id, -1);
  let batch = await prepareRows(rows, committing);
  while (rows.length > 0) {
    const following = await nextToApply(tx, parts.keys, id, rows.at(-1)!.position);
    // The database writes while the next batch is made ready: it takes a third as long (2026-11).
    const both = [applyBatch(tx, batch, committing), prepareRows(following, committing)] as const;
    // Both end before either may fail the transaction: a write that went on would find its connection in other hands.
    await Promise.allSettled(both);
    const [written, next] = await Promise.all(both);
    applied += written;
    tellProgress(parts, id, { stage: "committing", done: applied, total });
    [rows, batch] = [following, next];
  }
  return applied;
}

/** Uploads go 30 days after the end; a preview that nobody committed expires then too. */
async function sweepImports({ database }: ImportParts): Promise<void> {
  await database.workers.query(`
    update imports set state = 'expired', ended_at = created_at + interval '30 days' where state in ('analysing', 'preview') and created_at < now() - interval '30 days';
    delete from import_files f using imports i where i.id = f.import_id and i.ended_at < now() - interval '30 days';
    delete from import_rows r using imports i where i.id = r.import_id and i.ended_at < now() - interval '30 days'`);
}
