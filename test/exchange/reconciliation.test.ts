import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

type Candidate = { id: string; code: string; name: string; score: number; certain: boolean; reasons: string[] };
let registry: Registry;
let reader: Agent;
let home: string;

beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["people:read"] });
  const [organization] = await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'");
  const [commune] = await registry.sql<{ id: string }>(
    "select id from localities where kind = 'commune' and valid_to is null and parent_id in (select id from localities where code = '24') order by code limit 1",
  );
  home = commune!.id;
  for (const person of [
    {
      name: { full: "Ngô Văn Ân" },
      birth_date: "1970-05-01",
      citizen_id: "024070000017",
      identifiers: [{ scheme: "orcid", value: "0000-0002-1825-0097" }],
    },
    {
      name: { full: "Ngô Văn An" },
      birth_date: "1981",
      affiliations: [{ organization_id: organization!.id, kind: "employment" }],
      residence_locality_id: home,
    },
    { name: { full: "Lương Thị Phượng" }, birth_date: "1990-01-02" },
  ]) {
    const made = await registry.admin.post("/v1/people", person);
    expect(made.status, made.text).toBe(201);
  }
  return registry.close;
});

const reconcile = async (noun: string, queries: unknown[], more: object = {}, agent = reader): Promise<Candidate[][]> => {
  const { status, body, text } = await agent.post("/v1/reconciliation", { noun, queries, ...more });
  expect(status, text).toBe(200);
  return (body.data as { candidates: Candidate[] }[]).map(({ candidates }) => candidates);
};
const said = async (body: unknown, agent = reader) => {
  const answer = await agent.post("/v1/reconciliation", body);
  return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
};

describe("reconciliation of people", () => {
  test("puts first who agrees in marks, birth and unit, and says why; nobody is certain by that", async () => {
    const [byMarks, byBirth, byUnit] = await reconcile("people", [
      "TS. Ngô Văn Ân",
      { name: "Ngo Van An", birth_date: "1970-05-01" },
      { name: "Ngô Văn Ân", birth_date: "1981", organization: "Sở Y tế tỉnh Bắc Ninh" },
    ]);
    expect(byMarks!.map(({ name }) => name)).toEqual(["Ngô Văn Ân", "Ngô Văn An"]);
    expect(byBirth![0]).toMatchObject({ name: "Ngô Văn Ân", reasons: ["name_folded", "birth_date"], certain: false });
    expect(byBirth![1]).toMatchObject({ name: "Ngô Văn An", reasons: ["name_folded", "birth_date_differs"] });
    expect(byUnit![0]).toMatchObject({ name: "Ngô Văn An", reasons: ["name_folded", "birth_year", "organization"] });
  });

  test("finds a misspelt name, and nobody for one that is not borne", async () => {
    const [near, none] = await reconcile("people", ["Lương Thi Phuongg", "Quách Bích Hạo"]);
    expect(near![0]).toMatchObject({ name: "Lương Thị Phượng", reasons: ["name_similar"] });
    expect(none).toEqual([]);
  });

  test("takes a citizen id and an identifier for evidence, the first with its scope and a purpose only", async () => {
    const row = { name: "Ngô Ân", citizen_id: "024070000017" };
    const [[found]] = (await reconcile("people", [row], {}, registry.admin)) as [[Candidate]];
    expect(found).toMatchObject({ name: "Ngô Văn Ân", score: 1, certain: true, reasons: ["citizen_id"] });
    expect(await said({ noun: "people", queries: ["A", row] })).toEqual([403, "scope-missing", "/queries/1/citizen_id"]);
    const orcid = { name: "N. V. An", identifiers: [{ scheme: "orcid", value: "0000-0002-1825-0097" }] };
    expect((await reconcile("people", [orcid]))[0]![0]).toMatchObject({ name: "Ngô Văn Ân", certain: true, reasons: ["identifier"] });
  });

  test("keeps to the territory, evidence too", async () => {
    const near = registry.as({ scope: ["people:read"], loc: [home] });
    const rows = ["Ngô Văn Ân", { name: "X", identifiers: [{ scheme: "orcid", value: "0000-0002-1825-0097" }] }];
    const [byName, byEvidence] = await reconcile("people", rows, {}, near);
    expect(byName!.map(({ name }) => name)).toEqual(["Ngô Văn An"]);
    expect(byEvidence).toEqual([]);
  });
});

describe("reconciliation of reference data", () => {
  test("reads organizations as imports do, and finds what is misspelt", async () => {
    const [read, near] = await reconcile("organizations", ["ĐH Bách khoa Hà Nội", "So khoa hoc va cong nge"]);
    expect(read![0]).toMatchObject({ code: "UNI-BKA", certain: true });
    expect(read![0]!.reasons).toContain("read_as_in_imports");
    expect(near![0]).toMatchObject({ name: "Sở Khoa học và Công nghệ", reasons: ["name_similar"] });
  });

  test("reads localities on a day: a bare name is another unit before July 2025", async () => {
    const [[today]] = (await reconcile("localities", ["Việt Yên"], { as_of: "2026-01-01" })) as [[Candidate]];
    const [[before]] = (await reconcile("localities", ["Việt Yên"], { as_of: "2025-06-30" })) as [[Candidate]];
    const [[address]] = (await reconcile("localities", ["xã Đồng Tiến, huyện Yên Thế, tỉnh Bắc Giang"])) as [[Candidate]];
    expect([today.name, before.name, address.name]).toEqual(["Phường Việt Yên", "Thị xã Việt Yên", "Xã Đồng Tiến"]);
    expect(address.certain).toBe(true);
  });

  test("reads fields and degree levels", async () => {
    const [[field]] = (await reconcile("fields", ["Khoa học máy tính"], { scheme: "training" })) as [[Candidate]];
    expect(field.code).toBe("480101");
    const levels = await reconcile("degree-levels", ["Tiến sĩ", "ThS.", "hoa sen"]);
    expect(levels.map((found) => found.map(({ code }) => code))).toEqual([["TS"], ["ThS"], []]);
  });

  test("needs no scope of people", async () => {
    const stranger = registry.as({ scope: ["reference:write"] });
    expect((await reconcile("organizations", ["Sở Y tế"], {}, stranger))[0]![0]!.code).toBe("SYT");
    expect((await said({ noun: "people", queries: ["A"] }, stranger)).slice(0, 2)).toEqual([403, "scope-missing"]);
  });
});

describe("what does not fit", () => {
  test.each([
    [{ noun: "people", queries: [] }, "/queries"],
    [{ noun: "people", queries: Array.from({ length: 1001 }, () => "A") }, "/queries"],
    [{ noun: "cats", queries: ["A"] }, "/noun"],
    [{ noun: "fields", queries: [{ name: "A" }] }, "/queries/0"],
    [{ noun: "people", queries: ["A"], limit: 11 }, "/limit"],
    [{ noun: "localities", queries: ["A"], as_of: "2025" }, "/as_of"],
    [{ noun: "organizations", queries: ["A"], as_of: "2025-01-01" }, "/as_of"],
    [{ noun: "organizations", queries: ["A"], scheme: "rd" }, "/scheme"],
  ])("is refused with its pointer", async (body, pointer) => {
    expect(await said(body)).toEqual([422, "validation-failed", pointer]);
  });

  test("a thousand are answered in their order", async () => {
    const names = Array.from({ length: 1000 }, (_, i) => (i % 2 ? "Ngô Văn An" : "Lương Thị Phượng"));
    const found = await reconcile("people", names, { limit: 1 });
    expect(found.map(([first]) => first!.name)).toEqual(names);
  });
});
