import { createInterface } from "node:readline";
import { buildApp } from "../../src/app.ts";
import { openDatabase } from "../../src/db/pools.ts";
import { loadKeys } from "../../src/http/access/keys.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { catalog } from "../../src/nouns.ts";

/**
 * An instance of the service in a process of its own. A line on its input is a file of keys: it starts anew with them, says where, and goes on
 * answering at the place before until it is told by an empty line that nobody asks there any more.
 */
const [url = "", audience = ""] = process.argv.slice(2);
const open: (() => Promise<void>)[] = [];

async function start(keysText: string): Promise<void> {
  const keys = loadKeys({ dataDir: "/nowhere", keysText, embedded: false });
  const database = openDatabase({ url, readers: 2, workers: 2, statementTimeoutMs: 10_000 });
  const app = await buildApp({
    database,
    keys,
    catalog,
    publicUrl: () => audience,
    clock: () => new Date(),
    verify: localVerifier(keys, audience),
  });
  open.push(async () => {
    await app.close();
    await database.close();
  });
  process.stdout.write(`${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
}

for await (const line of createInterface(process.stdin)) {
  if (line !== "") await start(line);
  else if (open.length > 1) await open.shift()!();
}
for (const close of open) await close();
