import { beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";

let registry: Registry;
let id: string;
const CITIZEN_ID = "024085000123";
const GUARDED = {
  citizen_id: CITIZEN_ID,
  old_id_number: "121234567",
  residence_text: "số 5, phố Mẫu",
  phones: ["+84912345678"],
  emails: ["mau@example.vn"],
};
const RESTRICTED = Object.keys(GUARDED);

beforeAll(async () => {
  registry = await startRegistry();
  const { body } = await registry.as().post("/v1/people", {
    name: { full: "Lê Văn Kín" },
    ...GUARDED,
    ethnicity: "01",
    degrees: [{ level: "TS", certificate_no: "QM 012345" }],
  });
  id = body.id;
  return registry.close;
});

const read: readonly Scope[] = ["people:read"];
const restricted: readonly Scope[] = ["people:read", "people:read.restricted"];
const sensitive: readonly Scope[] = [...restricted, "people:read.sensitive"];
const person = async (wish: Wish, query = "") => (await registry.as(wish).get(`/v1/people/${id}${query}`)).body;

describe("a field above the caller's scopes", () => {
  test("is absent and named, whether or not it has a value, and never null", async () => {
    const all = [...RESTRICTED, "ethnicity"].toSorted();
    for (const wish of [{ scope: read }, { scope: read, purpose: "advice" as const }, { scope: restricted }, { scope: sensitive }]) {
      const body = await person(wish);
      expect(body.redacted.toSorted()).toEqual(all);
      expect(all.filter((member) => member in body)).toEqual([]);
    }
    const { body: empty } = await registry.as().post("/v1/people", { name: { full: "Trần Trống" } });
    expect(empty.redacted.toSorted()).toEqual(all);
  });

  test("is whole with the scope and a purpose: there is no mask", async () => {
    const body = await person({ scope: restricted, purpose: "verification" });
    expect(body).toMatchObject(GUARDED);
    expect(body.redacted).toEqual(["ethnicity"]);
    const whole = await person({ scope: sensitive, purpose: "verification" });
    expect(whole).toMatchObject({ ethnicity: "01" });
    expect(whole.redacted).toBeUndefined();
  });

  test("is redacted in lists, includes and facts too, and meta says so", async () => {
    const list = await registry.as({ scope: read }).get("/v1/people?include=degrees");
    expect(list.body.meta.redacted).toContain("citizen_id");
    expect(list.body.data.find((row: { id: string }) => row.id === id).degrees[0]).toMatchObject({ redacted: ["certificate_no"] });
    expect(list.text).not.toMatch(/024085000123|QM 012345|\+8491|phố Mẫu|mau@example/);
    const open = await registry.as({ scope: restricted, purpose: "sharing" }).get("/v1/people?include=degrees");
    const row = open.body.data.find((one: { id: string }) => one.id === id);
    expect([row.citizen_id, row.degrees[0].certificate_no]).toEqual([CITIZEN_ID, "QM 012345"]);
    const fact = await registry.as({ scope: restricted, purpose: "sharing" }).get("/v1/degrees?include=person");
    expect(fact.body.data[0].person.citizen_id).toBe(CITIZEN_ID);
  });

  test("shows in the answer to a write only as the caller may read it", async () => {
    const blind = await registry.as({ scope: CLERK }).patch(`/v1/people/${id}`, { phones: ["+84900000001"] }, 1);
    expect(blind.body.redacted).toContain("phones");
    const seeing = await registry
      .as({ scope: [...CLERK, ...restricted], purpose: "data-entry" })
      .patch(`/v1/people/${id}`, { phones: GUARDED.phones }, 2);
    expect(seeing.body.phones).toEqual(GUARDED.phones);
  });

  test("cannot be asked for, filtered, sorted or probed: the scope that is missing, or the purpose", async () => {
    const ask = async (wish: Wish, query: string) => (await registry.as(wish).get(`/v1/people?${query}`)).body.code;
    expect(await ask({ scope: read }, "fields=id,citizen_id")).toBe("scope-missing");
    expect(await ask({ scope: restricted }, "fields=id,citizen_id")).toBe("purpose-required");
    expect(await ask({ scope: restricted, purpose: "advice" }, "fields=id,citizen_id")).toBeUndefined();
    expect(await ask({ scope: restricted, purpose: "advice" }, "fields=ethnicity")).toBe("scope-missing");
    expect(await ask({ scope: read }, "ethnicity=01")).toBe("scope-missing");
    expect(await ask({ scope: sensitive }, "ethnicity=01")).toBe("purpose-required");
    expect(await ask({ scope: sensitive, purpose: "statistics" }, "ethnicity=01")).toBeUndefined();
    expect(await ask({ scope: read }, "sort=ethnicity")).toBe("invalid-parameter");
    expect(await ask({ scope: read }, "degrees.certificate_no=1")).toBe("identifier-in-url");
  });

  test("is not reached by way of another record either", async () => {
    const ask = async (path: string, wish: Wish = { scope: read }) => (await registry.as(wish).get(path)).body.code;
    const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
    expect(await ask("/v1/people?fields=degrees.certificate_no")).toBe("scope-missing");
    expect(await ask("/v1/degrees?fields=certificate_no")).toBe("scope-missing");
    expect(await ask("/v1/degrees?fields=person.citizen_id")).toBe("scope-missing");
    expect(await ask("/v1/degrees?fields=person.citizen_id", { scope: restricted })).toBe("purpose-required");
    expect(await ask(`/v1/degrees?${filter("person.ethnicity = 01")}`)).toBe("scope-missing");
    expect(await ask(`/v1/degrees?${filter(`person.citizen_id = ${CITIZEN_ID}`)}`)).toBe("identifier-in-url");
    expect(await ask(`/v1/people?${filter('has(degrees, certificate_no = "QM 012345")')}`)).toBe("identifier-in-url");
    expect(await ask(`/v1/people?${filter("count(degrees, certificate_no exists) = 1")}`)).toMatch(/identifier-in-url|unknown-operator/);
    expect(await ask("/v1/degrees?sort=certificate_no")).toBe("invalid-parameter");
    expect(await ask(`/v1/degrees?${filter("person.birth_year > 1900")}`)).toBeUndefined();
  });

  test("stays closed for a purpose that is unknown, repeated, or not the token's", async () => {
    const ask = async (wish: Wish, header: string) => (await registry.as(wish).get(`/v1/people/${id}`, { "access-purpose": header })).body;
    expect(await ask({ scope: restricted }, "curiosity")).toMatchObject({ status: 400, code: "invalid-header" });
    expect(await ask({ scope: restricted }, "advice, sharing")).toMatchObject({ status: 400, code: "invalid-header" });
    expect(await ask({ scope: restricted, purposes: ["advice"] }, "sharing")).toMatchObject({ status: 403, code: "purpose-not-allowed" });
    expect((await ask({ scope: restricted, purposes: ["advice"] }, "advice")).citizen_id).toBe(CITIZEN_ID);
  });

  test("supplier's own numbers are internal and shown to readers, ORCIDs public", async () => {
    const identifiers = [
      { scheme: "local:SYT", value: "CB-7" },
      { scheme: "scopus", value: "9" },
    ];
    const { body } = await registry.as().post("/v1/people", { name: { full: "Phạm Mã" }, identifiers });
    expect(body.identifiers).toEqual(identifiers);
  });
});

describe("POST /v1/people/search", () => {
  const search = async (wish: Wish, body: object) => (await registry.as(wish).post("/v1/people/search", body)).body;
  const seeing: Wish = { scope: restricted, purpose: "verification" };

  test("finds by citizen id, phone and e-mail, for who may read them and says why", async () => {
    for (const filter of [
      `citizen_id = ${CITIZEN_ID}`,
      'phones = "+84912345678"',
      "emails = mau@example.vn",
      "old_id_number = 121234567",
      `has(degrees, certificate_no = "QM 012345")`,
    ]) {
      const { data } = await search(seeing, { filter });
      expect([filter, data?.map((row: { id: string }) => row.id)]).toEqual([filter, [id]]);
      expect([filter, (await search({ scope: read, purpose: "verification" }, { filter })).code]).toEqual([filter, "scope-missing"]);
      expect([filter, (await search({ scope: restricted }, { filter })).code]).toEqual([filter, "purpose-required"]);
    }
    expect((await search(seeing, { filter: "citizen_id = 024085000124" })).data).toEqual([]);
    expect((await search(seeing, { filter: `citizen_id = ${CITIZEN_ID} and birth_year > 2000` })).data).toEqual([]);
  });

  test("takes what lists take, and walks by cursor in the body", async () => {
    const first = await search({ scope: read }, { sort: "name", limit: 1, fields: "id,name", count: "exact" });
    expect(first.meta.count.kind).toBe("exact");
    expect(first.page).toMatchObject({ limit: 1, has_more: true, next: null });
    const second = await search({ scope: read }, { sort: "name", limit: 1, fields: "id,name", cursor: first.page.cursor });
    expect(second.data[0].id).not.toBe(first.data[0].id);
  });

  test("says what is wrong with pointers into the body", async () => {
    const wrong = async (body: object) => {
      const { status, code, errors } = await search({ scope: read }, body);
      return [status, code, errors[0].pointer, errors[0].did_you_mean];
    };
    expect(await wrong({ fitler: "a = 1" })).toEqual([400, "unknown-field", "/fitler", "filter"]);
    expect(await wrong({ limit: 501 })).toEqual([422, "validation-failed", "/limit", undefined]);
    expect(await wrong({ limit: "10" })).toEqual([422, "validation-failed", "/limit", undefined]);
    expect(await wrong({ sort: "nmae" })).toEqual([422, "validation-failed", "/sort", "name"]);
    expect(await wrong({ filter: "gender = " })).toEqual([400, "filter-syntax", "/filter", undefined]);
    expect(await wrong({ filter: "gendr = male" })).toEqual([400, "unknown-field", "/filter", "gender"]);
    expect(await wrong({ filter: "gender = mal" })).toEqual([422, "validation-failed", "/filter", "male"]);
    expect(await wrong({ fields: "nmae" })).toEqual([400, "unknown-field", "/fields", "name"]);
    expect(await wrong({ cursor: "x" })).toEqual([400, "cursor-invalid", "/cursor", undefined]);
    expect(await wrong({ as_of: "2025" })).toEqual([422, "validation-failed", "/as_of", undefined]);
  });
});

describe("the citizen id", () => {
  test("is sealed in the row and found by a keyed hash: its digits are nowhere in the database", async () => {
    const [row] = await registry.sql<{ sealed: Buffer; hash: Buffer; row: string }>(
      "select citizen_id_sealed as sealed, citizen_id_hash as hash, p::text as row from people p where id = $1",
      id,
    );
    expect(row!.sealed.length).toBeGreaterThan(28);
    expect(row!.hash).toHaveLength(32);
    expect(row!.row).not.toContain(CITIZEN_ID);
    const [revision] = await registry.sql<{ row: string }>(`select "row"::text as row from revisions where record_id = $1 limit 1`, id);
    expect(revision!.row).not.toContain(CITIZEN_ID);
  });

  test("is bound to its row: moved to another, it cannot be opened", async () => {
    const { body } = await registry.as().post("/v1/people", { name: { full: "Vũ Văn Chép" } });
    await registry.sql(`begin; select set_config('trithuc.actor', 'test', true);
      update people set citizen_id_sealed = (select citizen_id_sealed from people where id = '${id}') where id = '${body.id}'; commit`);
    const { status, text } = await registry.as({ scope: restricted, purpose: "verification" }).get(`/v1/people/${body.id}`);
    expect(status).toBe(500);
    expect(text).not.toContain(CITIZEN_ID);
    await registry.sql(
      `begin; select set_config('trithuc.actor', 'test', true); update people set citizen_id_sealed = null where id = '${body.id}'; commit`,
    );
  });

  test("belongs to one person: a second is 409, and the answer does not quote it", async () => {
    const { status, body, text } = await registry.as().post("/v1/people", { name: { full: "Lê Văn Hai" }, citizen_id: CITIZEN_ID });
    expect([status, body.code, body.errors[0].pointer]).toEqual([409, "duplicate-identifier", "/citizen_id"]);
    expect(text).not.toContain(CITIZEN_ID);
  });

  test("sent again unchanged makes no version, and null takes it away", async () => {
    const { body: made } = await registry.as().post("/v1/people", { name: { full: "Hồ Văn Ba" }, citizen_id: "024190000001" });
    expect((await registry.as().patch(`/v1/people/${made.id}`, { citizen_id: "024190000001" }, 1)).body.version).toBe(1);
    expect((await registry.as().patch(`/v1/people/${made.id}`, { citizen_id: null }, 1)).body.version).toBe(2);
    expect((await registry.as().post("/v1/people", { name: { full: "Hồ Văn Tư" }, citizen_id: "024190000001" })).status).toBe(201);
    for (const citizen_id of ["24190000001", "0241900000011", "02419000000a", 24190000001]) {
      expect((await registry.as().post("/v1/people", { name: { full: "Hồ Sai" }, citizen_id })).status).toBe(422);
    }
  });
});
