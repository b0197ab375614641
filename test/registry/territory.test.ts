import { beforeAll, describe, expect, test } from "vitest";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry, Wish } from "../setup/registry.ts";

let registry: Registry;
let admin: Agent;
const unit: Record<string, string> = {};
const person: Record<string, string> = {};
const ABSENT = "01a00000-0000-7000-8000-00000000abcd";

beforeAll(async () => {
  registry = await startRegistry();
  admin = registry.admin;
  const place = async (name: string, sql: string) => void (unit[name] = (await registry.sql<{ id: string }>(sql))[0]!.id);
  for (const { code, id } of await registry.sql<{ code: string; id: string }>(
    "select code, id from organizations where code in ('UBND', 'SYT', 'SKHCN', 'UNI-BKA')",
  ))
    unit[code] = id;
  await place(
    "commune",
    "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '24' and valid_to is null) order by code limit 1",
  );
  await place(
    "next",
    "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '24' and valid_to is null) order by code offset 1 limit 1",
  );
  await place(
    "elsewhere",
    "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '01') order by code limit 1",
  );
  await place(
    "old commune",
    `select predecessor_id as id from locality_lineage y join localities p on p.id = y.predecessor_id where successor_id = '${unit["commune"]}' and p.kind = 'commune' order by p.code limit 1`,
  );
  await place("old district", `select parent_id as id from localities where id = '${unit["old commune"]}'`);
  const at = (organization: string, more: object = {}) => ({ kind: "employment", organization_id: unit[organization], ...more });
  const bodies: Record<string, object> = {
    "own unit": { affiliations: [at("UBND")] },
    "unit below": { affiliations: [at("SYT", { valid_from: "2015" })] },
    "other unit": { affiliations: [at("UNI-BKA")] },
    "ended below": { affiliations: [at("SYT", { ended: true })] },
    "left below": { affiliations: [at("SYT", { valid_to: "2020" })] },
    "not yet below": { affiliations: [at("SYT", { valid_from: "2099" })] },
    resident: { residence_locality_id: unit["commune"] },
    neighbour: { residence_locality_id: unit["next"] },
    stranger: { residence_locality_id: unit["elsewhere"] },
    nowhere: {},
    hidden: { affiliations: [at("SYT")], residence_locality_id: unit["commune"] },
  };
  for (const [name, body] of Object.entries(bodies)) {
    const made = await admin.post("/v1/people", { name: { full: `Người ${name}` }, degrees: [{ level: "TS" }], ...body });
    person[name] = made.body.id;
  }
  await admin.delete(`/v1/people/${person["hidden"]}`, 1);
  return registry.close;
});

const LIVES = { resident: "commune", neighbour: "next", stranger: "elsewhere" } as const;
const namesOf = (body: { data: { name: { full: string } }[] }) => body.data.map(({ name }) => name.full.replace("Người ", "")).toSorted();
const seen = async (wish: Wish): Promise<string[]> => {
  const agent = registry.as(wish);
  const { body } = await agent.get("/v1/people?limit=100&fields=id,name&count=exact");
  expect(body.meta.count).toEqual({ value: body.data.length, kind: "exact" });
  const names = namesOf(body);
  // Pages that come again, and reads of one, look the claims up in their own statement.
  for (const [name, place] of Object.entries(LIVES)) {
    const page = await agent.get(`/v1/people?residence_locality=${unit[place]}&sort=name&fields=id,name`);
    expect([name, namesOf(page.body)]).toEqual([name, names.filter((one) => one === name)]);
  }
  for (const [name, id] of Object.entries(person)) {
    const { status } = await agent.get(`/v1/people/${id}?include=degrees`);
    if (name !== "hidden") expect([name, status]).toEqual([name, names.includes(name) ? 200 : 404]);
  }
  return names;
};
const sorted = (...names: string[]) => names.toSorted();
const ORG_OF_UBND = sorted("own unit", "unit below");

describe("a token's territory", () => {
  test("org holds the persons of a unit and of all below it, whose affiliation has not ended", async () => {
    expect(await seen({ org: [unit["UBND"]!] })).toEqual(ORG_OF_UBND);
    expect(await seen({ org: ["SYT"] })).toEqual(["unit below"]);
    expect(await seen({ org: [unit["SYT"]!, unit["UNI-BKA"]!] })).toEqual(sorted("unit below", "other unit"));
    expect(await seen({ org: [unit["SKHCN"]!] })).toEqual([]);
  });

  test("loc holds those who live there, and those whose unit is there; codes are today's", async () => {
    expect(await seen({ loc: [unit["commune"]!] })).toEqual(["resident"]);
    expect(await seen({ loc: ["24"] })).toEqual(sorted("own unit", "unit below", "resident", "neighbour"));
    expect(await seen({ loc: ["01"] })).toEqual(["stranger"]);
  });

  test("a former unit counts through the communes that it became", async () => {
    expect(await seen({ loc: [unit["old commune"]!] })).toEqual(["resident"]);
    expect(await seen({ loc: [unit["old district"]!] })).toContain("resident");
    expect(await seen({ loc: ["27"] })).not.toContain("stranger");
  });

  test("several values are OR, both claims AND; an empty one or one that names nothing opens nothing", async () => {
    expect(await seen({ loc: [unit["commune"]!, "01"] })).toEqual(sorted("resident", "stranger"));
    expect(await seen({ org: ["UBND"], loc: ["24"] })).toEqual(ORG_OF_UBND);
    expect(await seen({ org: ["UBND"], loc: ["01"] })).toEqual([]);
    expect(await seen({ org: [] })).toEqual([]);
    expect(await seen({ loc: ["no such place"] })).toEqual([]);
    expect(await seen({})).toHaveLength(10);
  });

  test("binds facts, includes, searches, identifiers and counts alike", async () => {
    const agent = registry.as({ org: ["SYT"], scope: ["people:read"] });
    expect((await agent.get("/v1/degrees?count=exact")).body.meta.count.value).toBe(1);
    expect((await agent.get("/v1/degrees?include=person")).body.data.map((row: { person_id: string }) => row.person_id)).toEqual([
      person["unit below"],
    ]);
    expect((await agent.post("/v1/people/search", { filter: 'name match "nguoi"' })).body.data).toHaveLength(1);
    expect((await agent.get(`/v1/people?filter=${encodeURIComponent("count(degrees) = 1")}&count=estimate`)).body.meta.count).toEqual({
      value: 1,
      kind: "exact",
    });
  });

  test("moves with the affiliation, the day it is written", async () => {
    const { body } = await admin.post("/v1/people", {
      name: { full: "Người mới" },
      affiliations: [{ kind: "employment", organization_id: unit["SKHCN"] }],
    });
    const [affiliation] = body.affiliations;
    const skhcn = registry.as({ org: ["SKHCN"] });
    expect((await skhcn.get(`/v1/people/${body.id}`)).status).toBe(200);
    await admin.patch(`/v1/affiliations/${affiliation.id}`, { ended: true }, 1);
    expect((await skhcn.get(`/v1/people/${body.id}`)).status).toBe(404);
    await admin.patch(`/v1/affiliations/${affiliation.id}`, { ended: null }, 2);
    expect((await skhcn.get(`/v1/people/${body.id}`)).status).toBe(200);
    await admin.delete(`/v1/affiliations/${affiliation.id}`, 3);
    expect((await skhcn.get(`/v1/people/${body.id}`)).status).toBe(404);
    await admin.delete(`/v1/people/${body.id}`, 1);
  });
});

describe("what lies outside answers as what does not exist", () => {
  const calls: [string, string, object | undefined][] = [
    ["GET", "", undefined],
    ["GET", "/degrees", undefined],
    ["PATCH", "", { gender: "male" }],
    ["DELETE", "", undefined],
    ["POST", "/degrees", { level: "CN" }],
    ["POST", "/restorations", undefined],
    ["PATCH", "", { gender: "no such" }],
  ];

  test.each([{ org: ["UBND"] }, { loc: ["01"] }])("for %j: the same status, headers and body but for the request's id", async (wish) => {
    const agent = registry.as({ ...wish, scope: CLERK });
    const outside = [
      "other unit",
      "ended below",
      "left below",
      "not yet below",
      "nowhere",
      "neighbour",
      ...("loc" in wish ? ["hidden"] : ["stranger"]),
    ];
    for (const [method, path, body] of calls) {
      const ask = async (id: string) => {
        const headers = { "if-match": '"1"', ...(body && { "content-type": "application/json" }) };
        const answer = await agent.call({ method, path: `/v1/people/${id}${path}`, body, headers });
        const { date: _date, "x-request-id": _id, ...others } = answer.headers;
        return [answer.status, answer.text.replace(/"request_id":"[^"]+"/, ""), JSON.stringify(others).replace(/"ratelimit[^,]*,/g, "")];
      };
      const absent = await ask(ABSENT);
      expect([method, path, absent[0]]).toEqual([method, path, 404]);
      for (const name of outside) expect([method, path, name, await ask(person[name]!)]).toEqual([method, path, name, absent]);
    }
  });

  test("a hidden one inside the territory is gone, not absent", async () => {
    const agent = registry.as({ loc: [unit["commune"]!] });
    expect((await agent.get(`/v1/people/${person["hidden"]}`)).status).toBe(410);
  });

  test("and so do its facts and identifiers", async () => {
    const [degree] = (await admin.get(`/v1/people/${person["stranger"]}/degrees`)).body.data;
    const agent = registry.as({ org: ["UBND"] });
    expect((await agent.get(`/v1/degrees/${degree.id}`)).body.code).toBe("not-found");
    expect((await agent.patch(`/v1/degrees/${degree.id}`, { level: "CN" }, 1)).body.code).toBe("not-found");
    const { body } = await admin.get(`/v1/people/${person["stranger"]}`);
    expect((await agent.get(`/v1/people/by-id/code/${body.code}`)).body.code).toBe("not-found");
  });
});

describe("a write from within a territory", () => {
  const count = async () =>
    registry.sql(
      "select (select count(*) from people) as people, (select count(*) from revisions) as revisions, (select count(*) from person_reach) as reach",
    );

  test("must place the person inside: 403, and nothing is written", async () => {
    const before = await count();
    const agent = registry.as({ org: ["SYT"] });
    for (const body of [
      {},
      { residence_locality_id: unit["commune"] },
      { affiliations: [{ kind: "employment", organization_id: unit["UBND"] }] },
    ]) {
      const { status, body: answer } = await agent.post("/v1/people", { name: { full: "Người ngoài" }, ...body });
      expect([status, answer.code]).toEqual([403, "outside-territory"]);
    }
    expect(await count()).toEqual(before);
    const inside = await agent.post("/v1/people", {
      name: { full: "Người trong" },
      affiliations: [{ kind: "employment", organization_id: unit["SYT"] }],
    });
    expect(inside.status).toBe(201);
    await admin.delete(`/v1/people/${inside.body.id}`, 1);
  });

  test("with a write scope alone is bound alike, and answers id, code and version", async () => {
    const agent = registry.as({ org: ["SYT"], scope: ["people:write"] });
    const made = await agent.post("/v1/people", {
      name: { full: "Người trong" },
      affiliations: [{ kind: "employment", organization_id: unit["SYT"] }],
    });
    expect([made.status, Object.keys(made.body).toSorted()]).toEqual([201, ["code", "id", "version"]]);
    const changed = await agent.patch(`/v1/people/${made.body.id}`, { gender: "male" }, 1);
    expect(changed.body).toEqual({ id: made.body.id, code: made.body.code, version: 2 });
    expect((await agent.patch(`/v1/people/${person["stranger"]}`, { gender: "male" }, 1)).status).toBe(404);
    await admin.delete(`/v1/people/${made.body.id}`, 2);
  });

  test("cannot move a person out of it", async () => {
    const agent = registry.as({ loc: [unit["commune"]!] });
    const { status, body } = await agent.patch(`/v1/people/${person["resident"]}`, { residence_locality_id: unit["elsewhere"] }, 1);
    expect([status, body.code]).toEqual([403, "outside-territory"]);
    const [affiliation] = (await admin.get(`/v1/people/${person["unit below"]}/affiliations`)).body.data;
    const ended = await registry.as({ org: ["SYT"] }).patch(`/v1/affiliations/${affiliation.id}`, { ended: true }, 1);
    expect([ended.status, ended.body.code]).toEqual([403, "outside-territory"]);
    const hidden = await registry.as({ org: ["SYT"] }).delete(`/v1/affiliations/${affiliation.id}`, 1);
    expect([hidden.status, hidden.body.code]).toEqual([403, "outside-territory"]);
    expect((await admin.get(`/v1/people/${person["resident"]}`)).body.version).toBe(1);
  });
});

describe("reach", () => {
  test("is what the rows say, whatever was written, and follows an organization that moves", async () => {
    const rows = (id: string) => registry.sql<{ node: string }>("select node_id as node from person_reach where person_id = $1", id);
    const nodes = async (id: string) => (await rows(id)).map(({ node }) => node);
    expect(await nodes(person["resident"]!)).toContain(unit["commune"]);
    expect(await nodes(person["nowhere"]!)).toEqual([]);
    expect(await nodes(person["unit below"]!)).toEqual(expect.arrayContaining([unit["SYT"], unit["UBND"]]));

    const made = (code: string, parent: string) =>
      admin.post("/v1/organizations", {
        code,
        name: `Đơn vị ${code}`,
        kind: "public_service_unit",
        parent_id: unit[parent],
        parent_since: "2020-01-01",
      });
    const { body: hospital } = await made("BV-MAU", "SYT");
    const { body: worker } = await admin.post("/v1/people", {
      name: { full: "Người di chuyển" },
      affiliations: [{ kind: "employment", organization_id: hospital.id }],
    });
    expect(await nodes(worker.id)).toEqual(expect.arrayContaining([hospital.id, unit["SYT"], unit["UBND"]]));
    expect((await registry.as({ org: ["SKHCN"] }).get(`/v1/people/${worker.id}`)).status).toBe(404);
    await admin.patch(`/v1/organizations/${hospital.id}`, { parent_id: unit["SKHCN"], parent_since: "2026-01-01" }, 1);
    expect((await registry.as({ org: ["SKHCN"] }).get(`/v1/people/${worker.id}`)).status).toBe(200);
    expect((await registry.as({ org: ["SYT"] }).get(`/v1/people/${worker.id}`)).status).toBe(404);
  });
});
