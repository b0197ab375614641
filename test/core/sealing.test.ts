import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCursor, sealCursor } from "../../src/core/secrets/cursor.ts";
import { Problem } from "../../src/core/problems.ts";
import { lookupHash, seal, unseal } from "../../src/core/secrets/sealing.ts";
import type { Keys } from "../../src/core/secrets/sealing.ts";

function someKeys(): Keys {
  return { current: "k1", encryption: new Map([["k1", randomBytes(32)]]), lookup: randomBytes(32), cursor: randomBytes(32) };
}

const keys = someKeys();
const text = fc.string({ unit: "grapheme", maxLength: 60 });

function flip(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("seal", () => {
  test("opens to the same text in the same context", () => {
    fc.assert(fc.property(text, text, (value, context) => unseal(keys, seal(keys, value, context), context) === value));
  });

  test("does not open with any bit changed, cut, or in another context", () => {
    const sealed = seal(keys, "027085001234", "people.citizen_id:1");
    for (let bit = 0; bit < sealed.length * 8; bit++) expect(() => unseal(keys, flip(sealed, bit), "people.citizen_id:1")).toThrow();
    for (let length = 0; length < sealed.length; length++)
      expect(() => unseal(keys, sealed.subarray(0, length), "people.citizen_id:1")).toThrow();
    expect(() => unseal(keys, sealed, "people.citizen_id:2")).toThrow();
    expect(() => unseal(someKeys(), sealed, "people.citizen_id:1")).toThrow();
  });

  test("never gives the same bytes twice and never holds the text", () => {
    const sealed = Array.from({ length: 200 }, () => seal(keys, "027085001234", "c").toString("latin1"));
    expect(new Set(sealed).size).toBe(200);
    expect(sealed.some((bytes) => bytes.includes("027085001234"))).toBe(false);
  });

  test("opens what an earlier key sealed after a rotation, and says nothing of the text when that key is gone", () => {
    const sealed = seal(keys, "secret", "c");
    const rotated: Keys = { ...keys, current: "k2", encryption: new Map([...keys.encryption, ["k2", randomBytes(32)]]) };
    expect(unseal(rotated, sealed, "c")).toBe("secret");
    expect(unseal(rotated, seal(rotated, "new", "c"), "c")).toBe("new");
    expect(() => unseal(keys, seal(rotated, "new", "c"), "c")).toThrow("the key of a sealed value is not at hand");
  });

  test("opens bytes that lie within a larger buffer", () => {
    const sealed = seal(keys, "x", "c");
    const wide = Buffer.concat([Buffer.alloc(3), sealed, Buffer.alloc(5)]);
    expect(unseal(keys, new Uint8Array(wide.buffer, wide.byteOffset + 3, sealed.length), "c")).toBe("x");
  });
});

describe("lookupHash", () => {
  test("is the same for the same text and kind, and another for another text, kind or key", () => {
    const hash = lookupHash(keys, "citizen_id", "027085001234");
    expect(hash).toHaveLength(32);
    expect(lookupHash(keys, "citizen_id", "027085001234").equals(hash)).toBe(true);
    expect(lookupHash(keys, "citizen_id", "027085001235").equals(hash)).toBe(false);
    expect(lookupHash(keys, "phone", "027085001234").equals(hash)).toBe(false);
    expect(lookupHash(someKeys(), "citizen_id", "027085001234").equals(hash)).toBe(false);
  });
});

describe("sealCursor", () => {
  const values = fc.array(fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 5 });

  test("is opened by the same query to the same values", () => {
    fc.assert(
      fc.property(text, values, (hash, given) => {
        expect(openCursor(keys, hash, sealCursor(keys, hash, given))).toEqual(given);
      }),
    );
  });

  test("is URL-safe and shows nothing of the values", () => {
    const cursor = sealCursor(keys, "q", ["Nguyễn Văn A", "1985-09-02"]);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(Buffer.from(cursor, "base64url").includes("1985")).toBe(false);
  });

  test("of another query is cursor-mismatch", () => {
    expect(codeOf(() => openCursor(keys, "b", sealCursor(keys, "a", [1])))).toBe("cursor-mismatch");
  });

  test("cut, altered, padded, made up, or sealed by other keys is cursor-invalid", () => {
    const cursor = sealCursor(keys, "q", ["x", 1]);
    const altered = [...cursor].map((character, at) => cursor.slice(0, at) + (character === "A" ? "B" : "A") + cursor.slice(at + 1));
    const cuts = [...cursor].map((_, at) => cursor.slice(0, at));
    const madeUp = ["", "=", "null", "[]", "Ω", " ", "a".repeat(100_000), sealCursor(someKeys(), "q", ["x", 1])];
    for (const wrong of [...altered, ...cuts, ...madeUp, `${cursor}=`, ` ${cursor}`, `${cursor}\n`, `${cursor}A`]) {
      expect(
        codeOf(() => openCursor(keys, "q", wrong)),
        wrong.slice(0, 80),
      ).toBe("cursor-invalid");
    }
  });

  test("random texts never throw anything but cursor-invalid", () => {
    fc.assert(fc.property(text, (wrong) => codeOf(() => openCursor(keys, "q", wrong)) === "cursor-invalid"));
  });
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem && error.errors[0]?.parameter === "cursor") return error.code;
  }
  return undefined;
}
