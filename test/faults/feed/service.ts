import type { AddressInfo } from "node:net";
import { buildApp } from "../../../src/app.ts";
import type { Scope } from "../../../src/core/actor.ts";
import { openDatabase } from "../../../src/db/pools.ts";
import { startPublisher } from "../../../src/exchange/changes/jobs.ts";
import { loadKeys, newKeysText } from "../../../src/http/access/keys.ts";
import { issueToken, localVerifier } from "../../../src/http/access/tokens.ts";
import { catalog } from "../../../src/nouns.ts";

/** A service that answers the feed of a database and publishes it. */
export type FeedService = { get(path: string): Promise<{ status: number; body: Body }>; close(): Promise<void> };
type Body = {
  data: { id: string; type: string; subject: string; data: { version: number } }[];
  position: string;
  has_more: boolean;
  code?: string;
};

const AUDIENCE = "feed";
const READ: readonly Scope[] = ["changes:read", "people:read"];

/** Starts it, listening on a free port. */
export async function serveFeed(serviceUrl: string): Promise<FeedService> {
  const keys = loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
  const database = openDatabase({ url: serviceUrl, readers: 3, workers: 2, statementTimeoutMs: 10_000 });
  const clock = () => new Date();
  const verify = localVerifier(keys, AUDIENCE);
  const app = await buildApp({ database, keys, catalog, clock, verify, publicUrl: () => "https://tri-thuc.example" });
  const publisher = await startPublisher(serviceUrl, { clock, catalog });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const authorization = `Bearer ${await issueToken(keys, { audience: AUDIENCE, scope: READ, ttl: 7_200 })}`;
  return {
    async get(path) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } });
      return { status: answer.status, body: (await answer.json()) as Body };
    },
    async close() {
      await Promise.all([app.close(), publisher.stop()]);
      await database.close();
    },
  };
}
