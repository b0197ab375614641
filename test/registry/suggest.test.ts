import { beforeAll, describe, expect, test } from "vitest";
import { foldSearch } from "../../src/core/vietnamese/text.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Registry } from "../setup/registry.ts";

type Suggestion = { id: string; code: string; name: string; hint: string };
let registry: Registry;
let home: string;
let elsewhere: string;

beforeAll(async () => {
  registry = await startRegistry();
  const id = async (text: string) => (await registry.sql<{ id: string }>(text))[0]!.id;
  const communes =
    "select id from localities where kind = 'commune' and valid_to is null and parent_id in (select id from localities where code = '24') order by code";
  home = await id(`${communes} limit 1`);
  elsewhere = await id(`${communes} offset 1 limit 1`);
  const organization = await id("select id from organizations where code = 'SYT'");
  const clerk = registry.as();
  for (const person of [
    {
      name: { full: "Trần Thị Minh" },
      birth_date: "1985",
      residence_locality_id: home,
      affiliations: [{ organization_id: organization, kind: "employment" }],
    },
    { name: { full: "Trần Thị Minh" }, birth_date: "1962-03-04", residence_locality_id: elsewhere },
    { name: { full: "Trần Thị Minh Tâm" }, residence_locality_id: elsewhere },
  ]) {
    const made = await clerk.post("/v1/people", person);
    expect(made.status, made.text).toBe(201);
  }
  return registry.close;
});

const suggest = async (noun: string, q: string, more = "", agent = registry.as({ scope: ["people:read"] })): Promise<Suggestion[]> => {
  const { status, body, text } = await agent.get(`/v1/${noun}/suggest?q=${encodeURIComponent(q)}${more}`);
  expect(status, text).toBe(200);
  return body.data as Suggestion[];
};

describe("GET /v1/people/suggest", () => {
  test("completes a name, with a hint that tells same names apart", async () => {
    const found = await suggest("people", "tran thi m");
    expect(found.map(({ name }) => name)).toEqual(["Trần Thị Minh", "Trần Thị Minh", "Trần Thị Minh Tâm"]);
    expect(
      found
        .slice(0, 2)
        .map(({ hint }) => hint)
        .toSorted(),
    ).toEqual(["1962", "1985 · Sở Y tế"]);
  });

  test("knows titles, order, marks, one slip, and a code", async () => {
    for (const typed of ["ThS. Trần Thị Minh", "minh tran", "trn thi minh", "tranthi minh"])
      expect((await suggest("people", typed))[0]?.name, typed).toBe("Trần Thị Minh");
    const [one] = await suggest("people", "tran thi minh tam");
    expect(await suggest("people", one!.code.toLowerCase())).toEqual([one]);
  });

  test("keeps to the territory, and to people who are not hidden", async () => {
    const near = registry.as({ scope: ["people:read"], loc: [home] });
    expect(await suggest("people", "tran thi minh", "", near)).toHaveLength(1);
    const [last] = await suggest("people", "tran thi minh tam");
    await registry.as().delete(`/v1/people/${last!.id}`, 1);
    expect(await suggest("people", "tran thi minh tam")).toEqual([]);
  });

  test("looks through a small territory itself, whatever names others bear", async () => {
    const near = registry.as({ scope: ["people:read"], loc: [home] });
    // More names of others than are chosen, and better ones.
    const letters = [..."aăâbcdđeêghiklmnoôơpqrstuưvxy"];
    const others = letters.flatMap((a) => letters.slice(0, 16).map((b) => `Khuê ${a.toUpperCase()}${b} Diệp`));
    await registry.sql(
      `insert into people (id, code, name_full, name_family, name_middle, name_given, name_folded, residence_locality_id)
       select gen_random_uuid(), 'TT-' || n, name, '', '', name, folded, $3 from (select set_config('trithuc.actor', 'test', true) offset 0) a,
         unnest($1::text[], $2::text[]) with ordinality u(name, folded, n)`,
      others,
      others.map(foldSearch),
      elsewhere,
    );
    for (const [full, residence_locality_id] of [
      ["Vũ Diệp Khuê", home],
      ["Lý Khuê", elsewhere],
    ])
      expect((await registry.as().post("/v1/people", { name: { full }, residence_locality_id })).status).toBe(201);
    expect((await suggest("people", "khue")).map(({ name }) => name)).not.toContain("Vũ Diệp Khuê");
    for (const typed of ["khue", "khue diep", "diep khu", "vu d", "Vũ Diệp Khuê", "vu diepkhue"])
      expect(await suggest("people", typed, "", near), typed).toEqual([expect.objectContaining({ name: "Vũ Diệp Khuê" })]);
    expect(await suggest("people", "ly khue", "", near)).toEqual([]);
  });

  test("needs the scope, a text of some length, and no number of a person", async () => {
    expect((await registry.as({ scope: ["reference:write"] }).get("/v1/people/suggest?q=tran")).status).toBe(403);
    const agent = registry.as({ scope: ["people:read"] });
    for (const query of ["", "?q=", `?q=${"a".repeat(121)}`, "?q=a&limit=0", "?q=a&limit=21", "?q=a&q=b"])
      expect((await agent.get(`/v1/people/suggest${query}`)).body.code, query).toBe("invalid-parameter");
    expect((await agent.get("/v1/people/suggest?q=a&name=b")).body.code).toBe("unknown-parameter");
    expect((await agent.get("/v1/people/suggest?q=024185000017")).body.code).toBe("identifier-in-url");
    expect(await suggest("people", "...")).toEqual([]);
  });
});

describe("suggestions of reference data", () => {
  test("of localities name what is above and the period, those of today first", async () => {
    const found = await suggest("localities", "viet yen");
    expect(found[0]).toMatchObject({ name: "Phường Việt Yên", hint: "Tỉnh Bắc Ninh · 2025-07-01–" });
    const former = found.findIndex(({ name }) => name === "Thị xã Việt Yên");
    expect(found[former]?.hint).toBe("Tỉnh Bắc Giang · –2025-06-30");
    expect(found.findLastIndex(({ hint }) => hint.endsWith("–"))).toBeLessThan(former);
    expect((await suggest("localities", "07210")).map(({ name }) => name)).toContain("Phường Bắc Giang");
  });

  test("of organizations know short names, and one slip", async () => {
    expect((await suggest("organizations", "SYT"))[0]?.name).toBe("Sở Y tế");
    expect((await suggest("organizations", "so khoa hoc va cong nge"))[0]?.name).toBe("Sở Khoa học và Công nghệ");
  });

  test("of organizations follow what is written, and forget what is hidden", async () => {
    const clerk = registry.as({ scope: ["reference:write"] });
    const made = await clerk.post("/v1/organizations", { code: "THU-1", name: "Trung tâm Thử nghiệm Lưu Huỳnh", kind: "other" });
    expect(made.status, made.text).toBe(201);
    expect((await suggest("organizations", "thu nghiem luu huyn"))[0]?.code).toBe("THU-1");
    await clerk.patch(`/v1/organizations/${made.body.id}`, { name: "Trung tâm Phốt pho" }, 1);
    expect(await suggest("organizations", "thu nghiem luu huynh")).toEqual([]);
    expect((await suggest("organizations", "trung tam phot"))[0]?.code).toBe("THU-1");
    await clerk.delete(`/v1/organizations/${made.body.id}`, 2);
    expect(await suggest("organizations", "trung tam phot pho")).toEqual([]);
  });

  test("of fields keep to a scheme", async () => {
    const found = await suggest("fields", "khoa hoc may tinh", "&scheme=training");
    expect(found[0]).toMatchObject({ code: "480101", name: "Khoa học máy tính" });
    expect((await registry.as().get("/v1/fields/suggest?q=a&scheme=none")).body.code).toBe("invalid-parameter");
  });
});
