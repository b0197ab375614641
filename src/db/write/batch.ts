import { Query } from "pg";
import type { QueryConfig, QueryResult } from "pg";
import type { Duplex } from "node:stream";

/** A statement of a batch, and who waits for what it answers. */
export type Asked = { query: QueryConfig; resolve(result: QueryResult): void; reject(error: unknown): void };

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
export class Batch extends Query {
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
