import { beforeAll, describe, expect, test } from "vitest";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  return registry.close;
});

const register = async (body: object = {}) => (await clerk.post("/v1/people", { name: { full: "Đỗ Thị Nhớ" }, ...body })).body.id as string;
/** An instant by the database's clock, between what was done before and what is done after. */
const now = async () =>
  (await registry.sql<{ at: string }>('select to_char(clock_timestamp(), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') as at'))[0]!.at;
const at = async (path: string, instant: string, more = "", agent = clerk) =>
  (await agent.get(`/v1/${path}?known_at=${encodeURIComponent(instant)}${more}`)).body;

describe("known_at", () => {
  test("gives a record as the registry knew it then, byte for byte what it answered then", async () => {
    const id = await register({
      birth_date: "1970",
      identifiers: [{ scheme: "scopus", value: "k1" }],
      degrees: [{ level: "TS", valid_from: "2001" }],
      affiliations: [{ kind: "employment", organization_id: await unit("SYT"), post: "Bác sĩ" }],
    });
    const path = `people/${id}`;
    const include = "&include=degrees,affiliations.organization,awards";
    const answers: [string, unknown][] = [];
    const remember = async () => answers.push([await now(), (await clerk.get(`/v1/${path}?${include}`)).body]);
    await remember();
    await clerk.patch(`/v1/${path}`, { birth_date: "1971-02", identifiers: [] }, 1);
    await remember();
    const [degree] = (await clerk.get(`/v1/${path}/degrees`)).body.data;
    await clerk.patch(`/v1/degrees/${degree.id}`, { level: "ThS" }, 1);
    await clerk.post(`/v1/${path}/awards`, { award: "TTUT" });
    await remember();
    await clerk.delete(`/v1/degrees/${degree.id}`, 2);
    await remember();
    await clerk.post(`/v1/degrees/${degree.id}/restorations`);
    await remember();
    for (const [instant, answer] of answers) expect(await at(path, instant, include)).toEqual(answer);
  });

  test("counts what was current and preferred by the day and the statements of then", async () => {
    const id = await register();
    const first = await clerk.post(`/v1/people/${id}/degrees`, { level: "TS", source: { received_on: "2024-01-01" } });
    const before = await now();
    const second = await clerk.post(`/v1/people/${id}/degrees`, { level: "TS", verification: "confirmed" });
    const preferred = async (instant: string) => {
      const { degrees } = await at(`people/${id}`, instant, "&include=degrees");
      return degrees.map((one: { id: string; preferred: boolean }) => [one.id, one.preferred]);
    };
    expect(await preferred(before)).toEqual([[first.body.id, true]]);
    expect(await preferred(await now())).toEqual([
      [first.body.id, false],
      [second.body.id, true],
    ]);
    expect((await at(`degrees/${first.body.id}`, before)).preferred).toBe(true);
  });

  test("with as_of gives the facts, of those known then, that may have held on that day", async () => {
    const id = await register({ affiliations: [{ kind: "employment", organization_text: "Công ty Mẫu", valid_from: "2010" }] });
    const [bond] = (await clerk.get(`/v1/people/${id}/affiliations`)).body.data;
    const before = await now();
    await clerk.patch(`/v1/affiliations/${bond.id}`, { valid_to: "2015" }, 1);
    const after = await now();
    const count = async (instant: string, day: string) =>
      (await at(`people/${id}`, instant, `&include=affiliations&as_of=${day}`)).affiliations.length;
    expect([await count(before, "2009-12-31"), await count(before, "2020-01-01")]).toEqual([0, 1]);
    expect([await count(after, "2015-12-31"), await count(after, "2016-01-01")]).toEqual([1, 0]);
  });

  test("names units as they were called then, and a fact's person as it was", async () => {
    const admin = registry.admin;
    const made = await admin.post("/v1/organizations", { code: "TEN-CU", name: "Tên cũ", kind: "other" });
    const id = await register({ affiliations: [{ kind: "employment", organization_id: made.body.id }] });
    const [bond] = (await clerk.get(`/v1/people/${id}/affiliations`)).body.data;
    const before = await now();
    await admin.patch(`/v1/organizations/${made.body.id}`, { name: "Tên mới" }, 1);
    await clerk.patch(`/v1/people/${id}`, { name: { full: "Đỗ Thị Quên" } }, 1);
    const { organization, person } = await at(`affiliations/${bond.id}`, before, "&include=person");
    expect([organization.name, person.name.full]).toEqual(["Tên cũ", "Đỗ Thị Nhớ"]);
    expect((await at(`organizations/${made.body.id}`, before)).name).toBe("Tên cũ");
    expect((await at(`affiliations/${bond.id}`, await now())).organization.name).toBe("Tên mới");
  });

  test("goes as deep as include does, and reads by identifier and CODE@DAY", async () => {
    const id = await register({
      identifiers: [{ scheme: "wos", value: "k2" }],
      degrees: [{ level: "TS" }, { level: "ThS" }],
      affiliations: [{ kind: "employment", organization_id: await unit("SYT") }],
    });
    const instant = await now();
    const [degree] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    await clerk.delete(`/v1/degrees/${degree.id}`, 1);
    const deep = await at(`people/${id}`, instant, "&include=degrees.person,affiliations.organization&fields=id,degrees.level");
    expect(deep.degrees.map((one: { level: string; person: { id: string } }) => [one.level, one.person.id]).toSorted()).toEqual([
      ["TS", id],
      ["ThS", id],
    ]);
    expect(deep.affiliations[0].organization).toMatchObject({ code: "SYT", kind: "state_agency" });
    const [other] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    expect((await at(`degrees/${other.id}`, instant, "&include=person.degrees")).person.degrees).toHaveLength(2);
    expect((await at("people/by-id/wos/k2", instant, "&include=degrees")).degrees).toHaveLength(2);
    expect((await at("localities/24@2025-07-01", instant, "&include=parent")).name).toBe("Bắc Ninh");
    expect((await at(`organizations/${await unit("SYT")}`, instant, "&include=parent,locality")).parent.code).toBe("UBND");
  });

  test("is 404 before the first version, 410 while hidden, 410 of what is hidden now", async () => {
    const before = await now();
    const id = await register({ degrees: [{ level: "TS" }] });
    const [degree] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    const known = await now();
    await clerk.delete(`/v1/people/${id}`, 1);
    const hidden = await now();
    for (const path of [`people/${id}`, `degrees/${degree.id}`]) {
      expect((await at(path, before)).code).toBe("deleted");
      expect((await at(path, known)).code).toBe("deleted");
    }
    await clerk.post(`/v1/people/${id}/restorations`);
    for (const path of [`people/${id}`, `degrees/${degree.id}`]) {
      expect((await at(path, before)).code).toBe("not-found");
      expect((await at(path, hidden)).code).toBe("deleted");
      expect((await at(path, known)).id).toBe(path.split("/")[1]);
    }
  });

  test("opens no more than the record of today does", async () => {
    const id = await register({ citizen_id: "024085000999", degrees: [{ level: "TS", certificate_no: "QM 9" }] });
    const instant = await now();
    await clerk.patch(`/v1/people/${id}`, { citizen_id: null }, 1);
    const closed = await at(`people/${id}`, instant, "&include=degrees");
    expect([closed.citizen_id, closed.degrees[0].certificate_no]).toEqual([undefined, undefined]);
    expect(closed.redacted).toContain("citizen_id");
    const scope = [...CLERK, "people:read.restricted"] as const;
    const open = await at(`people/${id}`, instant, "&include=degrees", registry.as({ scope, purpose: "verification" }));
    expect([open.citizen_id, open.degrees[0].certificate_no]).toEqual(["024085000999", "QM 9"]);
    expect((await at(`people/${id}`, instant, "&fields=citizen_id")).code).toBe("scope-missing");
    expect((await at(`people/${id}`, instant, "", registry.as({ org: ["SYT"] }))).code).toBe("not-found");
    expect((await at(`people/${id}`, instant, "", registry.as({ scope: ["directory:read"] }))).code).toBe("scope-missing");
  });

  test("takes any offset and a microsecond, and gives an ETag by which nothing is sent twice", async () => {
    const id = await register();
    const { recorded_at } = (await clerk.get(`/v1/people/${id}/revisions/1`)).body;
    expect((await at(`people/${id}`, recorded_at)).version).toBe(1);
    const local = `${new Date(new Date(recorded_at).getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}${recorded_at.slice(19, -1)}+07:00`;
    expect((await at(`people/${id}`, local)).version).toBe(1);
    const first = await clerk.get(`/v1/people/${id}?known_at=${recorded_at}`);
    const again = await clerk.get(`/v1/people/${id}?known_at=${recorded_at}`, { "if-none-match": first.headers["etag"]! });
    expect([first.headers["etag"]!.slice(0, 3), again.status]).toEqual(['"1.', 304]);
  });

  test.each([
    "2026-11-23",
    "2026-11-23T10:00:00",
    "2026-02-30T00:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T10:00:60Z",
    "2026-11-23T10:00:00+7",
    "2026-11-23T10:00:00+23:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2199-01-01T00:00:00Z",
    "now",
    "",
  ])("%o is no instant of the past", async (text) => {
    const body = await at(`people/01a00000-0000-7000-8000-00000000abcd`, text);
    expect([body.status, body.code, body.errors[0].parameter]).toEqual([400, "invalid-parameter", "known_at"]);
  });

  test("is told of together with what else is wrong, and belongs to one record", async () => {
    const { errors } = await at("people/01a00000-0000-7000-8000-00000000abcd", "x", "&as_of=y");
    expect(errors.map(({ parameter }: { parameter: string }) => parameter)).toEqual(["as_of", "known_at"]);
    expect((await at("people", "2026-01-01T00:00:00Z")).code).toBe("unknown-parameter");
    expect(
      (await clerk.get("/v1/people/01a00000-0000-7000-8000-00000000abcd?known_at=2026-01-01T00:00:00Z&known_at=2026-01-01T00:00:00Z"))
        .status,
    ).toBe(400);
  });
});

const unit = async (code: string) => (await registry.sql<{ id: string }>("select id from organizations where code = $1", code))[0]!.id;
