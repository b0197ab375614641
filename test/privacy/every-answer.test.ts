import { beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import type { ScopeRule } from "../../src/core/policy/operations.ts";
import type { Document } from "../../src/http/openapi.ts";
import { SAMPLES, standing } from "../rules/operations.ts";
import type { Standing } from "../rules/operations.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { committedDocument } from "../setup/judge.ts";

let registry: Registry;
let document: Document;
let at: Standing;
let person: string;
/** Values of one person that stand nowhere else. */
const CANARIES = ["024061777001", "canary-9f3a@example.vn", "+84961777001", "phố Canary", "QM-CANARY-1"];

beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  document = committedDocument();
  const id = async (text: string) => (await registry.sql<{ id: string }>(text))[0]!.id;
  const made = await registry.admin.post("/v1/people", {
    name: { full: "Trần Thị Mẫu" },
    identifiers: [{ scheme: "orcid", value: "0000-0001-5109-3700" }],
    birth_date: "1985",
    citizen_id: CANARIES[0],
    emails: [CANARIES[1]],
    phones: [CANARIES[2]],
    residence_text: `số 1 ${CANARIES[3]}`,
    degrees: [{ level: "TS", certificate_no: CANARIES[4] }],
  });
  person = made.body.id;
  at = standing(
    registry,
    {
      person,
      organization: await id("select id from organizations where code = 'SKHCN'"),
      locality: await id("select id from localities where kind = 'commune' and valid_to is null order by code limit 1"),
      field: await id("select id from fields where scheme = 'rd' and code = '102'"),
      codeList: await id("select id from code_lists where list = 'degree-levels'"),
    } as Parameters<typeof standing>[1],
    document,
  );
  return registry.close;
}, 60_000);

describe("every operation", () => {
  test("that answers a restricted value has written down to whom, whatever the operation is", async () => {
    const agent = registry.as({ scope: SCOPES, purpose: "administration", client: "everything" });
    const silent: string[] = [];
    const told: string[] = [];
    const all = Object.entries(document.paths).flatMap(([, methods]) =>
      Object.entries(methods).map(([method, { operationId, "x-scope": scope }]) => ({
        id: operationId as string,
        method: method.toUpperCase(),
        scope: scope as ScopeRule,
      })),
    );
    for (const { id, method } of all) {
      const { path, body, ifMatch, contentType } = await SAMPLES[id]!(at, document);
      const headers = {
        ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
        ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
      };
      const { text, headers: got } = await agent.call({ method, path, body, headers });
      if (!CANARIES.some((canary) => text?.includes(canary))) continue;
      told.push(id);
      const rows = await registry.sql("select from access_log where request_id = $1 and person_id = $2", got["x-request-id"], person);
      if (rows.length !== 1) silent.push(`${id}: ${rows.length}`);
    }
    console.log(`operations that answered a restricted value: ${told.length}`);
    expect(silent).toEqual([]);
    expect(told).toEqual(
      expect.arrayContaining([
        "getPerson",
        "listPeople",
        "exportPeople",
        "changePerson",
        "getPersonRevision",
        "listPersonRevisions",
        "listPersonDegrees",
      ]),
    );
  }, 60_000);

  test("answers again under the same key with an entry of its own", async () => {
    const agent = registry.as({ scope: SCOPES, purpose: "administration" });
    const again = () => agent.post("/v1/people", { name: { full: "Đỗ Văn Lặp" }, phones: ["+84961777009"] }, { "idempotency-key": "k-1" });
    for (const answer of [await again(), await again()]) {
      expect([answer.status, answer.body.phones]).toEqual([201, ["+84961777009"]]);
      expect(await registry.sql("select from access_log where request_id = $1", answer.headers["x-request-id"])).toHaveLength(1);
    }
    const blind = await registry
      .as({ scope: SCOPES.filter((scope) => scope !== "people:read.restricted"), purpose: "administration" })
      .post("/v1/people", { name: { full: "Đỗ Văn Lặp" }, phones: ["+84961777009"] }, { "idempotency-key": "k-1" });
    expect(blind.body.phones).toBeUndefined();
  });
});
