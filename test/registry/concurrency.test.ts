import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let admin: Agent;
const unit: Record<string, string> = {};
beforeAll(async () => {
  registry = await startRegistry();
  admin = registry.admin;
  for (const { code, id } of await registry.sql<{ code: string; id: string }>(
    "select code, id from organizations where code in ('UBND', 'SYT', 'SKHCN')",
  ))
    unit[code] = id;
  return registry.close;
});

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted();

/** A client of the service's role inside a transaction of its own. */
async function writer(): Promise<Client> {
  const client = new Client({ connectionString: registry.urls.serviceUrl, options: `-c search_path=${SCHEMA}` });
  await client.connect();
  await client.query("begin; select set_config('trithuc.actor', 'test', true)");
  return client;
}

/** Runs two writes at once: the first is committed when the second waits for it, or is through. */
async function sideBySide(first: string, second: string): Promise<void> {
  const [a, b] = [await writer(), await writer()];
  await a.query(first);
  const [{ pid }] = (await b.query("select pg_backend_pid() as pid")).rows;
  let through = false;
  const waiting = b.query(second).finally(() => (through = true));
  const waits = () => registry.sql("select from pg_locks where pid = $1 and not granted", pid);
  await vi.waitFor(async () => expect(through || (await waits()).length > 0).toBe(true), { timeout: 5_000, interval: 5 });
  await a.query("commit");
  await waiting;
  await b.query("commit");
  await Promise.all([a.end(), b.end()]);
}

describe("two writers at once", () => {
  test("of one version: one is taken, the other told 412, and nothing is lost", async () => {
    const { body } = await admin.post("/v1/people", { name: { full: "Hồ Thị Đua" } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => admin.patch(`/v1/people/${body.id}`, { keywords: [`k${i}`] }, 1)),
    );
    expect(statuses(answers)).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
    expect((await admin.get(`/v1/people/${body.id}`)).body.version).toBe(2);
  });

  test("of one identifier: one person has it, the others are told 409", async () => {
    const post = () =>
      admin.post("/v1/people", {
        name: { full: "Hồ Thị Trùng" },
        citizen_id: "024190000777",
        identifiers: [{ scheme: "scopus", value: "777" }],
      });
    const answers = await Promise.all(Array.from({ length: 6 }, post));
    expect(statuses(answers)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await registry.sql("select from people where name_full = 'Hồ Thị Trùng'")).toHaveLength(1);
  });

  test("of people get codes of their own", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => admin.post("/v1/people", { name: { full: "Hồ Thị Mã" } })));
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(12);
  });

  test("of one person's affiliations leave the reach that the rows say", async () => {
    const at = (organization: string) => ({ kind: "membership", organization_id: unit[organization] });
    const { body } = await admin.post("/v1/people", { name: { full: "Hồ Thị Dời" }, affiliations: [at("SYT"), at("SKHCN")] });
    const [one, two] = body.affiliations as { id: string }[];
    const end = (id: string) => `update affiliations set ended = true where id = '${id}'`;
    await sideBySide(end(one!.id), end(two!.id));
    expect(await registry.sql("select node_id from person_reach where person_id = $1", body.id)).toEqual([]);
    for (const org of ["SYT", "SKHCN"]) expect((await registry.as({ org: [org] }).get(`/v1/people/${body.id}`)).status).toBe(404);
  });

  test("of organizations leave one tree, without a row too many", async () => {
    const made = async (code: string) =>
      (await admin.post("/v1/organizations", { code, name: code, kind: "other", parent_id: unit["SYT"] })).body.id as string;
    const [first, second] = [await made("CAY-1"), await made("CAY-2")];
    const move = (id: string) => `update organizations set parent_id = '${unit["SKHCN"]}' where id = '${id}'`;
    await sideBySide(move(first), move(second));
    const twice = await registry.sql(
      "select from organization_tree group by ancestor_id, organization_id, from_day, until_day having count(*) > 1",
    );
    expect(twice).toEqual([]);
    const below = await registry.sql<{ id: string }>(
      "select organization_id as id from organization_tree where ancestor_id = $1 and until_day = 'infinity'",
      unit["SKHCN"],
    );
    expect(below.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second]));
  });
});
