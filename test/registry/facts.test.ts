import { beforeAll, describe, expect, test } from "vitest";
import { PUBLIC_URL, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
let organization: string;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  organization = (await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'"))[0]!.id;
  return registry.close;
});

const person = async (body: object = {}) => (await clerk.post("/v1/people", { name: { full: "Vũ Thị Sự" }, ...body })).body.id as string;
const FACTS = {
  degrees: [{ level: "ThS", training_field: "480101" }, { graduation_year: 2011 }],
  "academic-titles": [{ title: "PGS" }, { year: 2018 }],
  affiliations: [{ kind: "employment", organization_text: "Công ty Mẫu" }, { post: "Giám đốc" }],
  expertise: [{ field: "102", role: "secondary" }, { sector: "HEALTH" }],
  awards: [{ award: "TTUT" }, { year: 2020 }],
} as const;

describe.each(Object.entries(FACTS))("/v1/people/{id}/%s", (noun, [body, change]) => {
  test("adds, lists, reads, changes, hides and brings back", async () => {
    const id = await person();
    const made = await clerk.post(`/v1/people/${id}/${noun}`, body);
    expect([made.status, made.headers["location"]]).toEqual([201, `${PUBLIC_URL}/v1/${noun}/${made.body.id}`]);
    expect(made.body).toMatchObject({ ...body, person_id: id, version: 1, verification: "declared", is_current: null, preferred: true });
    const path = `/v1/${noun}/${made.body.id}`;
    expect((await clerk.get(path)).body).toEqual(made.body);
    expect((await clerk.get(`/v1/people/${id}/${noun}`)).body.data).toEqual([made.body]);
    expect((await clerk.get(`/v1/${noun}?limit=500`)).body.data).toContainEqual(made.body);
    expect((await clerk.patch(path, change)).status).toBe(428);
    expect((await clerk.patch(path, change, 9)).body).toMatchObject({ status: 412, current_version: 1 });
    expect((await clerk.patch(path, change, 1)).body).toMatchObject({ ...body, ...change, version: 2 });
    expect((await clerk.patch(path, change, 2)).body.version).toBe(2);
    expect((await clerk.delete(path, 1)).status).toBe(412);
    expect((await clerk.delete(path, 2)).status).toBe(204);
    expect((await clerk.get(path)).body.code).toBe("deleted");
    expect((await clerk.get(`/v1/people/${id}/${noun}`)).body.data).toEqual([]);
    expect((await clerk.get(`/v1/people/${id}?include=${noun.replace("-", "_")}`)).body[noun.replace("-", "_")]).toEqual([]);
    expect((await clerk.post(`${path}/restorations`)).body).toMatchObject({ ...change, version: 4 });
    expect((await clerk.post(`${path}/restorations`)).body.code).toBe("state-conflict");
    expect((await clerk.get(`/v1/people/${id}`)).body.version).toBe(1);
  });

  test("answers for a person who does not exist 404, and for parameters first", async () => {
    const absent = "/v1/people/01a00000-0000-7000-8000-00000000abcd";
    expect((await clerk.get(`${absent}/${noun}`)).body.code).toBe("not-found");
    expect((await clerk.post(`${absent}/${noun}`, body)).body.code).toBe("not-found");
    expect((await clerk.get(`${absent}/${noun}?nonsense=1`)).body.code).toBe("unknown-parameter");
    expect((await clerk.get(`${absent}/${noun}?limit=0`)).body.code).toBe("invalid-parameter");
    expect((await clerk.post(`${absent}/${noun}`, { ...body, nonsense: 1 })).body.code).toBe("unknown-field");
    expect((await clerk.get(`/v1/people/nobody/${noun}`)).body.code).toBe("invalid-parameter");
  });

  test("asks for what it requires, and refuses a period that ends before it begins", async () => {
    const id = await person();
    expect((await clerk.post(`/v1/people/${id}/${noun}`, {})).status).toBe(422);
    const order = await clerk.post(`/v1/people/${id}/${noun}`, { ...body, valid_from: "2015-06", valid_to: "2015-05" });
    expect([order.status, order.body.code, order.body.errors[0].pointer]).toEqual([422, "date-order", "/valid_to"]);
    const made = await clerk.post(`/v1/people/${id}/${noun}`, { ...body, valid_from: "2015", valid_to: "2015" });
    expect(made.body).toMatchObject({ valid_from: "2015", valid_to: "2015", is_current: false });
    const patched = await clerk.patch(`/v1/${noun}/${made.body.id}`, { valid_to: "2014" }, 1);
    expect([patched.status, patched.body.code]).toEqual([422, "date-order"]);
  });
});

describe("a fact's period", () => {
  const current = async (period: object) =>
    (await clerk.post(`/v1/people/${await person()}/degrees`, { level: "CN", ...period })).body.is_current;

  test("says whether it holds today, as far as is certain", async () => {
    expect(await current({})).toBeNull();
    expect(await current({ valid_from: "2010" })).toBeNull();
    expect(await current({ ended: false })).toBe(true);
    expect(await current({ ended: true })).toBe(false);
    expect(await current({ valid_to: "2025" })).toBe(false);
    expect(await current({ valid_from: "2027" })).toBe(false);
    expect(await current({ valid_from: "2010", valid_to: "2030" })).toBe(true);
    expect(await current({ valid_from: "2026", valid_to: "2027" })).toBeNull();
    expect(await current({ valid_to: "2026" })).toBeNull();
    expect(await current({ valid_from: "2026-11-23", valid_to: "2026-11-23" })).toBe(true);
  });

  test("as_of leaves a fact out only when it certainly did not hold on that day, in lists, includes and filters", async () => {
    const id = await person({
      degrees: [
        { level: "CN", valid_from: "2010" },
        { level: "TS", valid_from: "2020-06-15" },
        { level: "ThS", valid_to: "2012" },
        { level: "CD", ended: true },
      ],
    });
    const levels = async (day: string) => {
      const own = await clerk.get(`/v1/people/${id}/degrees?as_of=${day}`);
      expect(own.body.meta.as_of).toBe(day);
      const included = await clerk.get(`/v1/people/${id}?include=degrees&as_of=${day}`);
      const of = (rows: { level: string }[]) => rows.map(({ level }) => level).toSorted();
      expect(of(included.body.degrees)).toEqual(of(own.body.data));
      return of(own.body.data);
    };
    expect(await levels("2009-12-31")).toEqual(["CD", "ThS"]);
    expect(await levels("2010-05-05")).toEqual(["CD", "CN", "ThS"]);
    expect(await levels("2020-06-15")).toEqual(["CD", "CN", "TS"]);
    expect(await levels("2020-06-14")).toEqual(["CD", "CN"]);
    const found = async (day: string) =>
      (await clerk.get(`/v1/people?degrees.level=TS&as_of=${day}&fields=id`)).body.data.some((row: { id: string }) => row.id === id);
    expect([await found("2020-06-14"), await found("2020-06-15")]).toEqual([false, true]);
    expect((await clerk.get("/v1/people?as_of=2020")).body.errors[0].parameter).toBe("as_of");
  });
});

describe("several sources", () => {
  test("stand side by side, and one is preferred: confirmed, then seen, then declared, then the latest", async () => {
    const id = await person();
    const state = async (more: object) =>
      (await clerk.post(`/v1/people/${id}/degrees`, { level: "TS", training_field: "480101", ...more })).body.id as string;
    const preferred = async () =>
      (await clerk.get(`/v1/people/${id}/degrees`)).body.data
        .filter((row: { preferred: boolean }) => row.preferred)
        .map((row: { id: string }) => row.id);
    const first = await state({ source: { received_on: "2024-01-01" } });
    expect(await preferred()).toEqual([first]);
    const later = await state({ source: { received_on: "2025-01-01", organization_id: organization } });
    expect(await preferred()).toEqual([later]);
    const seen = await state({ verification: "document_seen", source: { received_on: "2020-01-01" } });
    expect(await preferred()).toEqual([seen]);
    const confirmed = await state({ verification: "confirmed" });
    expect(await preferred()).toEqual([confirmed]);
    await clerk.patch(`/v1/degrees/${confirmed}`, { verification: "disputed" }, 1);
    expect(await preferred()).toEqual([seen]);
  });

  test("of one rank the latest received is preferred, of one day the first written; whatever is hidden, brought back or changed", async () => {
    const id = await person();
    const source = (received_on: string | null) => ({ source: { received_on } });
    const state = async (more: object) =>
      (await clerk.post(`/v1/people/${id}/academic-titles`, { title: "PGS", ...more })).body.id as string;
    const sources = await registry.sql<{ id: string }>("select id from organizations order by code limit 4");
    const by = (n: number, received_on: string | null) => ({ source: { organization_id: sources[n]!.id, received_on } });
    const [first, second, undated] = [await state(by(0, "2024-05-01")), await state(by(1, "2024-05-01")), await state(by(2, null))];
    const preferred = async () => {
      const { academic_titles: titles } = (await clerk.get(`/v1/people/${id}?include=academic_titles`)).body;
      return titles.filter((one: { preferred: boolean }) => one.preferred).map((one: { id: string }) => one.id);
    };
    expect(await preferred()).toEqual([first]);
    await clerk.patch(`/v1/academic-titles/${second}`, source("2024-05-02"), 1);
    expect(await preferred()).toEqual([second]);
    await clerk.patch(`/v1/academic-titles/${undated}`, { verification: "document_seen" }, 1);
    expect(await preferred()).toEqual([undated]);
    await clerk.delete(`/v1/academic-titles/${undated}`, 2);
    expect(await preferred()).toEqual([second]);
    await clerk.delete(`/v1/academic-titles/${second}`, 2);
    expect(await preferred()).toEqual([first]);
    await clerk.post(`/v1/academic-titles/${undated}/restorations`);
    expect(await preferred()).toEqual([undated]);
    await clerk.patch(`/v1/academic-titles/${undated}`, { title: "GS" }, 4);
    expect((await preferred()).toSorted()).toEqual([first, undated].toSorted());
  });

  test("mean a unit that is known however it is written, one that is not by its words", async () => {
    const id = await person();
    const [other] = await registry.sql<{ id: string }>("select id from organizations where code = 'SKHCN'");
    const state = async (by: string, organization_id: string, organization_text: string) =>
      (
        await clerk.post(`/v1/people/${id}/affiliations`, {
          kind: "employment",
          organization_id,
          organization_text,
          post: "Giám đốc",
          source: { organization_id: by, received_on: "2025-01-01" },
        })
      ).body.preferred as boolean;
    expect(await state(other!.id, organization, "SYT")).toBe(true);
    expect(await state(organization, other!.id, "Sở KHCN")).toBe(true);
    // A unit that the registry does not know stands under its supplier: two of them are two facts.
    expect(await state(other!.id, other!.id, "Công ty A")).toBe(true);
    expect(await state(other!.id, other!.id, "Công ty B")).toBe(true);
    const [third] = await registry.sql<{ id: string }>("select id from organizations where code = 'UBND'");
    expect(await state(third!.id, organization, "Sở Y tế tỉnh Bắc Ninh")).toBe(false);
  });

  test("keep what their verification rests on, who verified and when", async () => {
    const verified = {
      verification: "confirmed",
      verification_evidence: "Bản chính",
      verified_by: "Phòng TCCB",
      verified_on: "2025-10-12",
    };
    const id = await person();
    const { body } = await clerk.post(`/v1/people/${id}/degrees`, { level: "ThS", ...verified });
    expect((await clerk.get(`/v1/degrees/${body.id}`)).body).toMatchObject(verified);
    const changed = { verification: "disputed", verification_evidence: null, verified_on: null };
    expect((await clerk.patch(`/v1/degrees/${body.id}`, changed, 1)).body).toMatchObject({ ...verified, ...changed });
    const [revision] = (await clerk.get(`/v1/degrees/${body.id}/revisions`)).body.data;
    expect(revision.changes.map(({ field }: { field: string }) => field)).toEqual(["verification", "verification_evidence", "verified_on"]);
    const wrong = await clerk.patch(`/v1/degrees/${body.id}`, { verification: "sure", verified_on: "2025-02-30" }, 2);
    expect([wrong.status, wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      422,
      ["/verification", "/verified_on"],
    ]);
  });

  test("keep the person with whom they first came", async () => {
    const id = await person({ awards: [{ award: "TTUT" }] });
    const rows = await registry.sql("select person_id, origin_person_id, import_id from awards where person_id = $1", id);
    expect(rows).toEqual([{ person_id: id, origin_person_id: id, import_id: null }]);
  });
});

describe("what the database itself holds", () => {
  test("two primary employments of one source that certainly overlap are 409, others stand", async () => {
    const id = await person();
    const post = async (more: object) => {
      const { status, body } = await clerk.post(`/v1/people/${id}/affiliations`, {
        kind: "employment",
        organization_text: "Công ty Mẫu",
        is_primary: true,
        ...more,
      });
      return status === 201 ? status : body.code;
    };
    expect(await post({ valid_from: "2010", valid_to: "2015" })).toBe(201);
    expect(await post({ valid_from: "2012", valid_to: "2013" })).toBe("period-overlap");
    expect(await post({ valid_from: "2014", valid_to: "2018" })).toBe("period-overlap");
    expect(await post({ valid_from: "2012", valid_to: "2013", source: { organization_id: organization } })).toBe(201);
    expect(await post({ valid_from: "2012", valid_to: "2013", kind: "membership" })).toBe(201);
    expect(await post({ valid_from: "2012", valid_to: "2013", is_primary: false })).toBe(201);
    expect(await post({ valid_from: "2015" })).toBe(201);
    expect((await clerk.get(`/v1/people/${id}`)).body.quality).toContainEqual(
      expect.objectContaining({ code: "primary-employments-may-overlap" }),
    );
  });

  test("an affiliation names its unit, by id or in words", async () => {
    const id = await person();
    const none = await clerk.post(`/v1/people/${id}/affiliations`, { kind: "membership" });
    expect([none.status, none.body.code, none.body.errors[0].pointer]).toEqual([422, "validation-failed", "/organization_text"]);
    const made = await clerk.post(`/v1/people/${id}/affiliations`, { kind: "membership", organization_id: organization });
    expect(made.body.organization).toMatchObject({ id: organization, code: "SYT", name: "Sở Y tế" });
    const away = await clerk.patch(`/v1/affiliations/${made.body.id}`, { organization_id: null }, 1);
    expect([away.status, away.body.code]).toEqual([422, "validation-failed"]);
  });

  test("a unit must have stood in the fact's period; a classification is checked against its version alone", async () => {
    const id = await person();
    const [gone] = await registry.sql<{ id: string }>("select id from organizations where code = 'SKHDT'");
    const post = async (more: object) =>
      (await clerk.post(`/v1/people/${id}/affiliations`, { kind: "employment", organization_id: gone!.id, ...more })).body;
    expect((await post({ valid_from: "2010", valid_to: "2020" })).version).toBe(1);
    expect(await post({ valid_from: "2025-06" })).toMatchObject({
      code: "code-not-valid-on-date",
      errors: [{ pointer: "/organization_id" }],
    });
    const old = await clerk.post(`/v1/people/${id}/degrees`, {
      level: "CN",
      training_field: "480101",
      valid_from: "1985",
      training_field_scheme: "training@tt-09-2022",
    });
    expect([old.status, old.body.training_field_scheme]).toEqual([201, "training@tt-09-2022"]);
    const scheme = await clerk.post(`/v1/people/${id}/degrees`, {
      level: "CN",
      training_field: "480101",
      training_field_scheme: "training@1990",
    });
    expect([scheme.status, scheme.body.code]).toEqual([422, "unknown-code"]);
    const alone = await clerk.patch(`/v1/degrees/${old.body.id}`, { training_field_scheme: "training@1990" }, 1);
    expect([alone.status, alone.body.errors[0].pointer]).toEqual([422, "/training_field_scheme"]);
  });

  test("a patch checks the unit against the dates that then stand", async () => {
    const id = await person();
    const [gone] = await registry.sql<{ id: string }>("select id from organizations where code = 'SKHDT'");
    const { body } = await clerk.post(`/v1/people/${id}/affiliations`, {
      kind: "employment",
      organization_id: gone!.id,
      valid_from: "2010",
      valid_to: "2020",
    });
    const patched = await clerk.patch(`/v1/affiliations/${body.id}`, { valid_from: "2025-06", valid_to: null }, 1);
    expect([patched.status, patched.body.code]).toEqual([422, "code-not-valid-on-date"]);
    expect((await clerk.patch(`/v1/affiliations/${body.id}`, { post: "Chuyên viên" }, 1)).status).toBe(200);
  });

  test("one main field a person and source, one title a person and source; a hidden one is no hindrance", async () => {
    const id = await person();
    const main = await clerk.post(`/v1/people/${id}/expertise`, { field: "102", role: "main" });
    expect((await clerk.post(`/v1/people/${id}/expertise`, { field: "103", role: "main" })).body).toMatchObject({
      status: 409,
      code: "state-conflict",
    });
    await clerk.delete(`/v1/expertise/${main.body.id}`, 1);
    expect((await clerk.post(`/v1/people/${id}/expertise`, { field: "103", role: "main" })).status).toBe(201);
    expect((await clerk.post(`/v1/expertise/${main.body.id}/restorations`)).body).toMatchObject({ status: 409, code: "state-conflict" });
    await clerk.post(`/v1/people/${id}/academic-titles`, { title: "GS" });
    expect((await clerk.post(`/v1/people/${id}/academic-titles`, { title: "GS" })).body).toMatchObject({
      status: 409,
      code: "duplicate-identifier",
    });
    expect((await clerk.post(`/v1/people/${id}/academic-titles`, { title: "GS", source: { organization_id: organization } })).status).toBe(
      201,
    );
  });
});
