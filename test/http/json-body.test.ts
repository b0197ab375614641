import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problems.ts";
import { parseJson, readJsonBodies } from "../../src/http/traffic/json-body.ts";
import { smallApp, someKeys } from "./small-app.ts";

function codeOf(bytes: Uint8Array): string {
  try {
    parseJson(bytes);
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
  return "taken";
}

describe("a JSON body", () => {
  test("is what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes("__proto__"));
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("may be 32 levels deep and no deeper, brackets in strings not counted", () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const nested = (depth: number) => Buffer.from(`${open.repeat(depth)}1${close.repeat(depth)}`);
      expect(codeOf(nested(32))).toBe("taken");
      expect(codeOf(nested(33))).toBe("malformed-json");
      expect(codeOf(nested(40_000))).toBe("malformed-json");
    }
    expect(codeOf(Buffer.from(`["${"[{".repeat(500)}\\"[[${"[".repeat(100)}\\\\", "]"]`))).toBe("taken");
  });

  test("is refused when it is empty, cut, no UTF-8, or names __proto__ in any spelling", () => {
    const texts = [
      "",
      " ",
      "\n",
      "{",
      "[1",
      '{"a":1,}',
      "{'a':1}",
      "NaN",
      "undefined",
      '{"a":1}}',
      '"a\nb"',
      "01",
      '"\\x"',
      "\ufeff\ufeff1",
    ];
    const prototypes = ['{"__proto__":1}', '[{"a":[{"__proto__":{}}]}]', '{"\\u005f_proto__":1}', '{"\\u005F\\u005fproto\\u005f_":1}'];
    for (const text of [...texts, ...prototypes]) expect(codeOf(Buffer.from(text)), text).toBe("malformed-json");
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0xed, 0xa0, 0x80],
      [0xff, 0xfe, 0x31, 0x00],
    ]) {
      expect(codeOf(Buffer.from(bytes))).toBe("malformed-json");
    }
    expect(codeOf(Buffer.from('{"proto":"__proto__","constructor":1}'))).toBe("taken");
  });

  test("of 256 KiB of anything is judged in a moment", () => {
    const size = 256 * 1024;
    const began = performance.now();
    for (const text of [
      '"'.repeat(size),
      "\\".repeat(size),
      '"\\'.repeat(size / 2),
      "[".repeat(size),
      `"${"\\\\".repeat(size / 2)}`,
      "{".repeat(size),
    ]) {
      expect(codeOf(Buffer.from(text))).toBe("malformed-json");
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("reaches the handler over HTTP under the types that mean JSON, and no others", async () => {
    const app = smallApp(someKeys());
    readJsonBodies(app);
    app.setValidatorCompiler(() => (value) => ({ value }));
    app.patch("/", { config: { scope: "public" }, schema: { body: {} } }, ({ body }) => body);
    const send = (payload: string, type: string) => app.inject({ method: "PATCH", url: "/", payload, headers: { "content-type": type } });
    for (const type of ["application/json", "application/json; charset=utf-8", "application/merge-patch+json", "APPLICATION/JSON"]) {
      expect((await send('{"a":"Nguyễn"}', type)).json(), type).toEqual({ a: "Nguyễn" });
    }
    for (const type of ["application/jsonp", "application/xml+json", "text/json", "text/plain", "x/application/json"]) {
      expect((await send("{}", type)).json().code, type).toBe("unsupported-media-type");
    }
    expect((await send("", "application/json")).json().code).toBe("malformed-json");
    expect((await send('{"name":"canary', "application/json")).body).not.toContain("canary");
  });
});
