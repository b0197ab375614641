import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { readConfig } from "../../../src/config.ts";
import { openDatabase } from "../../../src/db/pools.ts";
import type { Database } from "../../../src/db/pools.ts";
import { makeApp } from "../../../src/main.ts";
import { keysOf } from "../../../src/store.ts";
import { issueToken } from "../../../src/http/access/tokens.ts";
import type { Scope } from "../../../src/core/actor.ts";
import { callerOf } from "./client.ts";
import type { Caller } from "./client.ts";
import type { Place } from "./place.ts";
import type { TestUrls } from "../../setup/template.ts";

/** The service within this process, so that a run can look at its connections, or spoil them. */
export type Inside = {
  port: number;
  database: Database;
  caller(client?: string, connections?: number): Promise<Caller>;
  close(): Promise<void>;
};

const SCOPES: readonly Scope[] = ["people:read", "people:write", "exports", "reference:write"];

/** Starts the service within this process on a database of `place`; `spoil` gets its connections before anything uses them. */
export async function serviceInside(
  place: Place,
  { serviceUrl }: TestUrls,
  spoil: (database: Database) => Database = (one) => one,
): Promise<Inside> {
  const config = readConfig({
    DATABASE_URL: serviceUrl,
    TRITHUC_KEYS: place.keysText,
    TRITHUC_RATE_LIMIT: "off",
    TRITHUC_LOG_LEVEL: "silent",
  });
  const keys = keysOf(config);
  const { TRITHUC_READERS: readers, TRITHUC_WORKERS: workers, TRITHUC_STATEMENT_TIMEOUT_MS: statementTimeoutMs } = config;
  const database = spoil(openDatabase({ url: serviceUrl, readers, workers, statementTimeoutMs }));
  const app = await makeApp(config, database, keys, () => "http://127.0.0.1");
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    database,
    caller: async (client = "tester", connections = 16) =>
      callerOf(
        port,
        await issueToken(keys, { audience: config.TRITHUC_AUDIENCE, scope: SCOPES, ttl: 7_200, client, subject: client }),
        connections,
      ),
    // A pool waits for ever for a client that a defect keeps.
    close: async () => {
      await app.close();
      await Promise.race([database.close(), delay(3_000)]);
    },
  };
}
