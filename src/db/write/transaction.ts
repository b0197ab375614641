import type { Pool, PoolClient } from "pg";
import type { Actor } from "../../core/actor.ts";
import { join, raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { NodePgDatabase } from "../tables/drizzle.ts";
import { Open } from "./batch.ts";
import type { Pipelined } from "./batch.ts";
import { inProgress, keepAnswers, keptUnder, lockOf, takenBy } from "./idempotency.ts";
import type { Answer, Kept, Key } from "./idempotency.ts";
import { inTurn } from "./turns.ts";
import type { Turns } from "./turns.ts";

/** Why and on whose behalf a transaction writes; the triggers put it into the history. */
export type Purposeful = {
  actor: Pick<Actor, "client" | "subject">;
  reason?: string | null;
  importId?: string | null;
  source?: string | null;
};

/** How a client is told of what was written. */
export type Answering<T> = {
  /** The answer to what the work gave, read before the transaction ends. */
  present(tx: Transaction, value: T): Promise<Answer>;
  /** The same of several works of one transaction, each with an answer of its own; `of` is one and the same where the same is shown. */
  several?: { of: object | null; present(tx: Transaction, values: readonly T[]): Promise<Answer[]> };
  /** The kept answer, as today's caller may see it. */
  repeat(tx: Transaction, kept: Answer): Promise<Answer>;
  /** Null where the client sent none. */
  key: Key | null;
  /** All is done and checked, then taken back. */
  dryRun: boolean;
  /** What is under way in this process. */
  turns: Turns;
};

/** An open transaction: statements of our own, drizzle's builder for rows, and the bare client for COPY. */
export type Transaction = {
  run<Row>(statement: Statement): Promise<Row[]>;
  /** The same for a statement that comes again alike, and costs more to plan than to answer: its plan is kept by the connection. */
  read<Row>(statement: Statement): Promise<Row[]>;
  /** The same for a statement whose answer nobody waits for: where it fails, so does what is asked after it, and the end, by the same error. */
  send(statement: Statement): void;
  readonly orm: NodePgDatabase;
  client: PoolClient;
};

/** What is done in a transaction; `begun` is what its first statement answers, which is on its way. */
type Work<T> = (tx: Transaction, begun: Promise<Begun>) => Promise<T>;
type Begun = { got?: boolean };

const RETRYABLE = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction on an exclusive client, and commits it; with `answering`, gives the client's answer, and a repetition of
 * a request with a key the kept one. What `ask` reads goes with the beginning, before the key is known to be free: it may change nothing.
 * Deadlocks and serialization failures are tried again twice; a client about whose state there is any doubt is thrown away:
 * drizzle's own `transaction` loses pool clients on a failed BEGIN and gives poisoned ones back (drizzle-orm #6114, #6241).
 */
export function inTransaction<T>(pool: Pool, purposeful: Purposeful, work: (tx: Transaction) => Promise<T>): Promise<T>;
export function inTransaction<T, Asked>(
  pool: Pool,
  purposeful: Purposeful,
  work: (tx: Transaction, asked: Asked) => Promise<T>,
  answering: Answering<T>,
  ask: (tx: Transaction) => Promise<Asked>,
): Promise<Answer>;
export function inTransaction<T, Asked>(
  pool: Pool,
  purposeful: Purposeful,
  work: (tx: Transaction, asked: Asked) => Promise<T>,
  answering?: Answering<T>,
  ask?: (tx: Transaction) => Promise<Asked>,
): Promise<T | Answer> {
  if (answering === undefined || ask === undefined)
    return again(() =>
      once(pool, purposeful, contextOf(purposeful), "commit", async (tx, begun) => begun.then(() => work(tx, undefined as Asked))),
    );
  const { present, repeat, dryRun } = answering;
  // A trial has no effect that a repetition could double.
  const key = dryRun ? null : answering.key;
  const answered: Work<Answer> = async (tx, begun) => {
    const [taking, asking] = [Promise.all([begun, key ? tx.read<Kept>(keptUnder(key)) : []]), ask(tx)];
    asking.catch(() => {}); // of a repetition nobody waits for it
    const [{ got }, [found]] = await taking;
    const kept = key && takenBy(key, got!, found);
    if (kept) return repeat(tx, kept);
    const value = await work(tx, await asking);
    if (dryRun) await tx.run(raw("set constraints all immediate"));
    const answer = await present(tx, value);
    if (key) keepAnswers(tx, [{ key, answer }]);
    return answer;
  };
  const context = sql`${contextOf(purposeful)}, ${BY_INDEX}${key ? sql`, pg_try_advisory_xact_lock(${lockOf(key)}::bigint) as got` : raw("")}`;
  const run = () => again(() => once(pool, purposeful, context, dryRun ? "rollback" : "commit", answered));
  return key ? inTurn(answering.turns, key.hash.toString("hex"), inProgress, run) : run();
}

/**
 * Runs `work` for several requests in one transaction, once; gives undefined where none of it stands, so that each may be done by itself.
 * @throws what left it open whether it stands, and what was waited for in vain: nobody is made to wait for that again
 */
export async function inGroup<T>(pool: Pool, purposeful: Purposeful, work: (tx: Transaction) => Promise<T>): Promise<T | undefined> {
  let ending = false;
  const whole = async (tx: Transaction) => {
    const result = await work(tx);
    ending = true;
    return result;
  };
  try {
    return await once(pool, purposeful, sql`${contextOf(purposeful)}, ${BY_INDEX}, ${IMPATIENT}`, "commit", whole);
  } catch (error) {
    // What Postgres refuses has been rolled back; whoever lost it while it was ending does not know.
    if (isUnanswered(error) || isTaken(error) || (ending && (error as { severity?: string }).severity !== "ERROR")) throw error;
    return undefined;
  }
}

async function again<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts === 3 || !RETRYABLE.has((error as { code?: string }).code ?? "")) throw error;
    }
  }
}

async function once<T>(pool: Pool, { importId }: Purposeful, context: Statement, end: "commit" | "rollback", work: Work<T>): Promise<T> {
  const client = (await pool.connect()) as Pipelined;
  let doubt: Error | undefined;
  try {
    client.pipeline = true;
    const tx = new Open(client);
    const begun = Promise.all([tx.read(raw("begin")), tx.read<Begun>(context)]).then(([, [row]]) => row!);
    begun.catch(() => {}); // whoever writes has waited for it
    const result = await work(tx, begun);
    await tx.end(end);
    return result;
  } catch (error) {
    // On a network that swallows answers a rollback would wait as long as the statement did: the connection goes instead.
    if (isUnanswered(error)) doubt = error as Error;
    else await client.query("rollback").catch((broken: Error) => (doubt = broken));
    throw error;
  } finally {
    // Every statement has been answered: the last one was the end.
    client.pipeline = false;
    // A load leaves plans in its triggers that read whole tables: each creation on its connection took 8 ms more at 10,000 people (2026-11).
    client.release(doubt ?? importId != null);
  }
}

const isUnanswered = (error: unknown): boolean =>
  [error, (error as Error).cause].some((one) => (one as Error | undefined)?.message === "Query read timeout");

/** What one of several waits for the others do not: it is done by itself, and they too. */
const IMPATIENT = raw("set_config('lock_timeout', '500ms', true)");

/** The words of a pool whose connections are all taken. */
const isTaken = (error: unknown): boolean => (error as Error).message === "timeout exceeded when trying to connect";

/**
 * A record's write asks for few rows, each by an index, whatever the values: so every plan is made once by a connection, those of the triggers
 * among them, and none of them reads a table that has grown since. Planning took a third of a write (2026-11).
 */
const BY_INDEX = raw("set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)");

/** Says for whom and why the transaction writes. */
function contextOf({ actor, reason, importId, source }: Purposeful): Statement {
  const context = { actor: actor.subject, client: actor.client, reason, import: importId, source };
  const sets = Object.entries(context).map(([name, value]) => sql`set_config(${raw(`'trithuc.${name}'`)}, ${value ?? ""}, true)`);
  return sql`select ${join(sets, ", ")}`;
}
