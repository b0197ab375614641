import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { SCOPES } from "../../src/core/actor.ts";
import { lookupHash } from "../../src/core/secrets/sealing.ts";
import type { Document } from "../../src/http/openapi.ts";
import { analysed, committed, formOf } from "../exchange/office.ts";
import { sheet } from "../rules/import-samples.ts";
import { exampleOf, FACT_SHAPES, standing } from "../rules/operations.ts";
import type { Standing } from "../rules/operations.ts";
import { committedDocument, committedJudge } from "../setup/judge.ts";
import type { Agent, Registry, Wish } from "../setup/registry.ts";
import type { Shot, Targets } from "./aims.ts";

/** Records in every state that a request may meet, and whoever sends it. */
export type Lab = {
  document: Document;
  at: Standing;
  targets: Targets;
  send(shot: Shot): Promise<{ status: number; complaint: string | undefined; body: unknown }>;
};

const NOUNS: Record<string, string> = {
  degrees: "degrees",
  "academic-titles": "academic_titles",
  affiliations: "affiliations",
  expertise: "expertise",
  awards: "awards",
  organizations: "organizations",
  localities: "localities",
  fields: "fields",
  "code-lists": "code_lists",
  codes: "codes",
};

/** Fills a registry that works its jobs. */
export async function labOf(registry: Registry): Promise<Lab> {
  const document = committedDocument();
  const one = async (text: string, ...values: unknown[]) => (await registry.sql<{ id: string }>(text, ...values))[0]!.id;
  const found = {
    organization: await one("select id from organizations where code = 'SKHCN'"),
    locality: await one(
      "select id from localities where kind = 'commune' and valid_to is null and parent_id in (select id from localities where code = '24') order by code limit 1",
    ),
    field: await one("select id from fields where scheme = 'rd' and code = '102'"),
    code: await one("select id from codes where list = 'degree-levels' and code = 'TS'"),
    codeList: await one("select id from code_lists where list = 'degree-levels'"),
  };
  const person = { name: { full: "Trần Thị Mẫu" }, identifiers: [{ scheme: "orcid", value: "0000-0001-5109-3700" }] };
  const { id } = (await registry.as().post("/v1/people", person)).body;
  const at = standing(registry, { ...found, person: id }, document);
  return { document, at, targets: await targetsOf(registry, document, at), send: senderOf(registry) };
}

async function targetsOf(registry: Registry, document: Document, at: Standing): Promise<Targets> {
  const everything = registry.as({ scope: SCOPES });
  const hidden: Record<string, string> = { people: (await at.fact("hidden people")).body.id, list: "degree-levels" };
  for (const fact of [...Object.keys(FACT_SHAPES), "organizations"]) await at.fact(fact);
  for (const [noun, table] of Object.entries(NOUNS)) {
    const last =
      { localities: "where kind = 'commune'", fields: "where scheme = 'ford'", codes: "where list = 'degree-levels'" }[noun] ?? "";
    const [row] = await registry.sql<{ id: string }>(`select id from ${table} ${last} order by id desc limit 1`);
    hidden[noun] = row!.id;
    await registry.sql(`alter table ${table} disable trigger user`);
    await registry.sql(`update ${table} set hidden_at = now() where id = $1`, row!.id);
    await registry.sql(`alter table ${table} enable trigger user`);
  }
  const erased = (await at.fact("people")).body.id as string;
  const agreed = (await at.officer.post(`/v1/people/${erased}/consents`, exampleOf(document, "CreateConsent"))).body.id as string;
  const asked = (await at.officer.post(`/v1/people/${erased}/data-requests`, { kind: "delete", channel: "web" })).body.id as string;
  for (const [i, state] of ["acknowledged", "approved"].entries()) await at.officer.patch(`/v1/data-requests/${asked}`, { state }, i + 1);
  await at.officer.post(`/v1/data-requests/${asked}/execution`, exampleOf(document, "CarryOutDataRequest"));
  const [heldKey, usedKey] = ["held", "used"];
  const lock = lookupHash(registry.keys, "idempotency-key", `local-client\0${heldKey}`).readBigInt64BE().toString();
  await registry.sql("select pg_advisory_lock($1::bigint)", lock);
  await everything.post("/v1/organizations", { code: "DUNG", name: "Đã dùng", kind: "other" }, { "idempotency-key": usedKey });
  // A hidden person's facts, hidden themselves: brought back they would be the person's again.
  const gone = (await at.fact("people")).body.id as string;
  const lost: Record<string, string> = {};
  for (const [noun, shape] of Object.entries(FACT_SHAPES)) {
    lost[shape] = (await everything.post(`/v1/people/${gone}/${noun}`, exampleOf(document, `Create${shape}`, at))).body.id as string;
    await everything.delete(`/v1/${noun}/${lost[shape]}`, 1);
  }
  await everything.delete(`/v1/people/${gone}`, 1);
  return {
    hidden,
    erased: { people: erased, consents: agreed, "data-requests": asked },
    heldKey,
    usedKey,
    taken: await takenOf(registry, document, at, everything, erased, lost),
  };
}

/** What stands already or is over, by operation and status. */
async function takenOf(
  registry: Registry,
  document: Document,
  at: Standing,
  everything: Agent,
  erased: string,
  lost: Record<string, string>,
): Promise<Targets["taken"]> {
  const json = { "content-type": "application/json" };
  const wish = { scope: SCOPES };
  const shot = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Shot => ({
    method,
    path,
    wish,
    headers: { ...(body === undefined ? {} : json), ...headers },
    ...(body !== undefined && { body }),
  });
  const orcid = { identifiers: [{ scheme: "orcid", value: "0000-0001-5109-3700" }] };
  const somebody = (await at.fact("people")).body.id as string;
  const done = await analysed(at.importer, "xong.csv", sheet(1), { organization_id: "SNV" });
  await committed(at.importer, done.id);
  const [row] = await registry.sql<{ id: string }>("select id from import_rows limit 1");
  const form = await formOf([
    ["organization_id", "SNV"],
    ["file", { name: "xong.csv", bytes: sheet(1) }],
  ]);
  const consent = (await at.officer.post(`/v1/people/${somebody}/consents`, exampleOf(document, "CreateConsent"))).body.id as string;
  const withdrawal = exampleOf(document, "WithdrawConsent");
  await at.officer.post(`/v1/consents/${consent}/withdrawal`, withdrawal);
  await at.officer.post(`/v1/people/${somebody}/consents`, exampleOf(document, "CreateConsent"));
  const request = (await at.officer.post(`/v1/people/${somebody}/data-requests`, { kind: "view", channel: "web" })).body.id as string;
  const cancelled = (await at.officer.post(`/v1/people/${somebody}/data-requests`, { kind: "view", channel: "web" })).body.id as string;
  await at.officer.patch(`/v1/data-requests/${cancelled}`, { state: "cancelled" }, 1);
  const standing = "/v1/people/by-id/local:SKHCN/DUNG-1";
  const full = { name: { full: "Người Mẫu Dùng" }, source: { organization_id: at.organization } };
  await everything.call({ method: "PUT", path: standing, body: full, headers: { ...json, "if-none-match": "*" } });
  const supplied = { citizen_id: "024085000999", ...full };
  await everything.post("/v1/people/by-citizen-id", supplied);
  const seen = registry.as({ scope: SCOPES, purpose: "verification" });
  const tag = (await seen.post("/v1/people/by-citizen-id", { citizen_id: supplied.citizen_id })).headers["etag"];
  const left = { ...supplied, citizen_id: "024085000997", identifiers: [{ scheme: "local:SKHCN", value: "DI-1" }] };
  const leaver = (await everything.post("/v1/people", left)).body;
  await everything.delete(`/v1/people/${leaver.id}`, 1);
  const reading = { wish: { ...wish, purpose: "verification" } as Wish };
  const restores = Object.entries(FACT_SHAPES).map(
    ([noun, shape]) => [`restore${shape} 410`, () => shot("POST", `/v1/${noun}/${lost[shape]}/restorations`)] as const,
  );
  const changing = async (body: object) => shot("PATCH", `/v1/people/${(await at.fact("people")).body.id}`, body, { "if-match": '"1"' });
  return {
    ...Object.fromEntries(restores),
    "restorePerson 410": () => shot("POST", `/v1/people/${erased}/restorations`),
    "changePerson 200": () => changing({ keywords: ["vật liệu"] }),
    "changePerson 422": () => changing({ name: { full: 7 } }),
    "getPersonByIdentifier 410": () => shot("GET", `/v1/people/by-id/code/${leaver.code}`),
    "putPersonByIdentifier 410": () => shot("PUT", "/v1/people/by-id/local:SKHCN/DI-1", full, { "if-match": '"1"' }),
    "supplyPersonByCitizenId 410": () => ({ ...shot("POST", "/v1/people/by-citizen-id", { citizen_id: "024085000997" }), ...reading }),
    "listChanges 410": () => shot("GET", "/v1/changes?after=1.1"),
    "putPersonByIdentifier 200": async () => {
      const { headers } = await everything.get(standing);
      return shot("PUT", standing, { ...full, keywords: [randomUUID()] }, { "if-match": headers["etag"]! });
    },
    "putPersonByIdentifier 405": () => shot("PUT", "/v1/people/by-id/code/BN-0000001-5", full, { "if-none-match": "*" }),
    "putPersonByIdentifier 409": () =>
      shot("PUT", `/v1/people/by-id/local:SKHCN/M-${at.count()}`, { ...full, ...orcid }, { "if-none-match": "*" }),
    "putPersonByIdentifier 412": () => shot("PUT", standing, full, { "if-match": '"99"' }),
    "putPersonByIdentifier 428": () => shot("PUT", standing, full),
    "supplyPersonByCitizenId 201": () =>
      shot("POST", "/v1/people/by-citizen-id", { ...full, citizen_id: `0240${String(10_000_000 + at.count())}` }),
    "supplyPersonByCitizenId 200": () => ({ ...shot("POST", "/v1/people/by-citizen-id", { citizen_id: supplied.citizen_id }), ...reading }),
    "supplyPersonByCitizenId 304": () => ({
      ...shot("POST", "/v1/people/by-citizen-id", { citizen_id: supplied.citizen_id }, { "if-none-match": tag ?? "*" }),
      ...reading,
    }),
    "supplyPersonByCitizenId 428": () => shot("POST", "/v1/people/by-citizen-id", { ...supplied, keywords: ["khác"] }),
    "supplyPersonByCitizenId 404": () => ({ ...shot("POST", "/v1/people/by-citizen-id", { citizen_id: "024085000998" }), ...reading }),
    "createPerson 409": () => shot("POST", "/v1/people", { name: { full: "Trần Thị Khác" }, ...orcid }),
    "changePerson 409": () => shot("PATCH", `/v1/people/${somebody}`, orcid, { "if-match": '"1"' }),
    "deleteOrganization 409": async () =>
      shot("DELETE", `/v1/organizations/${at.organization}`, undefined, {
        "if-match": (await everything.get(`/v1/organizations/${at.organization}`)).headers["etag"]!,
      }),
    "createImport 409": () => ({ ...shot("POST", "/v1/imports", form.body, { "content-type": form.type }) }),
    "createImport 415": () => shot("POST", "/v1/imports", "x", { "content-type": "image/png" }),
    "createImport 422": async () => {
      const none = await formOf([
        ["organization_id", "KHONG-CO"],
        ["file", { name: "a.csv", bytes: sheet(at.count()) }],
      ]);
      return shot("POST", "/v1/imports", none.body, { "content-type": none.type });
    },
    "changeImport 409": () => shot("PATCH", `/v1/imports/${done.id}`, { columns: [{ column: "D", field: "degrees.level" }] }),
    "cancelImport 409": () => shot("DELETE", `/v1/imports/${done.id}`),
    "commitImport 409": () => shot("POST", `/v1/imports/${done.id}/commitment`),
    "decideImportRow 409": () => shot("PATCH", `/v1/imports/${done.id}/rows/${row!.id}`, { decision: "skip" }),
    "withdrawConsent 409": () => shot("POST", `/v1/consents/${consent}/withdrawal`, withdrawal),
    "createConsent 409": () => shot("POST", `/v1/people/${somebody}/consents`, exampleOf(document, "CreateConsent")),
    "createConsent 410": () => shot("POST", `/v1/people/${erased}/consents`, exampleOf(document, "CreateConsent")),
    "createDataRequest 410": () => shot("POST", `/v1/people/${erased}/data-requests`, { kind: "view", channel: "web" }),
    "listPersonConsents 410": () => shot("GET", `/v1/people/${erased}/consents`),
    "listPersonDataRequests 410": () => shot("GET", `/v1/people/${erased}/data-requests`),
    "changeDataRequest 409": () => shot("PATCH", `/v1/data-requests/${cancelled}`, { state: "acknowledged" }, { "if-match": '"2"' }),
    "carryOutDataRequest 409": () => shot("POST", `/v1/data-requests/${request}/execution`, {}),
    "liftRestriction 409": () => shot("POST", `/v1/data-requests/${request}/reversal`),
    "getDataCopy 409": () => shot("GET", `/v1/data-requests/${request}/copy`),
  };
}

/** Sends requests past the network where that changes nothing, and holds each answer against the document. */
function senderOf(registry: Registry): Lab["send"] {
  const judge = committedJudge();
  const tokens = new Map<string, Promise<string>>();
  const { port } = registry.app.server.address() as AddressInfo;
  return async ({ wish = {}, by, method, path, body, headers = {} }) => {
    const { purpose, ...claims } = wish === "nobody" ? {} : wish;
    const key = JSON.stringify(claims);
    if (wish !== "nobody" && !tokens.has(key)) tokens.set(key, registry.token(claims));
    const own = {
      ...(wish !== "nobody" && { authorization: `Bearer ${await tokens.get(key)!}` }),
      ...(purpose && { "access-purpose": purpose }),
      ...headers,
    };
    const answer = by === undefined ? await injected(registry, method, path, own, body) : await spoken(port, method, path, by);
    const type = (answer.headers["content-type"] ?? "").split(";")[0]!;
    const parsed = /\bjson$/.test(type) && answer.text ? (JSON.parse(answer.text) as unknown) : answer.text || undefined;
    const complaint = judge({ method, path: path.split("?")[0]!, status: answer.status, type, body: parsed });
    const late = answer.status === 503 && answer.headers["retry-after"] === undefined ? "503 without Retry-After" : undefined;
    return { status: answer.status, complaint: complaint ?? late, body: parsed };
  };
}

type Reply = { status: number; headers: Record<string, string | undefined>; text: string };

async function injected({ app }: Registry, method: string, url: string, headers: Record<string, string>, body: unknown): Promise<Reply> {
  const answer = await app.inject({ method: method as "GET", url, headers, ...(body !== undefined && { payload: body as object }) });
  return { status: answer.statusCode, headers: answer.headers as Record<string, string>, text: answer.body };
}

/** A client that stops in the middle of its headers, or whose headers are too many. */
function spoken(port: number, method: string, path: string, by: "stalling" | "headers"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    socket.on("error", (error) => text === "" && reject(error));
    socket.on("close", () => {
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const [line = "", ...lines] = head.split("\r\n");
      const headers = Object.fromEntries(
        lines.map((one) => [one.slice(0, one.indexOf(":")).toLowerCase(), one.slice(one.indexOf(":") + 2)]),
      );
      resolve({ status: Number(line.split(" ")[1]), headers, text: rest.join("\r\n\r\n") });
    });
    const begun = `${method} ${path.replaceAll(" ", "%20")} HTTP/1.1\r\nHost: x\r\nX: `;
    socket.write(by === "stalling" ? `${begun}a` : `${begun}${"a".repeat(40_000)}\r\n\r\n`);
  });
}
