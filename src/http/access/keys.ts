import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";
import type { Bilingual } from "../../core/problems.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import { makeFolder } from "../../db/embedded/folder.ts";
import { StartError } from "../../db/start-error.ts";

/** All secrets of an installation; `signing` is the private key of the local issuer and absent where an external issuer stands. */
export type ServiceKeys = Keys & { signing: JWK | undefined };

/** Where keys come from: `keysText` (the file's contents, from the environment) or `keysFile`, else `<dataDir>/keys.json`. */
export type KeyPlaces = { dataDir: string; keysFile?: string | undefined; keysText?: string | undefined; embedded: boolean };

const Secret = z.base64().refine((text) => Buffer.from(text, "base64").length === 32);
const KeyId = z.string().regex(/^[\w-]{1,32}$/);
const KeysFile = z
  .strictObject({
    version: z.literal(1),
    current: KeyId,
    encryption: z.record(KeyId, Secret),
    lookup: Secret,
    cursor: Secret,
    signing: z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), d: z.string(), kid: z.string() }).optional(),
  })
  .refine((file) => file.current in file.encryption);

/**
 * The keys of the installation, made on the first start where the database is the embedded one.
 *
 * They lie outside the database and its backups: whoever has one of the two reads no citizen id.
 * @throws StartError when they are missing in production, readable by others, or not what a keys file holds
 */
export function loadKeys(places: KeyPlaces): ServiceKeys {
  if (places.keysText !== undefined) {
    if (places.keysFile !== undefined) throw new StartError(TEXTS.twice);
    return parse(places.keysText);
  }
  const path = places.keysFile ?? join(places.dataDir, "keys.json");
  const found = readPrivately(path);
  if (found !== undefined) return parse(found, path);
  if (!places.embedded) throw new StartError(TEXTS.missing(path));
  createPrivately(path, newKeysText());
  return parse(readPrivately(path) ?? "", path);
}

/** The contents of a new keys file: JSON with fresh keys and a local issuer's key pair (Ed25519). */
export function newKeysText(): string {
  const secret = () => randomBytes(32).toString("base64");
  const id = `k${new Date().toISOString().slice(0, 10).replaceAll("-", "")}`;
  const signing = {
    ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }),
    kid: `local-${randomBytes(6).toString("hex")}`,
  };
  return `${JSON.stringify({ version: 1, current: id, encryption: { [id]: secret() }, lookup: secret(), cursor: secret(), signing }, null, 2)}\n`;
}

/** A short public name of the look-up key, the same as long as that key is: kept in the database, it shows that the wrong keys were brought. */
export function keysFingerprint(keys: Keys): string {
  return createHmac("sha256", keys.lookup).update("trithuc keys fingerprint 1").digest("hex").slice(0, 16);
}

function readPrivately(path: string): string | undefined {
  try {
    // Windows has no such bits: there the folder's access list guards the file.
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) throw new StartError(TEXTS.open(path));
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof StartError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StartError(TEXTS.unreadable(path), error);
  }
}

/** Writes beside and links into place: two first starts at once agree on one file, and no reader ever sees half of it. */
function createPrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    makeFolder(dirname(path), 0o700);
    const file = openSync(draft, "wx", 0o600);
    writeSync(file, text);
    fsyncSync(file);
    closeSync(file);
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw new StartError(TEXTS.unwritable(path), error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function parse(text: string, path?: string): ServiceKeys {
  const read = KeysFile.safeParse(jsonOf(text));
  // Nothing of the contents may reach the message: a start's error is printed and logged.
  if (!read.success) throw new StartError(TEXTS.broken(path));
  const { current, encryption, lookup, cursor, signing } = read.data;
  const bytes = (secret: string) => Buffer.from(secret, "base64");
  const ring = new Map(Object.entries(encryption).map(([id, secret]) => [id, bytes(secret)]));
  return { current, encryption: ring, lookup: bytes(lookup), cursor: bytes(cursor), signing: signing as JWK | undefined };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TEXTS = {
  twice: {
    vi: "Khoá được nêu hai lần: chỉ đặt một trong hai TRITHUC_KEYS và TRITHUC_KEYS_FILE.",
    en: "Keys are given twice: set only one of TRITHUC_KEYS and TRITHUC_KEYS_FILE.",
  },
  missing: (path: string) => ({
    vi: `Không có tệp khoá ${path}: hãy đặt TRITHUC_KEYS_FILE hoặc TRITHUC_KEYS (README nói cách tạo, cất và sao lưu khoá).`,
    en: `There is no keys file ${path}: set TRITHUC_KEYS_FILE or TRITHUC_KEYS (the README says how to make, keep and back up keys).`,
  }),
  open: (path: string) => ({
    vi: `Tệp khoá ${path} cho người khác đọc: hãy chạy chmod 600 ${path}.`,
    en: `The keys file ${path} can be read by others: run chmod 600 ${path}.`,
  }),
  unreadable: (path: string) => ({ vi: `Không đọc được tệp khoá ${path}.`, en: `The keys file ${path} cannot be read.` }),
  unwritable: (path: string) => ({ vi: `Không tạo được tệp khoá ${path}.`, en: `The keys file ${path} cannot be made.` }),
  broken: (path = "TRITHUC_KEYS") => ({
    vi: `Khoá trong ${path} không đúng dạng: hãy lấy lại bản sao lưu của tệp khoá.`,
    en: `The keys in ${path} are not of the right form: bring back the keys file's backup.`,
  }),
} satisfies Record<string, Bilingual | ((path: string) => Bilingual)>;
