import type { Client } from "pg";
import type { Duplex } from "node:stream";

/** A statement that answers one row of texts, prepared under its name, or parsed each time where it has none. */
export type Shape = { name: string; text: string };
/** The first row as the bytes that Postgres sent. */
export type Row = readonly (Buffer | null)[];

/** A connection on which single statements follow each other without waiting. */
export type Wire = {
  ask(shape: Shape, values: readonly (string | null)[]): Promise<Row | undefined>;
  /** How many wait, and how many have been answered since it was asked last. */
  waiting(): number;
  /** Whether something is still to leave in this turn of the loop. */
  unsent(): boolean;
  answered(): number;
  destroy(): void;
};

type Waiting = {
  resolve(row: Row | undefined): void;
  reject(error: Error): void;
  row: Row | undefined;
  error: Error | undefined;
  parsed: string | undefined;
};

/** A connection knows so many statements; Postgres keeps the text and the plan of each. */
const MOST = 120;
const CODE = { error: 0x45, row: 0x44, ready: 0x5a } as const;
const IDLE = 0x49;
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);

/**
 * Speaks on a connection that `pg` has opened (address, TLS and authentication are its own) the four messages of a prepared statement.
 *
 * `pg` itself decodes each answer into a string of two bytes a letter, which is encoded again to be sent, and describes each statement
 * anew: with it a read of a person cost the process twice as much (2026-11). What several requests ask in one turn of the loop leaves in
 * one write. BEGIN and SET cannot be said here: a text is one SELECT, and a connection that is found in a transaction is destroyed.
 */
export function takeWire(client: Client): Wire {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  const queue: Waiting[] = [];
  const prepared = new Set<string>();
  const state = { parts: [] as Buffer[], have: 0, need: 0, out: [] as Buffer[], answered: 0, gone: false };

  const flush = () => {
    const bytes = state.out.length === 1 ? state.out[0]! : Buffer.concat(state.out);
    state.out = [];
    if (!state.gone) stream.write(bytes);
  };
  const end = () => {
    state.gone = true;
    for (const one of queue.splice(0)) one.reject(one.error ?? new Error("Connection terminated unexpectedly"));
  };
  const ready = (status: number) => {
    const done = queue.shift();
    state.answered++;
    if (!done) return;
    // What is shared must never be left in a transaction: it would show one caller what another one set.
    if (status !== IDLE) stream.destroy();
    if (!done.error) return done.resolve(done.row);
    if (done.parsed !== undefined) prepared.delete(done.parsed);
    done.reject(done.error);
  };
  const read = (chunk: Buffer) => {
    state.parts.push(chunk);
    state.have += chunk.length;
    // Put together once: a long row comes in dozens of chunks.
    if (state.have < state.need) return;
    const data = state.parts.length === 1 ? chunk : Buffer.concat(state.parts, state.have);
    let at = 0;
    while (data.length - at >= 5) {
      const length = data.readUInt32BE(at + 1);
      if (data.length - at <= length) break;
      const [code, body] = [data[at], at + 5];
      if (code === CODE.row && queue[0]) queue[0].row ??= rowOf(data, body);
      else if (code === CODE.error && queue[0]) queue[0].error = errorOf(data.subarray(body, at + 1 + length));
      else if (code === CODE.ready) ready(data[body]!);
      at += length + 1;
    }
    const left = data.length - at;
    state.parts = left === 0 ? [] : [data.subarray(at)];
    state.have = left;
    state.need = left < 5 ? 0 : 1 + data.readUInt32BE(at + 1);
  };
  stream.removeAllListeners("data");
  stream.on("data", read);
  stream.on("close", end);
  client.on("end", end);
  client.on("error", end);

  return {
    ask(shape, values) {
      if (state.gone) return Promise.reject(new Error("Client has encountered a connection error and is not queryable"));
      // Without a name it is parsed each time, and planned for its values.
      const parsed = shape.name !== "" && prepared.has(shape.name) ? undefined : shape.name;
      if (parsed !== undefined && !AUTOCOMMITTED.test(shape.text))
        return Promise.reject(new Error("a shared connection takes single SELECT statements alone"));
      if (state.out.length === 0) setImmediate(flush);
      if (parsed !== undefined) state.out.push(parse(shape));
      else prepared.delete(shape.name);
      if (shape.name !== "") prepared.add(shape.name); // now the last of them
      if (prepared.size > MOST) state.out.push(forget(prepared));
      state.out.push(bind(shape.name, values));
      return new Promise((resolve, reject) => queue.push({ resolve, reject, row: undefined, error: undefined, parsed }));
    },
    waiting: () => queue.length,
    unsent: () => state.out.length > 0,
    answered: () => {
      const { answered } = state;
      state.answered = 0;
      return answered;
    },
    destroy: () => void stream.destroy(),
  };
}

const AUTOCOMMITTED = /^\s*(?:select|with)\b[^;]*$/i;

function parse({ name, text }: Shape): Buffer {
  const body = Buffer.from(`${name}\0${text}\0\0\0`);
  return Buffer.concat([head(0x50, body.length), body]);
}

/** Takes back the name that has not been used for longest. */
function forget(prepared: Set<string>): Buffer {
  const [oldest = ""] = prepared;
  prepared.delete(oldest);
  const body = Buffer.from(`S${oldest}\0`);
  return Buffer.concat([head(0x43, body.length), body]);
}

/** Bind, execute and sync: values and what comes back are texts. */
function bind(name: string, values: readonly (string | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? 0 : Buffer.byteLength(value)));
  const length = name.length + 8 + sizes.reduce((sum, size) => sum + 4 + size, 0);
  const bytes = Buffer.allocUnsafe(5 + length + EXECUTE.length + SYNC.length);
  bytes[0] = 0x42;
  bytes.writeUInt32BE(4 + length, 1);
  let at = 5;
  bytes[at++] = 0; // the unnamed portal
  at += bytes.write(name, at, "latin1");
  bytes[at++] = 0;
  at = bytes.writeUInt16BE(0, at);
  at = bytes.writeUInt16BE(values.length, at);
  values.forEach((value, i) => {
    at = bytes.writeInt32BE(value === null ? -1 : sizes[i]!, at);
    if (value !== null) at += bytes.write(value, at, "utf8");
  });
  at = bytes.writeUInt16BE(0, at);
  at += EXECUTE.copy(bytes, at);
  SYNC.copy(bytes, at);
  return bytes;
}

function head(code: number, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = code;
  bytes.writeUInt32BE(4 + length, 1);
  return bytes;
}

function rowOf(data: Buffer, begin: number): Row {
  const row: (Buffer | null)[] = [];
  let at = begin + 2;
  for (let left = data.readUInt16BE(begin); left > 0; left--) {
    const size = data.readInt32BE(at);
    at += 4;
    row.push(size < 0 ? null : data.subarray(at, at + size));
    at += Math.max(0, size);
  }
  return row;
}

/** What Postgres says went wrong, with its SQLSTATE, as `pg` would say it. */
function errorOf(body: Buffer): Error {
  const fields = new Map(
    body
      .toString()
      .split("\0")
      .map((field) => [field[0], field.slice(1)] as const),
  );
  return Object.assign(new Error(fields.get("M")), { code: fields.get("C"), severity: fields.get("S") });
}
