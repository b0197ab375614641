import { createHash } from "node:crypto";
import { escapeLiteral } from "pg";
import type { Pool, PoolClient, QueryResult } from "pg";
import type { Actor } from "../../core/actor.ts";
import { raw } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { drizzle } from "../tables/drizzle.ts";
import type { NodePgDatabase } from "../tables/drizzle.ts";
import { inProgress, keepAnswer, takenBy, taking } from "./idempotency.ts";
import type { Answer, Key } from "./idempotency.ts";
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
  readonly orm: NodePgDatabase;
  client: PoolClient;
};

/** Gives what the work gives; `begun` is what was asked together with the beginning. */
type Work<T> = (tx: Transaction, begun: QueryResult[]) => Promise<T>;

const RETRYABLE = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction on an exclusive client, and commits it; with `answering`, gives the client's answer, and a repetition of
 * a request with a key the kept one.
 * Deadlocks and serialization failures are tried again twice; a client about whose state there is any doubt is thrown away:
 * drizzle's own `transaction` loses pool clients on a failed BEGIN and gives poisoned ones back (drizzle-orm #6114, #6241).
 */
export function inTransaction<T>(pool: Pool, purposeful: Purposeful, work: (tx: Transaction) => Promise<T>): Promise<T>;
export function inTransaction<T>(
  pool: Pool,
  purposeful: Purposeful,
  work: (tx: Transaction) => Promise<T>,
  answering: Answering<T>,
): Promise<Answer>;
export function inTransaction<T>(
  pool: Pool,
  purposeful: Purposeful,
  work: (tx: Transaction) => Promise<T>,
  answering?: Answering<T>,
): Promise<T | Answer> {
  if (answering === undefined) return again(() => once(pool, beginning(purposeful), "commit", work));
  const { present, repeat, dryRun } = answering;
  // A trial has no effect that a repetition could double.
  const key = dryRun ? null : answering.key;
  const answered: Work<Answer> = async (tx, begun) => {
    const kept = key && takenBy(key, begun);
    if (kept) return repeat(tx, kept);
    const value = await work(tx);
    if (dryRun) await tx.run(raw("set constraints all immediate"));
    const answer = await present(tx, value);
    if (key) await keepAnswer(tx, key, answer);
    return answer;
  };
  const begin = [...beginning(purposeful), ...(key ? [taking(key)] : [])];
  const run = () => again(() => once(pool, begin, dryRun ? "rollback" : "commit", answered));
  return key ? inTurn(answering.turns, key.hash.toString("hex"), inProgress, run) : run();
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

async function once<T>(pool: Pool, begin: readonly string[], end: "commit" | "rollback", work: Work<T>): Promise<T> {
  const client = (await pool.connect()) as Pipelined;
  let doubt: Error | undefined;
  try {
    client.pipeline = true;
    // One round trip. Each statement of several gives a result of its own, which the driver's types do not say.
    const begun = (await client.query(begin.join("; "))) as unknown as QueryResult[];
    const result = await work(new Open(client), begun.slice(2));
    await client.query(end);
    return result;
  } catch (error) {
    // On a network that swallows answers a rollback would wait as long as the statement did: the connection goes instead.
    if (isUnanswered(error)) doubt = error as Error;
    else await client.query("rollback").catch((broken: Error) => (doubt = broken));
    throw error;
  } finally {
    // Every statement has been answered: the last one was the end.
    client.pipeline = false;
    client.release(doubt);
  }
}

/** What is asked together (`Promise.all`) is sent together; without this the driver sends a statement when the one before is answered. */
type Pipelined = PoolClient & { pipeline: boolean };

class Open implements Transaction {
  readonly client: PoolClient;

  constructor(client: PoolClient) {
    this.client = client;
  }

  readonly run = async <Row>(statement: Statement): Promise<Row[]> => (await this.client.query(statement.render())).rows as Row[];

  readonly read = async <Row>(statement: Statement): Promise<Row[]> => {
    const { text, values } = statement.render();
    const name = createHash("sha256").update(text).digest("base64url").slice(0, 32);
    return (await this.client.query({ name, text, values })).rows as Row[];
  };

  /** Made when it is asked for: most transactions do not. */
  get orm(): NodePgDatabase {
    return drizzle(this.client);
  }
}

const isUnanswered = (error: unknown): boolean =>
  [error, (error as Error).cause].some((one) => (one as Error | undefined)?.message === "Query read timeout");

/** BEGIN and the context; the values are escaped as literals. */
function beginning({ actor, reason, importId, source }: Purposeful): string[] {
  const context = { actor: actor.subject, client: actor.client, reason, import: importId, source };
  const sets = Object.entries(context).map(([name, value]) => `set_config('trithuc.${name}', ${escapeLiteral(value ?? "")}, true)`);
  return ["begin", `select ${sets.join(", ")}`];
}
