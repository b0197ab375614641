import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { prepareRoles } from "../../src/db/upkeep/roles.ts";
import { localVerifier } from "../../src/http/access/tokens.ts";
import { loadKeys, newKeysText } from "../../src/http/access/keys.ts";
import { loadedDatabase } from "../setup/database.ts";
import { urlsOf } from "../setup/template.ts";
import type { TestUrls } from "../setup/template.ts";
import { run, services } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "trithuc-cli-"));
const keysFile = join(folder, "keys.json");
const { serve, killAll } = services();
let urls: TestUrls;
let own: Record<string, string>;

beforeAll(async () => {
  writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
  urls = await loadedDatabase();
  own = { DATABASE_URL: urls.serviceUrl, TRITHUC_OWNER_URL: urls.ownerUrl, TRITHUC_KEYS_FILE: keysFile };
});
afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (text: string) => text.trimEnd().split("\n");

describe("trithuc", { timeout: 60_000 }, () => {
  test("helps in both languages, Vietnamese first, or in the one asked for", async () => {
    const both = await run(["--help"]);
    expect(both.code).toBe(0);
    for (const name of ["serve", "worker", "migrate", "reference", "import", "export", "token", "keys", "demo", "openapi", "doctor"]) {
      expect(both.out).toMatch(new RegExp(`^  ${name} `, "m"));
    }
    expect(both.out.indexOf("cấp thẻ truy cập")).toBeLessThan(both.out.indexOf("issue an access token"));
    expect((await run(["token", "--help", "--lang", "en"])).out).not.toContain("Cách gọi");
    expect((await run(["token", "--help", "--lang=vi"])).out).not.toContain("Usage");
    expect((await run(["token", "--help"], { LANG: "en_GB.UTF-8" })).out).toMatch(/^issue an access token/);
  });

  test("ends with 2 and the nearest name when it is called wrongly", async () => {
    const cases: [string[], string][] = [
      [["migrat", "up"], 'Did you mean "migrate"?'],
      [["token", "--scop", "people:read"], 'Did you mean "--scope"?'],
      [["token", "--scope", "people:raed"], 'Did you mean "people:read"?'],
      [["token", "--scope"], "--scope takes a value."],
      [["token", "--scope", "people:read", "--ttl", "3d"], "--ttl takes a life"],
      [["migrate", "stauts"], 'Did you mean "status"?'],
      [["export", "--noun", "peple"], 'Did you mean "people"?'],
      [["export", "--fields", "gendre"], 'Did you mean "gender"?'],
      [["export", "--as-of", "2025"], "takes a full day"],
    ];
    const answers = await Promise.all(cases.map(([args]) => run([...args, "--lang", "en"], { TRITHUC_DATA_DIR: folder })));
    for (const [i, { code, err, out }] of answers.entries()) {
      expect([cases[i]![0], code, out]).toEqual([cases[i]![0], 2, ""]);
      expect(err).toContain(cases[i]![1]);
      expect(err).not.toMatch(/^ +at /m);
    }
  });

  test("names the setting that is wrong, in one line a language, without a stack", async () => {
    const away = "postgres://someone:Secret1@127.0.0.1:9/registry";
    const cases: [Record<string, string>, string][] = [
      [{ PORT: "abc" }, "PORT"],
      [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL"],
      [{ TRITHUC_RATE_LIMIT: "fast" }, "TRITHUC_RATE_LIMIT"],
      [{ TRITHUC_ISSUER: "http://id.example" }, "TRITHUC_ISSUER"],
      // Of /proc Node says neither that a folder cannot be made there nor that it has been made.
      [{ TRITHUC_DATA_DIR: "/proc/none/of/it" }, "/proc/none/of/it"],
      [{ ...own, DATABASE_URL: away }, "DATABASE_URL"],
      [{ ...own, DATABASE_URL: urls.serviceUrl.replace(/:[^:@/]+@/, ":Secret1@") }, "DATABASE_URL"],
      [{ ...own, DATABASE_URL: urls.adminUrl }, "DATABASE_URL"],
      [{ DATABASE_URL: urls.serviceUrl, TRITHUC_DATA_DIR: join(folder, "none") }, "TRITHUC_KEYS_FILE"],
      [{ ...own, HOST: "203.0.113.77" }, "HOST"],
    ];
    const answers = await Promise.all(cases.map(([settings]) => run(["serve"], settings)));
    for (const [i, { code, err, out }] of answers.entries()) {
      expect([cases[i]![1], code, out]).toEqual([cases[i]![1], 1, ""]);
      expect(
        lines(err).map((line) => line.includes(cases[i]![1])),
        err,
      ).toEqual([true, true]);
      expect(err).not.toContain("Secret1");
    }
  });
});

describe("trithuc token", { timeout: 60_000 }, () => {
  test("prints a token alone on its last line, with what it was told", async () => {
    const args = [
      "--scope",
      "people:read people:write",
      "--org",
      "SKHCN",
      "--loc",
      "24,09661",
      "--purposes",
      "verification",
      "--ttl",
      "30m",
    ];
    const { code, out } = await run(["token", ...args, "--subject", "an", "--client", "desk"], { TRITHUC_KEYS_FILE: keysFile });
    expect(code).toBe(0);
    const keys = loadKeys({ dataDir: folder, keysFile, embedded: false });
    const said = await localVerifier(keys, "trithuc")(lines(out).at(-1)!);
    expect(said).toMatchObject({ client: "desk", subject: "an", org: ["SKHCN"], loc: ["24", "09661"] });
    expect([...said.scopes, ...said.purposes!]).toEqual(["people:read", "people:write", "verification"]);
  });

  test("is refused where an external issuer is configured", async () => {
    const { code, out, err } = await run(["token", "--scope", "people:read"], {
      TRITHUC_KEYS_FILE: keysFile,
      TRITHUC_ISSUER: "https://id.example",
    });
    expect([code, out]).toEqual([1, ""]);
    expect(lines(err)).toEqual([expect.stringContaining("TRITHUC_ISSUER"), expect.stringContaining("TRITHUC_ISSUER")]);
  });
});

describe("on a database of one's own", { timeout: 60_000 }, () => {
  test("a start is refused until `migrate up` was run by the owner; then it runs and offers no token", async () => {
    const server = inject("server");
    const name = `${server.template}_${randomBytes(4).toString("hex")}`;
    await prepareRoles(server.adminUrl, { database: name, passwords: server.passwords });
    const empty = urlsOf(server, name);
    const settings = { ...own, DATABASE_URL: empty.serviceUrl, TRITHUC_OWNER_URL: empty.ownerUrl };
    const early = await run(["serve", "--lang", "en"], settings);
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('run "trithuc migrate up" with TRITHUC_OWNER_URL')]);
    expect((await run(["migrate", "status", "--lang", "en"], settings)).out).toMatch(/^0000_registry +pending$/m);
    expect((await run(["migrate", "verify"], settings)).code).toBe(1);
    expect((await run(["migrate", "plan", "--lang", "en"], settings)).out).toMatch(/^0000_registry \(in one transaction\)$/m);
    expect((await run(["migrate", "up"], settings)).out).toMatch(/^\+ 0000_registry$/m);
    expect((await run(["migrate", "verify"], settings)).code).toBe(0);
    const service = await serve(settings);
    expect(service.said.out).not.toContain("Bearer");
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect((await service.stop()).code).toBe(0);
  });

  test("keys of another installation are refused", async () => {
    await run(["migrate", "up"], own);
    const { code, err } = await run(["serve", "--lang", "en"], { ...own, TRITHUC_KEYS_FILE: "", TRITHUC_KEYS: newKeysText() });
    expect([code, lines(err).length]).toEqual([1, 1]);
    expect(err).toContain("TRITHUC_KEYS_FILE");
  });

  test("the doctor finds it well, and says what to do about wrong keys and an owner's role", async () => {
    const well = await run(["doctor", "--lang", "en"], { ...own, TRITHUC_ISSUER: "" });
    expect([well.code, well.err], well.out).toEqual([0, ""]);
    expect(well.out).toContain("All is well.");
    const other = { ...own, DATABASE_URL: urls.ownerUrl, TRITHUC_KEYS_FILE: "", TRITHUC_KEYS: newKeysText(), TRITHUC_ISUER: "x" };
    const ill = await run(["doctor", "--lang", "en"], other);
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/✗ the service's rights +owns the schema/);
    expect(ill.out).toMatch(/✗ keys/);
    expect(ill.out).toContain("Did you mean TRITHUC_ISSUER?");
  });

  test("`reference load` says what it found unchanged, and `export` writes a whole file or none", async () => {
    const loaded = await run(["reference", "load"], own);
    expect([loaded.code, loaded.err], loaded.err).toEqual([0, expect.any(String)]);
    expect(loaded.out).toMatch(/localities.*unchanged/);
    const file = join(folder, "fields.ndjson");
    const { code, out } = await run(["export", "--noun", "fields", "--out", file], own);
    expect([code, out]).toEqual([0, ""]);
    const text = lines(readFileSync(file, "utf8"));
    expect(JSON.parse(text.at(-1)!)).toMatchObject({ end: true, count: text.length - 1 });
    const failed = await run(["export", "--out", join(folder, "no/such/folder"), "--lang", "en"], own);
    expect([failed.code, lines(failed.err).length]).toEqual([1, 1]);
  });
});

describe("trithuc openapi", { timeout: 60_000 }, () => {
  test("prints the document that the service serves, whatever the settings are", async () => {
    const { code, out } = await run(["openapi"], { PORT: "1", TRITHUC_PUBLIC_URL: "https://elsewhere.example" });
    expect(code).toBe(0);
    const document = JSON.parse(out) as { openapi: string; servers: { url: string }[]; paths: object };
    expect(document).toMatchObject({ openapi: "3.1.0", servers: [{ url: "http://127.0.0.1:8371" }] });
    expect(Object.keys(document.paths)).toContain("/v1/people/export");
  });
});
