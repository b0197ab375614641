import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/** The service's secrets: encryption keys by their id (`current` seals, all unseal), one key for look-up hashes, one for cursors. */
export type Keys = { current: string; encryption: Map<string, Buffer>; lookup: Buffer; cursor: Buffer };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A text encrypted with AES-256-GCM: length of the key's id, key id, nonce, ciphertext, tag.
 *
 * `context` ("people.citizen_id:<row id>") is bound in as additional data, so that a value copied to another row or column does not open.
 */
export function seal(keys: Keys, text: string, context: string): Buffer {
  const id = Buffer.from(keys.current, "latin1");
  return Buffer.concat([Buffer.from([id.length]), id, encrypt(keyOf(keys, keys.current), text, context)]);
}

/**
 * The text that was sealed in this context.
 *
 * @throws Error when the value was altered, belongs to another context, or its key is not at hand
 */
export function unseal(keys: Keys, sealed: Uint8Array, context: string): string {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const start = 1 + (bytes[0] ?? 0);
  // Not "ascii": Node then drops the eighth bit, and an altered key id would still name its key.
  return decrypt(keyOf(keys, bytes.toString("latin1", 1, start)), bytes.subarray(start), context);
}

/** The keyed hash (HMAC-SHA-256) by which a sealed value is found again; `kind` keeps equal texts of two kinds apart. */
export function lookupHash(keys: Keys, kind: string, text: string): Buffer {
  // A plain hash of a citizen id is found by trying all of them in seconds; the key lies outside the database and its backups.
  return createHmac("sha256", keys.lookup).update(`${kind}\0${text}`, "utf8").digest();
}

/** Nonce, ciphertext and tag of a text under AES-256-GCM, `context` bound in as additional data. */
export function encrypt(key: Buffer, text: string, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context, "utf8"));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The text that `encrypt` was given.
 *
 * @throws Error when a single bit, the key or the context differs
 */
export function decrypt(key: Buffer, bytes: Buffer, context: string): string {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error("a sealed value is cut short");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(context, "utf8")).setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString("utf8");
}

function keyOf(keys: Keys, id: string): Buffer {
  const key = keys.encryption.get(id);
  if (key === undefined) throw new Error("the key of a sealed value is not at hand");
  return key;
}
