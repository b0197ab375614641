import { hash } from "node:crypto";
import type { Duplex } from "node:stream";
import { Query } from "pg";
import type { PoolClient, QueryConfig, QueryResult } from "pg";
import type { Statement } from "../statement.ts";
import { drizzle } from "../tables/drizzle.ts";
import type { NodePgDatabase } from "../tables/drizzle.ts";

/** A statement of a batch, and who waits for what it answers. */
type Asked = { query: QueryConfig; resolve(result: QueryResult): void; reject(error: unknown): void };

/** What of `pg`'s own classes its types do not say; a statement of a batch is a query of its own that has not been given a Sync. */
type Connection = {
  stream: Duplex;
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  close(what: { type: "S"; name: string }): void;
  sync(): void;
};
type Item = {
  name: string | undefined;
  text: string;
  callback: (error: unknown, result: QueryResult) => void;
  hasBeenParsed(connection: Connection): boolean;
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
};

/**
 * Statements that go in one write and under one Sync, on a pipelined client in a transaction: Postgres answers them together, and after one
 * that fails leaves out the rest, which fail by its error.
 *
 * With a Sync each, every statement of a write woke the process and Postgres by itself (2026-11).
 */
class Batch extends Query {
  /** Called by the client, also when an answer does not come in time. */
  callback: (error?: unknown) => void;
  private readonly waiting: { item: Item; reject: Asked["reject"] }[];

  constructor(asked: readonly Asked[]) {
    super({ text: "" });
    this.waiting = asked.map(({ query, resolve, reject }) => {
      const item = new Query(query) as unknown as Item;
      item.callback = (error, result) => (error ? this.drop(item, error) : resolve(result));
      return { item, reject };
    });
    this.callback = (error) => {
      if (error) for (const { reject } of this.waiting.splice(0)) reject(error);
    };
  }

  override submit = (connection: unknown): void => {
    const own = connection as Connection;
    const withoutSync = Object.assign(Object.create(own) as Connection, { sync: () => {} });
    own.stream.cork();
    for (const { item } of this.waiting.slice()) {
      // A statement that failed when it was first run may or may not have got its name.
      if (item.name !== undefined && !item.hasBeenParsed(own)) own.close({ type: "S", name: item.name });
      item.prepare(withoutSync);
    }
    own.sync();
    own.stream.uncork();
  };

  handleRowDescription(message: unknown): void {
    this.waiting[0]?.item.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.waiting[0]?.item.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    const { item } = this.waiting.shift()!;
    if (item.name !== undefined) {
      connection.parsedStatements[item.name] = item.text;
      delete connection.submittedNamedStatements[item.name];
    }
    item.handleCommandComplete(message, connection);
    item.handleReadyForQuery(connection);
  }

  handleError(error: unknown, connection: Connection): void {
    for (const { item } of this.waiting) if (item.name !== undefined) delete connection.submittedNamedStatements[item.name];
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  /** Its values could not be said: it has not been sent. */
  private drop(item: Item, error: unknown): void {
    const at = this.waiting.findIndex((one) => one.item === item);
    if (at >= 0) this.waiting.splice(at, 1)[0]!.reject(error);
  }
}

/** The driver's types do not say that a client may be told to send a statement before the one in front has been answered. */
export type Pipelined = PoolClient & { pipeline: boolean };

/** A transaction on a client: what is asked in one turn of the loop goes as one batch. */
export class Open {
  private readonly connection: Pipelined;
  /** Asked in this turn of the loop: what is asked together (`Promise.all`) is sent together. */
  private asked: Asked[] = [];
  /** Why the transaction cannot be committed. */
  private failed: unknown;

  constructor(connection: Pipelined) {
    this.connection = connection;
  }

  readonly run = async <Row>(statement: Statement): Promise<Row[]> => (await this.query(statement.render())).rows as Row[];

  readonly read = async <Row>(statement: Statement): Promise<Row[]> => (await this.query(named(statement))).rows as Row[];

  readonly send = (statement: Statement): void => void this.query(named(statement)).catch(() => {});

  /** @throws what failed: Postgres answers the COMMIT of a failed transaction like any, and has rolled back */
  async end(how: "commit" | "rollback"): Promise<void> {
    this.flush();
    // What could not even be sent is known after this: of the rest Postgres knows.
    await Promise.resolve();
    if (how === "commit" && this.failed !== undefined) throw this.failed;
    const { command } = await this.client.query(how);
    if (command !== how.toUpperCase()) throw this.failed ?? new Error("the transaction was rolled back");
  }

  private query(query: QueryConfig): Promise<QueryResult> {
    if (this.asked.length === 0) process.nextTick(() => this.flush());
    return new Promise((resolve, refuse) => {
      const reject = (error: unknown) => {
        // Of what followed a failure Postgres says only that it followed.
        if (this.failed === undefined || (error as { code?: string }).code !== "25P02") this.failed = error;
        refuse(this.failed as Error);
      };
      this.asked.push({ query: { ...query, types: this.connection }, resolve, reject });
    });
  }

  private flush(): void {
    const asked = this.asked.splice(0);
    if (asked.length === 0) return;
    const batch = new Batch(asked);
    // A client that is spoilt, or gone, may answer at once.
    const answer = this.connection.query(batch) as unknown;
    if (answer instanceof Promise) answer.catch(batch.callback);
  }

  /** What has been asked goes before what is asked of the bare client. */
  get client(): PoolClient {
    this.flush();
    return this.connection;
  }

  /** Made when it is asked for: most transactions do not. */
  get orm(): NodePgDatabase {
    return drizzle(this.client);
  }
}

function named(statement: Statement): QueryConfig {
  const { text, values } = statement.render();
  return { name: hash("sha256", text, "base64url").slice(0, 32), text, values };
}
