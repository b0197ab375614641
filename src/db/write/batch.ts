import { hash } from "node:crypto";
import type { Duplex } from "node:stream";
import { Query } from "pg";
import type { PoolClient, QueryConfig, QueryResult } from "pg";
import { raw } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { drizzle } from "../tables/drizzle.ts";
import type { NodePgDatabase } from "../tables/drizzle.ts";

/** A statement of a batch, and who waits for what it answers. */
type Asked = { query: QueryConfig; resolve(result: QueryResult): void; reject(error: unknown): void };

/** What of `pg`'s own classes its types do not say; a statement of a batch is a query of its own that has not been given a Sync. */
type Connection = {
  stream: Pick<Duplex, "write" | "writable">;
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  /** Ours: the rows of statements with a name, null of those that have none. */
  described?: Map<string, object | null>;
  close(what: { type: "S"; name: string }): void;
  describe(what: object): void;
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
 * With a Sync each, every statement of a write woke the process and Postgres by itself; with their messages as twenty buffers, `writev` was a
 * fifth of the process's time; and a prepared statement's rows are always the same, described once (2026-11).
 */
class Batch extends Query {
  /** Called by the client, also when an answer does not come in time. */
  callback: (error?: unknown) => void;
  private readonly waiting: { item: Item; rows: object | null; reject: Asked["reject"] }[];
  private unsaid: unknown;

  constructor(asked: readonly Asked[]) {
    super("");
    this.waiting = asked.map(({ query, resolve, reject }) => {
      // By text and values: a configuration would be copied, property by property.
      const item = Object.assign(new Query(query.text, query.values), { name: query.name }) as unknown as Item;
      Object.assign((item as unknown as Record<string, object>)["_result"]!, { _types: query.types });
      item.callback = (error, result) => (error ? this.drop(item, error) : resolve(result));
      return { item, rows: null, reject };
    });
    this.callback = (error) => {
      if (error) for (const { reject } of this.waiting.splice(0)) reject(error);
    };
  }

  override submit = (connection: unknown): void => {
    const own = connection as Connection;
    const described = (own.described ??= new Map());
    const parts: Buffer[] = [];
    const stream = { writable: true, write: (part: Buffer) => parts.push(part) };
    const whole = Object.assign(Object.create(own) as Connection, { stream });
    const once = Object.assign(Object.create(whole) as Connection, { sync: () => {} });
    const again = Object.assign(Object.create(once) as Connection, { describe: () => {} });
    for (const { item } of this.waiting.slice()) {
      const known = item.name !== undefined && item.hasBeenParsed(own);
      // A statement that failed when it was first run may or may not have got its name.
      if (item.name !== undefined && !known) once.close({ type: "S", name: item.name });
      const rows = known ? described.get(item.name!) : undefined;
      item.prepare(rows === undefined ? once : again);
      if (rows) item.handleRowDescription(rows);
      // What is behind is not sent without it, a commit least of all.
      if (this.unsaid !== undefined) break;
    }
    whole.sync();
    own.stream.write(Buffer.concat(parts));
  };

  handleRowDescription(message: unknown): void {
    const first = this.waiting[0]!;
    first.rows = message as object;
    first.item.handleRowDescription(message);
  }

  handleDataRow = (message: unknown): void => this.waiting[0]?.item.handleDataRow(message);

  handleCommandComplete(message: unknown, connection: Connection): void {
    const { item, rows } = this.waiting.shift()!;
    if (item.name !== undefined) {
      connection.parsedStatements[item.name] = item.text;
      delete connection.submittedNamedStatements[item.name];
      const { described } = connection;
      if (described && !described.has(item.name)) described.set(item.name, rows);
    }
    item.handleCommandComplete(message, connection);
    item.handleReadyForQuery(connection);
  }

  handleError(error: unknown, connection: Connection): void {
    for (const { item } of this.waiting) {
      if (item.name === undefined) continue;
      delete connection.submittedNamedStatements[item.name];
      connection.described?.delete(item.name);
    }
    this.callback(error);
  }

  handleReadyForQuery = (): void => this.callback();

  /** Its values could not be said: it has not been sent, and what is behind it will not be. */
  private drop(item: Item, error: unknown): void {
    this.unsaid = error;
    const at = this.waiting.findIndex((one) => one.item === item);
    for (const { reject } of at < 0 ? [] : this.waiting.splice(at)) reject(error);
  }
}

/** The driver's types do not say that a client may be told to send a statement before the one in front has been answered. */
export type Pipelined = PoolClient & {
  pipeline: boolean;
  /** Ours: the names of the texts that it has prepared. */
  names?: Map<string, string>;
};

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

  readonly read = async <Row>(statement: Statement): Promise<Row[]> => (await this.query(this.named(statement))).rows as Row[];

  readonly send = (statement: Statement): void => void this.query(this.named(statement)).catch(() => {});

  /** @throws what failed: Postgres answers the COMMIT of a failed transaction like any, and has rolled back */
  async end(how: "commit" | "rollback"): Promise<void> {
    if (how === "commit" && this.failed !== undefined) throw this.failed;
    // A statement of the batch like any: where one before it fails, or could not be said, it is not run.
    const { command } = await this.query(this.named(raw(how)));
    if (command !== how.toUpperCase()) throw this.failed ?? new Error("the transaction was rolled back");
  }

  /** Under the same name on every connection; a text is hashed once by each. */
  private named(statement: Statement): QueryConfig {
    const { text, values } = statement.render();
    const names = (this.connection.names ??= new Map<string, string>());
    let name = names.get(text);
    if (name === undefined) names.set(text, (name = hash("sha256", text, "base64url").slice(0, 32)));
    return { name, text, values };
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
