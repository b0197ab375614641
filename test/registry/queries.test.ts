import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";

let registry: Registry;
let clerk: Agent;
const unit: Record<string, string> = {};

beforeAll(async () => {
  registry = await startRegistry();
  clerk = registry.as({ scope: ["people:read", "people:write"], purpose: "verification" });
  for (const { code, id } of await registry.sql<{ code: string; id: string }>(
    "select code, id from organizations where code in ('UBND', 'SYT', 'SKHCN', 'UNI-BKA')",
  ))
    unit[code] = id;
  const place = async (name: string, sql: string) => void (unit[name] = (await registry.sql<{ id: string }>(sql))[0]!.id);
  await place("province", "select id from localities where code = '24' and valid_to is null");
  await place(
    "commune",
    "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '24' and valid_to is null) order by code limit 1",
  );
  await place(
    "old commune",
    `select predecessor_id as id from locality_lineage y join localities p on p.id = y.predecessor_id where successor_id = '${unit["commune"]}' and p.kind = 'commune' order by p.code limit 1`,
  );
  await place("old district", `select parent_id as id from localities where id = '${unit["old commune"]}'`);
  await place(
    "elsewhere",
    "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '01') order by code limit 1",
  );
  await Promise.all(PEOPLE().map((body) => clerk.post("/v1/people", body)));
  return registry.close;
});

/** Synthetic people, each named for what is asked of it. */
const PEOPLE = () => [
  {
    name: { full: "Nguyễn Văn An" },
    gender: "male",
    birth_date: "1985-09-02",
    residence_locality_id: unit["commune"],
    hometown_locality_id: unit["old commune"],
    degrees: [
      { level: "TS", training_field: "340101", graduation_year: 2015 },
      { level: "CN", training_field: "480101", graduation_year: 2007 },
    ],
    affiliations: [{ kind: "employment", organization_id: unit["SYT"], is_primary: true, valid_from: "2010", ended: false }],
    expertise: [{ field: "10201", role: "main" }],
    willing_to_advise: true,
    keywords: ["vật liệu nano", "AI"],
  },
  {
    name: { full: "Nguyễn Văn Ân" },
    gender: "male",
    birth_date: "1985-09",
    residence_locality_id: unit["elsewhere"],
    degrees: [{ level: "TS", training_field: "480101", graduation_year: 2018 }],
    expertise: [
      { field: "102", role: "main" },
      { field: "20101", role: "secondary" },
    ],
    record_state: "verified",
  },
  {
    name: { full: "Lý Thị Đào" },
    gender: "female",
    birth_date: "1985",
    affiliations: [{ kind: "membership", organization_id: unit["UBND"] }],
  },
  {
    name: { full: "Trần Ðức Khải" },
    gender: "other",
    degrees: [{ level: "ThS" }],
    academic_titles: [{ title: "GS" }],
    awards: [{ award: "TTUT" }],
  },
  { name: { full: "Đặng Quốc Bảo" }, birth_date: "1990-01-15", life_status: "retired" },
];

const names = async (query: string): Promise<string[]> => {
  const { status, body } = await clerk.get(`/v1/people?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data.map(({ name }: { name: { given: string } }) => name.given).toSorted();
};
const filtered = (filter: string) => names(`filter=${encodeURIComponent(filter)}`);
const [an, ân, đào, khải, bảo] = ["An", "Ân", "Đào", "Khải", "Bảo"] as const;
const sorted = (...given: string[]) => given.toSorted();

describe("equality, lists of values and their opposites", () => {
  test("take one or several values, by comma or repeated, and rows without a value are in :not", async () => {
    expect(await names("gender=female")).toEqual([đào]);
    expect(await names("gender=female,other")).toEqual(sorted(đào, khải));
    expect(await names("gender=female&gender=other")).toEqual(sorted(đào, khải));
    expect(await names("gender:not=male")).toEqual(sorted(đào, khải, bảo));
    expect(await names("gender:not=male,other")).toEqual(sorted(đào, bảo));
    expect(await names("gender:not=male&gender:not=other")).toEqual(sorted(đào, bảo));
    expect(await names("record_state:not=draft")).toEqual([ân]);
    expect(await names("willing_to_advise=true")).toEqual([an]);
    expect(await names("willing_to_advise:not=true")).toHaveLength(4);
    expect(await filtered("gender != male")).toEqual(sorted(đào, khải, bảo));
    expect(await filtered("not gender = male")).toEqual(sorted(đào, khải, bảo));
    expect(await filtered("gender in (female, other) and not life_status exists")).toEqual(sorted(đào, khải));
    expect(await names("keywords=AI")).toEqual([an]);
    expect(await names(`keywords=${encodeURIComponent("vật liệu nano".normalize("NFD"))}`)).toEqual([an]);
  });

  test("exists says whether there is a value", async () => {
    expect(await names("gender:exists=false")).toEqual([bảo]);
    expect(await names("gender:exists=true")).toHaveLength(4);
    expect(await names("hometown_locality:exists=true")).toEqual([an]);
    expect(await names("keywords:exists=true")).toEqual([an]);
    expect((await clerk.get("/v1/people?gender:exists=yes")).body.code).toBe("invalid-parameter");
  });

  test("ranges of numbers leave out those without one", async () => {
    expect(await names("birth_year:gte=1985&birth_year:lt=1990")).toEqual(sorted(an, ân, đào));
    expect(await names("birth_year:gt=1985")).toEqual([bảo]);
    expect(await names("birth_year:lte=1985&birth_year:not=1985")).toEqual([]);
    expect(await names("birth_year=1985,1990")).toHaveLength(4);
    expect(await filtered("birth_year >= 1985 and birth_year < 1990")).toHaveLength(3);
  });
});

describe("partial dates match only what certainly matches", () => {
  test.each([
    ["birth_date=1985", [an, ân, đào]],
    ["birth_date=1985-09", [an, ân]],
    ["birth_date=1985-09-02", [an]],
    ["birth_date:lt=1985-09-02", []],
    ["birth_date:lt=1985-09-03", [an]],
    ["birth_date:lte=1985-09-02", [an]],
    ["birth_date:lte=1985-09", [an, ân]],
    ["birth_date:lte=1985", [an, ân, đào]],
    ["birth_date:lt=1986", [an, ân, đào]],
    ["birth_date:gt=1985-08", [an, ân, bảo]],
    ["birth_date:gte=1985-09", [an, ân, bảo]],
    ["birth_date:gte=1985-09-02", [an, bảo]],
    ["birth_date:gt=1984", [an, ân, đào, bảo]],
    ["birth_date:not=1985", [khải, bảo]],
    ["birth_date:exists=false", [khải]],
  ])("%s", async (query, expected) => {
    expect(await names(query)).toEqual(expected.toSorted());
  });

  test("and refuse what is no date", async () => {
    for (const bad of ["1985-02-30", "85", "yesterday", ""]) {
      const { status, body } = await clerk.get(`/v1/people?birth_date=${bad}`);
      expect([bad, status, body.code, body.errors[0].parameter]).toEqual([bad, 400, "invalid-parameter", "birth_date"]);
    }
  });
});

describe("collections", () => {
  test("parameters with one prefix hold for one and the same element, has for each its own", async () => {
    expect(await names("degrees.level=TS&degrees.training_field:below=48")).toEqual([ân]);
    expect(await filtered("has(degrees, level = TS and training_field below 48)")).toEqual([ân]);
    expect(await filtered("has(degrees, level = TS) and has(degrees, training_field below 48)")).toEqual(sorted(an, ân));
    expect(await names(`degrees.level=TS&filter=${encodeURIComponent("degrees.training_field below 48")}`)).toEqual(sorted(an, ân));
  });

  test("every operator speaks of one element; none and count of all", async () => {
    expect(await names("degrees.level:not=TS")).toEqual(sorted(an, khải));
    expect(await filtered("none(degrees, level = TS)")).toEqual(sorted(đào, khải, bảo));
    expect(await filtered("none(degrees)")).toEqual(sorted(đào, bảo));
    expect(await filtered("count(degrees) >= 2")).toEqual([an]);
    expect(await filtered("count(degrees, level = TS) = 0 and has(degrees)")).toEqual([khải]);
    expect(await names("degrees.training_field:exists=false")).toEqual([khải]);
    expect(await names("degrees.graduation_year:gte=2016")).toEqual([ân]);
    expect(await names("affiliations.is_current=true")).toEqual([an]);
    expect(await names("academic_titles.title=GS&awards.award=TTUT")).toEqual([khải]);
  });

  test("two of one collection side by side are ambiguous, and so are and with or", async () => {
    const code = async (filter: string) => (await clerk.get(`/v1/people?filter=${encodeURIComponent(filter)}`)).body.code;
    expect(await code("degrees.level = TS and degrees.graduation_year > 2000")).toBe("filter-ambiguous");
    expect(await code("gender = male and birth_year > 1980 or life_status = retired")).toBe("filter-ambiguous");
    expect(await code("gender = male and (birth_year > 1980 or life_status = retired)")).toBeUndefined();
  });
});

describe("below", () => {
  test("of fields takes a whole branch, itself included", async () => {
    expect(await names("expertise.field:below=1")).toEqual(sorted(an, ân));
    expect(await names("expertise.field:below=102")).toEqual(sorted(an, ân));
    expect(await names("expertise.field=102")).toEqual([ân]);
    expect(await names("expertise.field:below=2")).toEqual([ân]);
    expect(await names("expertise.field:below=3")).toEqual([]);
    expect(await names("degrees.training_field:below=48")).toEqual(sorted(an, ân));
  });

  test("of organizations follows the tree of today, by id or code", async () => {
    expect(await names(`affiliations.organization:below=${unit["UBND"]}`)).toEqual(sorted(an, đào));
    expect(await names("affiliations.organization:below=UBND&affiliations.kind=employment")).toEqual([an]);
    expect(await names("affiliations.organization=SYT")).toEqual([an]);
    expect(await names("affiliations.organization:below=SKHCN")).toEqual([]);
  });

  test("of localities takes ids and CODE@DAY, former districts and provinces too", async () => {
    expect(await names(`residence_locality:below=${unit["province"]}`)).toEqual([an]);
    expect(await names("residence_locality:below=24@2025-07-01")).toEqual([an]);
    expect(await names("residence_locality:below=01@2025-07-01")).toEqual([ân]);
    expect(await names(`residence_locality=${unit["commune"]}`)).toEqual([an]);
    expect(await names(`hometown_locality:below=${unit["old district"]}`)).toEqual([an]);
    expect(await names(`residence_locality:below=${unit["old district"]}`)).toEqual([an]);
    expect(await names("hometown_locality:below=24@2025-07-01")).toEqual([an]);
    expect(await names("work_locality:below=24@2025-07-01")).toEqual(sorted(an, đào));
    expect(await names("work_locality:exists=false")).toHaveLength(3);
  });

  test("refuses a bare code, whose meaning changed in 2025, and a bare locality", async () => {
    const bare = await clerk.get("/v1/people?residence_locality:below=24");
    expect([bare.status, bare.body.code]).toEqual([400, "invalid-parameter"]);
    expect(bare.body.errors[0].did_you_mean).toBe("24@2025-07-01");
    const locality = await clerk.get("/v1/people?locality=24");
    expect(locality.body.code).toBe("unknown-parameter");
    expect(locality.body.errors[0].did_you_mean).toMatch(/_locality$/);
    expect((await clerk.get("/v1/people?gender:below=male")).body.code).toBe("unknown-operator");
  });
});

describe("names", () => {
  test("match takes all words in any order, without marks, case, titles, and y for i", async () => {
    expect(await names("name:match=nguyen van an")).toEqual(sorted(an, ân));
    expect(await names(`name:match=${encodeURIComponent("An VĂN")}`)).toEqual(sorted(an, ân));
    expect(await names("name:match=dao li")).toEqual([đào]);
    expect(await names(`name:match=${encodeURIComponent("PGS.TS. Trần Đức Khải")}`)).toEqual([khải]);
    expect(await names("name:match=tran duc khai minh")).toEqual([]);
    expect(await filtered('name match "nguyen van"')).toEqual(sorted(an, ân));
  });

  test("prefix is folded, exact has marks", async () => {
    expect(await names("name:prefix=ng")).toEqual(sorted(an, ân));
    expect(await names("name:prefix=nguyen van a")).toEqual(sorted(an, ân));
    expect(await names(`name:prefix=${encodeURIComponent("Đ")}`)).toEqual([bảo]);
    expect(await names(`name:exact=${encodeURIComponent("Nguyễn Văn Ân")}`)).toEqual([ân]);
    expect(await names(`name:exact=${encodeURIComponent("Nguyễn Văn Ân".normalize("NFD"))}`)).toEqual([ân]);
    expect(await names("name:exact=Nguyen Van An")).toEqual([]);
    for (const empty of ["name:prefix=%25", "name:match=", "name:match=-", "name:prefix=%20"]) {
      expect([empty, (await clerk.get(`/v1/people?${empty}`)).body.code]).toEqual([empty, "invalid-parameter"]);
    }
  });
});

describe("fields and include", () => {
  const one = async (query: string) =>
    (await clerk.get(`/v1/people?name:exact=${encodeURIComponent("Nguyễn Văn An")}&${query}`)).body.data[0];

  test("fields is sparse and nested; id is always there", async () => {
    expect(Object.keys(await one("fields=gender"))).toEqual(["id", "gender"]);
    const nested = await one("fields=name,degrees.level");
    expect(Object.keys(nested)).toEqual(["id", "name", "degrees"]);
    expect(nested.degrees.map((degree: object) => Object.keys(degree))).toEqual([
      ["id", "level", "level_scheme"],
      ["id", "level", "level_scheme"],
    ]);
    expect(Object.keys(await one("fields=residence_locality"))).toEqual(["id", "residence_locality_id", "residence_locality"]);
  });

  test("include gives plain arrays two deep, and records whole", async () => {
    const included = await one("include=degrees,affiliations.organization");
    expect(included.degrees).toHaveLength(2);
    expect(included.affiliations[0].organization).toMatchObject({ code: "SYT", kind: "state_agency", version: 1 });
    expect((await one("")).degrees).toBeUndefined();
    expect((await one("include=residence_locality")).residence_locality).toMatchObject({ kind: "commune", valid_from: "2025-07-01" });
    expect((await one("include=degrees&fields=id,degrees.level")).degrees[0].graduation_year).toBeUndefined();
    const degree = await clerk.get("/v1/degrees?include=person&limit=1");
    expect(degree.body.data[0].person).toMatchObject({ id: degree.body.data[0].person_id, version: 1 });
  });

  test("unknown ones, and deeper ones, are refused with the nearest", async () => {
    const { body } = await clerk.get("/v1/people?fields=nmae,degrees.levle&include=degres,affiliations.organization.parent");
    expect(body.errors.map(({ parameter, did_you_mean }: Record<string, string>) => [parameter, did_you_mean])).toEqual([
      ["include", "degrees"],
      ["include", undefined],
      ["fields", "name"],
      ["fields", "level"],
    ]);
  });

  test("an array of more than 50 is cut and says where the rest is", async () => {
    const { body: made } = await clerk.post("/v1/people", {
      name: { full: "Phạm Nhiều" },
      awards: Array.from({ length: 50 }, () => ({ award: "TTUT" })),
    });
    await Promise.all([1, 2].map(() => clerk.post(`/v1/people/${made.id}/awards`, { award: "TTUT" })));
    const { body } = await clerk.get(`/v1/people/${made.id}?include=awards,degrees`);
    expect([body.awards.length, Object.keys(body.more)]).toEqual([50, ["awards"]]);
    const rest: string[] = [];
    for (let path = body.more.awards as string | null; path;) {
      const page = (await clerk.get(path)).body;
      rest.push(...page.data.map(({ id }: { id: string }) => id));
      path = page.page.next;
    }
    const all = new Set([...body.awards.map(({ id }: { id: string }) => id), ...rest]);
    expect(all.size).toBe(52);
    await clerk.delete(`/v1/people/${made.id}`, 1);
  });
});

describe("what does not fit", () => {
  test("is refused all at once, with the nearest name", async () => {
    const { status, body } = await clerk.get("/v1/people?gendr=male&brith_year:gte=1&nme:macth=a&gender:lik=a");
    expect([status, body.code]).toEqual([400, "invalid-parameter"]);
    expect(body.errors.map(({ code, did_you_mean }: Record<string, string>) => [code, did_you_mean])).toEqual([
      ["unknown-parameter", "gender"],
      ["unknown-parameter", "birth_year:gte"],
      ["unknown-parameter", "name:macth"],
      ["unknown-operator", undefined],
    ]);
  });

  test("is told in one answer, controls and values included", async () => {
    const { status, body } = await clerk.get("/v1/people?limit=0&count=all&as_of=2020&gender=mael&birth_year:gte=old");
    expect([status, body.code]).toEqual([400, "invalid-parameter"]);
    expect(body.errors.map(({ parameter }: Record<string, string>) => parameter)).toEqual(["as_of", "limit", "count"]);
    const values = await clerk.get("/v1/people?gender=mael&birth_year:gte=old&code:below=1");
    expect(values.body.errors.map(({ parameter, did_you_mean }: Record<string, string>) => [parameter, did_you_mean])).toEqual([
      ["gender", "male"],
      ["birth_year:gte", undefined],
      ["code:below", undefined],
    ]);
  });

  test("a code or unit that stands in no list is refused wherever it is asked for, with the nearest", async () => {
    const said = ({ status, body }: Answer) => [
      status,
      body.code,
      ...body.errors.map((error: Record<string, string>) => error["did_you_mean"]),
    ];
    const exporter = registry.as({ scope: ["exports", "people:read"] });
    const nobody = "00000000-0000-7000-8000-000000000001";
    for (const [query, ...near] of [
      ["expertise.field:below=10288", "102"],
      ["degrees.training_field:below=4801z", "4801"],
      ["degrees.level=TS,TSKHH", "TSKH"],
      [`degrees.level:not=${encodeURIComponent("Tiến sĩ khoa học")}`, "TSKH"],
      [`affiliations.organization:below=SYTT&hometown_locality=${nobody}`, "SYT", undefined],
      ["residence_locality:below=213@2026-01-01&gender=mael", "male", "213@2025-06-30"],
      ["filter=has(degrees,level%20below%209)%20or%20not%20expertise.field%20=%20588", undefined, "5"],
    ]) {
      expect([query, ...said(await clerk.get(`/v1/people?${query}`))]).toEqual([query, 400, "invalid-parameter", ...near]);
      expect(said(await exporter.get(`/v1/people/export?format=ndjson&${query}`))).toEqual([400, "invalid-parameter", ...near]);
    }
    const searched = await clerk.post("/v1/people/search", { filter: "expertise.field below 10288" });
    expect(said(searched)).toEqual([422, "unknown-code", "102"]);
    const place = await clerk.get(`/v1/people?residence_locality=${encodeURIComponent("Bắc Ninh")}`);
    expect(said(place)).toEqual([400, "invalid-parameter", undefined]);
  });

  test("words that every object knows are no fields", async () => {
    for (const word of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      for (const query of [
        `${word}=1`,
        `sort=${word}`,
        `fields=${word}`,
        `include=${word}`,
        `gender:${word}=1`,
        `degrees.${word}=1`,
        `filter=${word}%20%3D%201`,
        `filter=has(${word})`,
      ]) {
        expect([query, (await clerk.get(`/v1/people?${query}`)).status]).toEqual([query, 400]);
      }
      expect((await clerk.get(`/v1/meta/${word}`)).status).toBe(404);
      expect((await clerk.get(`/v1/people/by-id/${word}/1`)).status).toBe(404);
    }
  });

  test("an identifier never stands in a URL, exists included", async () => {
    for (const query of [
      "citizen_id=024085000123",
      "phones=%2B84912345678",
      "emails:exists=true",
      "filter=citizen_id%20%3D%20024085000123",
      "citizen_id:exists=true",
    ]) {
      const { status, body } = await clerk.get(`/v1/people?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, "identifier-in-url"]);
    }
  });
});
