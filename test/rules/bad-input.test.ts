import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
let id: string;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  id = (await clerk.post("/v1/people", { name: { full: "Tạ Văn Thử" } })).body.id;
  return registry.close;
});

const count = async () => Number((await registry.sql<{ n: string }>("select count(*) as n from revisions"))[0]!.n);
const raw = (body: string, type = "application/json") =>
  clerk.call({ method: "POST", path: "/v1/people", body, headers: { "content-type": type } });

describe("a body that is no body of ours", () => {
  test.each([
    ["nothing", "", 400, "malformed-json"],
    ["half an object", '{"name":', 400, "malformed-json"],
    ["a number", "7", 422, "validation-failed"],
    ["a list", "[]", 422, "validation-failed"],
    ["null", "null", 422, "validation-failed"],
    ["10 KiB of nesting", "[".repeat(10_240), 400, "malformed-json"],
    ["nested objects", `${'{"name":'.repeat(2000)}1${"}".repeat(2000)}`, 400, "malformed-json"],
    ["300 KiB", JSON.stringify({ name: { full: "a".repeat(300 * 1024) } }), 413, "body-too-large"],
    ["a NUL", '{"name":{"full":"A\\u0000B"}}', 422, "validation-failed"],
    ["a lone surrogate", '{"name":{"full":"A\\ud800"}}', 422, "validation-failed"],
    ["a bell", '{"name":{"full":"A\\u0007B"}}', 422, "validation-failed"],
    ["__proto__", '{"__proto__":{"a":1},"name":{"full":"A"}}', 400, "malformed-json"],
    ["a member twice as deep", '{"name":{"full":{"full":"A"}}}', 422, "validation-failed"],
    ["a number too large", '{"name":{"full":"A"},"degrees":[{"level":"TS","graduation_year":1e400}]}', 422, "validation-failed"],
    [
      "51 facts",
      JSON.stringify({ name: { full: "A" }, degrees: Array.from({ length: 51 }, () => ({ level: "TS" })) }),
      422,
      "validation-failed",
    ],
  ])("%s is a clear problem, and nothing is written", async (_what, body, status, code) => {
    const before = await count();
    const answer = await raw(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await count()).toBe(before);
  });

  test("of another type is 415, and of a type of JSON is taken for a patch", async () => {
    expect((await raw("name=A", "application/x-www-form-urlencoded")).body.code).toBe("unsupported-media-type");
    expect((await raw('{"name":{"full":"A"}}', "text/plain")).body.code).toBe("unsupported-media-type");
    expect((await clerk.patch(`/v1/people/${id}`, { gender: "male" }, 1, { "content-type": "application/merge-patch+json" })).status).toBe(
      200,
    );
  });

  test("with a thousand faults names a hundred of them", async () => {
    const degrees = Array.from({ length: 50 }, () => ({ level: 1, graduation_year: "x", ended: 3, mode: 4 }));
    const { status, body } = await raw(JSON.stringify({ name: { full: "A" }, degrees }));
    expect([status, body.errors.length]).toEqual([422, 100]);
  });
});

describe("a body for what takes none", () => {
  const send = (method: string, path: string, body: string | undefined, headers = {}) =>
    clerk.call({ method, path, ...(body !== undefined && { body }), headers: { "content-type": "application/json", ...headers } });

  test("is refused with each of its members, and nothing is done", async () => {
    const { status, body } = await send("DELETE", `/v1/people/${id}`, '{"reason":"x","a/b":1}', { "if-match": '"1"' });
    expect([status, body.code, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      400,
      "unknown-field",
      ["/reason", "/a~1b"],
    ]);
    for (const text of ["[]", "7", "null", '"x"']) {
      expect((await send("POST", `/v1/people/${id}/restorations`, text)).body.errors, text).toMatchObject([{ pointer: "" }]);
    }
    expect((await clerk.get(`/v1/people/${id}`)).status).toBe(200);
  });

  test("is let pass when it says nothing", async () => {
    const made = (await clerk.post("/v1/people", { name: { full: "Tạ Thị Thử" } })).body.id;
    expect((await send("DELETE", `/v1/people/${made}`, "{}", { "if-match": '"1"' })).status).toBe(204);
    expect((await send("POST", `/v1/people/${made}/restorations`, "")).status).toBe(201);
  });
});

describe("an address that is none of ours", () => {
  test.each([
    ["/v1/peopel", 404, "route-not-found"],
    ["/v1/people/", 404, "route-not-found"],
    ["/v2/people", 404, "route-not-found"],
    ["/v1/people/not-a-uuid", 400, "invalid-parameter"],
    ["/v1/people/%00", 400, "invalid-parameter"],
    ["/v1/people/01a00000-0000-7000-8000-00000000abcd'--", 400, "invalid-parameter"],
    ["/v1/people?name:match=%00", 400, "invalid-parameter"],
    ["/v1/people?keywords=a%00b", 400, "invalid-parameter"],
    ["/v1/people?filter=gender%20%3D%20%22a%00b%22", 400, "invalid-parameter"],
    ["/v1/people?code=%ED%A0%80", 200, undefined],
    ["/v1/people?code=%FF", 200, undefined],
    ["/v1/people?birth_year=99999999999999999999", 400, "invalid-parameter"],
    ["/v1/people?birth_year=999999999999999", 200, undefined],
    ["/v1/people?birth_year=1.5", 200, undefined],
    ["/v1/people?as_of=0000-00-00", 400, "invalid-parameter"],
    ["/v1/people?as_of=2025-01-01&as_of=2025-01-02", 400, "invalid-parameter"],
    ["/v1/people?residence_locality=24@2025-02-30", 400, "invalid-parameter"],
    ["/v1/people?affiliations.organization=%00", 400, "invalid-parameter"],
    ["/v1/people?degrees.training_field:below=%00", 400, "invalid-parameter"],
    ["/v1/people/by-id/orcid/%00", 400, "invalid-parameter"],
    ["/v1/people/by-id/%00/1", 400, "invalid-parameter"],
    ["/v1/code-lists/%00/codes", 400, "invalid-parameter"],
    ["/v1/meta/%00", 400, "invalid-parameter"],
    [`/v1/people?name:match=${"a".repeat(9000)}`, 414, "uri-too-long"],
    ["/v1/people?sort=name,name,name", 200, undefined],
    ["/v1/people?sort=,", 200, undefined],
    ["/v1/people?limit=5&limit=6", 400, "invalid-parameter"],
    ["/v1/people?gender:not:not=male", 400, "unknown-operator"],
    ["/v1/people?=1", 400, "unknown-parameter"],
    ["/v1/people?gender=", 400, "invalid-parameter"],
    ["/v1/people?id=1", 400, "invalid-parameter"],
    ["/v1/people?willing_to_advise=yes", 400, "invalid-parameter"],
  ])("%s", async (path, status, code) => {
    const answer = await clerk.get(path);
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
  });

  test("a filter with a NUL in a body is filter-syntax", async () => {
    const { status, body } = await clerk.post("/v1/people/search", { filter: 'keywords = "a\0b"' });
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, "filter-syntax", "/filter"]);
    expect((await clerk.post("/v1/people/search", { filter: 'keywords = "a\ud800b"' })).status).toBe(200);
  });

  test("a wrong method says what is allowed", async () => {
    const { status, body, headers } = await clerk.call({ method: "PUT", path: "/v1/people" });
    expect([status, body.code, headers["allow"]]).toEqual([405, "method-not-allowed", "GET, HEAD, OPTIONS, POST"]);
  });
});

describe("a header that is none of ours", () => {
  test("If-Match in any form but a tag is invalid-header; the tag counts by its version alone", async () => {
    for (const tag of ["*", "1", '"x"', '"1', '"1","2"', '"-1"', '"1.a b"', '"99999999999"']) {
      const { status, body } = await clerk.patch(`/v1/people/${id}`, { gender: "male" }, tag);
      expect([tag, status, body.code]).toEqual([tag, 400, "invalid-header"]);
    }
  });

  test("languages: vi unless en is preferred, and the answer says which", async () => {
    const ask = async (language?: string) => {
      const { body, headers } = await clerk.get("/v1/people?x=1", language === undefined ? {} : { "accept-language": language });
      return [body.title, headers["content-language"]];
    };
    const [vi, en] = [await ask("vi"), await ask("en")];
    expect(vi[1]).toBe("vi");
    expect(en[1]).toBe("en");
    expect(vi[0]).not.toBe(en[0]);
    for (const [language, expected] of [
      [undefined, vi],
      ["fr", vi],
      ["en-GB,vi;q=0.5", en],
      ["vi,en", vi],
      ["*", vi],
    ] as const)
      expect([language, await ask(language)]).toEqual([language, expected]);
  });

  test("Accept that no answer fits is 406", async () => {
    expect((await clerk.get("/v1/people", { accept: "text/html" })).body).toMatchObject({ status: 406, code: "not-acceptable" });
    expect((await clerk.get("/v1/people", { accept: "application/json;q=0.5, */*;q=0.1" })).status).toBe(200);
  });

  test("personal data is not kept on the way, and answers vary by who asks and why", async () => {
    const { headers } = await clerk.get(`/v1/people/${id}`);
    expect(headers["cache-control"]).toBe("private, no-store");
    for (const name of ["Authorization", "Accept", "Accept-Language", "Access-Purpose"]) expect(headers["vary"]).toContain(name);
    expect(headers["x-request-id"]).toMatch(/^[\w-]{10,}$/);
  });
});
