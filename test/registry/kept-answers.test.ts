import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { runDemo } from "../../src/cli/demo/run.ts";
import { openDatabase } from "../../src/db/pools.ts";
import { keepAnswers } from "../../src/db/readers/kept.ts";
import type { KeptAnswers } from "../../src/db/readers/kept.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";

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
