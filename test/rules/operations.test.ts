import { beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../src/core/actor.ts";
import type { Scope } from "../../src/core/actor.ts";
import type { ScopeRule } from "../../src/http/access/auth.ts";
import type { Document } from "../../src/http/openapi.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { exampleOf, SAMPLES, standing } from "./operations.ts";
import type { Standing } from "./operations.ts";
import { committedDocument } from "../setup/judge.ts";

let registry: Registry;
let document: Document;
let at: Standing;
/** `also`: any of these is needed beside the scope. */
type Operation = { id: string; method: string; path: string; scope: ScopeRule; also: Scope[] };
let operations: Operation[];

beforeAll(async () => {
  registry = await startRegistry({ jobs: true, feed: true });
  document = committedDocument();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, "x-scope": scope, "x-scope-also": also = [] }]) => ({
      id: operationId as string,
      method: method.toUpperCase(),
      path,
      scope: scope as ScopeRule,
      also: also as Scope[],
    })),
  );
  const id = async (text: string) => (await registry.sql<{ id: string }>(text))[0]!.id;
  const found = {
    organization: await id("select id from organizations where code = 'SKHCN'"),
    locality: await id(
      "select id from localities where kind = 'commune' and valid_to is null and parent_id in (select id from localities where code = '24') order by code limit 1",
    ),
    field: await id("select id from fields where scheme = 'rd' and code = '102'"),
    code: await id("select id from codes where list = 'degree-levels' and code = 'TS'"),
    codeList: await id("select id from code_lists where list = 'degree-levels'"),
  };
  const sample = { name: { full: "Trần Thị Mẫu" }, identifiers: [{ scheme: "orcid", value: "0000-0001-5109-3700" }] };
  const person = (await registry.as().post("/v1/people", sample)).body.id as string;
  // In the directory too, so that what is read by id can be read there.
  await registry.as({ scope: ["privacy"] }).post(`/v1/people/${person}/consents`, exampleOf(document, "CreateConsent"));
  at = standing(registry, { ...found, person }, document);
  return registry.close;
});

const pathOf = ({ path }: Operation) => path.replaceAll(/\{[^}]+\}/g, "019a0000-0000-7000-8000-000000000001");
const bodyFor = ({ method }: Operation) => (["POST", "PATCH", "PUT"].includes(method) ? {} : undefined);

describe("every operation", () => {
  test("has a sample call, and every sample an operation", () => {
    expect(Object.keys(SAMPLES).toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  });

  test("names a scope of the closed list, or says that any token will do, or that it is public", () => {
    const known = (rule: ScopeRule) =>
      rule === "any" || rule === "public" || [rule].flat().every((scope) => SCOPES.includes(scope as Scope));
    expect(operations.filter(({ scope }) => !known(scope))).toEqual([]);
    expect(operations.filter(({ scope }) => scope === "public").map(({ id }) => id)).toEqual(["listProblems"]);
  });

  test("is refused to nobody, before anything else of the request is looked at", async () => {
    for (const operation of operations.filter(({ scope }) => scope !== "public")) {
      const { status, body, headers } = await registry.anonymous.call({
        ...operation,
        path: `${pathOf(operation)}?nonsense=1`,
        body: bodyFor(operation),
      });
      expect([operation.id, status, body.code]).toEqual([operation.id, 401, "unauthenticated"]);
      expect(headers["www-authenticate"]).toContain("Bearer");
    }
  });

  test("is refused to a token with every scope but its own, and to each of these scopes alone", async () => {
    let refused = 0;
    const agents = new Map(SCOPES.map((scope) => [scope, registry.as({ scope: [scope] })]));
    for (const operation of operations.filter(({ scope }) => scope !== "any" && scope !== "public")) {
      const own = [operation.scope].flat() as Scope[];
      const others = SCOPES.filter((scope) => !own.includes(scope));
      const callers = [registry.as({ scope: others }), ...others.map((scope) => agents.get(scope)!)];
      const answers = await Promise.all(
        callers.map((caller) => caller.call({ ...operation, path: pathOf(operation), body: bodyFor(operation) })),
      );
      for (const { status, body } of answers) expect([operation.id, status, body.code]).toEqual([operation.id, 403, "scope-missing"]);
      refused += answers.length;
    }
    expect(refused).toBeGreaterThan(800);
  }, 60_000);

  test("answers its sample with 2xx, for each of its scopes, as its schema says", async () => {
    const failed: unknown[] = [];
    for (const operation of operations.filter(({ id }) => id in SAMPLES)) {
      const scopes =
        operation.scope === "any" || operation.scope === "public" ? [[]] : ([operation.scope].flat() as Scope[]).map((scope) => [scope]);
      for (const scope of scopes) {
        const { path, body, ifMatch, contentType, headers: more } = await SAMPLES[operation.id]!(at, document);
        const headers = {
          ...more,
          ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
          ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
        };
        const unique = operation.id === "createOrganization" ? { ...(body as object), code: "MAU" } : body;
        const answer = await registry
          .as({ scope: [...scope, ...operation.also] })
          .call({ method: operation.method, path, body: unique, headers });
        if (answer.status >= 300) failed.push([operation.id, scope, answer.status, answer.body]);
      }
    }
    expect(failed).toEqual([]);
  }, 120_000);

  test("refuses a parameter that it does not have, before it looks for anything", async () => {
    const everything = registry.as({ scope: SCOPES });
    const other: unknown[] = [];
    for (const operation of operations) {
      const { status, body } = await everything.call({ ...operation, path: `${pathOf(operation)}?nonsense=1`, body: bodyFor(operation) });
      if (status !== 400 || body.code !== "unknown-parameter") other.push([operation.id, status, body?.code]);
    }
    expect(other).toEqual([]);
  });

  test("that takes a body has examples which name every member that it requires", () => {
    const schemas = document.components["schemas"] as Record<string, { required?: string[]; properties?: object }>;
    const poor = Object.keys(schemas)
      .filter((name) => /^(Create|Change|Search)/.test(name))
      .flatMap((name) => {
        const example = exampleOf(document, name, at);
        return (schemas[name]!.required ?? []).filter((member) => example[member] === undefined).map((member) => `${name}.${member}`);
      });
    expect(poor).toEqual([]);
  });
});
