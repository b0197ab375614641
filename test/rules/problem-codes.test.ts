import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importJWK, SignJWT } from "jose";
import { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { PROBLEMS } from "../../src/core/problems.ts";
import type { ProblemCode } from "../../src/core/problems.ts";
import { analysed, committed, upload } from "../exchange/office.ts";
import { SCHEMA } from "../../src/db/schema.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry, Start } from "../setup/registry.ts";
import { sheet, WAIT_MS } from "./import-samples.ts";

let registry: Registry;
let admin: Agent;
let id: string;
const started: Registry[] = [];

beforeAll(async () => {
  registry = await startRegistry();
  admin = registry.admin;
  id = (await admin.post("/v1/people", { name: { full: "Đoàn Văn Lỗi" }, citizen_id: "024085000123" })).body.id;
  return async () => void (await Promise.all([registry, ...started].map((one) => one.close())));
});

/** Another service, with settings of its own. */
async function another(options: Start): Promise<Registry> {
  const made = await startRegistry(options);
  started.push(made);
  return made;
}

const list = (query: string, agent = admin) => agent.get(`/v1/people?${query}`);
const create = (more: object, agent = admin) => agent.post("/v1/people", { name: { full: "Đoàn Văn Lỗi" }, ...more });
const unit = async (code: string) => (await registry.sql<{ id: string }>("select id from organizations where code = $1", code))[0]!.id;
const work = (more: object = {}) => ({
  affiliations: [{ kind: "employment", organization_text: "Công ty Mẫu", is_primary: true, ...more }],
});
const later = (issue: string) => issue;
/** Told by a file of its own, which speaks the wire itself. */
const told = (file: string) => ({ file });

/** The situation in which each code of the closed list is answered; a text says whose issue brings the situation. */
const SITUATIONS: Record<ProblemCode, (() => Promise<Answer>) | string | { file: string }> = {
  "malformed-json": () => admin.call({ method: "POST", path: "/v1/people", body: "{", headers: { "content-type": "application/json" } }),
  "unknown-parameter": () => list("gendr=male"),
  "unknown-field": () => create({ gendr: "male" }),
  "unknown-operator": () => list("gender:like=male"),
  "invalid-parameter": () => list("limit=0"),
  "invalid-header": () => admin.patch(`/v1/people/${id}`, {}, "*"),
  "filter-syntax": () => list("filter=gender"),
  "filter-ambiguous": () => list(`filter=${encodeURIComponent("gender = male and code = x or code = y")}`),
  "filter-too-complex": () => list(`filter=${encodeURIComponent(`${"not ".repeat(8)}gender = male`)}`),
  "cursor-invalid": () => list("cursor=x"),
  "cursor-mismatch": async () => {
    await create({});
    return list(`sort=code&limit=1&cursor=${(await list("sort=name&limit=1")).body.page.cursor}`);
  },
  "identifier-in-url": () => list("citizen_id=024085000123"),
  "idempotency-key-required": later("merges, the only operation that requires the key"),
  "query-too-costly": () => whileLocked((agent) => agent.get("/v1/people?keywords=nano&sort=-birth_year")),
  unauthenticated: () => registry.anonymous.get("/v1/people"),
  "token-expired": async () => registry.anonymous.get("/v1/people", { authorization: `Bearer ${await expired()}` }),
  "scope-missing": () => list("", registry.as({ scope: [] })),
  "purpose-required": () => list("fields=citizen_id", registry.as({ scope: ["people:read", "people:read.restricted"] })),
  "purpose-not-allowed": () => list("", registry.as({ purposes: ["advice"], purpose: "sharing" })),
  "outside-territory": () => create({}, registry.as({ org: ["SYT"] })),
  "not-found": () => admin.get("/v1/people/01a00000-0000-7000-8000-00000000abcd"),
  "route-not-found": () => admin.get("/v1/dragons"),
  "method-not-allowed": () => admin.call({ method: "PUT", path: "/v1/people" }),
  "not-acceptable": () => admin.get("/v1/people", { accept: "text/html" }),
  "request-timeout": told("test/http/raw-http.test.ts"),
  "possible-duplicate": () => {
    const body = { name: { full: "Đoàn Văn Lỗi" } };
    return admin.call({ method: "POST", path: "/v1/people", body, headers: { "content-type": "application/json" } });
  },
  "duplicate-identifier": () => create({ citizen_id: "024085000123" }),
  "record-merged": later("the merges"),
  "period-overlap": async () => {
    const { body } = await create(work({ valid_from: "2010", valid_to: "2015" }));
    return admin.post(`/v1/people/${body.id}/affiliations`, work({ valid_from: "2012", valid_to: "2014" }).affiliations[0]);
  },
  "state-conflict": () => admin.post(`/v1/people/${id}/restorations`),
  "in-use": async () => admin.delete(`/v1/organizations/${await unit("UBND")}`, 1),
  "idempotency-in-progress": told("test/flows/idempotency.test.ts"),
  "import-already-applied": async () => {
    const clerk = (await another({ jobs: true })).as({ scope: ["imports"] });
    const supplier = { organization_id: "SNV" };
    const { id: first } = await analysed(clerk, "mau.csv", sheet(1), supplier, WAIT_MS);
    await committed(clerk, first, WAIT_MS);
    return upload(clerk, "mau.csv", sheet(1), supplier);
  },
  "revert-blocked": later("the reversal of imports and merges"),
  "release-frozen": later("the releases"),
  deleted: async () => {
    const { body } = await create({});
    await admin.delete(`/v1/people/${body.id}`, 1);
    return admin.get(`/v1/people/${body.id}`);
  },
  erased: async () => {
    const { body } = await create({ name: { full: "Đoàn Thị Huỷ" } });
    const officer = registry.as({ scope: ["privacy"] });
    const request = (await officer.post(`/v1/people/${body.id}/data-requests`, { kind: "delete", channel: "web" })).body.id as string;
    for (const [i, state] of ["acknowledged", "approved"].entries()) await officer.patch(`/v1/data-requests/${request}`, { state }, i + 1);
    await officer.post(`/v1/data-requests/${request}/execution`, {});
    return admin.get(`/v1/people/${body.id}`);
  },
  "feed-position-expired": async () => (await another({ feed: true })).as({ scope: ["changes:read"] }).get("/v1/changes?after=1.1"),
  "version-mismatch": () => admin.patch(`/v1/people/${id}`, {}, 7),
  "if-match-required": () => admin.patch(`/v1/people/${id}`, {}),
  "body-too-large": () => create({ biography: "a".repeat(300 * 1024) }),
  "file-too-large": told("test/http/plugins.test.ts"),
  "too-many-rows": told("test/exchange/reader.test.ts"),
  "uri-too-long": () => list(`code=${"a".repeat(9000)}`),
  "unsupported-media-type": () => admin.call({ method: "POST", path: "/v1/people", body: "a", headers: { "content-type": "text/plain" } }),
  "validation-failed": () => create({ gender: "woman" }),
  "unknown-code": () => create({ degrees: [{ level: "TIENSI" }] }),
  "date-order": () => create({ degrees: [{ level: "TS", valid_from: "2010", valid_to: "2009" }] }),
  "code-not-valid-on-date": async () => create(work({ organization_id: await unit("SKHDT"), valid_from: "2026" })),
  "idempotency-key-reused": async () => {
    const key = { "idempotency-key": "reused" };
    await admin.post("/v1/people", { name: { full: "Đoàn Văn Lỗi" } }, key);
    return admin.post("/v1/people", { name: { full: "Đoàn Thị Lỗi" } }, key);
  },
  "dimension-not-allowed": later("the statistics"),
  "file-unreadable": told("test/http/plugins.test.ts"),
  "no-table-found": told("test/exchange/reader.test.ts"),
  "webhook-address-refused": later("the webhooks"),
  "headers-too-large": () => admin.get("/v1/people", { "x-padding": "a".repeat(40_000) }),
  "rate-limited": async () => {
    const agent = (await another({ rates: { reads: 2, writes: 1 } })).as();
    const answers = await Promise.all(Array.from({ length: 6 }, () => agent.get("/v1/people")));
    return answers.find(({ status }) => status !== 200)!;
  },
  // A sealed value of another row cannot be opened: the registry was tampered with, and nobody foresaw how.
  internal: async () => {
    const { body } = await create({});
    await registry.sql(`begin; select set_config('trithuc.actor', 'test', true);
      update people set citizen_id_sealed = (select citizen_id_sealed from people where id = '${id}') where id = '${body.id}'; commit`);
    return admin.get(`/v1/people/${body.id}`);
  },
  unavailable: () => whileLocked((agent) => agent.post("/v1/people", { name: { full: "Đoàn Văn Lỗi" } })),
  overloaded: async () => {
    const agent = (await another({ maxDelayMs: 1 })).as();
    const deadline = Date.now() + 8_000;
    for (let answer = await agent.get("/v1/people"); ; answer = await agent.get("/v1/people")) {
      if (answer.status !== 200 || Date.now() > deadline) return answer;
      for (const until = Date.now() + 100; Date.now() < until;) JSON.parse("[]");
    }
  },
};

/** Asks while somebody holds the whole table, and the database's patience is short. */
async function whileLocked<T>(ask: (agent: Agent, held: Registry) => Promise<T>): Promise<T> {
  const held = await another({ statementTimeoutMs: 400 });
  const owner = new Client({ connectionString: held.urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
  await owner.connect();
  await owner.query("begin; lock table people in access exclusive mode");
  try {
    return await ask(held.as(), held);
  } finally {
    await owner.end();
  }
}

async function expired(): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const signing = registry.keys.signing!;
  return new SignJWT({ client_id: "a", scope: "people:read", jti: "1" })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: signing.kid! })
    .setIssuer("urn:trithuc:local-issuer")
    .setAudience("https://registry.example")
    .setSubject("a")
    .setIssuedAt(now - 600)
    .setExpirationTime(now - 300)
    .sign(await importJWK(signing, "EdDSA"));
}

const provoked = Object.entries(SITUATIONS).flatMap(([code, situation]) =>
  typeof situation === "function" ? [[code, situation] as const] : [],
);

describe("each code of the closed list", () => {
  test.each(provoked)(
    "%s is answered in its situation, with its status and the page that explains it",
    async (code, situation) => {
      const { status, body, headers } = await situation();
      expect([body.code, status]).toEqual([code, PROBLEMS[code as ProblemCode].status]);
      expect(body).toMatchObject({
        status,
        title: PROBLEMS[code as ProblemCode].title.vi,
        type: `https://tri-thuc.example/problems/${code}`,
      });
      expect(body.request_id).toBe(headers["x-request-id"]);
      if ([429, 503].includes(status)) expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      if (status === 401) expect(headers["www-authenticate"]).toContain("Bearer");
    },
    60_000,
  );

  test("says of a query that was too costly which filters would help, wherever it was asked", async () => {
    const place = "residence_locality=24@2025-07-01";
    const answers = await whileLocked((agent, held) =>
      Promise.all([
        agent.get("/v1/people?keywords=nano&sort=-birth_year"),
        agent.get(`/v1/people?${place}&degrees.level=TS&sort=name&gender=male`),
        agent.post("/v1/people/search", { filter: "keywords = nano", sort: "-birth_year" }),
        held.as({ loc: ["24"] }).get("/v1/degrees"),
      ]),
    );
    const helping = answers.map(({ status, body }, i) => {
      expect([status, body.code]).toEqual([400, "query-too-costly"]);
      expect(body.errors).toEqual([expect.objectContaining(i === 2 ? { pointer: "/filter" } : { parameter: "filter" })]);
      const [, names = ""] = /chẳng hạn (.*)\.$/.exec(body.detail) ?? [];
      const declared = catalog[i === 3 ? "degrees" : "people"]!.noun.parameters;
      expect(names.split(", ").filter((name) => !declared.includes(name))).toEqual([]);
      expect(body.errors[0].did_you_mean).toBe(names.split(", ")[0]);
      return names.split(", ");
    });
    expect(helping.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
    // What is missing of a combination that is declared comes first.
    expect(helping[1]![0]).toBe("expertise.field:below");
    expect(helping.flat()).not.toContain("keywords");
  }, 60_000);

  test("that another file provokes stands there", () => {
    const missing = Object.entries(SITUATIONS).flatMap(([code, situation]) => {
      if (typeof situation !== "object") return [];
      const path = join(import.meta.dirname, "../..", situation.file);
      return readFileSync(path, "utf8").includes(code) ? [] : [`${code}: ${situation.file}`];
    });
    expect(missing).toEqual([]);
  });

  test("has a page for people, in both languages", async () => {
    for (const code of Object.keys(PROBLEMS)) {
      const page = await registry.app.inject(`/problems/${code}`);
      expect([code, page.statusCode, page.headers["content-type"]]).toEqual([code, 200, "text/html; charset=utf-8"]);
      expect(page.body).toContain(code);
    }
    expect((await registry.app.inject("/problems/dragons")).statusCode).toBe(404);
  });
});
