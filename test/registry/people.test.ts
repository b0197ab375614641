import { beforeAll, describe, expect, test } from "vitest";
import { personCode } from "../../src/core/check-characters.ts";
import { CLERK, PUBLIC_URL, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  return registry.close;
});

const an = { name: { full: "Nguyễn Văn An" }, gender: "male", birth_date: "1985-09" };
const make = async (body: object = an) => (await clerk.post("/v1/people", body)).body as { id: string; code: string };
const count = async (table: string) => Number((await registry.sql<{ n: string }>(`select count(*) as n from ${table}`))[0]!.n);

describe("POST /v1/people", () => {
  test("keeps titles out of the name, before it or after it, also in a change", async () => {
    for (const full of ["PGS.TS. Nguyễn Văn Hàm", "Nguyễn Văn Hàm, TS", "Thạc sĩ Nguyễn Văn Hàm"]) {
      const { status, body } = await registry.admin.post("/v1/people", { name: { full } });
      expect([status, body.name]).toEqual([201, { full: "Nguyễn Văn Hàm", family: "Nguyễn", middle: "Văn", given: "Hàm" }]);
      expect((await registry.admin.patch(`/v1/people/${body.id}`, { name: { full: "GS. Nguyễn Văn Hàm" } }, 1)).body.version).toBe(1);
    }
    const { status, body } = await registry.admin.post("/v1/people", { name: { full: "PGS.TS." } });
    expect([status, body.errors[0].pointer]).toEqual([422, "/name/full"]);
    for (const full of ["Ông Văn Tùng", "Anh Lý"])
      expect((await registry.admin.post("/v1/people", { name: { full } })).body.name.full).toBe(full);
  });

  test("makes codes where numbers are taken, the same as the process would", async () => {
    const numbers = [0, 7, 10, 123, 99_999, 1_234_567, 7_777_777, 9_999_999];
    const made = await registry.sql<{ code: string }>(
      "select person_code(n) as code from unnest($1::bigint[]) with ordinality x(n, i) order by i",
      numbers,
    );
    expect(made.map(({ code }) => code)).toEqual(numbers.map(personCode));
    await expect(registry.sql("select person_code(10000000)")).rejects.toThrow("at most seven digits");
  });

  test("registers a person: 201, its place, its tag, its code and the name's usual split", async () => {
    const { status, headers, body } = await clerk.post("/v1/people", an);
    expect(status).toBe(201);
    expect(headers["location"]).toBe(`${PUBLIC_URL}/v1/people/${body.id}`);
    expect(headers["etag"]).toMatch(/^"1\..{8}"$/);
    expect(body).toMatchObject({
      name: { full: "Nguyễn Văn An", family: "Nguyễn", middle: "Văn", given: "An" },
      gender: "male",
      birth_date: "1985-09",
      birth_year: 1985,
      record_state: "draft",
      version: 1,
      nationality: null,
    });
    expect(body).not.toHaveProperty("phones");
    expect(body.redacted).toContain("phones");
    expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(body.code).toMatch(/^BN-\d{7}-\d$/);
  });

  test("takes the facts that come along, in the one transaction, and answers with them", async () => {
    const { status, body } = await clerk.post("/v1/people", {
      ...an,
      degrees: [{ level: "TS", training_field: "480101", graduation_year: 2015 }, { level: "ThS" }],
      academic_titles: [{ title: "PGS", year: 2019 }],
      affiliations: [{ kind: "employment", organization_text: "Công ty Mẫu", is_primary: true }],
      expertise: [{ field: "102", role: "main" }],
      awards: [{ award: "TTUT" }],
    });
    expect(status).toBe(201);
    expect(body.degrees.map(({ level }: { level: string }) => level).toSorted()).toEqual(["TS", "ThS"]);
    expect(body.degrees[0].person_id).toBe(body.id);
    expect(body.academic_titles[0]).toMatchObject({ title: "PGS", verification: "declared", preferred: true, version: 1 });
    expect(body.version).toBe(1);
    expect(body.affiliations).toHaveLength(1);
    expect(body.expertise[0].field_scheme).toBe("rd@qd-12-2008");
    expect(body.awards).toHaveLength(1);
  });

  test("writes nothing of it when one fact is wrong, and says all that is wrong with pointers", async () => {
    const before = [await count("people"), await count("degrees"), await count("revisions")];
    const { status, body } = await clerk.post("/v1/people", {
      name: { full: "Lê Thị Bình" },
      gender: "woman",
      degrees: [{ level: "TS" }, { level: "ThS", graduation_year: "2001" }],
    });
    expect(status).toBe(422);
    expect(body.code).toBe("validation-failed");
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(["/degrees/1/graduation_year", "/gender"]);
    const unknown = await clerk.post("/v1/people", {
      ...an,
      degrees: [{ level: "TS" }, { level: "TIENSI" }],
      expertise: [{ field: "999", role: "main" }],
    });
    expect(unknown.status).toBe(422);
    expect(unknown.body.code).toBe("unknown-code");
    expect(unknown.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      "/degrees/1/level",
      "/expertise/0/field",
    ]);
    expect([await count("people"), await count("degrees"), await count("revisions")]).toEqual(before);
  });

  test("writes nothing of it when the database refuses the last fact", async () => {
    const before = [await count("people"), await count("expertise"), await count("revisions"), await count("person_reach")];
    const main = { field: "102", role: "main" };
    const { status, body } = await clerk.post("/v1/people", { ...an, expertise: [main, { ...main, field: "103" }] });
    expect([status, body.code]).toEqual([409, "state-conflict"]);
    expect([await count("people"), await count("expertise"), await count("revisions"), await count("person_reach")]).toEqual(before);
  });

  test("refuses members that it does not know, with the nearest that it does", async () => {
    const { status, body } = await clerk.post("/v1/people", { ...an, brith_date: "1985", degrees: [{ level: "TS", levle: "TS" }] });
    expect([status, body.code]).toEqual([400, "unknown-field"]);
    expect(body.errors).toEqual([
      expect.objectContaining({ pointer: "/degrees/0/levle", did_you_mean: "level" }),
      expect.objectContaining({ pointer: "/brith_date", did_you_mean: "birth_date" }),
    ]);
  });

  test("keeps a split that the parts say, and refuses parts that do not make up the name", async () => {
    const niê = await make({ name: { full: "H'Hen Niê", family: "Niê", given: "H'Hen", middle: null } });
    expect(niê).toMatchObject({ code: "validation-failed" });
    const kept = await make({ name: { full: "Tôn Nữ Thị Ninh", family: "Tôn Nữ", middle: "Thị", given: "Ninh" } });
    expect(kept).toMatchObject({ name: { full: "Tôn Nữ Thị Ninh", family: "Tôn Nữ", middle: "Thị", given: "Ninh" } });
    const mononym = await make({ name: { full: "Khải" } });
    expect(mononym).toMatchObject({ name: { full: "Khải", family: null, middle: null, given: "Khải" } });
  });

  test("takes NFD and untidy text and answers NFC", async () => {
    const made = await make({ name: { full: "  Đỗ \u00a0Thị\u200b  Ước ".normalize("NFD") }, keywords: ["vật liệu".normalize("NFD")] });
    expect(made).toMatchObject({ name: { full: "Đỗ Thị Ước", given: "Ước" }, keywords: ["vật liệu"] });
    expect(await make({ name: { full: "\u00d0ỗ Văn \u0110ạt" } })).toMatchObject({ name: { full: "Đỗ Văn Đạt", family: "Đỗ" } });
  });

  test("takes a name of the greatest length in NFD, and an empty one not at all", async () => {
    const long = `Nguyễn ${"ễ".repeat(113)}`;
    expect((await clerk.post("/v1/people", { name: { full: long.normalize("NFD"), given: undefined } })).status).toBe(201);
    for (const full of ["", "   ", "\u200b"]) {
      const { status, body } = await clerk.post("/v1/people", { name: { full } });
      expect([full, status, body.code]).toEqual([full, 422, "validation-failed"]);
    }
  });

  test("refuses an ORCID with a wrong check digit, an unreal day, a foreign gender", async () => {
    const { body } = await clerk.post("/v1/people", { ...an, identifiers: [{ scheme: "orcid", value: "0000-0002-1825-0098" }] });
    expect(body.errors[0].pointer).toBe("/identifiers/0/value");
    for (const birth_date of ["1985-02-30", "1985-13", "85", "1985-00", "1985-9-2"]) {
      const answer = await clerk.post("/v1/people", { ...an, birth_date });
      expect([birth_date, answer.status, answer.body.errors?.[0].pointer]).toEqual([birth_date, 422, "/birth_date"]);
    }
  });

  test("gives one identifier to one person only", async () => {
    const identifiers = [{ scheme: "orcid", value: "0000-0002-1825-0097" }];
    expect((await clerk.post("/v1/people", { ...an, identifiers })).status).toBe(201);
    const { status, body } = await clerk.post("/v1/people", { ...an, identifiers });
    expect([status, body.code, body.errors[0].pointer]).toEqual([409, "duplicate-identifier", "/identifiers"]);
    const twice = await clerk.post("/v1/people", {
      ...an,
      identifiers: [
        { scheme: "scopus", value: "7" },
        { scheme: "scopus", value: "7" },
      ],
    });
    expect([twice.status, twice.body.code]).toEqual([422, "validation-failed"]);
  });

  test("refuses a residence in a unit that no longer stands, and takes it as a hometown", async () => {
    const [old] = await registry.sql<{ id: string }>(
      "select id from localities where kind = 'commune' and valid_to = '2025-06-30' limit 1",
    );
    const { status, body } = await clerk.post("/v1/people", { ...an, residence_locality_id: old!.id });
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, "code-not-valid-on-date", "/residence_locality_id"]);
    expect((await clerk.post("/v1/people", { ...an, hometown_locality_id: old!.id })).status).toBe(201);
    const none = await clerk.post("/v1/people", { ...an, residence_locality_id: "019a0000-0000-7000-8000-000000000000" });
    expect([none.status, none.body.code]).toEqual([422, "unknown-code"]);
  });

  test("without a read scope answers id, code and version alone", async () => {
    const { status, body } = await registry.as({ scope: ["people:write"] }).post("/v1/people", an);
    expect(status).toBe(201);
    expect(Object.keys(body).toSorted()).toEqual(["code", "id", "version"]);
  });

  test("keeps the reason that comes with it", async () => {
    const { body } = await clerk.post(`/v1/people?reason=${encodeURIComponent("Theo báo cáo")}`, an);
    const [revision] = await registry.sql("select reason, actor, client, action from revisions where record_id = $1", body.id);
    expect(revision).toEqual({ reason: "Theo báo cáo", actor: "local-user", client: "local-client", action: "created" });
    const long = await clerk.post(`/v1/people?reason=${"a".repeat(301)}`, an);
    expect([long.status, long.body.code, long.body.errors[0].parameter]).toEqual([400, "invalid-parameter", "reason"]);
  });
});

describe("PATCH /v1/people/{id}", () => {
  test("asks for a tag: none 428, an old one 412 with the current version, * 400, weak and short ones are taken", async () => {
    const { id } = await make();
    const path = `/v1/people/${id}`;
    const patch = (gender: string, tag?: string) => clerk.patch(path, { gender }, tag);
    expect((await patch("female")).body).toMatchObject({ status: 428, code: "if-match-required", current_version: 1 });
    expect((await patch("female", "*")).body).toMatchObject({ status: 400, code: "invalid-header" });
    expect((await patch("female", "1")).body).toMatchObject({ status: 400, code: "invalid-header" });
    expect((await patch("female", '"1", "2"')).body).toMatchObject({ status: 400, code: "invalid-header" });
    expect((await patch("female", '"1"')).body).toMatchObject({ version: 2, gender: "female" });
    expect((await patch("male", 'W/"2.abc"')).body).toMatchObject({ version: 3, gender: "male" });
    const { headers } = await clerk.get(path);
    expect((await patch("other", headers["etag"])).body).toMatchObject({ version: 4 });
    expect((await patch("male", '"1"')).body).toMatchObject({ status: 412, code: "version-mismatch", current_version: 4 });
  });

  test("that changes nothing makes no version and no revision", async () => {
    const { id } = await make();
    const { status, body } = await clerk.patch(`/v1/people/${id}`, { gender: "male" }, 1);
    expect([status, body.version]).toEqual([200, 1]);
    expect((await clerk.patch(`/v1/people/${id}`, {}, 1)).body.version).toBe(1);
    expect(await registry.sql("select version from revisions where record_id = $1", id)).toHaveLength(1);
  });

  test("takes a value away with null, and refuses null where a value must stand", async () => {
    const { id } = await make();
    expect((await clerk.patch(`/v1/people/${id}`, { gender: null, birth_date: null }, 1)).body).toMatchObject({
      gender: null,
      birth_date: null,
      birth_year: null,
      version: 2,
    });
    const { status, body } = await clerk.patch(`/v1/people/${id}`, { name: null, record_state: null, phones: null, identifiers: null }, 2);
    expect([status, body.code]).toEqual([422, "validation-failed"]);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      "/identifiers",
      "/name",
      "/phones",
      "/record_state",
    ]);
  });

  test("of a name keeps the parts that it does not name, and splits a new whole name anew", async () => {
    const { id } = await make({ name: { full: "Tôn Nữ Thị Ninh", family: "Tôn Nữ", middle: "Thị", given: "Ninh" } });
    const path = `/v1/people/${id}`;
    expect((await clerk.patch(path, { name: { family: "Tôn", middle: "Nữ Thị" } }, 1)).body.name).toEqual({
      full: "Tôn Nữ Thị Ninh",
      family: "Tôn",
      middle: "Nữ Thị",
      given: "Ninh",
    });
    expect((await clerk.patch(path, { name: { given: "Khác" } }, 2)).body).toMatchObject({ status: 422, code: "validation-failed" });
    expect((await clerk.patch(path, { name: { full: "Trần Thị Mai" } }, 2)).body.name).toEqual({
      full: "Trần Thị Mai",
      family: "Trần",
      middle: "Thị",
      given: "Mai",
    });
    expect(
      (await clerk.get("/v1/people?name:match=tran%20mai&fields=name")).body.data.map(({ id: found }: { id: string }) => found),
    ).toContain(id);
  });

  test("replaces the list of identifiers, and the freed one may go to another", async () => {
    const { id } = await make({ ...an, identifiers: [{ scheme: "wos", value: "A-1" }] });
    const { body } = await clerk.patch(`/v1/people/${id}`, { identifiers: [{ scheme: "wos", value: "A-2" }] }, 1);
    expect(body).toMatchObject({ identifiers: [{ scheme: "wos", value: "A-2" }], version: 2 });
    expect((await clerk.get("/v1/people/by-id/wos/A-1")).status).toBe(404);
    expect((await clerk.get("/v1/people/by-id/wos/A-2")).body.id).toBe(id);
    expect((await clerk.post("/v1/people", { ...an, identifiers: [{ scheme: "wos", value: "A-1" }] })).status).toBe(201);
  });

  test("merges the source member by member", async () => {
    const { id } = await make({ ...an, source: { document: "Báo cáo 1", received_on: "2025-01-02" } });
    const { body } = await clerk.patch(`/v1/people/${id}`, { source: { document: "Báo cáo 2" } }, 1);
    expect(body.source).toEqual({ organization_id: null, document: "Báo cáo 2", received_on: "2025-01-02" });
    expect((await clerk.patch(`/v1/people/${id}`, { source: null }, 2)).body.source).toBeNull();
  });

  test("cannot change what the service keeps", async () => {
    const { id } = await make();
    const { status, body } = await clerk.patch(`/v1/people/${id}`, { code: "BN-0000000-0", version: 9, degrees: [] }, 1);
    expect([status, body.code, body.errors.length]).toEqual([400, "unknown-field", 3]);
  });

  test("says what is unknown before it looks for the record, and what is wrong only after the tag", async () => {
    const nobody = "/v1/people/019a0000-0000-7000-8000-00000000ffff";
    expect((await clerk.patch(nobody, { gendre: "male" }, 1)).body.code).toBe("unknown-field");
    expect((await clerk.patch(nobody, { gender: "x" }, 1)).body.code).toBe("not-found");
    const { id } = await make();
    expect((await clerk.patch(`/v1/people/${id}`, { gender: "x" }, 7)).body.code).toBe("version-mismatch");
    expect((await clerk.patch(`/v1/people/${id}`, { gender: "x" }, 1)).body.code).toBe("validation-failed");
  });
});

describe("DELETE /v1/people/{id} and restorations", () => {
  test("hides a person with all that hangs on it, and brings it back", async () => {
    const { id } = await make({ ...an, degrees: [{ level: "TS" }], identifiers: [{ scheme: "vn", value: "77" }] });
    const [degree] = (await clerk.get(`/v1/people/${id}/degrees`)).body.data;
    expect((await clerk.delete(`/v1/people/${id}`)).body.code).toBe("if-match-required");
    const gone = await clerk.delete(`/v1/people/${id}`, 1);
    expect([gone.status, gone.text]).toEqual([204, ""]);
    for (const path of [`/v1/people/${id}`, `/v1/people/${id}/degrees`, `/v1/degrees/${degree.id}`, "/v1/people/by-id/vn/77"]) {
      const { status, body } = await clerk.get(path);
      expect([path, status, body.code]).toEqual([path, 410, "deleted"]);
    }
    expect((await clerk.post(`/v1/people/${id}/degrees`, { level: "CN" })).status).toBe(410);
    expect((await clerk.patch(`/v1/degrees/${degree.id}`, { graduation_year: 2000 }, 1)).status).toBe(410);
    expect((await clerk.patch(`/v1/people/${id}`, { gender: "male" }, 2)).status).toBe(410);
    expect((await clerk.delete(`/v1/people/${id}`, 2)).status).toBe(410);
    expect((await clerk.post(`/v1/degrees/${degree.id}/restorations`)).status).toBe(410);
    expect((await clerk.get(`/v1/people?fields=id&limit=500`)).body.data).not.toContainEqual({ id });
    expect((await clerk.get(`/v1/degrees?limit=500`)).body.data).not.toContainEqual(expect.objectContaining({ id: degree.id }));
    const back = await clerk.post(`/v1/people/${id}/restorations`);
    expect([back.status, back.body.version]).toEqual([201, 3]);
    expect((await clerk.get(`/v1/degrees/${degree.id}`)).status).toBe(200);
    expect((await clerk.post(`/v1/people/${id}/restorations`)).body.code).toBe("state-conflict");
  });
});

describe("GET /v1/people/{id}", () => {
  test("answers 304 to its own tag, weakened too, and not to another's", async () => {
    const { id } = await make();
    const { headers } = await clerk.get(`/v1/people/${id}`);
    const tag = headers["etag"]!;
    for (const sent of [tag, `W/${tag}`, `"x", ${tag}`]) {
      const answer = await clerk.get(`/v1/people/${id}`, { "if-none-match": sent });
      // Once the answer is kept its tag is another one; the first one holds as well.
      expect([sent, answer.status, answer.headers["etag"]]).toEqual([sent, 304, expect.stringMatching(/^"1\.[\w-]+"$/)]);
    }
    expect((await clerk.get(`/v1/people/${id}`, { "if-none-match": '"1.other"' })).status).toBe(200);
    expect((await clerk.get(`/v1/people/${id}?fields=id`)).headers["etag"]).not.toBe(tag);
  });

  test("answers HEAD without a body, OPTIONS and a wrong method with what is allowed", async () => {
    const { id } = await make();
    const head = await clerk.call({ method: "HEAD", path: `/v1/people/${id}` });
    expect([head.status, head.headers["etag"]?.slice(0, 3)]).toEqual([200, '"1.']);
    const options = await registry.anonymous.call({ method: "OPTIONS", path: `/v1/people/${id}` });
    expect([options.status, options.headers["allow"]]).toEqual([204, "DELETE, GET, HEAD, OPTIONS, PATCH"]);
    const put = await clerk.call({ method: "PUT", path: `/v1/people/${id}` });
    expect([put.status, put.body.code, put.headers["allow"]]).toEqual([405, "method-not-allowed", "DELETE, GET, HEAD, OPTIONS, PATCH"]);
  });

  test("finds by code and by identifier; a wrong check digit is refused and not another's record", async () => {
    const { id, code } = await make({ ...an, identifiers: [{ scheme: "local:SYT", value: "CB 01/ăn" }] });
    expect((await clerk.get(`/v1/people/by-id/code/${code}`)).body.id).toBe(id);
    expect((await clerk.get(`/v1/people/by-id/local:SYT/${encodeURIComponent("CB 01/ăn")}`)).body.id).toBe(id);
    const wrong = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
    expect((await clerk.get(`/v1/people/by-id/code/${wrong}`)).body.code).toBe("invalid-parameter");
    expect((await clerk.get("/v1/people/by-id/citizen_id/024085000123")).body.code).toBe("identifier-in-url");
    expect((await clerk.get("/v1/people/by-id/orcid/0000-0000-0000-0000")).status).toBe(404);
  });

  test("is not there for the directory: nobody has consented yet", async () => {
    const { id } = await make();
    const directory = registry.as({ scope: ["directory:read"] });
    expect((await directory.get("/v1/people")).body.data).toEqual([]);
    expect((await directory.get(`/v1/people/${id}`)).status).toBe(404);
    expect((await directory.post("/v1/people/search", {})).body.data).toEqual([]);
    expect((await registry.as({ scope: [...CLERK, "directory:read"] }).get(`/v1/people/${id}`)).status).toBe(200);
  });
});
