import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { issueToken, localVerifier } from "../../src/http/access/tokens.ts";
import { analysed } from "../exchange/office.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

/** `KILLS` for longer runs: the figures of docs/security.md are of 20. */
const KILLS = Number(process.env["KILLS"] ?? 2);
const READERS = 8;
/** A service that answers nothing of what is waited for would be waited for without end. */
const LOST_MS = 25_000;
const AUDIENCE = "https://registry.example";
const CANARY = "0240850001";
const CHILD = join(import.meta.dirname, "reading-child.ts");

let registry: Registry;
let keysText: string;
let authorization: string;
let people: string[];
/** An import whose preview names all of them, and ten more. */
let preview: string;

beforeAll(async () => {
  keysText = newKeysText();
  const keys = loadKeys({ dataDir: "/nowhere", keysText, embedded: false });
  registry = await startRegistry({ keys, verify: localVerifier(keys, AUDIENCE), jobs: true });
  const scope = ["people:read", "people:read.restricted", "people:write", "exports", "imports"] as const;
  authorization = `Bearer ${await issueToken(keys, { audience: AUDIENCE, scope, ttl: 3600 })}`;
  for (let i = 10; i < 40; i++) {
    const body = { name: { full: "Lê Văn Kín" }, citizen_id: `${CANARY}${i}` };
    const headers = { authorization, "content-type": "application/json" };
    expect((await registry.anonymous.call({ method: "POST", path: "/v1/people?on_duplicate=create", body, headers })).status).toBe(201);
  }
  people = (await registry.sql<{ id: string }>("select id from people order by id")).map(({ id }) => id);
  const rows = Array.from({ length: 40 }, (_, i) => `Lê Văn Kín,1985,${CANARY}${10 + i}`);
  const text = ["Họ và tên,Ngày sinh,Số CCCD", ...rows].join("\n");
  preview = (await analysed(registry.as({ scope: ["imports"] }), "ds.csv", text, { organization_id: "SYT" })).id;
  return registry.close;
}, 60_000);

/** What a client has in hand: whose number (a person's, or a row's of an import), by which request. */
type Had = { of: "person" | "row"; id: string; request: string };
const OF_PERSON = /"id":"([0-9a-f-]{36})"[^{}]*?(?:"name":\{[^}]*\}[^{}]*?)?"citizen_id":"\d{12}"/g;
const OF_ROW = /\{"id":"([0-9a-f-]{36})","sheet":(?:(?!\{"id").)*?"citizen_id":"\d{12}"/gs;

/** Reads from a service until it is killed; every value that arrived counts, also out of an answer that was cut. */
async function readUntilKilled(late: boolean): Promise<Had[]> {
  const child = spawn(process.execPath, [CHILD, registry.urls.serviceUrl, keysText, AUDIENCE, ...(late ? ["late"] : [])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const url = line.toString().trim();
  const had: Had[] = [];
  const asked = [
    (id: string) => `/v1/people/${id}`,
    () => "/v1/people?limit=20",
    () => "/v1/people/export?format=ndjson",
    (id: string) => `/v1/people?fields=citizen_id&limit=5&filter=id%20%3D%20${id}`,
    () => `/v1/imports/${preview}/rows?limit=40`,
  ];
  const reader = async (start: number) => {
    for (let i = start; ; i++) {
      const path = asked[i % asked.length]!(people[i % people.length]!);
      const request = crypto.randomUUID();
      // Compressed answers go another way through the service than plain ones.
      const encoding = { "accept-encoding": i % 3 === 0 ? "gzip" : "identity" };
      const answer = await fetch(url + path, {
        headers: { ...encoding, authorization, "access-purpose": "verification", "x-request-id": request },
      });
      let text = "";
      const decoder = new TextDecoder();
      try {
        for await (const part of answer.body!) text += decoder.decode(part as Uint8Array, { stream: true });
      } finally {
        const of = path.startsWith("/v1/imports") ? "row" : "person";
        for (const [, id] of text.matchAll(of === "row" ? OF_ROW : OF_PERSON)) had.push({ of, id: id!, request });
      }
    }
  };
  const readers = Array.from({ length: READERS }, (_, i) => reader(i).catch(() => {}));
  // As many answers as it takes, and no clock: a busy machine is slower.
  const enough = 200 + Math.floor(Math.random() * 300);
  const lost = performance.now() + LOST_MS;
  while (performance.now() < lost && (had.length < enough || !had.some(({ of }) => of === "row"))) await new Promise(setImmediate);
  child.kill("SIGKILL");
  await Promise.all([...readers, ended]);
  return had;
}

/** What was had and is not in the log. */
async function missing(had: readonly Had[]): Promise<Had[]> {
  const rows = await registry.sql<{ person: string | null; row: string | null; request: string }>(
    "select person_id as person, import_row_id as row, request_id as request from access_log where request_id = any($1) and 'citizen_id' = any(fields)",
    [...new Set(had.map(({ request }) => request))],
  );
  const kept = new Set(rows.map(({ person, row, request }) => `${request} ${row === null ? `person ${person}` : `row ${row}`}`));
  return had.filter(({ of, id, request }) => !kept.has(`${request} ${of} ${id}`));
}

describe("a service that is killed while it answers", { timeout: 30_000 * KILLS }, () => {
  test("has written down every restricted value that anybody has in hand", async () => {
    let [delivered, rows] = [0, 0];
    for (let kill = 0; kill < KILLS; kill++) {
      const had = await readUntilKilled(false);
      delivered += had.length;
      rows += had.filter(({ of }) => of === "row").length;
      expect(await missing(had)).toEqual([]);
    }
    expect([delivered, rows].every((some) => some >= KILLS)).toBe(true);
    console.log(`kills ${KILLS}, values delivered ${delivered}, ${rows} of them in rows of an import's preview, missing 0`);
  });

  test("is found out where it writes after the answer", async () => {
    const had = await readUntilKilled(true);
    expect((await missing(had)).length).toBeGreaterThan(0);
  });
});
