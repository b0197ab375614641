import { createHash } from "node:crypto";
import { decrypt, encrypt } from "../../core/secrets/sealing.ts";
import type { Keys } from "../../core/secrets/sealing.ts";

const keyOf = (keys: Keys): Buffer => keys.encryption.get(keys.current)!;
const context = (id: string): string => `import_files.sealed:${id}`;

/** The bytes of an upload as they lie in the database: with the name of the key that seals them. */
export const sealFile = (keys: Keys, id: string, bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([keys.current.length]),
    Buffer.from(keys.current, "latin1"),
    encrypt(keyOf(keys), bytes.toString("base64"), context(id)),
  ]);

/** The bytes of an upload. */
export function openFile(keys: Keys, id: string, sealed: Buffer): Buffer {
  const start = 1 + (sealed[0] ?? 0);
  const key = keys.encryption.get(sealed.subarray(1, start).toString("latin1"));
  if (!key) throw new Error("the key that sealed this upload is not at hand");
  return Buffer.from(decrypt(key, sealed.subarray(start), context(id)), "base64");
}

/** What the seal of a row's citizen id is bound to. */
export const rowSeal = (rowId: string): string => `import_rows.citizen_id:${rowId}`;

/** By which the same bytes are known again. */
export const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
