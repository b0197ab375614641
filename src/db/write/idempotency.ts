import { Problem } from "../../core/problems.ts";
import { seal, unseal } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { Transaction } from "./transaction.ts";

/** What a client is told of a write; kept under its key, so that a repetition is told the same. */
export type Answer = {
  status: number;
  id: string;
  version: number;
  code?: string;
  /** The person by whose erasure the kept answer goes; null for what is no person's. */
  person: string | null;
  /** JSON text; empty where the status says everything. */
  body: string;
  /** Members that were sent and not written. */
  ignored?: readonly string[];
  /** Whether it is the kept answer of an earlier request. */
  repeated?: true;
};

/** A client's `Idempotency-Key` and the request that came with it, both as keyed hashes: what a client writes into a key may name a person. */
export type Key = { hash: Buffer; fingerprint: Buffer; client: string; keys: Keys };

/** How long a repetition is known. */
export const KEPT = "72 hours";

const hex = (bytes: Buffer): string => bytes.toString("hex");
const bound = ({ hash }: Key): string => `idempotency_records.answer:${hex(hash)}`;
/**
 * The lock that a transaction takes for its length without waiting, 64 bits of the key's hash: nothing else in the product locks by numbers
 * like these, and a lock that waited would die of `lock_timeout`.
 */
export const lockOf = ({ hash }: Key): string => hash.readBigInt64BE().toString();

/** Of several keys, those that are free: each one's lock is tried, as one's own is. */
export const tryAll = (keys: readonly Key[]): Statement =>
  sql`select encode(k.hash, 'hex') as hash from unnest(${keys.map(({ hash }) => hash)}::bytea[], ${keys.map(lockOf)}::bigint[]) as k(hash, number)
    where pg_try_advisory_xact_lock(k.number)`;

/** What stands under a key. */
export type Kept = { fingerprint: Buffer; answer: Buffer };

/** Asked after the lock and apart from it, so that what the lock's last holder committed is seen. */
export const keptUnder = (key: Key): Statement =>
  sql`select fingerprint, answer from idempotency_records where key_hash = ${key.hash} and created_at > now() - interval '${raw(KEPT)}'`;

/** The same of several: the keys under which something stands. */
export const keptUnderAny = (keys: readonly Key[]): Statement =>
  sql`select encode(key_hash, 'hex') as hash from idempotency_records where key_hash = any(${keys.map(({ hash }) => hash)}::bytea[])
    and created_at > now() - interval '${raw(KEPT)}'`;

/**
 * The answer that was given under a key, or null where the work is still to be done.
 * @throws Problem `idempotency-in-progress`, `idempotency-key-reused`
 */
export function takenBy(key: Key, got: boolean, found: Kept | undefined): Answer | null {
  if (found === undefined) {
    if (got) return null;
    throw inProgress();
  }
  const detail = {
    vi: "Khoá này đã đi với một yêu cầu khác: hãy dùng khoá mới cho yêu cầu mới.",
    en: "This key came with another request: take a new key for a new request.",
  };
  if (!found.fingerprint.equals(key.fingerprint))
    throw new Problem("idempotency-key-reused", {
      detail,
      errors: [{ code: "idempotency-key-reused", header: "Idempotency-Key", detail }],
    });
  return { ...(JSON.parse(unseal(key.keys, found.answer, bound(key))) as Answer), repeated: true };
}

/** The same request is being worked on. */
export const inProgress = (): Problem => new Problem("idempotency-in-progress", { headers: { "retry-after": "1" } });

/**
 * Keeps answers under their keys, in the transaction of what they tell of. Sealed they go as one value, of which each takes its part: as
 * elements of an array they are text, twice as long, and Postgres spent as long on reading them as on keeping them (2026-11).
 */
export function keepAnswers(tx: Transaction, told: readonly { key: Key; answer: Answer }[]): void {
  if (told.length === 0) return;
  const of = <T>(value: (key: Key, answer: Answer) => T) => told.map(({ key, answer }) => value(key, answer));
  const sealed = of((key, answer) => seal(key.keys, JSON.stringify(answer), bound(key)));
  const sizes = sealed.map(({ length }) => length);
  tx.send(sql`insert into idempotency_records as r (key_hash, client, fingerprint, status, answer, record_id, person_id)
    select x.key_hash, x.client, x.fingerprint, x.status, substring(${Buffer.concat(sealed)}::bytea from 1 + (sum(x.size) over (order by x.n) - x.size)::int for x.size), x.record_id, x.person_id
    from unnest(${of(({ hash }) => hash)}::bytea[], ${of(({ client }) => client)}::text[], ${of(({ fingerprint }) => fingerprint)}::bytea[],
      ${of((_, { status }) => status)}::int[], ${sizes}::int[], ${of((_, { id }) => id)}::uuid[], ${of((_, { person }) => person)}::uuid[])
      with ordinality as x(key_hash, client, fingerprint, status, size, record_id, person_id, n)
    on conflict (key_hash) do update set (fingerprint, status, answer, record_id, person_id, created_at)
      = (excluded.fingerprint, excluded.status, excluded.answer, excluded.record_id, excluded.person_id, now())`);
}
