import type { FastifyInstance } from "fastify";
import { Client } from "pg";
import request from "supertest";
import { expect } from "vitest";
import { buildApp } from "../../src/app.ts";
import type { AppParts } from "../../src/app.ts";
import type { Purpose, Scope } from "../../src/core/actor.ts";
import { openDatabase } from "../../src/db/pools.ts";
import { startPublisher } from "../../src/exchange/changes/jobs.ts";
import { startJobs } from "../../src/db/upkeep/jobs.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import type { ServiceKeys } from "../../src/http/access/keys.ts";
import { issueToken, localVerifier } from "../../src/http/access/tokens.ts";
import type { TokenWish } from "../../src/http/access/tokens.ts";
import type { ImportParts } from "../../src/exchange/imports/jobs.ts";
import { catalog, FACTS, jobsOf } from "../../src/nouns.ts";
import { loadedDatabase } from "./database.ts";
import { committedJudge } from "./judge.ts";
import type { TestUrls } from "./template.ts";
import { TODAY } from "./template.ts";

const AUDIENCE = "https://registry.example";
export const PUBLIC_URL = "https://tri-thuc.example";
/** Everything that a clerk without a territory may do with people. */
export const CLERK = ["people:read", "people:write"] as const satisfies readonly Scope[];

/** What a test asks for: a token's claims, and the headers that go with each of its requests. */
export type Wish = {
  scope?: readonly Scope[];
  org?: readonly string[];
  loc?: readonly string[];
  purposes?: readonly Purpose[];
  purpose?: Purpose;
  language?: "vi" | "en";
  subject?: string;
  client?: string;
};

/** An answer as a client sees it; `body` is parsed JSON, undefined without one. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests assert on what comes, whatever its shape
export type Answer = { status: number; headers: Record<string, string>; body: any; text: string };
type Headers = Record<string, string>;
export type Call = { method: string; path: string; body?: unknown; headers?: Headers };

/** A client with a token (or without any). Each answer is held against the service's own OpenAPI document. */
export type Agent = {
  call(call: Call): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  patch(path: string, body: unknown, ifMatch?: string | number, headers?: Headers): Promise<Answer>;
  delete(path: string, ifMatch?: string | number, headers?: Headers): Promise<Answer>;
};

/** A running service on a database of its own. */
export type Registry = {
  app: FastifyInstance;
  urls: TestUrls;
  keys: ServiceKeys;
  as(wish?: Wish): Agent;
  /** Reads and writes everything. */
  admin: Agent;
  anonymous: Agent;
  token(wish?: Wish): Promise<string>;
  /** Asks the database as its owner, to assert what it holds. */
  sql<Row = Record<string, unknown>>(text: string, ...values: unknown[]): Promise<Row[]>;
  /** What its jobs work with. */
  work: ImportParts;
  close(): Promise<void>;
};

const ALL_OF_PEOPLE: readonly Scope[] = [...CLERK, "people:read.restricted", "people:read.sensitive", "reference:write"];

/** What a test may choose of the service. */
export type Start = Partial<Omit<AppParts, "keys">> & {
  jobs?: boolean;
  feed?: boolean;
  statementTimeoutMs?: number;
  urls?: TestUrls;
  keys?: ServiceKeys;
};

/** Starts the whole service as the service's role, listening on a free port; with `jobs` it works its queue, with `feed` it publishes what changes; on a database of its own, or the one that `urls` names. To be closed after the file. */
export async function startRegistry({ jobs: withJobs, feed, statementTimeoutMs = 10_000, ...options }: Start = {}): Promise<Registry> {
  const urls = options.urls ?? (await loadedDatabase());
  const keys = options.keys ?? loadKeys({ dataDir: "/nowhere", keysText: newKeysText(), embedded: false });
  const database = openDatabase({ url: urls.serviceUrl, readers: 3, workers: 3, statementTimeoutMs });
  const clock = options.clock ?? (() => new Date(`${TODAY}T05:00:00Z`));
  const app = await buildApp({
    database,
    keys,
    catalog,
    publicUrl: () => PUBLIC_URL,
    clock,
    verify: localVerifier(keys, AUDIENCE),
    ...options,
  });
  const work: ImportParts = { database, keys, catalog, facts: FACTS, clock, home: "24", memoryMb: 512 };
  const jobs = withJobs ? await startJobs(urls.serviceUrl, jobsOf(work)) : undefined;
  const publisher = feed ? await startPublisher(urls.serviceUrl, work) : undefined;
  await app.listen({ port: 0, host: "127.0.0.1" });
  const judge = committedJudge();
  const owner = new Client({ connectionString: urls.ownerUrl, options: `-c search_path=${SCHEMA} -c timezone=UTC` });
  await owner.connect();

  const token = ({ scope = CLERK, ...wish }: Wish = {}): Promise<string> =>
    issueToken(keys, { audience: AUDIENCE, scope, ttl: 3600, ...(wish as Partial<TokenWish>) });

  const call = async (sent: Call, own: Headers): Promise<Answer> => {
    const method = sent.method.toLowerCase() as "get";
    const blank = request(app.server)[method](sent.path).redirects(0);
    let asked = blank.set({ ...own, ...sent.headers });
    if (sent.body !== undefined) asked = asked.send(sent.body as object);
    const { status, headers, text } = await asked.ok(() => true);
    const type = (headers["content-type"] ?? "").split(";")[0]!;
    const json = /\bjson$/.test(type) && text ? (JSON.parse(text) as unknown) : text || undefined;
    const complaint = judge({ method: sent.method, path: sent.path.split("?")[0]!, status, type, body: json });
    if (complaint !== undefined) expect.fail(`${sent.method} ${sent.path} ${status}: ${complaint}\n${text?.slice(0, 1500)}`);
    return { status, headers: headers as Headers, body: json, text };
  };
  // Most tests are about something else than who may be whom; what `call` sends is sent as it stands.
  const knowing = (path: string) =>
    !/^\/v1\/people(\?|$)/.test(path) || path.includes("on_duplicate=")
      ? path
      : `${path}${path.includes("?") ? "&" : "?"}on_duplicate=create`;
  const agent = (headersOf: () => Promise<Headers>): Agent => {
    const one = async (sent: Call) => call(sent, await headersOf());
    const matching = (tag: string | number | undefined): Headers =>
      tag === undefined ? {} : { "if-match": typeof tag === "number" ? `"${tag}"` : tag };
    const json = { "content-type": "application/json" };
    return {
      call: one,
      get: (path, headers) => one({ method: "GET", path, ...(headers && { headers }) }),
      post: (path, body, headers) =>
        one({ method: "POST", path: knowing(path), body, headers: { ...(body === undefined ? {} : json), ...headers } }),
      patch: (path, body, tag, headers) => one({ method: "PATCH", path, body, headers: { ...json, ...matching(tag), ...headers } }),
      delete: (path, tag, headers) => one({ method: "DELETE", path, headers: { ...matching(tag), ...headers } }),
    };
  };
  const as = (wish: Wish = {}): Agent => {
    const { purpose, language, ...claims } = wish;
    const ready = token(claims);
    return agent(async () => ({
      authorization: `Bearer ${await ready}`,
      ...(purpose && { "access-purpose": purpose }),
      ...(language && { "accept-language": language }),
    }));
  };
  return {
    app,
    urls,
    keys,
    as,
    admin: as({ scope: ALL_OF_PEOPLE, purpose: "administration", subject: "admin" }),
    anonymous: agent(async () => ({})),
    token,
    sql: async <Row>(text: string, ...values: unknown[]) => (await owner.query(text, values)).rows as Row[],
    work,
    close: async () => {
      await app.close();
      await jobs?.stop();
      await publisher?.stop();
      await database.close();
      await owner.end();
    },
  };
}
