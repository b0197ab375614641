import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Problem, problemOf, PROBLEMS } from "../../src/core/problems.ts";
import type { Violation } from "../../src/core/problems.ts";
import { serveProblemPages } from "../../src/http/failures/problem-pages.ts";
import { smallApp, someKeys } from "./small-app.ts";
import type { SmallApp } from "./small-app.ts";

const keys = someKeys();
const open = { config: { scope: "public" } } as const;
const CANARY = "027085001234";

function service(choice: SmallApp = {}) {
  const app = smallApp(keys, { ...choice, options: { bodyLimit: 1024, ...choice.options } });
  const body = z.strictObject({ name: z.string(), tags: z.array(z.strictObject({ label: z.string() })).optional() });
  app.post("/things", { ...open, schema: { body } }, () => ({}));
  app.get("/things", { ...open, schema: { querystring: z.strictObject({ limit: z.coerce.number().optional() }) } }, () => []);
  app.get("/things/:id", open, () => ({}));
  app.patch("/things/:id", open, () => ({}));
  app.post("/things/search", open, () => ({}));
  return app;
}

/** A service with one route that throws what it is told to. */
function throwing(error: unknown, choice: SmallApp = {}) {
  const app = smallApp(keys, choice);
  app.get("/", open, () => {
    throw error;
  });
  return app;
}

describe("a problem", () => {
  test("is application/problem+json with every member of the contract, in Vietnamese unless English is asked for", async () => {
    const app = service();
    const answer = await app.inject("/nowhere");
    expect(answer.statusCode).toBe(404);
    expect(answer.headers).toMatchObject({
      "content-type": "application/problem+json",
      "content-language": "vi",
      "cache-control": "private, no-store",
      vary: "Accept-Language",
    });
    expect(answer.json()).toEqual({
      type: "https://tri-thuc.example/problems/route-not-found",
      title: "Không có đường dẫn này",
      status: 404,
      detail: "Dịch vụ không có đường dẫn này. Danh sách đường dẫn nằm tại /docs và /openapi.json.",
      code: "route-not-found",
      request_id: answer.headers["x-request-id"],
      errors: [],
    });
    const english = await app.inject({ url: "/nowhere", headers: { "accept-language": "en" } });
    expect([english.headers["content-language"], english.json().title]).toEqual(["en", "No such route"]);
  });

  test("carries violations with their places, members and headers of its own, and never lets members replace the standard ones", async () => {
    const errors: Violation[] = [
      { code: "unknown-code", detail: { vi: "Mã lạ", en: "Odd code" }, pointer: "/degrees/0/level", did_you_mean: "TS" },
      { code: "filter-too-complex", detail: { vi: "Sâu quá", en: "Too deep" }, parameter: "filter", limit: 6, value: 9 },
    ];
    const members = { survivor_id: "1", status: 200, code: "fine" };
    const answer = await throwing(new Problem("record-merged", { errors, members, headers: { link: "<x>" } })).inject("/");
    expect(answer.statusCode).toBe(409);
    expect(answer.headers.link).toBe("<x>");
    expect(answer.json()).toMatchObject({
      code: "record-merged",
      status: 409,
      survivor_id: "1",
      errors: [
        { code: "unknown-code", detail: "Mã lạ", pointer: "/degrees/0/level", did_you_mean: "TS" },
        { code: "filter-too-complex", detail: "Sâu quá", parameter: "filter", limit: 6, value: 9 },
      ],
    });
  });

  test("tells at most 100 violations and how many it left out, none longer than a few lines", async () => {
    const errors = Array.from({ length: 1_000 }, (): Violation => {
      return { code: "unknown-field", detail: { vi: "x".repeat(9_000), en: "x" }, pointer: `/${"é".repeat(9_000)}\ud800` };
    });
    const answer = await throwing(problemOf(errors, "body")).inject("/");
    expect(answer.json().errors).toHaveLength(100);
    expect(answer.json().errors_omitted).toBe(900);
    expect(answer.body.length).toBeLessThan(130_000);
  });

  test("has a Retry-After where one may try again, and the one that was set where it was", async () => {
    for (const code of ["rate-limited", "unavailable", "overloaded", "idempotency-in-progress"] as const) {
      expect((await throwing(new Problem(code)).inject("/")).headers["retry-after"], code).toMatch(/^\d+$/);
    }
    expect((await throwing(new Problem("unavailable", { headers: { "retry-after": "9" } })).inject("/")).headers["retry-after"]).toBe("9");
    const app = smallApp(keys);
    app.get("/", open, (_, reply) => {
      void reply.header("retry-after", "77");
      throw Object.assign(new Error("Rate limit exceeded"), { statusCode: 429 });
    });
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([429, "rate-limited", "77"]);
  });

  test("adds its language to a Vary that was there", async () => {
    const app = smallApp(keys);
    app.get("/", open, (_, reply) => {
      void reply.header("vary", "Authorization");
      throw new Problem("not-found");
    });
    expect((await app.inject("/")).headers.vary).toBe("Authorization, Accept-Language");
  });
});

describe("what nobody foresaw", () => {
  const secret = new Error(`Failed query: insert into people values ($1)\nparams: ${CANARY}\n    at ${CANARY} (x:1:1)`);

  test("is 500 internal, and neither client nor log learns a value, a message or a line of SQL", async () => {
    const lines: string[] = [];
    const options = { logger: { level: "error", stream: { write: (line: string) => void lines.push(line) } } };
    for (const error of [secret, new Error("outer", { cause: secret }), CANARY, { message: CANARY }, null, undefined]) {
      const answer = await throwing(error, { options }).inject("/");
      expect([answer.statusCode, answer.json().code]).toEqual([500, "internal"]);
      expect(answer.body).not.toMatch(new RegExp(`${CANARY}|people|stack|\\.ts`));
    }
    expect(lines).toHaveLength(6);
    expect(lines.join("")).not.toMatch(new RegExp(`${CANARY}|insert into`));
    expect(lines[0]).toContain("problem.test.ts");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "request failed for a reason not foreseen", failure: [{ name: "Error" }] });
  });

  test("the other failures leave no error line", async () => {
    const lines: string[] = [];
    const options = { logger: { level: "error", stream: { write: (line: string) => void lines.push(line) } } };
    await throwing(new Problem("not-found"), { options }).inject("/");
    await service({ options }).inject({ method: "POST", url: "/things", payload: "{", headers: { "content-type": "application/json" } });
    expect(lines).toEqual([]);
  });
});

describe("a path or method that is not served", () => {
  test("is 404 route-not-found, whatever its body", async () => {
    const app = service();
    for (const [url, payload, type] of [
      ["/nowhere", "x".repeat(5_000), "text/strange"],
      ["/things/1/more", "{", "application/json"],
      ["//things", "", "application/json"],
      ["/things/", "{}", "application/json"],
      ["/THINGS", "{}", "application/json"],
    ] as const) {
      const answer = await app.inject({ method: "POST", url, payload, headers: { "content-type": type } });
      expect([answer.statusCode, answer.json().code], url).toEqual([404, "route-not-found"]);
    }
  });

  test("is 405 with Allow where the path takes other methods", async () => {
    const app = service();
    for (const [method, url, allow] of [
      ["DELETE", "/things", "GET, HEAD, OPTIONS, POST"],
      ["PUT", "/things?x=1", "GET, HEAD, OPTIONS, POST"],
      ["PUT", "/things/7", "GET, HEAD, OPTIONS, PATCH"],
      ["DELETE", "/things/search", "GET, HEAD, OPTIONS, PATCH, POST"],
      ["TRACE", "/things", "GET, HEAD, OPTIONS, POST"],
    ] as const) {
      const answer = await app.inject({ method: method as "PUT", url, headers: { "content-type": "text/strange" }, payload: "x" });
      expect([answer.statusCode, answer.json().code, answer.headers.allow], `${method} ${url}`).toEqual([405, "method-not-allowed", allow]);
    }
  });

  test("OPTIONS is 204 with Allow, for known paths only, whatever a catch-all says", async () => {
    const app = service();
    app.get("*", open, () => "");
    const answer = await app.inject({ method: "OPTIONS", url: "/things/7" });
    expect([answer.statusCode, answer.headers.allow, answer.body]).toEqual([204, "GET, HEAD, OPTIONS, PATCH", ""]);
    expect((await app.inject({ method: "OPTIONS", url: "/nowhere" })).json().code).toBe("route-not-found");
  });
});

describe("a body", () => {
  const post = (payload: string | Buffer, type = "application/json") =>
    service().inject({ method: "POST", url: "/things", payload, headers: { "content-type": type } });

  test("that cannot be read says which way", async () => {
    for (const [payload, type, status, code] of [
      ["{", "application/json", 400, "malformed-json"],
      ["", "application/json", 400, "malformed-json"],
      ['{"__proto__":{"a":1}}', "application/json", 400, "malformed-json"],
      [`"${"x".repeat(2_000)}"`, "application/json", 413, "body-too-large"],
      ["a=1", "application/x-www-form-urlencoded", 415, "unsupported-media-type"],
      ["<a/>", "application/xml", 415, "unsupported-media-type"],
      ["{}", "application/json\tx", 415, "unsupported-media-type"],
    ] as const) {
      const answer = await post(payload, type);
      expect([answer.statusCode, answer.json().code], `${type} ${payload.slice(0, 20)}`).toEqual([status, code]);
    }
  });

  test("with several faults names each by its pointer, and quotes no value", async () => {
    const answer = await post(JSON.stringify({ name: Number(CANARY), tags: [{ label: "a", "x/y~": CANARY }], [CANARY.slice(0, 4)]: 1 }));
    expect([answer.statusCode, answer.json().code]).toEqual([422, "validation-failed"]);
    expect(answer.json().errors).toMatchObject([
      { code: "validation-failed", pointer: "/name" },
      { code: "unknown-field", pointer: "/tags/0/x~1y~0" },
      { code: "unknown-field", pointer: "/0270" },
    ]);
    expect(answer.body).not.toContain(CANARY);
  });

  test("with unknown members alone is 400 unknown-field", async () => {
    const answer = await post(JSON.stringify({ name: "a", nmae: 1, other: 2 }));
    expect([answer.statusCode, answer.json().code, answer.json().errors.length]).toEqual([400, "unknown-field", 2]);
  });

  test("with an unknown parameter beside it is 400 unknown-parameter, with a wrong one invalid-parameter", async () => {
    const app = service();
    expect((await app.inject("/things?limt=1")).json()).toMatchObject({ code: "unknown-parameter", errors: [{ parameter: "limt" }] });
    expect((await app.inject("/things?limit=x")).json()).toMatchObject({ code: "invalid-parameter", errors: [{ parameter: "limit" }] });
  });
});

describe("a handler", () => {
  test("that takes too long is 503 unavailable with Retry-After", async () => {
    const app = smallApp(keys, { options: { handlerTimeout: 20 } });
    app.get("/", open, () => new Promise(() => {}));
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([503, "unavailable", "2"]);
  });

  test("of a plugin that throws a bare status gets the code of that status", async () => {
    const cases = {
      400: "malformed-json",
      404: "not-found",
      406: "not-acceptable",
      413: "body-too-large",
      415: "unsupported-media-type",
      418: "internal",
    };
    for (const [status, code] of Object.entries(cases)) {
      const error = Object.assign(new Error(CANARY), { statusCode: Number(status) });
      const answer = await throwing(error).inject("/");
      expect(answer.json().code).toBe(code);
      expect(answer.body).not.toContain(CANARY);
    }
    for (const [code, problem] of [
      ["FST_REQ_FILE_TOO_LARGE", "file-too-large"],
      ["FST_UNDER_PRESSURE", "overloaded"],
      ["FST_INVALID_MULTIPART_CONTENT_TYPE", "unsupported-media-type"],
      ["constructor", "internal"],
    ] as const) {
      expect((await throwing(Object.assign(new Error("x"), { code })).inject("/")).json().code, code).toBe(problem);
    }
  });
});

describe("the pages", () => {
  function pages() {
    const app = smallApp(keys);
    const text = { vi: "Sai <b>", en: "Wrong <b>" };
    serveProblemPages(app, { "bad-date": { severity: "error", title: text, about: text } }, () => "https://tri-thuc.example");
    return app;
  }

  test("there is one for every code, in both languages, without a script and under a policy that allows its style alone", async () => {
    const app = pages();
    const { problems } = (await app.inject("/v1/meta/problems")).json();
    expect(problems.map(({ code }: { code: string }) => code)).toEqual(Object.keys(PROBLEMS));
    for (const { code, title } of problems) {
      const answer = await app.inject({ url: `/problems/${code}`, headers: { "accept-language": "en" } });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain(`<h2>${title.vi}</h2>`);
      expect(answer.body).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(answer.body).not.toMatch(/<script|style=|onclick|https?:/);
      expect(answer.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; /);
    }
    expect((await app.inject("/problems")).body).toContain('<html lang="vi">');
  });

  test("an unknown code has none", async () => {
    for (const code of ["nothing", "__proto__", "constructor", "%3Cscript%3E"]) {
      const answer = await pages().inject(`/problems/${code}`);
      expect([answer.statusCode, answer.json().code]).toEqual([404, "not-found"]);
    }
  });

  test("both closed lists stand at /v1/meta/problems", async () => {
    const answer = await pages().inject("/v1/meta/problems");
    expect(answer.json().problems[0]).toEqual({
      code: "malformed-json",
      type: "https://tri-thuc.example/problems/malformed-json",
      status: 400,
      title: { vi: "JSON không đọc được", en: "Malformed JSON" },
      about: expect.objectContaining({ vi: expect.any(String), en: expect.any(String) }),
    });
    expect(answer.json().row_problems).toEqual([
      { code: "bad-date", severity: "error", title: { vi: "Sai <b>", en: "Wrong <b>" }, about: { vi: "Sai <b>", en: "Wrong <b>" } },
    ]);
  });
});
