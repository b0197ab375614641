import { beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Registry } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";

let now = Date.parse(`${TODAY}T05:00:00Z`);
let registry: Registry;
let clerk: Agent;
const GIVEN = ["An", "Anh", "Ánh", "Ân", "Bình", "Dũng", "Đức"];
const FAMILY = ["Lê", "Ngô", "Nguyễn", "Trần", "Đỗ"];
const PEOPLE = 120;

beforeAll(async () => {
  registry = await startRegistry({ clock: () => new Date(now) });
  clerk = registry.as();
  const bodies = Array.from({ length: PEOPLE }, (_, i) => ({
    name: { full: `${FAMILY[i % 5]} ${i % 3 === 0 ? "" : "Văn "}${GIVEN[(i * 3) % 7]}`.replace("  ", " ") },
    ...(i % 4 !== 0 && { birth_date: i % 8 === 1 ? `${1950 + (i % 20)}` : `${1950 + (i % 20)}-0${1 + (i % 9)}-11` }),
    residence_group: i % 2 ? "in_province" : "overseas",
  }));
  for (let at = 0; at < PEOPLE; at += 10) await Promise.all(bodies.slice(at, at + 10).map((body) => clerk.post("/v1/people", body)));
  return registry.close;
}, 60_000);

type Row = {
  id: string;
  name: { full: string; given: string; family: string; middle: string | null };
  birth_year: number | null;
  code: string;
};

/** Walks a list from its first page to its last. */
async function walk(query: string, agent = clerk): Promise<Row[]> {
  const rows: Row[] = [];
  let path: string | null = `/v1/people?${query}`;
  while (path !== null) {
    const { status, body, headers } = await agent.get(path);
    expect([path, status]).toEqual([path, 200]);
    rows.push(...body.data);
    expect(body.page.has_more).toBe(body.page.next !== null);
    expect(headers["link"] ?? null).toBe(body.page.next === null ? null : `<https://tri-thuc.example${body.page.next}>; rel="next"`);
    path = body.page.next;
  }
  return rows;
}
const vi = new Intl.Collator("vi-VN-u-co-standard").compare;
const unique = (rows: Row[]) => new Set(rows.map(({ id }) => id)).size;

describe("walking 120 people in pages of 7", () => {
  test.each([
    "",
    "sort=name",
    "sort=-name",
    "sort=birth_year",
    "sort=-birth_year,name",
    "sort=birth_year,-name",
    "sort=birth_date",
    "sort=-birth_date",
    "sort=code",
    "sort=-code,name",
  ])("meets everybody once: %s", async (sort) => {
    const rows = await walk(`${sort}&limit=7&fields=name,birth_year,code`);
    expect([rows.length, unique(rows)]).toEqual([PEOPLE, PEOPLE]);
    const whole = await clerk.get(`/v1/people?${sort}&limit=500&fields=name,birth_year,code`);
    expect(rows).toEqual(whole.body.data);
  });

  test("sorts by numbers with the missing ones last, in both directions", async () => {
    for (const sort of ["birth_year", "-birth_year"]) {
      const years = (await walk(`sort=${sort}&limit=50`)).map(({ birth_year }) => birth_year);
      const known = years.filter((year) => year !== null);
      expect(years.slice(known.length).every((year) => year === null)).toBe(true);
      expect(known).toEqual(known.toSorted((a, b) => (sort === "birth_year" ? a - b : b - a)));
    }
  });

  test("sorts names in the Vietnamese order: given, family, middle", async () => {
    const rows = await walk("sort=name&limit=50");
    const given = [...new Set(rows.map(({ name }) => name.given))];
    expect(given).toEqual(GIVEN);
    const expected = rows.toSorted(
      (a, b) =>
        vi(a.name.given, b.name.given) ||
        vi(a.name.family, b.name.family) ||
        vi(a.name.middle ?? "", b.name.middle ?? "") ||
        (a.id < b.id ? -1 : 1),
    );
    expect(rows.map(({ name }) => name.full)).toEqual(expected.map(({ name }) => name.full));
    const back = (await walk("sort=-name&limit=7")).map(({ name }) => name.given);
    expect([...new Set(back)]).toEqual(GIVEN.toReversed());
  });

  test("keeps its place when people come and go between the pages", async () => {
    const first = await clerk.get("/v1/people?sort=name&limit=7");
    const made = await clerk.post("/v1/people", { name: { full: "Lê An" } });
    const second = await clerk.get(first.body.page.next);
    const seen = [...first.body.data, ...second.body.data].map(({ id }: Row) => id);
    expect(new Set(seen).size).toBe(14);
    await registry.sql(
      "begin; select set_config('trithuc.actor', 'test', true); delete from people where id = '" + made.body.id + "'; commit",
    );
  });
});

describe("the cursor", () => {
  const first = async (query = "sort=name&limit=7") => (await clerk.get(`/v1/people?${query}`)).body.page.cursor as string;
  const code = async (query: string, agent = clerk) => {
    const { status, body } = await agent.get(`/v1/people?${query}`);
    return [status, body.code, body.errors?.[0]?.parameter];
  };

  test("that was cut, altered or made up is cursor-invalid", async () => {
    const good = await first();
    const flipped = `${good.slice(0, 20)}${good[20] === "A" ? "B" : "A"}${good.slice(21)}`;
    for (const bad of [good.slice(0, -4), flipped, `${good}AAAA`, "x", "null", `${good} `, "A".repeat(5000)]) {
      expect([bad.slice(0, 8), await code(`sort=name&limit=7&cursor=${encodeURIComponent(bad)}`)]).toEqual([
        bad.slice(0, 8),
        [400, "cursor-invalid", "cursor"],
      ]);
    }
  });

  test("of another query, order, noun or day is cursor-mismatch, of another page size or selection is good", async () => {
    const good = await first();
    for (const query of ["sort=-name", "sort=name&gender=male", "", "sort=name&as_of=2020-01-01"]) {
      expect([query, await code(`${query}&cursor=${good}`)]).toEqual([query, [400, "cursor-mismatch", "cursor"]]);
    }
    expect((await clerk.get(`/v1/degrees?cursor=${good}`)).body.code).toBe("cursor-mismatch");
    expect((await clerk.get(`/v1/people?sort=name&limit=3&fields=id&cursor=${good}`)).status).toBe(200);
  });

  test("of another registry is cursor-invalid, and says nothing of what it holds", async () => {
    const good = await first();
    expect(Buffer.from(good, "base64url").toString("latin1")).not.toMatch(/"An"|"name"|Nguyễn/);
    const other = await startRegistry();
    const answer = await other.as().get(`/v1/people?sort=name&limit=7&cursor=${good}`);
    await other.close();
    expect(answer.body.code).toBe("cursor-invalid");
  });

  test("does not authorise: in other hands it shows what these may see", async () => {
    const good = await first();
    const stranger = registry.as({ loc: ["01"] });
    expect((await stranger.get(`/v1/people?sort=name&limit=7&cursor=${good}`)).body.data).toEqual([]);
  });
});

describe("limit and count", () => {
  test.each(["0", "501", "-1", "1e9", "7.5", "", "a", "99999999999", "5,6"])("refuses limit=%s, and does not cut", async (limit) => {
    const { status, body } = await clerk.get(`/v1/people?limit=${limit}`);
    expect([status, body.code]).toEqual([400, "invalid-parameter"]);
    expect(body.errors[0]).toMatchObject({ parameter: "limit", limit: 500 });
  });

  test("takes 1 and 500, and 50 where nothing is said", async () => {
    const sizes = await Promise.all(
      ["limit=1", "limit=500", ""].map(async (query) => (await clerk.get(`/v1/people?${query}`)).body.data.length),
    );
    expect(sizes).toEqual([1, PEOPLE, 50]);
  });

  test("counts all of the query whatever the page, and says which kind of number it is", async () => {
    const count = async (query: string) => (await clerk.get(`/v1/people?${query}`)).body.meta.count;
    expect(await count("limit=7&count=exact")).toEqual({ value: PEOPLE, kind: "exact" });
    expect(await count("count=exact&residence_group=overseas")).toEqual({ value: PEOPLE / 2, kind: "exact" });
    expect(await count("limit=7")).toBeUndefined();
    expect(await count("limit=7&count=none")).toBeUndefined();
    const page = (await clerk.get("/v1/people?limit=7")).body.page.cursor;
    expect(await count(`limit=7&count=exact&cursor=${page}`)).toEqual({ value: PEOPLE, kind: "exact" });
    expect(["exact", "estimate"]).toContain((await count("count=estimate")).kind);
    expect((await registry.as({ loc: ["24"] }).get("/v1/people?count=estimate")).body.meta.count).toEqual({ value: 0, kind: "exact" });
    expect((await clerk.get("/v1/people?count=all")).body.errors[0].parameter).toBe("count");
  });
});

describe("a page that left before", () => {
  // Compressed answers go the usual way, on which each page is made when it is asked for.
  const asItIs = { "accept-encoding": "identity" };
  /** A cursor is sealed anew each time a page is made. */
  const unsealed = ({ status, headers, text }: Answer) =>
    [status, text, headers["link"]].map((part) => String(part).replaceAll(/cursor=[\w%-]+|"cursor":"[\w-]+"/g, "cursor"));
  type Page = { agent: Agent; path: string };
  const remembered = ({ agent, path }: Page) =>
    expect
      .poll(async () => (await agent.get(path, asItIs)).text === (await agent.get(path, asItIs)).text, {
        timeout: 3_000,
        interval: 20,
        message: path,
      })
      .toBe(true);

  test("leaves again as it was, cursor and all, until anything in it is another", async () => {
    const [place, elsewhere] = await registry.sql<{ id: string; code: string }>(
      "select id, code from localities where kind = 'commune' and valid_to is null order by code limit 2",
    );
    const [unit] = await registry.sql<{ id: string }>("select id from organizations where code = 'SYT'");
    const officer = registry.as({ scope: ["privacy"] });
    const given = { purpose: "directory", wording: "directory-1", method: "written", evidence: "Phiếu", given_at: "2026-01-05T02:00:00Z" };
    const [people, consents]: string[][] = [[], []];
    for (const word of ["Bảo", "Chi", "Dung", "Giang", "Hà", "Khánh", "Lan"]) {
      const body = {
        name: { full: `Kiều ${word}` },
        residence_locality_id: place!.id,
        affiliations: [{ kind: "employment", organization_id: unit!.id, post: "Bác sĩ", valid_to: TODAY }],
      };
      const { id } = (await clerk.post("/v1/people", body)).body;
      people!.push(id);
      consents!.push((await officer.post(`/v1/people/${id}/consents`, given)).body.id);
    }
    const [one, two, three, four] = people!;
    const { code } = (await clerk.get(`/v1/people/${two}`)).body;
    const listed = `/v1/people?residence_locality=${place!.id}&sort=name&limit=3`;
    const near = registry.as({ scope: ["people:read"], loc: [place!.code] });
    const bound = registry.as({ scope: ["people:read"], org: [unit!.id] });
    const pages: Page[] = [
      { agent: near, path: listed },
      { agent: near, path: `${listed}&include=affiliations` },
      { agent: near, path: `${listed}&fields=id,name,biography` },
      { agent: bound, path: `${listed}&fields=id,name` },
      { agent: registry.as({ scope: ["directory:read"] }), path: `/v1/people?code=${code}&fields=id,name` },
    ];
    const acting = (text: string, id: string) =>
      registry.sql(`with a as (select set_config('trithuc.actor', 'test', false)) update ${text} from a where t.id = $1`, id);
    const tagOf = async (path: string) => (await clerk.get(path)).headers["etag"]!;
    const change = async (path: string, body: object) => expect((await clerk.patch(path, body, await tagOf(path))).status).toBe(200);
    const fact = (await clerk.get(`/v1/people/${one}/affiliations`)).body.data[0].id as string;
    // Which of the pages are others after it.
    const steps: [string, () => Promise<unknown>, number[]][] = [
      ["nothing", async () => {}, []],
      ["a member", () => change(`/v1/people/${one}`, { biography: "x" }), [0, 1, 2]],
      ["a fact", () => change(`/v1/affiliations/${fact}`, { post: "Trưởng khoa" }), [1]],
      ["a unit's name", () => acting("organizations t set name = t.name || ' (mới)'", unit!.id), [1]],
      ["a locality's name", () => acting("localities t set name = t.name || ' mới'", place!.id), [0, 1]],
      ["a consent", () => officer.post(`/v1/consents/${consents![1]}/withdrawal`, { method: "email", evidence: "Thư" }), [4]],
      ["the order", () => change(`/v1/people/${two}`, { name: { full: "Kiều Ẩn" } }), [0, 1, 2, 3]],
      ["a move", () => change(`/v1/people/${three}`, { residence_locality_id: elsewhere!.id }), [0, 1, 2, 3]],
      ["a record hidden", async () => clerk.delete(`/v1/people/${four}`, await tagOf(`/v1/people/${four}`)), [0, 1, 2, 3]],
      ["the day", async () => (now += 86_400_000), [0, 1, 3]],
    ];
    for (const [what, step, others] of steps) {
      const before: string[][] = [];
      for (const page of pages) {
        await remembered(page);
        before.push(unsealed(await page.agent.get(page.path, asItIs)));
      }
      await step();
      for (const [n, { agent, path }] of pages.entries()) {
        const after = unsealed(await agent.get(path, asItIs));
        expect([what, n, after]).toEqual([what, n, unsealed(await agent.get(path))]);
        expect([what, n, after.join() !== before[n]!.join()]).toEqual([what, n, others.includes(n)]);
      }
    }
  }, 60_000);

  test("is not believed of a territory that is no unit of today", async () => {
    const [former] = await registry.sql<{ code: string; place: string }>(
      `select f.code, t.locality_id as place from localities f join locality_tree t on t.ancestor_id = f.id join localities l on l.id = t.locality_id
        where f.valid_to is not null and l.valid_to is null and l.kind = 'commune'
          and not exists (select from localities n where n.code = f.code and n.valid_to is null) order by f.code, l.code limit 1`,
    );
    const page: Page = {
      agent: registry.as({ scope: ["people:read"], loc: [former!.code] }),
      path: `/v1/people?residence_locality=${former!.place}&sort=name&limit=2&fields=id,name`,
    };
    for (const count of [0, 1, 2, 3]) {
      if (count > 0) await clerk.post("/v1/people", { name: { full: "Kiều Thị Mận" }, residence_locality_id: former!.place });
      for (let time = 0; time < 3; time++) {
        const { body } = await page.agent.get(page.path, asItIs);
        expect([body.data.length, body.page.has_more]).toEqual([Math.min(count, 2), count > 2]);
        for (const { id } of body.data) expect((await page.agent.get(`/v1/people/${id}`, asItIs)).status).toBe(200);
      }
    }
  });
});

describe("walking while others write", () => {
  const years = (i: number) => 1930 + ((i * 37) % 60);
  /** What a writer makes of somebody: another name or year, now before the cursor, now behind it. */
  const changed = (i: number) => ({ name: { full: `${FAMILY[(i * 2) % 5]} Đổi ${GIVEN[(i * 5) % 7]}` }, birth_date: String(years(i)) });

  test.each(["", "sort=name", "sort=-name", "sort=birth_year", "sort=-birth_year", "sort=-birth_year,name", "sort=birth_year,-name"])(
    "meets everybody who does not change exactly once, and again only who was moved on: %s",
    async (sort) => {
      const all = (await walk("limit=500&fields=id")).map(({ id }) => id);
      // Every third of them is written to, over and over; the others stand still.
      const moving = all.filter((_, i) => i % 3 === 0);
      const versions = new Map<string, number[]>();
      const made = new Set<string>();
      let turn = 0;
      const writer = async (own: readonly string[], i: number) => {
        const id = own[i % own.length]!;
        const { headers } = await clerk.get(`/v1/people/${id}`);
        expect((await clerk.patch(`/v1/people/${id}`, changed(i + turn), headers["etag"])).status).toBe(200);
        const { status, body } = await clerk.post("/v1/people?on_duplicate=create", { ...changed(i), gender: "female" });
        expect(status).toBe(201);
        made.add(body.id);
      };
      const halves = [moving.filter((_, i) => i % 2 === 0), moving.filter((_, i) => i % 2 === 1)] as const;
      let path: string | null = `/v1/people?${sort}&limit=11&fields=id,version`;
      while (path !== null) {
        turn++;
        const [page]: [Answer, void, void] = await Promise.all([clerk.get(path), writer(halves[0], turn), writer(halves[1], turn)]);
        expect(page.status).toBe(200);
        for (const { id, version } of page.body.data) versions.set(id, [...(versions.get(id) ?? []), version]);
        path = page.body.page.next;
      }
      const still = all.filter((id) => !moving.includes(id));
      expect(still.filter((id) => versions.get(id)?.length !== 1)).toEqual([]);
      const twice = [...versions].filter(([, seen]) => seen.length > 1);
      // Who comes again is another version: by the id and the version a reader knows it.
      expect(twice.filter(([id, seen]) => !(moving.includes(id) || made.has(id)) || new Set(seen).size !== seen.length)).toEqual([]);
      // In the order of ids nobody moves.
      if (sort === "") expect([twice, moving.filter((id) => !versions.has(id))]).toEqual([[], []]);
      const sizes = [...made].map((id) => `'${id}'`).join();
      await registry.sql(`begin; select set_config('trithuc.actor', 'test', true); delete from people where id in (${sizes}); commit`);
    },
  );
});
