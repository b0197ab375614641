import type { Pool, PoolClient, QueryConfig } from "pg";
import type { Statement } from "../statement.ts";

/** How long one step of a streamed read may take, and how long its reader may keep it waiting. */
export type StreamLimits = { statementMs: number; idleMs: number };

const USUAL: StreamLimits = { statementMs: 300_000, idleMs: 60_000 };
const BATCH = 200;

/**
 * Streams the rows of one statement, all from one snapshot, in batches: the next is fetched while one is used, and no more.
 *
 * By a cursor and not by COPY, which takes no parameters: values stay bound. `signal` drops the connection at once, whatever it is doing.
 */
export async function* streamRows<Row>(
  pool: Pool,
  statement: Statement,
  signal: AbortSignal,
  limits: StreamLimits = USUAL,
): AsyncGenerator<Row[], void, void> {
  signal.throwIfAborted();
  const client = await pool.connect();
  let held = true;
  const release = (broken: boolean) => {
    if (held) client.release(broken);
    held = false;
  };
  const drop = () => release(true);
  signal.addEventListener("abort", drop, { once: true });
  try {
    signal.throwIfAborted();
    await open(client, statement, limits);
    let next = fetchRows<Row>(client, limits);
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = fetchRows<Row>(client, limits);
      next.catch(() => {}); // awaited in the next turn, if there is one
      yield rows;
    }
    await client.query("commit");
    release(false);
  } finally {
    signal.removeEventListener("abort", drop);
    release(true);
  }
}

async function open(client: PoolClient, statement: Statement, { statementMs, idleMs }: StreamLimits): Promise<void> {
  await client.query(`begin read only;
    set local statement_timeout = ${statementMs}; set local idle_in_transaction_session_timeout = ${idleMs};
    set local cursor_tuple_fraction = 1; ${WATCH}`);
  const { text, values } = statement.render();
  await client.query(timed({ text: `declare streamed no scroll cursor for ${text}`, values }, statementMs));
}

// A back end that computes notices a reader who is gone only if it looks; where it cannot (no Linux) it goes on until its next answer.
const WATCH = `do $$ begin perform set_config('client_connection_check_interval', '500', true); exception when others then null; end $$`;

async function fetchRows<Row>(client: PoolClient, { statementMs }: StreamLimits): Promise<Row[]> {
  return (await client.query(timed({ text: `fetch ${BATCH} from streamed` }, statementMs))).rows as Row[];
}

/** A query that may take longer than the connection's own `query_timeout`; its types do not know the member. */
const timed = (query: QueryConfig, ms: number): QueryConfig & { query_timeout: number } => ({ ...query, query_timeout: ms });
