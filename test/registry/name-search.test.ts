import { beforeAll, describe, expect, test } from "vitest";
import { jobsOf } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let reader: Agent;
const ids = new Map<string, string>();

const NAMES = [
  "Nguyễn Văn Ân",
  "Nguyễn Văn An",
  "Nguyễn Văn Anh",
  "Nguyễn Văn An Khang",
  "Trần Thị Lý",
  "Đỗ Quỳnh Hương",
  "H'Hen Niê",
  "Vũ Hoàng Trường Giang",
];

beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["people:read"] });
  for (const full of NAMES) ids.set(full, (await registry.as().post("/v1/people", { name: { full } })).body.id as string);
  return registry.close;
});

const path = (text: string, more = "") => `/v1/people?name:match=${encodeURIComponent(text)}&fields=name${more}`;
const found = async (text: string, more = "") => {
  const { status, body, text: said } = await reader.get(path(text, more));
  expect(status, said).toBe(200);
  return (body.data as { name: { full: string } }[]).map(({ name }) => name.full);
};

describe("name:match", () => {
  test("gives the name as typed first, then the same marks, then other marks, then similar ones", async () => {
    expect(await found("Nguyễn Văn An")).toEqual(["Nguyễn Văn An", "Nguyễn Văn An Khang", "Nguyễn Văn Ân", "Nguyễn Văn Anh"]);
    expect((await found("nguyễn văn ân"))[0]).toBe("Nguyễn Văn Ân");
    expect((await found("nguyen van an"))[0]).toBe("Nguyễn Văn An");
  });

  test.each([
    ["Nguyễn Văn An", "Nguyễn Văn Ân"],
    ["Nguyễn Văn Ân", "Nguyễn Văn An"],
  ])("%s is before %s where it was typed so, at every door, and both before what is similar", async (typed, other) => {
    const text = encodeURIComponent(typed);
    const named = async (url: string) =>
      ((await reader.get(url)).body.data as { name: string | { full: string } }[]).map(({ name }) =>
        typeof name === "string" ? name : name.full,
      );
    const reconciled = await reader.post("/v1/reconciliation", { noun: "people", queries: [typed, { name: typed }] });
    const doors = [
      await found(typed),
      await found(typed.normalize("NFD")),
      await named(`/v1/people?q=${text}&fields=name`),
      await named(`/v1/people/suggest?q=${text}`),
      ...(reconciled.body.data as { candidates: { name: string }[] }[]).map(({ candidates }) => candidates.map(({ name }) => name)),
    ];
    for (const names of doors) {
      const near = ["Nguyễn Văn Anh", typed, other].map((name) => names.indexOf(name));
      expect([names, near[1], near[2]! > 0, near[0] === -1 || near[0]! > near[2]!]).toEqual([names, 0, true, true]);
    }
  });

  test.each([
    ["titles", "PGS.TS. Đỗ Quỳnh Hương", "Đỗ Quỳnh Hương"],
    ["another order", "huong do quynh", "Đỗ Quỳnh Hương"],
    ["d for đ", "do quynh huong", "Đỗ Quỳnh Hương"],
    ["another letter that looks like Đ", "\u00D0ỗ Quỳnh Hương", "Đỗ Quỳnh Hương"],
    ["i for y", "Trần Thị Lí", "Trần Thị Lý"],
    ["a letter lost", "do quyn huong", "Đỗ Quỳnh Hương"],
    ["a letter added", "do quynhh huong", "Đỗ Quỳnh Hương"],
    ["letters swapped", "od quynh huong", "Đỗ Quỳnh Hương"],
    ["a letter replaced", "do qugnh huong", "Đỗ Quỳnh Hương"],
    ["two words as one", "doquynh huong", "Đỗ Quỳnh Hương"],
    ["no space at all", "doquynhhuong", "Đỗ Quỳnh Hương"],
    ["initials", "Vũ H. T. Giang", "Vũ Hoàng Trường Giang"],
    ["an apostrophe left out", "hhen nie", "H'Hen Niê"],
    ["some words only", "truong giang", "Vũ Hoàng Trường Giang"],
  ])("finds a name in spite of %s", async (_what, typed, name) => {
    expect((await found(typed))[0]).toBe(name);
  });

  test("does not find what has two words wrong, nor by initials alone", async () => {
    expect(await found("do quynhh huongg")).toEqual([]);
    expect(await found("v h t g")).toEqual([]);
  });

  test("takes signs of patterns and of SQL as nothing but text", async () => {
    for (const typed of ["an%", "a_", "an' or '1'='1", "(an|ân)*", "an\\", '"an"', "an & !van", "an:*"]) {
      const { status } = await reader.get(path(typed));
      expect([200, 400], typed).toContain(status);
    }
    expect((await reader.get(path("%"))).status).toBe(400);
  });

  test("a very long question costs no more than a name", async () => {
    expect(await found("nguyen ".repeat(40))).toEqual(await found("nguyen"));
    const { status } = await reader.get(path("abcdefghij ".repeat(25)));
    expect(status).toBe(200);
  });

  test("stands in any condition, turned round or beside others, and then ranks nothing under a sort", async () => {
    const ask = async (filter: string, sort = "") => {
      const { body } = await reader.get(`/v1/people?filter=${encodeURIComponent(filter)}&fields=name${sort}`);
      return (body.data as { name: { full: string } }[]).map(({ name }) => name.full);
    };
    expect(await ask('name match "nguyen van an"', "&sort=name")).toEqual([
      "Nguyễn Văn An",
      "Nguyễn Văn Anh",
      "Nguyễn Văn Ân",
      "Nguyễn Văn An Khang",
    ]);
    expect((await ask('not name match "nguyen van an"')).length).toBe(NAMES.length - 4);
    expect((await ask('name match "trần thị lý" or name match "H\'hen"')).toSorted()).toEqual(["H'Hen Niê", "Trần Thị Lý"]);
  });

  test("follows a name that is changed, and forgets the one before", async () => {
    const id = (await registry.as().post("/v1/people", { name: { full: "Khuất Thị Xuyến" } })).body.id as string;
    expect(await found("khuat thi xuyen")).toEqual(["Khuất Thị Xuyến"]);
    await registry.as().patch(`/v1/people/${id}`, { name: { full: "Khuất Thị Duyên" } }, 1);
    expect(await found("khuat duyen")).toEqual(["Khuất Thị Duyên"]);
    const words = await registry.sql<{ word: string }>("select word from person_words where word in ('xuyen', 'khuat')");
    expect(words).toEqual([{ word: "khuat" }]);
  });

  test("of a name that is erased nothing is kept in the dictionary", async () => {
    const id = (await registry.as().post("/v1/people", { name: { full: "Bạch Kỳ Nham" } })).body.id as string;
    const kept = () =>
      registry.sql<{ n: string }>("select (select count(*) from person_names where name_full = $1)::text as n", "Bạch Kỳ Nham");
    expect(await kept()).toEqual([{ n: "1" }]);
    await registry.sql("select set_config('trithuc.actor', 'test', false)");
    await registry.sql("delete from person_reach where person_id = $1", id);
    await registry.sql("delete from people where id = $1", id);
    expect(await kept()).toEqual([{ n: "0" }]);
  });
});

describe("the dictionary of names", () => {
  test("holds everybody's name and nobody else's, and is put right each night where two writers left it wrong", async () => {
    const wrong = () =>
      registry.sql<{
        n: string;
      }>(`select (select count(*) from (select name_full, name_folded from people except all select name_full, name_folded from person_names) x) || '/' ||
        (select count(*) from (select name_full from person_names except all select distinct name_full from people) y) || '/' ||
        (select count(*) from (select unnest(words) from person_names except select word from person_words) z) as n`);
    const distinct = async () => (await wrong())[0]!.n.split("/").slice(1);
    expect(await distinct()).toEqual(["0", "0"]);
    await registry.sql(
      `insert into person_names values ('Trần Thị Lý', 'tran thi li', '{tran,thi,li}'), ('Nga Nga', 'nga nga', '{nga,nga}')`,
    );
    await registry.sql("delete from person_names where name_full = 'Nguyễn Văn Ân'");
    await registry.sql("delete from person_words where word = 'giang'");
    expect(await distinct()).not.toEqual(["0", "0"]);
    await jobsOf(registry.work)["tidy_names"]!({}, 1);
    expect(await distinct()).toEqual(["0", "0"]);
    expect((await found("nguyen van an")).includes("Nguyễn Văn Ân")).toBe(true);
  });
});

describe("a ranked list", () => {
  test("says that it is cut, and pages to its end without a gap or a repetition", async () => {
    const all: string[] = [];
    let next: string | null = path("nguyen", "&limit=2");
    while (next !== null) {
      const { status, body } = await reader.get(next);
      expect(status).toBe(200);
      expect(body.meta.cut_at).toBe(1000);
      all.push(...(body.data as { id: string }[]).map(({ id }) => id));
      next = body.page.next as string | null;
    }
    expect(all.length).toBe(4);
    expect(new Set(all).size).toBe(4);
  });

  test("gives a thousand and no more", async () => {
    await registry.sql("select set_config('trithuc.actor', 'test', false)");
    await registry.sql(`insert into people (id, code, name_full, name_family, name_middle, name_given, name_folded, nationality)
      select gen_random_uuid(), 'X-' || n, 'Lục Đông Phương', 'Lục', 'Đông', 'Phương', 'luc dong phuong', null from generate_series(1, 1100) n`);
    let count = 0;
    let next: string | null = path("luc dong phuong", "&limit=300&count=exact");
    while (next !== null) {
      const { body } = await reader.get(next);
      expect(body.meta.count).toEqual({ value: 1100, kind: "exact" });
      count += (body.data as unknown[]).length;
      next = body.page.next as string | null;
    }
    expect(count).toBe(1000);
  });

  test("takes no cursor of another question", async () => {
    const { body } = await reader.get(path("nguyen van", "&limit=1"));
    const { status, body: said } = await reader.get(path("nguyen", `&limit=1&cursor=${body.page.cursor}`));
    expect([status, said.code]).toEqual([400, "cursor-mismatch"]);
  });
});

describe("q", () => {
  const ask = (text: string) => reader.get(`/v1/people?q=${encodeURIComponent(text)}&fields=name,code`);

  test("is a name, or a code", async () => {
    const [first] = (await ask("do quynh huong")).body.data as { code: string; name: { full: string } }[];
    expect(first!.name.full).toBe("Đỗ Quỳnh Hương");
    expect((await ask(first!.code.toLowerCase())).body.data).toHaveLength(1);
  });

  test.each(["024185000017", "+84912345678", "0912 345 678", "ai.do@example.vn"])(
    "never takes %s, which a URL must not hold",
    async (text) => {
      const { status, body } = await ask(text);
      expect([status, body.code]).toEqual([400, "identifier-in-url"]);
    },
  );
});
