import { randomUUIDv7 } from "node:crypto";
import type { Actor } from "../../core/actor.ts";
import { dayInVietnam } from "../../core/time/clock.ts";
import { Problem, PROBLEMS } from "../../core/problems.ts";
import { lookupHash, seal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import type { Database } from "../../db/pools.ts";
import { problemOfDatabase } from "../../db/sqlstate.ts";
import type { Tasks } from "../../db/upkeep/jobs.ts";
import type { Catalog, Context } from "../../db/query/source.ts";
import { sql } from "../../db/statement.ts";
import { inTransaction } from "../../db/write/transaction.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { createPersonShape } from "../../registry/people/commands.ts";
import type { Facts } from "../../registry/people/commands.ts";
import type { CheckedRow } from "./check.ts";
import { applyRows, opened } from "./commit.ts";
import type { Applied } from "./commit.ts";
import { decideRows, nothingTaken } from "./decide.ts";
import type { Decided } from "./decide.ts";
import type { Override } from "./mapping.ts";
import { loadReferenceRows, loadSchemes } from "../statements/queries.ts";
import type { ReadPerson } from "./reading/person.ts";
import { openFile, rowSeal } from "../uploads/seals.ts";
import { analyse } from "./reader.ts";

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

const BATCH = 500;

/** When uploads whose time has come are removed: each night in Vietnam. */
export const IMPORT_CRONTAB = "10 19 * * * sweep_imports";

/** A job that fails for a reason nobody foresaw is tried this often; a process that is killed costs a try too. */
const TRIES = 5;

/** The work that imports leave for later, by the names under which jobs are queued; each may run twice with the effect of once. */
export function importJobs(parts: ImportParts): Tasks {
  const idOf = (payload: unknown) => (payload as { import_id: string }).import_id;
  return {
    analyse_import: (payload, attempt) => failing(parts, idOf(payload), attempt, () => analyseImport(parts, idOf(payload))),
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

async function analyseImport(parts: ImportParts, id: string): Promise<void> {
  const found = await stored(parts, id, "analysing");
  if (!found) return;
  const context = contextOf(parts, found);
  const run = parts.database.reader.read;
  const deciding = { run, context, supply: supplyOf(found), facts: parts.facts, shape: createPersonShape(parts.facts) };
  const request = {
    reference: await loadReferenceRows(run, parts.home),
    today: context.today,
    supplier: found.supplier,
    overrides: found.overrides,
  };
  await parts.database.workers.query("delete from import_rows where import_id = $1", [id]);
  const taken = nothingTaken();
  let position = 0;
  const rows = async (checked: CheckedRow[]) => {
    const people = checked.filter((row): row is CheckedRow & { read: ReadPerson } => row.kind === "person" && row.read !== null);
    await storeRows(parts, id, position, await decideRows(people, taken, deciding));
    position += people.length;
  };
  const progress = (value: unknown) =>
    void parts.database.workers.query("update imports set progress = $2 where id = $1", [id, JSON.stringify(value)]).catch(() => {});
  const limits = { memoryMb: parts.memoryMb, timeMs: 120_000 };
  const { sheets, ...counts } = await analyse(openFile(parts.keys, id, found.sealed), found.file_name, request, { rows, progress }, limits);
  await parts.database.workers.query(
    `update imports set state = 'preview', sheets = $2, progress = null, counts = $3::jsonb || (select jsonb_object_agg(o, (select count(*) from import_rows r where r.import_id = $1 and r.outcome = o))
      from unnest(array['create', 'update', 'unchanged', 'possible_duplicate', 'error', 'skipped']) o) where id = $1 and state = 'analysing'`,
    [id, JSON.stringify(sheets), JSON.stringify(counts)],
  );
}

const supplyOf = ({ organization_id, received_on, document }: Stored) => ({ organization_id, received_on, document });

async function storeRows({ database, keys }: ImportParts, importId: string, from: number, decided: readonly Decided[]): Promise<void> {
  if (decided.length === 0) return;
  const rows = decided.map(({ read: { citizen_id: citizenId, ...read }, ...row }, n) => {
    const id = randomUUIDv7();
    const sealed = citizenId === null ? null : seal(keys, citizenId, rowSeal(id));
    const hash = citizenId === null ? null : lookupHash(keys, "citizen_id", citizenId);
    return {
      ...row,
      id,
      import_id: importId,
      position: from + n,
      read,
      sealed: sealed && `\\x${sealed.toString("hex")}`,
      hash: hash && `\\x${hash.toString("hex")}`,
    };
  });
  await database.workers.query(
    `insert into import_rows (id, import_id, sheet, "row", position, outcome, read, citizen_id_sealed, citizen_id_hash, match, problems)
     select id, import_id, sheet, "row", position, outcome, read, sealed::bytea, hash::bytea, match, problems
     from json_to_recordset($1) as x(id uuid, import_id uuid, sheet text, "row" int, position int, outcome text, read jsonb, sealed text, hash text, match jsonb, problems jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** Applies every row without error in one transaction; doubtful rows that nobody decided stay out. */
async function commitRows(parts: ImportParts, id: string): Promise<void> {
  const found = await stored(parts, id, "committing");
  if (!found) return;
  const context = contextOf(parts, found);
  const schemes = await loadSchemes(parts.database.reader.read);
  const committing = { context, supply: supplyOf(found), facts: parts.facts, importId: id, schemes };
  const reason = `import: ${found.file_name}`.slice(0, 300);
  await inTransaction(parts.database.workers, { actor: context.actor, importId: id, source: found.organization_id, reason }, async (tx) => {
    await tx.client.query("set local statement_timeout = '10min'; set local idle_in_transaction_session_timeout = '2min'");
    const [held] = await tx.run<{ id: string }>(sql`select id from imports where id = ${id}::uuid and state = 'committing' for update`);
    if (!held) return;
    let applied = 0;
    let rows: Applied[] = [];
    let position = -1;
    while ((({ rows, position } = await nextRows(tx, context, id, position)), rows.length > 0))
      applied += await applyRows(tx, rows, committing);
    await tx.run(
      sql`update imports set state = 'committed', ended_at = now(), counts = counts || jsonb_build_object('applied', ${applied}::int) where id = ${id}::uuid`,
    );
  });
}

type Waiting = { id: string; row: number; position: number; read: ReadPerson; citizen_id_sealed: Buffer | null; target: string | null };

async function nextRows(tx: Transaction, context: Context, id: string, after: number): Promise<{ rows: Applied[]; position: number }> {
  const found = await tx.run<Waiting>(sql`select id, "row", position, read, citizen_id_sealed,
      case when decision = 'create' then null when decision = 'update' then target_id when outcome = 'update' then (match->>'person_id')::uuid end as target
    from import_rows where import_id = ${id}::uuid and position > ${after}::int and outcome <> 'error' and coalesce(decision, '') <> 'skip'
      and (outcome in ('create', 'update') or decision in ('create', 'update')) order by position limit ${BATCH}::int`);
  const rows = found.map(({ id: rowId, row, read, citizen_id_sealed: sealed, target }) => ({
    id: rowId,
    row,
    target,
    read: opened(context, rowId, { ...read, citizen_id: null }, sealed),
  }));
  return { rows, position: found.at(-1)?.position ?? after };
}

/** Uploads go 30 days after the end; a preview that nobody committed expires then too. */
async function sweepImports({ database }: ImportParts): Promise<void> {
  await database.workers.query(`
    update imports set state = 'expired', ended_at = now() where state in ('analysing', 'preview') and created_at < now() - interval '30 days';
    delete from import_files f using imports i where i.id = f.import_id and i.ended_at < now() - interval '30 days';
    delete from import_rows r using imports i where i.id = r.import_id and i.ended_at < now() - interval '30 days'`);
}
