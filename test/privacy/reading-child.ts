import { buildApp } from "../../src/app.ts";
import { openDatabase } from "../../src/db/pools.ts";
import type { Database } from "../../src/db/pools.ts";
import { loadKeys } from "../../src/http/access/keys.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { catalog } from "../../src/nouns.ts";

/** A service as a process of its own, to be killed; with `late` it has the defect that a test must find: it answers, and writes down later. */
const [url = "", keysText = "", audience = "", late] = process.argv.slice(2);
/** Longer than an answer needs to its client on a busy machine. */
const LATE_MS = 300;
const keys = loadKeys({ dataDir: "/nowhere", keysText, embedded: false });
const database = openDatabase({ url, readers: 2, workers: 2, statementTimeoutMs: 10_000 });
const defective: Database = {
  ...database,
  access: { record: async (...args) => void setTimeout(() => void database.access.record(...args), LATE_MS) },
};
const app = await buildApp({
  database: late === undefined ? database : defective,
  keys,
  catalog,
  publicUrl: () => "https://tri-thuc.example",
  clock: () => new Date(),
  verify: localVerifier(keys, audience),
});
process.stdout.write(`${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
