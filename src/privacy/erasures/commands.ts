import { randomUUIDv7 } from "node:crypto";
import type { Client, Pool } from "pg";
import { Problem } from "../../core/problems.ts";
import { SCHEMA } from "../../db/schema.ts";
import { StartError } from "../../db/start-error.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { sql } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { appendErasures } from "./log.ts";
import type { ErasureLine } from "./log.ts";

/** Under this key the blanked rows of a person's history are hashed: whoever has the database alone cannot try values against the hashes. */
const digestKey = (keys: Keys, personId: string): Buffer => lookupHash(keys, "erasure", personId);

/** Takes the person of an approved request out of the registry, in the open transaction. The database's own function does it (migration 0062). */
export async function erasePerson(tx: Transaction, keys: Keys, requestId: string, personId: string): Promise<void> {
  await tx.run(sql`select erase_person(${requestId}::uuid, ${randomUUIDv7()}::uuid, ${digestKey(keys, personId)}::bytea)`);
}

/**
 * Writes into the log outside the database what is not there yet: after each erasure before it is answered, and by a job, should a process
 * have ended between the two.
 */
export async function logErasures(workers: Pool, file: string): Promise<void> {
  const { rows } = await workers.query<ErasureLine>(
    `select id, person_id, request_id, to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as erased_at
     from erasures where logged_at is null order by id`,
  );
  if (rows.length === 0) return;
  await appendErasures(file, rows);
  await workers.query("update erasures set logged_at = now() where id = any ($1::uuid[])", [rows.map(({ id }) => id)]);
}

/** The same for who waits for an answer. @throws Problem `unavailable`: the person is erased, and the log is tried again by itself */
export async function rememberErasures(workers: Pool, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await logErasures(workers, file);
  } catch (cause) {
    const detail = {
      vi: "Dữ liệu đã huỷ xong, nhưng chưa ghi được nhật ký huỷ ngoài cơ sở dữ liệu; dịch vụ sẽ tự ghi lại.",
      en: "The data is erased, but the log of erasures outside the database could not be written yet; the service will write it by itself.",
    };
    throw new Problem("unavailable", { detail, headers: { "retry-after": "60" }, cause });
  }
}

/** Erases once more whoever a log names: after a restore they may stand there again. Answers how many did. Runs as the owner. */
export async function reapplyErasures(owner: Client, keys: Keys, lines: readonly ErasureLine[]): Promise<number> {
  let again = 0;
  for (const { id, person_id, request_id, erased_at } of lines) {
    const { rows } = await owner.query<{ stood: boolean }>("select reapply_erasure($1, $2, $3, $4, $5) as stood", [
      id,
      person_id,
      request_id,
      erased_at,
      digestKey(keys, person_id),
    ]);
    if (rows[0]?.stood) again++;
  }
  return again;
}

/** An export or a backup may take minutes. */
const PATIENCE_MS = 10 * 60_000;

/** Waits until no transaction sees rows that are deleted by now: VACUUM FULL copies those that one could still read. */
async function untilUnseen(owner: Client, patienceMs: number): Promise<void> {
  const { rows } = await owner.query<{ now: string }>("select pg_current_xact_id() as now");
  const until = performance.now() + patienceMs;
  for (;;) {
    const { rows: seeing } = await owner.query<{ who: string }>(
      // A snapshot that begins here reaches back to the oldest transaction of all databases: that one counts as well.
      `select format('pid %s, %s, %s', a.pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type), coalesce(a.xact_start, a.backend_start)) as who
       from pg_stat_activity a
       where a.pid <> pg_backend_pid()
         and (a.datname = current_database() and age(a.backend_xmin) > age(($1::xid8)::xid)
           or age(a.backend_xid) > age(($1::xid8)::xid))
       order by a.xact_start`,
      [rows[0]!.now],
    );
    if (seeing.length === 0) return;
    if (performance.now() > until) {
      const who = seeing.map((one) => one.who).join("; ");
      throw new StartError({
        vi: `Chưa dọn được: giao dịch đang mở còn đọc được dữ liệu đã huỷ (${who}). Hãy kết thúc giao dịch đó rồi chạy lại.`,
        en: `Not swept: an open transaction can still read what was erased (${who}). End it and run the sweep again.`,
      });
    }
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

/**
 * Writes every table anew without what was erased, the planner's statistics among them: a deleted row lies in its page until another takes
 * its place, and VACUUM alone leaves its bytes there. Each table is locked while it is written. Runs as the owner; the tables of the catalogue
 * need a superuser, and without one that is left to the server. Answers the tables that were written.
 * @throws StartError while a transaction still sees what was erased
 */
export async function sweepTables(owner: Client, patienceMs = PATIENCE_MS): Promise<string[]> {
  await untilUnseen(owner, patienceMs);
  const { rows } = await owner.query<{ name: string; catalogue: boolean }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, n.nspname = 'pg_catalog' as catalogue from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and (n.nspname = any ($1) or (c.oid = 'pg_statistic'::regclass and (select rolsuper from pg_roles where rolname = current_user)))
     order by 2, 1`,
    [[SCHEMA, "graphile_worker"]],
  );
  for (const { name, catalogue } of rows) {
    // The statistics of what was erased were deleted a moment ago, by the ANALYZE of its table.
    if (catalogue) await untilUnseen(owner, patienceMs);
    await owner.query(`vacuum (full, analyze) ${name}`);
  }
  return rows.map(({ name }) => name);
}
