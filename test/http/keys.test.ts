import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seal, unseal } from "../../src/core/secrets/sealing.ts";
import { StartError } from "../../src/db/start-error.ts";
import { keysFingerprint, loadKeys, newKeysText } from "../../src/http/access/keys.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "trithuc-keys-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StartError) return error.text.en;
    throw error;
  }
  return "not refused";
}

describe("loadKeys", () => {
  test("makes a private file at the first start on the embedded database, and reads it ever after", () => {
    const first = loadKeys({ dataDir, embedded: true });
    const second = loadKeys({ dataDir, embedded: true });
    expect(statSync(join(dataDir, "keys.json")).mode & 0o777).toBe(0o600);
    expect(unseal(second, seal(first, "x", "c"), "c")).toBe("x");
    expect(second).toEqual(first);
    expect(first.signing).toMatchObject({ kty: "OKP", crv: "Ed25519" });
    expect(first.encryption.get(first.current)).toHaveLength(32);
  });

  test("makes none for a database of one's own, and says what to do", () => {
    expect(refusal(() => loadKeys({ dataDir, embedded: false }))).toContain("TRITHUC_KEYS_FILE");
    expect(existsSync(join(dataDir, "keys.json"))).toBe(false);
  });

  test("refuses a file that others can read", () => {
    const keysFile = join(dataDir, "mine.json");
    writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
    expect(loadKeys({ dataDir, keysFile, embedded: false }).current).toMatch(/^k\d{8}$/);
    for (const mode of [0o640, 0o604, 0o644, 0o660]) {
      chmodSync(keysFile, mode);
      expect(refusal(() => loadKeys({ dataDir, keysFile, embedded: false }))).toContain("chmod 600");
    }
  });

  test("takes the text from the environment, but not beside a file", () => {
    const keysText = newKeysText();
    expect(loadKeys({ dataDir, keysText, embedded: false }).lookup).toHaveLength(32);
    expect(refusal(() => loadKeys({ dataDir, keysText, keysFile: "x", embedded: false }))).toContain("twice");
    expect(existsSync(join(dataDir, "keys.json"))).toBe(false);
  });

  test("refuses what is no keys file, and never repeats a word of it", () => {
    const whole = JSON.parse(newKeysText()) as Record<string, unknown>;
    const wrong = [
      "",
      "{",
      "null",
      "[]",
      JSON.stringify({ ...whole, current: "other" }),
      JSON.stringify({ ...whole, lookup: "c2hvcnQ=" }),
      JSON.stringify({ ...whole, cursor: undefined }),
      JSON.stringify({ ...whole, version: 2 }),
      JSON.stringify({ ...whole, extra: 1 }),
      JSON.stringify({ ...whole, encryption: {} }),
    ];
    for (const keysText of wrong) {
      const text = refusal(() => loadKeys({ dataDir, keysText, embedded: true }));
      expect(text).toBe("The keys in TRITHUC_KEYS are not of the right form: bring back the keys file's backup.");
    }
  });

  test("never makes new keys over a damaged file", () => {
    writeFileSync(join(dataDir, "keys.json"), "{", { mode: 0o600 });
    expect(refusal(() => loadKeys({ dataDir, embedded: true }))).toContain("not of the right form");
    expect(readFileSync(join(dataDir, "keys.json"), "utf8")).toBe("{");
  });

  test("works without a signing key, where an issuer of one's own stands", () => {
    const { signing: _, ...rest } = JSON.parse(newKeysText()) as Record<string, unknown>;
    expect(loadKeys({ dataDir, keysText: JSON.stringify(rest), embedded: false }).signing).toBeUndefined();
  });
});

describe("keysFingerprint", () => {
  test("tells other keys from the same ones, and is none of them", () => {
    const keys = loadKeys({ dataDir, embedded: true });
    expect(keysFingerprint(loadKeys({ dataDir, embedded: true }))).toBe(keysFingerprint(keys));
    expect(keysFingerprint(loadKeys({ dataDir, keysText: newKeysText(), embedded: true }))).not.toBe(keysFingerprint(keys));
    expect(keys.lookup.toString("hex")).not.toContain(keysFingerprint(keys));
  });
});
