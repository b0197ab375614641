import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
let units: Record<string, string>;
beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as();
  const rows = await registry.sql<{ code: string; id: string }>("select code, id from organizations where code in ('SYT', 'SNV', 'SKHCN')");
  units = Object.fromEntries(rows.map(({ code, id }) => [code, id]));
  return registry.close;
});

type Tags = { match?: number | string; absent?: boolean; agent?: Agent; query?: string };
const conditions = ({ match, absent }: Tags) => ({
  ...(match !== undefined && { "if-match": typeof match === "number" ? `"${match}"` : match }),
  ...(absent && { "if-none-match": "*" }),
});
const json = { "content-type": "application/json" };
const put = (address: string, body: unknown, tags: Tags = {}): Promise<Answer> =>
  (tags.agent ?? clerk).call({
    method: "PUT",
    path: `/v1/people/by-id/${address}${tags.query ?? ""}`,
    body,
    headers: { ...json, ...conditions(tags) },
  });
const facts = async (id: string, noun = "degrees") =>
  (await clerk.get(`/v1/people/${id}/${noun}?limit=500`)).body.data as {
    id: string;
    level: string;
    version: number;
    source: { organization_id: string };
  }[];
const revisions = async (id: string) =>
  Number((await registry.sql<{ n: string }>("select count(*) as n from revisions where person_id = $1", id))[0]!.n);
const statements = (id: string) =>
  registry.sql<{ members: object; version: number; number: boolean }>(
    "select members, version, citizen_id_sealed is not null as number from person_statements where person_id = $1 and hidden_at is null",
    id,
  );
const an = { name: { full: "Mẫu Văn Cung" }, gender: "male", birth_date: "1970-02" };

describe("PUT /v1/people/by-id/{scheme}/{value}", () => {
  test("creates with If-None-Match: *, once; the organization of the number is the source of all", async () => {
    const made = await put("local:SYT/A-1", { ...an, source: { received_on: "2026-01-02" }, degrees: [{ level: "TS" }] }, { absent: true });
    expect([made.status, made.headers["location"]?.endsWith(made.body.id)]).toEqual([201, true]);
    const source = { organization_id: units["SYT"], received_on: "2026-01-02", document: null };
    expect(made.body).toMatchObject({ source, identifiers: [{ scheme: "local:SYT", value: "A-1" }], degrees: [{ level: "TS", source }] });
    expect((await clerk.get("/v1/people/by-id/local:SYT/A-1")).body.id).toBe(made.body.id);
    expect((await put("local:SYT/A-1", an, { absent: true })).body).toMatchObject({ code: "version-mismatch", current_version: 1 });
  });

  test("asks for a condition: neither 428, on nobody 412, an old version 412, malformed ones 400", async () => {
    expect((await put("local:SYT/A-2", an)).body.code).toBe("if-match-required");
    expect((await put("local:SYT/A-2", an, { match: 1 })).body.code).toBe("version-mismatch");
    await put("local:SYT/A-2", an, { absent: true });
    expect((await put("local:SYT/A-2", an)).body).toMatchObject({ code: "if-match-required", current_version: 1 });
    expect((await put("local:SYT/A-2", an, { match: 7 })).body).toMatchObject({ code: "version-mismatch", current_version: 1 });
    expect((await put("local:SYT/A-2", an, { match: 1, absent: true })).body.code).toBe("version-mismatch");
    for (const match of ["*", "1", '"x"', '"1", "2"']) expect((await put("local:SYT/A-2", an, { match })).body.code).toBe("invalid-header");
    const other = await clerk.call({
      method: "PUT",
      path: "/v1/people/by-id/local:SYT/A-9",
      body: an,
      headers: { ...json, "if-none-match": '"1"' },
    });
    expect([other.status, other.body.code, other.body.errors[0].header]).toEqual([400, "invalid-header", "If-None-Match"]);
    expect((await put("local:SYT/A-2", an, { match: 'W/"1.abc"' })).status).toBe(200);
  });

  test("of two at once with If-None-Match: * makes one", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => put("local:SYT/A-3", an, { absent: true })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 412, 412, 412, 412, 412]);
  });

  test("replaces what the supplier stated: changes, adds and hides its own facts, and leaves those of others", async () => {
    const degrees = [
      { level: "CN", graduation_year: 1995 },
      { level: "ThS", graduation_year: 2001 },
    ];
    const { body: made } = await put("local:SYT/B-1", { ...an, degrees }, { absent: true });
    const theirs = (await clerk.post(`/v1/people/${made.id}/degrees`, { level: "TSKH", source: { organization_id: units["SNV"] } })).body
      .id;
    const nobodys = (await clerk.post(`/v1/people/${made.id}/degrees`, { level: "TC" })).body.id;
    const before = await facts(made.id);
    const next = [{ level: "CN", graduation_year: 1996 }, { level: "TS" }];
    const answer = await put("local:SYT/B-1", { ...an, degrees: next }, { match: 1 });
    expect([answer.status, answer.body.version, answer.body.ignored]).toEqual([200, 1, undefined]);
    const after = await facts(made.id);
    const idOf = (list: typeof after, level: string) => list.find((one) => one.level === level)?.id;
    expect(after.map(({ level }) => level).toSorted()).toEqual(["CN", "TC", "TS", "TSKH"]);
    expect(idOf(after, "CN")).toBe(idOf(before, "CN"));
    expect([idOf(after, "TSKH"), idOf(after, "TC")]).toEqual([theirs, nobodys]);
    expect((await clerk.get(`/v1/degrees/${idOf(before, "ThS")}`)).status).toBe(410);
    await put("local:SYT/B-1", an, { match: 1 });
    expect((await facts(made.id)).map(({ level }) => level).toSorted()).toEqual(["TC", "TSKH"]);
  });

  test("that says the same makes no version and no revision", async () => {
    const body = { ...an, degrees: [{ level: "TS", graduation_year: 2010 }], expertise: [{ field: "102", role: "main" }], keywords: ["a"] };
    const { body: made } = await put("local:SYT/B-2", body, { absent: true });
    const before = await revisions(made.id);
    const again = await put("local:SYT/B-2", body, { match: 1 });
    expect([again.status, again.body.version, await revisions(made.id)]).toEqual([200, 1, before]);
  });

  test("takes away of the own members what it does not name, as far as the caller may read it; the state of the record stays", async () => {
    const whole = { ...an, citizen_id: "024070000123", phones: ["+84912345678"], keywords: ["a"], biography: "Tiểu sử" };
    const { body: made } = await put("local:SYT/B-3", whole, { absent: true, agent: registry.admin });
    await clerk.patch(`/v1/people/${made.id}`, { record_state: "verified" }, 1);
    const { body } = await put("local:SYT/B-3", { name: an.name, gender: "female" }, { match: 2 });
    expect(body).toMatchObject({ version: 3, gender: "female", birth_date: null, keywords: [], biography: null, record_state: "verified" });
    expect((await registry.admin.get(`/v1/people/${made.id}`)).body).toMatchObject({
      citizen_id: "024070000123",
      phones: ["+84912345678"],
    });
    await put("local:SYT/B-3", { name: an.name }, { match: 3, agent: registry.admin });
    expect((await registry.admin.get(`/v1/people/${made.id}`)).body).toMatchObject({ citizen_id: null, phones: [], gender: null });
  });

  test("by another than who made the record keeps what differs as that supplier's statement, and names it", async () => {
    const { body: made } = await put("local:SYT/C-1", { ...an, identifiers: [{ scheme: "local:SNV", value: "C-1" }] }, { absent: true });
    const said = { ...an, gender: "female", keywords: ["b"], citizen_id: "024070000456", degrees: [{ level: "TS" }] };
    const answer = await put("local:SNV/C-1", said, { match: 1, agent: registry.admin });
    expect([answer.status, answer.body.ignored, answer.body.version]).toEqual([200, ["gender", "citizen_id", "keywords"], 1]);
    expect(answer.body).toMatchObject({ id: made.id, gender: "male", keywords: [], citizen_id: null, degrees: [{ level: "TS" }] });
    expect(await statements(made.id)).toEqual([{ members: { gender: "female", keywords: ["b"] }, version: 1, number: true }]);
    await put("local:SNV/C-1", said, { match: 1, agent: registry.admin });
    expect((await statements(made.id))[0]).toMatchObject({ version: 1 });
    await put("local:SNV/C-1", { ...said, gender: "other" }, { match: 1, agent: registry.admin });
    expect((await statements(made.id))[0]).toMatchObject({ version: 2, members: { gender: "other", keywords: ["b"] } });
    const same = await put("local:SNV/C-1", an, { match: 1 });
    expect([same.body.ignored, await statements(made.id)]).toEqual([undefined, []]);
    expect(await registry.sql("select from revisions where noun = 'person_statements' and person_id = $1", made.id)).toHaveLength(3);
  });

  test("names a closed member whenever it was sent: that it differs would tell what it is", async () => {
    const { body: made } = await put(
      "local:SYT/C-2",
      { ...an, citizen_id: "024070000789", identifiers: [{ scheme: "local:SNV", value: "C-2" }] },
      { absent: true, agent: registry.admin },
    );
    for (const citizen_id of ["024070000789", "024070000790"])
      expect((await put("local:SNV/C-2", { ...an, citizen_id }, { match: 1 })).body.ignored).toEqual(["citizen_id"]);
    expect(made.citizen_id).toBe("024070000789");
  });

  test("leaves the numbers that others gave, and takes back its own", async () => {
    const own = { scheme: "local:SYT", value: "C-3" };
    const [orcid, old] = [
      { scheme: "orcid", value: "0000-0002-1825-0097" },
      { scheme: "wos", value: "C-3" },
    ];
    const { body: made } = await put("local:SYT/C-3", { ...an, identifiers: [old] }, { absent: true });
    await clerk.patch(`/v1/people/${made.id}`, { identifiers: [old, own, orcid] }, 1);
    const { body } = await put("local:SYT/C-3", an, { match: 2 });
    expect(body.identifiers).toEqual([own, orcid]);
    expect((await clerk.get("/v1/people/by-id/wos/C-3")).status).toBe(404);
  });
});

describe("the supplier of a PUT", () => {
  test("is the organization of the number, else the body's source, else the token's only unit, else 422", async () => {
    const of = ({ body }: Answer) => body.source?.organization_id ?? body.errors[0].pointer ?? body.errors[0].parameter;
    const work = { affiliations: [{ kind: "employment", organization_id: units["SYT"] }] };
    expect(of(await put("wos/D-1", { ...an, source: { organization_id: units["SNV"] } }, { absent: true }))).toBe(units["SNV"]);
    expect(of(await put("wos/D-2", { ...an, ...work }, { absent: true, agent: registry.as({ org: ["SYT"] }) }))).toBe(units["SYT"]);
    expect(of(await put("wos/D-3", { ...an, ...work }, { absent: true, agent: registry.as({ org: ["SYT", "SNV"] }) }))).toBe(
      "/source/organization_id",
    );
    expect(of(await put("wos/D-3", an, { absent: true }))).toBe("/source/organization_id");
    const nobody = await put("local:KHONG-CO/D-4", an, { absent: true });
    expect([nobody.status, nobody.body.code, of(nobody)]).toEqual([422, "unknown-code", "scheme"]);
  });

  test("speaks for itself alone, and everything wrong is said at once", async () => {
    const other = { source: { organization_id: units["SNV"] } };
    const { status, body } = await put(
      "local:SYT/D-5",
      { ...an, ...other, degrees: [{ level: "TS", ...other }, { level: "TIENSI" }] },
      { absent: true },
    );
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      "/degrees/0/source/organization_id",
      "/degrees/1/level",
      "/source/organization_id",
    ]);
  });

  test("cannot reach beyond the caller's territory", async () => {
    const { body: made } = await put("local:SNV/D-6", an, { absent: true });
    const agent = registry.as({ org: ["SYT"] });
    expect((await put("local:SNV/D-6", an, { match: 1, agent })).body.code).toBe("version-mismatch");
    expect((await put("local:SNV/D-6", an, { absent: true, agent })).body.code).toBe("duplicate-identifier");
    expect((await put("local:SYT/D-7", an, { absent: true, agent })).body.code).toBe("outside-territory");
    expect((await clerk.get(`/v1/people/${made.id}`)).body.version).toBe(1);
  });
});

describe("an address or a body that cannot be put", () => {
  test("code is ours to give: 405 with what is allowed; citizen ids never stand in a URL", async () => {
    const code = await put("code/BN-0000001-5", an, { absent: true });
    expect([code.status, code.body.code, code.headers["allow"]]).toEqual([405, "method-not-allowed", "GET, HEAD, OPTIONS"]);
    expect((await put("citizen_id/024085000123", an, { absent: true })).body.code).toBe("identifier-in-url");
    expect((await put("Local:SYT/1", an, { absent: true })).body.errors[0].parameter).toBe("scheme");
    expect((await put(`wos/${"a".repeat(101)}`, an, { absent: true })).body.errors[0].parameter).toBe("value");
    expect((await put("orcid/0000-0000-0000-0000", { ...an, source: { organization_id: units["SYT"] } }, { absent: true })).status).toBe(
      422,
    );
  });

  test.each([[[]], [7], [null], ["a"], [{}], [{ name: null }], [{ ...an, degrees: {} }], [{ ...an, degrees: [7] }]])(
    "%j is 422",
    async (body) => {
      const answer = await put("local:SYT/E-1", JSON.stringify(body), { absent: true });
      expect([answer.status, answer.body.code]).toEqual([422, "validation-failed"]);
    },
  );

  test("unknown members come first; a hidden person is 410, and stays hidden", async () => {
    expect((await put("local:SYT/E-2", { ...an, gendr: 1 })).body.code).toBe("unknown-field");
    const { body: made } = await put("local:SYT/E-2", an, { absent: true });
    await clerk.delete(`/v1/people/${made.id}`, 1);
    for (const tags of [{ absent: true }, { match: 2 }, {}]) expect((await put("local:SYT/E-2", an, tags)).status).toBe(410);
  });

  test("a trial leaves nothing", async () => {
    const tried = await put("local:SYT/E-3", an, { absent: true, query: "?dry_run=true" });
    expect([tried.status, tried.headers["dry-run"], (await clerk.get("/v1/people/by-id/local:SYT/E-3")).status]).toEqual([
      201,
      "true",
      404,
    ]);
  });
});

describe("POST /v1/people/by-citizen-id", () => {
  const number = "024080000111";
  const post = (body: unknown, tags: Tags & { key?: string } = {}) =>
    (tags.agent ?? registry.admin).call({
      method: "POST",
      path: `/v1/people/by-citizen-id${tags.query ?? ""}`,
      body: body as object,
      headers: { ...json, ...conditions(tags), ...(tags.key !== undefined && { "idempotency-key": tags.key }) },
    });

  test("reads by a number alone, and states a whole person by more: new without a condition, standing with If-Match", async () => {
    expect((await post({ citizen_id: number })).body.code).toBe("not-found");
    const body = { citizen_id: number, ...an, source: { organization_id: units["SYT"] }, degrees: [{ level: "TS" }] };
    const made = await post(body, { key: "number-1" });
    expect([made.status, made.body.citizen_id]).toEqual([201, number]);
    expect((await post(body, { key: "number-1" })).headers["idempotency-replayed"]).toBe("true");
    const read = await post({ citizen_id: number }, { query: "?include=degrees" });
    expect([read.status, read.body.id, read.body.degrees.length, read.headers["etag"]?.slice(0, 3)]).toEqual([200, made.body.id, 1, '"1.']);
    expect((await post({ ...body, gender: "female" })).body).toMatchObject({ code: "if-match-required", current_version: 1 });
    expect((await post(body, { absent: true })).body.code).toBe("version-mismatch");
    const changed = await post({ ...body, gender: "female", degrees: [] }, { match: 1 });
    expect([changed.status, changed.body.gender, changed.body.version, changed.body.degrees]).toEqual([200, "female", 2, []]);
  });

  test("needs the scope and the purpose that guard the number, and a good number", async () => {
    expect((await post({ citizen_id: number }, { agent: clerk })).body).toMatchObject({ code: "scope-missing" });
    const noPurpose = registry.as({ scope: ["people:read", "people:write", "people:read.restricted"] });
    expect((await post({ citizen_id: number }, { agent: noPurpose })).body).toMatchObject({ code: "purpose-required" });
    const writer = registry.as({ scope: ["people:write", "people:read.restricted"], purpose: "data-entry" });
    expect((await post({ citizen_id: number }, { agent: writer })).body.code).toBe("scope-missing");
    for (const citizen_id of ["1", 24080000111, null, ""]) expect((await post({ citizen_id })).status).toBe(422);
    for (const body of [{}, [], an, { citizen_id: number, gender: "male" }])
      expect((await post(body, { match: 2 })).status).toBeGreaterThan(399);
    expect(
      (await post({ citizen_id: "024080000222", gender: "male", source: { organization_id: units["SYT"] } })).body.errors[0].pointer,
    ).toBe("/name");
    expect((await post({ citizen_id: number, gendr: 1 })).body.code).toBe("unknown-field");
    expect((await post({ citizen_id: "024080000333", ...an })).body.errors[0].pointer).toBe("/source/organization_id");
  });
});
