import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { newKeysText } from "../../src/http/access/keys.ts";
import { run } from "../cli/program.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

let registry: Registry;
let own: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), "trithuc-breach-"));
const keysFile = join(folder, "keys.json");

beforeAll(async () => {
  registry = await startRegistry();
  writeFileSync(keysFile, newKeysText(), { mode: 0o600 });
  own = { DATABASE_URL: registry.urls.serviceUrl, TRITHUC_OWNER_URL: registry.urls.ownerUrl, TRITHUC_KEYS_FILE: keysFile };
  const ids: string[] = [];
  for (const n of [1, 2, 3]) {
    const { body } = await registry.admin.post("/v1/people", { name: { full: `Mạc Thị Số ${"ABC"[n - 1]}` }, phones: [`+8491200000${n}`] });
    ids.push(body.id as string);
  }
  const health = registry.as({
    scope: ["people:read", "people:read.restricted", "exports"],
    purpose: "advice",
    client: "so-y-te",
    subject: "an",
  });
  for (const id of ids.slice(0, 2)) await health.get(`/v1/people/${id}`);
  await health.get(`/v1/people/${ids[0]!}`);
  await health.get("/v1/organizations/export");
  const home = registry.as({ scope: ["people:read", "people:read.restricted"], purpose: "honours", client: "so-noi-vu", subject: "binh" });
  await home.get(`/v1/people/${ids[2]!}?fields=phones`);
  return async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  };
}, 60_000);

const today = () => new Date().toISOString().slice(0, 10);
const report = async (...args: string[]) => JSON.parse((await run(["breach-report", ...args], own)).out);
const period = () => ["--from", "2020-01-01", "--to", `${Number(today().slice(0, 4)) + 1}-01-01`];

describe("trithuc breach-report", { timeout: 60_000 }, () => {
  test("says what was delivered to whom, of how many people, which fields and for what", async () => {
    const { deliveries, exports } = await report(...period());
    const told = (client: string) => deliveries.filter((one: { client: string }) => one.client === client);
    expect(told("so-y-te")).toEqual([
      expect.objectContaining({
        actor: "an",
        purpose: "advice",
        operation: "getPerson",
        answers: 3,
        people: 2,
        fields: expect.arrayContaining(["phones", "citizen_id"]),
      }),
    ]);
    expect(told("so-noi-vu")[0]).toMatchObject({ actor: "binh", purpose: "honours", people: 1, fields: ["phones"] });
    expect(exports).toEqual([expect.objectContaining({ client: "so-y-te", detail: expect.objectContaining({ noun: "organizations" }) })]);
  });

  test("of one client, or of a time in which nothing was delivered", async () => {
    const one = await report(...period(), "--client", "so-noi-vu");
    expect([one.people, one.deliveries.length, one.exports]).toEqual([1, 1, []]);
    const none = await report("--from", "2020-01-01", "--to", "2020-01-31");
    expect([none.from, none.to, none.people, none.deliveries]).toEqual(["2019-12-31T17:00:00.000Z", "2020-01-31T17:00:00.000Z", 0, []]);
  });

  test("asks for a period that is one", async () => {
    for (const args of [
      [],
      ["--from", "2026-02-30", "--to", "2026-03-01"],
      ["--from", "2026-03-02", "--to", "2026-03-01"],
      ["--from", "gestern", "--to", "2026-03-01"],
    ])
      expect([args, (await run(["breach-report", ...args], own)).code]).toEqual([args, 2]);
  });
});
