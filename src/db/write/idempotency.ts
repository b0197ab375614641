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

/** What stands under a key. */
export type Kept = { fingerprint: Buffer; answer: Buffer };

/** Asked after the lock and apart from it, so that what the lock's last holder committed is seen. */
export const keptUnder = (key: Key): Statement =>
  sql`select fingerprint, answer from idempotency_records where key_hash = ${key.hash} and created_at > now() - interval '${raw(KEPT)}'`;

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

/** Keeps an answer under its key, in the transaction of what it tells of. */
export function keepAnswer(tx: Transaction, key: Key, answer: Answer): void {
  const sealed = seal(key.keys, JSON.stringify(answer), bound(key));
  tx.send(sql`insert into idempotency_records as r (key_hash, client, fingerprint, status, answer, record_id, person_id)
    values (${key.hash}, ${key.client}, ${key.fingerprint}, ${answer.status}, ${sealed}, ${answer.id}::uuid, ${answer.person}::uuid)
    on conflict (key_hash) do update set (fingerprint, status, answer, record_id, person_id, created_at)
      = (excluded.fingerprint, excluded.status, excluded.answer, excluded.record_id, excluded.person_id, now())`);
}
