import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import { openDatabase } from "../../src/db/pools.ts";
import { keepAnswers } from "../../src/db/readers/kept.ts";
import type { KeptAnswers } from "../../src/db/readers/kept.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";
import { over, same, unsealed, usual } from "./ways.ts";
import type { Headers } from "./ways.ts";

const ALL = "degrees,academic_titles,affiliations,expertise,awards";
let registry: Registry;
let reader: Agent;
let clerk: Agent;
let kept: KeptAnswers;
let ids: string[];

beforeAll(async () => {
  registry = await startRegistry();
  reader = registry.as({ scope: ["people:read"] });
  clerk = registry.as();
  await runDemo({ ...registry.urls, keys: registry.keys, people: 300, seed: 11 });
  ids = (await registry.sql<{ id: string }>("select id from people order by id")).map(({ id }) => id);
  const { points, workers, close } = openDatabase({ url: registry.urls.serviceUrl, readers: 1, workers: 1, statementTimeoutMs: 10_000 });
  kept = keepAnswers({ points, workers, catalog, today: () => TODAY });
  return async () => {
    await kept.close();
    await close();
    await registry.close();
  };
}, 120_000);

/** What the service answers from what it keeps. */
const make = () => kept.make(ids, TODAY);
/** Whether the service would answer it from what it keeps. */
const holds = async (id: string) => {
  const [row] = await registry.sql<{ held: boolean }>(
    "select exists (select from person_answers a join people p on p.id = a.person_id where p.id = $1 and a.of_version = p.version and a.of_stamp = a.stamp) as held",
    id,
  );
  return row!.held;
};
const forgetAll = () => registry.sql("lock table person_answers in exclusive mode; delete from person_answers");
/** The answer as it is made when nothing is kept. */
const live = async (id: string, include: string) => {
  await registry.sql("delete from person_answers where person_id = $1", id);
  return reader.get(`/v1/people/${id}?include=${include}`);
};

describe("the kept answer of a person", () => {
  test.each(["", ALL, "awards,degrees"])("is byte for byte the one that is made when it is asked for (include=%s)", async (include) => {
    await make();
    for (const id of ids.slice(0, 25)) {
      expect(await holds(id)).toBe(true);
      const answered = await reader.get(`/v1/people/${id}?include=${include}`);
      expect(answered.text).toBe((await live(id, include)).text);
    }
  });

  test.each(["", "&include=degrees", "&fields=id,name"])("is what a list shows too (sort=name%s)", async (more) => {
    await forgetAll();
    const path = `/v1/people?sort=name&limit=200${more}`;
    const live = await reader.get(path);
    await make();
    // What comes after the records holds a cursor, which is sealed anew each time.
    const shown = ({ text }: { text: string }) => createHash("sha256").update(text.split('],"page":')[0]!).digest("hex");
    expect(shown(await reader.get(path))).toBe(shown(live));
  });

  test.each(["", "&include=degrees,awards", "&include=degrees&fields=id,phones"])(
    "is what a list shows with guarded members beside it, and each person is noted (sort=name%s)",
    async (more) => {
      await forgetAll();
      const path = `/v1/people?sort=name&limit=90${more}`;
      const list = async () => {
        const { text, headers } = await registry.admin.get(path);
        const entries = "select person_id, fields from access_log where request_id = $1 order by person_id";
        return [text.split('],"page":')[0], await registry.sql(entries, headers["x-request-id"])] as const;
      };
      const [made, noted] = await list();
      expect(noted).toHaveLength(90);
      await make();
      for (let times = 0; times < 3; times++) expect(await list()).toEqual([made, noted]);
    },
  );

  test("is made in the background for whom a list showed without it", async () => {
    await forgetAll();
    const shown = (await reader.get("/v1/people?sort=name&limit=20")).body.data as { id: string }[];
    const kept = async () => (await Promise.all(shown.map(({ id }) => holds(id)))).every(Boolean);
    await expect.poll(kept, { timeout: 5_000 }).toBe(true);
  });

  test("holds no member that is restricted or sensitive", async () => {
    await make();
    const [row] = await registry.sql<{ text: string }>("select string_agg(a::text, '') as text from person_answers a");
    for (const member of ["citizen_id", "phones", "emails", "certificate_no", "old_id_number", "ethnicity"])
      expect(row!.text).not.toContain(`"${member}" :`);
  });

  test("is not given to who may read more or less", async () => {
    await make();
    const id = ids[0]!;
    expect((await registry.admin.get(`/v1/people/${id}`)).body).toHaveProperty("phones");
    expect((await registry.as({ scope: ["directory:read"] }).get(`/v1/people/${id}`)).status).toBe(404);
    expect((await registry.as({ scope: ["people:read"], loc: [] }).get(`/v1/people/${id}`)).status).toBe(404);
  });

  test("is made in the background for who was asked for in vain", async () => {
    const id = ids[70]!;
    await registry.sql("delete from person_answers where person_id = $1", id);
    await reader.get(`/v1/people/${id}`);
    await expect.poll(() => holds(id), { timeout: 5_000 }).toBe(true);
  });

  test("ends with a change of the person, of a fact, of a unit's name, of a locality's name, and with the day", async () => {
    const path = (id: string) => `/v1/people/${id}?include=${ALL}`;
    const [one] = await registry.sql<{ id: string; unit: string; place: string }>(
      `select p.id, a.organization_id as unit, p.residence_locality_id as place from people p join affiliations a on a.person_id = p.id and a.organization_id is not null
       where p.residence_locality_id is not null and a.hidden_at is null order by p.id limit 1`,
    );
    const { id, unit, place } = one!;
    const tags = new Set<string>();
    const steps: (() => Promise<unknown>)[] = [
      async () => {},
      () => clerk.patch(`/v1/people/${id}`, { biography: "x" }, undefined, { "if-match": tags.values().toArray().at(-1)! }),
      () => clerk.post(`/v1/people/${id}/awards`, { award: "NGND", year: 2001 }),
      () =>
        registry.sql(
          "with a as (select set_config('trithuc.actor', 'test', false)) update organizations o set name = o.name || ' (đổi tên)' from a where o.id = $1",
          unit,
        ),
      () =>
        registry.sql(
          "with a as (select set_config('trithuc.actor', 'test', false)) update localities l set name = l.name || ' mới' from a where l.id = $1",
          place,
        ),
      () =>
        registry.sql(
          "with a as (select set_config('trithuc.actor', 'test', false)) delete from awards d using a where d.person_id = $1",
          id,
        ),
    ];
    for (const step of steps) {
      await make();
      await step();
      const changed = await reader.get(path(id));
      await make();
      const answered = await reader.get(path(id));
      expect(answered.text).toBe(changed.text);
      expect(answered.text).toBe((await live(id, ALL)).text);
      await make();
      const tag = (await reader.get(path(id))).headers["etag"]!;
      expect(tags).not.toContain(tag);
      tags.add(tag);
      expect((await reader.get(path(id), { "if-none-match": tag })).status).toBe(304);
      for (const old of [...tags].slice(0, -1)) expect((await reader.get(path(id), { "if-none-match": old })).status).toBe(200);
    }
  });
});

describe("a kept answer on the direct way", () => {
  const bearer = async (wish: Parameters<Registry["token"]>[0]) => ({ authorization: `Bearer ${await registry.token(wish)}` });
  const id = () => ids[5]!;

  beforeAll(make);

  test("is told in the same words, with the same headers, as on the usual one", async () => {
    const own = await bearer({ scope: ["people:read"] });
    const near = await bearer({ scope: ["people:read"], loc: ["24"] });
    await over(registry, "/v1/meta/people", own);
    await over(registry, "/v1/meta/people", near);
    const path = `/v1/people/${id()}`;
    const tag = (await over(registry, path, own)).headers["etag"]!;
    for (const [query, headers] of [
      ["", own],
      ["?include=degrees", own],
      [`?include=${ALL}`, { ...own, "accept-language": "en-GB,en;q=0.8", accept: "text/html, application/*;q=0.5" }],
      [`?include=${ALL}`, { ...near, accept: "*/*", "accept-encoding": "identity", "x-request-id": "0".repeat(32) }],
      ["", { ...own, "if-none-match": tag }],
      ["", { ...own, "if-none-match": `W/${tag}, "1.other"`, "accept-encoding": "gzip" }],
      ["", { ...own, "if-none-match": '"1.other"' }],
      ["", { ...own, "if-none-match": "*" }],
      ["?include=degrees", { ...own, "access-purpose": "advice" }],
    ] as const) {
      const given = await over(registry, `${path}${query}`, headers);
      expect(given.direct).toBe(true);
      expect(same(given)).toEqual(same(await usual(registry, `${path}${query}`, headers)));
      expect(given.headers["x-request-id"]).toMatch("x-request-id" in headers ? /^0{32}$/ : /^[0-9a-f-]{36}$/);
    }
  });

  test("is left to the usual one where anything is unusual or to be refused", async () => {
    const own = await bearer({ scope: ["people:read"] });
    const other = await bearer({ scope: ["stats:read"] });
    const all = await bearer({ scope: ["people:read", "people:read.restricted"] });
    const bound = await bearer({ scope: ["people:read"], purposes: ["verification"] });
    for (const token of [own, other, all, bound]) await over(registry, "/v1/meta/people", token);
    const hidden = ids[71]!;
    await clerk.delete(`/v1/people/${hidden}`, (await clerk.get(`/v1/people/${hidden}`)).headers["etag"]!);
    const path = `/v1/people/${id()}`;
    for (const [address, headers, method] of [
      [path, {}],
      [path, { authorization: "Bearer x" }],
      [path, other],
      [path, { ...all, "access-purpose": "none" }],
      [path, { ...all, "access-purpose": "advice, advice" }],
      [path, { ...all, "access-purpose": "advice", "accept-encoding": "gzip" }],
      [`${path}?fields=phones`, { ...all, "access-purpose": "advice" }],
      [path, { ...own, "access-purpose": "none" }],
      [path, { ...own, "access-purpose": "advice, advice" }],
      [path, { ...bound, "access-purpose": "advice" }],
      [path, { ...own, accept: "text/html" }],
      [path, { ...own, "accept-encoding": "gzip" }],
      [path, { ...own, "accept-encoding": "gzip", "if-none-match": '"1.other"' }],
      [path, { ...own, "content-encoding": "gzip" }],
      [path, own, "HEAD"],
      [`${path}?fields=id`, own],
      [`${path}?include=degrees&include=awards`, own],
      [`${path}?include=nothing`, own],
      [`${path}?include=degrees.source`, own],
      [`${path}?x=%00`, own],
      [`${path}/`, own],
      ["/v1/people/1", own],
      [`/v1/people/${hidden}`, own],
      [`/v1/people/${hidden.replace(/....$/, "ffff")}`, own],
    ] as [string, Headers, string?][]) {
      const given = await over(registry, address, headers, method);
      expect([address, headers, same(given)]).toEqual([address, headers, same(await usual(registry, address, headers, method))]);
      if (given.status < 400) expect(given.direct).toBe(false);
    }
  });

  test.each([
    ["", true],
    ["sort=name&limit=7", true],
    ["sort=-birth_year,name&limit=7&gender=female,male&degrees.level=TS&degrees.level=ThS&count=exact", true],
    ["fields=id,code,name,degrees.level&include=affiliations.organization", true],
    ["q=nguy%E1%BB%85n+v%C4%83n+an&fields=name", true],
    [`filter=${encodeURIComponent("has(degrees, level in (TS,ThS)) and not (gender = male)")}&limit=3`, true],
    ["as_of=2020-01-01&limit=3", true],
    ["constructor=1", true],
    ["limit=0", true],
    ["limit=2&limit=3", true],
    ["sort=phones", true],
    ["filter=gender%20=", true],
    ["q=027085012345", true],
    ["residence_locality=00000000-0000-7000-8000-000000000000", true],
    ["__proto__=1", true],
    ["gender", false],
    ["&gender=male", false],
    ["q=%00", false],
    ["q=%E0%A4%A", false],
    ["%zz=1", false],
    ["cursor=x", true],
  ] as const)("a page is the same on both ways (?%s)", async (query, taken) => {
    const path = `/v1/people${query === "" ? "?limit=50" : `?${query}`}`;
    const near = await bearer({ scope: ["people:read"], loc: ["24"] });
    await over(registry, "/v1/meta/people", near);
    for (const headers of [near, { ...near, "accept-language": "en" }]) {
      const given = await over(registry, path, headers);
      // What is refused is told on the usual way.
      if (given.status === 200) expect(given.direct).toBe(taken);
      expect(unsealed(given)).toEqual(unsealed(await usual(registry, path, headers)));
    }
  });

  const GUARDED = ["people:read.restricted", "people:read.sensitive"] as const;
  type Entry = { person_id: string; fields: string[]; purpose: string; client: string; actor: string; operation: string };
  const entriesOf = (request: string | undefined) =>
    registry.sql<Entry>(
      "select person_id, fields, purpose, client, actor, operation from access_log where request_id = $1 order by number",
      request,
    );

  test.each([[["people:read.restricted"]], [["people:read.sensitive"]], [GUARDED]] as const)(
    "shows guarded members beside it, byte for byte as they are made when asked for, and is noted alike (%s)",
    async (guarded) => {
      const headers = { ...(await bearer({ scope: ["people:read", ...guarded], loc: ["24"] })), "access-purpose": "advice" };
      await over(registry, "/v1/meta/people", headers);
      const near = (await registry.as({ loc: ["24"] }).get("/v1/people?fields=id&limit=24")).body.data as { id: string }[];
      for (const [n, { id: one }] of near.entries()) {
        const path = `/v1/people/${one}?include=${["degrees", ALL, "awards", "expertise,degrees"][n % 4]}`;
        const given = await over(registry, path, headers);
        expect([given.status, given.direct]).toEqual([200, true]);
        expect((await over(registry, path, { ...headers, "if-none-match": given.headers["etag"]! })).status).toBe(304);
        const beside = await usual(registry, path, headers);
        await registry.sql("delete from person_answers where person_id = $1", one);
        const made = await usual(registry, path, headers);
        expect([same(given), same(beside)]).toEqual([same(made), same(made)]);
        const noted = await entriesOf(made.headers["x-request-id"]);
        expect(noted).toMatchObject([{ person_id: one, purpose: "advice", operation: "getPerson" }]);
        for (const answer of [given, beside]) expect(await entriesOf(answer.headers["x-request-id"])).toEqual(noted);
      }
      await make();
    },
  );

  test("with guarded members is noted once for each answer, whoever asks at the same time, and not for whom it is not shown", async () => {
    const callers = await Promise.all(
      ["advice", "verification", "administration"].map(async (purpose, n) => {
        const scope = ["people:read", ...GUARDED.slice(0, 1 + (n % 2))] as const;
        const headers = { ...(await bearer({ scope, client: `office-${n}`, subject: `clerk-${n}` })), "access-purpose": purpose };
        await over(registry, "/v1/meta/people", headers);
        return { n, purpose, headers };
      }),
    );
    const asked = Array.from({ length: 90 }, (_, i) => ({ ...callers[i % 3]!, person: ids[i % 7]!, request: crypto.randomUUID() }));
    const { port } = registry.app.server.address() as AddressInfo;
    await Promise.all(
      asked.map(async ({ headers, person, request }) => {
        const sent = { headers: { ...headers, "accept-encoding": "identity", "x-request-id": request } };
        const answer = await fetch(`http://127.0.0.1:${port}/v1/people/${person}`, sent);
        expect([answer.status, (await answer.json()) as object]).toMatchObject([200, { id: person, phones: expect.anything() as unknown }]);
      }),
    );
    for (const { n, purpose, person, request } of asked) {
      const [entry, ...more] = await entriesOf(request);
      expect([entry, more]).toMatchObject([{ person_id: person, purpose, client: `office-${n}`, actor: `clerk-${n}` }, []]);
      expect(entry!.fields.includes("ethnicity")).toBe(n % 2 === 1);
    }
    const outside = { ...(await bearer({ scope: ["people:read", ...GUARDED], loc: [] })), "access-purpose": "advice" };
    await over(registry, "/v1/meta/people", outside);
    const refused = await over(registry, `/v1/people/${ids[3]!}`, outside);
    expect([refused.status, await entriesOf(refused.headers["x-request-id"])]).toEqual([404, []]);
  });

  test("counts as the client's read, once, and is refused beyond its rate", async () => {
    const { urls, keys } = registry;
    const limited = await startRegistry({ urls, keys, rates: { reads: 4, writes: 1 } });
    // The second does not end before the test does.
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const headers = await bearer({ scope: ["people:read"], client: "hurried" });
      const told: unknown[] = [];
      for (const query of ["/degrees", "", "?include=nothing", "", ""]) {
        const { status, headers: got } = await over(limited, `/v1/people/${id()}${query}`, headers);
        told.push([status, got["ratelimit"]?.split(";")[1]]);
      }
      expect(told).toEqual([
        [200, "r=3"],
        [200, "r=2"],
        [400, "r=1"],
        [200, "r=0"],
        [429, "r=0"],
      ]);
    } finally {
      vi.useRealTimers();
      await limited.close();
    }
  });

  test("leaves its line in the log and its measure, without the path", async () => {
    const { urls, keys } = registry;
    const lines: string[] = [];
    const log = { level: "info", destination: { write: (line: string) => void lines.push(line) } } as const;
    const watched = await startRegistry({ urls, keys, log });
    try {
      const headers = await bearer({ scope: ["people:read"], client: "office-app" });
      await over(watched, "/v1/meta/people", headers);
      const given = await over(watched, `/v1/people/${id()}`, headers);
      const slow = await over(watched, `/v1/people/${id()}`, { ...headers, "accept-encoding": "gzip" });
      expect([given.direct, slow.direct]).toEqual([true, false]);
      const [, direct, other] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const { time: _, duration_ms: __, request_id, ...rest } = direct!;
      expect(request_id).toBe(given.headers["x-request-id"]);
      expect(other).toMatchObject(rest);
      expect(Object.keys(direct!)).toEqual(Object.keys(other!));
      const { body } = await usual(watched, "/metrics", {});
      expect(body).toContain('http_request_duration_seconds_count{method="GET",route="/v1/people/:id",status="200"} 2');
      expect(body).toMatch(/http_requests_in_flight 1\b/);
    } finally {
      await watched.close();
    }
  });
});
