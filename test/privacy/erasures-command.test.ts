import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { newKeysText } from "../../src/http/access/keys.ts";
import { run } from "../cli/program.ts";
import { newFolder } from "../setup/folder.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";
import { findInTables } from "./canaries.ts";
import { canaryOf, officeOf, spellings } from "./office.ts";

const folder = newFolder();
const log = join(folder, "erasures.log");
const keysFile = join(folder, "keys.json");
let registry: Registry;
let own: Record<string, string>;

beforeAll(async () => {
  registry = await startRegistry({ erasureLog: log });
  writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
  const { serviceUrl, ownerUrl } = registry.urls;
  own = { DATABASE_URL: serviceUrl, TRITHUC_OWNER_URL: ownerUrl, TRITHUC_KEYS_FILE: keysFile, TRITHUC_ERASURE_LOG: log };
  return async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  };
}, 60_000);

describe("trithuc erasures", { timeout: 60_000 }, () => {
  test("reapply erases whoever the log names, should they stand there again", async () => {
    const office = await officeOf(registry);
    await office.erase(await office.register(1), canaryOf(1));
    expect((await run(["erasures", "reapply", "--lang", "en"], own)).out).toBe(
      "The log has 1 erasures; 0 people stood there again and were erased.\n",
    );
    // Another database that this log belongs to: the person stands there as if never erased.
    const id = await office.register(2);
    const line = { id: "019a0000-0000-7000-8000-0000000000e1", person_id: id, request_id: "019a0000-0000-7000-8000-0000000000e2" };
    const other = join(folder, "other.log");
    writeFileSync(other, `${JSON.stringify({ ...line, erased_at: "2026-11-20T08:00:00.000000Z" })}\n`);
    expect((await run(["erasures", "reapply", "--log", other, "--lang", "en"], own)).out).toContain("1 people stood there again");
    expect((await registry.admin.get(`/v1/people/${id}`)).body.code).toBe("erased");
    expect(await findInTables(registry, spellings(2))).toEqual([]);
    expect((await run(["erasures", "reapply", "--log", other, "--lang", "en"], own)).out).toContain("0 people stood there again");
  });

  test("sweep writes the registry's tables anew as their owner", async () => {
    const { code, out, err } = await run(["erasures", "sweep", "--lang", "en"], own);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^\d\d tables written anew\.\n$/);
  });

  test("says what is wrong with a log, and where", async () => {
    const broken = join(folder, "broken.log");
    writeFileSync(broken, "\nnot a line\n");
    const bad = await run(["erasures", "reapply", "--log", broken, "--lang", "en"], own);
    expect([bad.code, bad.err]).toEqual([1, `${broken}:2: not a line of a log of erasures.\n`]);
    expect((await run(["erasures", "reapply", "--log", join(folder, "none.log")], own)).code).toBe(1);
    expect((await run(["erasures"], own)).code).toBe(2);
  });
});
