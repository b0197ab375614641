import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";
import { follow } from "./following.ts";
import type { Event, Follower } from "./following.ts";

const SCOPE: readonly Scope[] = ["changes:read", "people:read"];
const READERS = {
  all: {},
  syt: { org: ["SYT"] },
  skhcn: { org: ["SKHCN"] },
  ubnd: { org: ["UBND"] },
  university: { org: ["UNI-BKA"] },
  here: { loc: ["24"] },
  capital: { loc: ["01"] },
  both: { org: ["SYT"], loc: ["01"] },
  nobody: { org: [] },
} as const satisfies Record<string, Wish>;
type Reader = keyof typeof READERS;

let registry: Registry;
let now = new Date(`${TODAY}T05:00:00Z`);
const unit: Record<string, string> = {};
const readers = {} as Record<Reader, Follower>;

beforeAll(async () => {
  registry = await startRegistry({ feed: true, clock: () => now });
  for (const { code, id } of await registry.sql<{ code: string; id: string }>("select code, id from organizations")) unit[code] = id;
  for (const code of ["24", "01"]) {
    const [place] = await registry.sql<{ id: string }>(
      "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = $1 and valid_to is null) order by code limit 1",
      code,
    );
    unit[`commune of ${code}`] = place!.id;
  }
  for (const [name, wish] of Object.entries(READERS)) readers[name as Reader] = await follow(registry.as({ scope: SCOPE, ...wish }));
}, 60_000);
afterAll(() => registry.close());

/** What each reader is told of one piece of work, by type; those who are told of nothing are left out. */
async function told(work: () => Promise<unknown>): Promise<Partial<Record<Reader, string[]>>> {
  await work();
  // The last thing that is told, and to everybody: what stands before it is all there is.
  const code = `DAU-${++marks}`;
  await registry.admin.post("/v1/organizations", { code, name: `Dấu ${marks}`, kind: "other" });
  const mark = ({ type }: Event) => type === "organization.created";
  const each = Object.entries(readers).map(async ([name, reader]) => {
    const events = await reader.until((seen) => seen.some(mark));
    return [name, events.filter((event) => !mark(event)).map(({ type }) => type)] as const;
  });
  return Object.fromEntries((await Promise.all(each)).filter(([, types]) => types.length > 0));
}
let marks = 0;

const create = async (more: object): Promise<string> => {
  const { status, body, text } = await registry.admin.post("/v1/people", { name: { full: "Hoàng Văn Ranh" }, ...more });
  expect(status, text).toBe(201);
  return body.id as string;
};
const post = (code: string, more: object = {}) => ({ kind: "employment", organization_id: unit[code], ...more });
const affiliationOf = async (person: string): Promise<{ id: string; version: number }> =>
  (await registry.admin.get(`/v1/people/${person}/affiliations`)).body.data[0];

describe("a reader with a territory", () => {
  let person: string;

  test("is told of the persons inside and their facts, and nobody else's", async () => {
    const events = ["person.created", "degree.created", "affiliation.created"];
    const seen = await told(async () => (person = await create({ degrees: [{ level: "TS" }], affiliations: [post("SYT")] })));
    expect(seen).toEqual({ all: expect.any(Array), syt: expect.any(Array), ubnd: expect.any(Array), here: expect.any(Array) });
    for (const types of Object.values(seen)) expect(types.toSorted()).toEqual(events.toSorted());
  });

  test("is told that a person leaves, and where the person goes that one comes", async () => {
    const { id, version } = await affiliationOf(person);
    expect(await told(() => registry.admin.patch(`/v1/affiliations/${id}`, { ended: true }, version))).toEqual({
      all: ["affiliation.changed"],
      syt: ["person.left"],
      ubnd: ["person.left"],
      here: ["person.left"],
    });
    expect(await told(() => registry.admin.post(`/v1/people/${person}/affiliations`, post("SKHCN")))).toEqual({
      all: ["affiliation.created"],
      skhcn: ["affiliation.created", "person.entered"],
      ubnd: ["affiliation.created", "person.entered"],
      here: ["affiliation.created", "person.entered"],
    });
  });

  test("whose border is not crossed is told of the change alone", async () => {
    const { body } = await registry.admin.get(`/v1/people/${person}`);
    const move = () => registry.admin.patch(`/v1/people/${person}`, { residence_locality_id: unit["commune of 01"] }, body.version);
    expect(await told(move)).toEqual({
      all: ["person.changed"],
      skhcn: ["person.changed"],
      ubnd: ["person.changed"],
      here: ["person.changed"],
      capital: ["person.changed", "person.entered"],
    });
  });

  test("of two claims must have the person in both", async () => {
    expect((await told(() => registry.admin.post(`/v1/people/${person}/affiliations`, post("SYT")))).both).toEqual([
      "affiliation.created",
      "person.entered",
    ]);
  });

  test("is told of deletion, of nothing while the person is outside, and of both for all again", async () => {
    const { body } = await registry.admin.get(`/v1/people/${person}`);
    expect(await told(() => registry.admin.delete(`/v1/people/${person}`, body.version))).toMatchObject({
      syt: ["person.deleted"],
      both: ["person.deleted"],
    });
    expect((await told(() => registry.admin.post(`/v1/people/${person}/restorations`))).university).toBeUndefined();
  });

  test("reads again what was told, though the person has gone since", async () => {
    const agent = registry.as({ scope: SCOPE, ...READERS.syt });
    const before = (await agent.get("/v1/changes?limit=500")).body;
    const { body } = await registry.admin.get(`/v1/people/${person}/affiliations`);
    const open = body.data.filter(
      (one: { organization_id: string; ended: boolean | null }) => one.organization_id === unit["SYT"] && !one.ended,
    );
    expect(open.length).toBeGreaterThan(0);
    await told(async () => {
      for (const { id, version } of open) await registry.admin.patch(`/v1/affiliations/${id}`, { ended: true }, version);
    });
    expect((await agent.get(`/v1/people/${person}`)).status).toBe(404);
    const after = (await agent.get("/v1/changes?limit=500")).body;
    expect(after.data.slice(0, before.data.length)).toEqual(before.data);
  });
});

describe("who moves without a write of his own", () => {
  test("an organization under another parent takes its people along", async () => {
    await told(() => create({ affiliations: [post("SYT")] }));
    const { body } = await registry.admin.get(`/v1/organizations/${unit["SYT"]}`);
    const move = () =>
      registry.admin.patch(`/v1/organizations/${unit["SYT"]}`, { parent_id: unit["UNI-BKA"], parent_since: TODAY }, body.version);
    const seen = await told(move);
    expect(seen).toMatchObject({ all: ["organization.changed"], university: ["organization.changed", "person.entered"] });
    expect(seen.ubnd).toEqual(["organization.changed", "person.left"]);
    expect(seen.syt).toEqual(["organization.changed"]);
  });

  test("a day passing ends and begins affiliations", async () => {
    await create({ affiliations: [post("SKHCN", { valid_from: "2015", valid_to: TODAY })] });
    await create({ affiliations: [post("SKHCN", { valid_from: "2026-11-24" })] });
    await told(async () => {});
    // Seconds after midnight in Vietnam nothing has been told yet: an export of the day before may just have begun.
    expect(await told(async () => (now = new Date(`${TODAY}T17:00:30Z`)))).toEqual({});
    expect(await told(async () => (now = new Date(`${TODAY}T17:01:30Z`)))).toEqual({
      skhcn: ["person.left", "person.entered"],
      ubnd: ["person.left", "person.entered"],
      here: ["person.left", "person.entered"],
    });
  });

  test("days on which no service ran are told of together", async () => {
    await create({ affiliations: [post("SKHCN", { valid_from: "2026-11-27", valid_to: "2026-11-28" })] });
    await create({ affiliations: [post("SKHCN", { valid_from: "2026-11-30" })] });
    await told(async () => {});
    expect((await told(async () => (now = new Date("2026-12-01T05:00:00Z")))).skhcn).toEqual(["person.entered"]);
  });
});
