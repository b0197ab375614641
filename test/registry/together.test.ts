import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../src/db/schema.ts";
import { follow } from "../exchange/following.ts";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Registry, Wish } from "../setup/registry.ts";

type Sent = { body: object; query?: string; key?: string };
// oxlint-disable-next-line typescript/no-explicit-any -- tests assert on what comes, whatever its shape
type Told = { status: number; body: any; replayed: boolean };

let registry: Registry;
/** Another service of the same keys on a database of its own, where the same is done one by one. */
let other: Registry;
let units: Record<string, string>;
beforeAll(async () => {
  registry = await startRegistry({ feed: true });
  other = await startRegistry({ feed: true, keys: registry.keys });
  const rows = await registry.sql<{ code: string; id: string }>("select code, id from organizations where code in ('SYT', 'SKHCN')");
  units = Object.fromEntries(rows.map(({ code, id }) => [code, id]));
  return async () => {
    await registry.close();
    await other.close();
  };
});

const WRITER: Wish = { scope: [...CLERK, "people:read.restricted"], purpose: "data-entry", client: "office", subject: "clerk" };

/** One call, and by how many at a time it is made: injected in one turn of the loop, so that they are there together on any machine. */
async function callerOf({ app, as, token }: Registry, { purpose, ...claims }: Wish = WRITER): Promise<(sent: Sent) => Promise<Told>> {
  const known = await token(claims);
  const headers = { authorization: `Bearer ${known}`, ...(purpose && { "access-purpose": purpose }) };
  await as().get("/v1/people?limit=1");
  await app.inject({ method: "GET", url: "/v1/people?limit=1", headers });
  return async ({ body, query = "", key }) => {
    const sent = { ...headers, "content-type": "application/json", ...(key && { "idempotency-key": key }) };
    const answer = await app.inject({ method: "POST", url: `/v1/people${query}`, headers: sent, payload: JSON.stringify(body) });
    return { status: answer.statusCode, body: answer.json(), replayed: answer.headers["idempotency-replayed"] === "true" };
  };
}

async function together(sent: readonly Sent[], wish?: Wish): Promise<Told[]> {
  const call = await callerOf(registry, wish);
  return Promise.all(sent.map((one) => call(one)));
}

const LETTERS = [..."ABCDEGHIKLMNOPQRSTUVXY"];
/** People of one name but for a letter, with facts of each kind. */
const several = (name: string, count = 12): Sent[] =>
  LETTERS.slice(0, count).map((letter, n) => ({
    body: {
      name: { full: `${name} ${letter}` },
      gender: n % 2 ? "male" : "female",
      birth_date: `19${50 + n}-03`,
      citizen_id: String(24_085_000_000 + n).padStart(12, "0"),
      identifiers: [{ scheme: "wos", value: `${name}-${n}` }],
      phones: [`+8491234567${n % 10}`],
      degrees: [{ level: n % 2 ? "TS" : "ThS", graduation_year: 2000 + n }, { level: "CN" }],
      affiliations: [{ kind: "employment", organization_id: units["SYT"], valid_from: "2006" }],
      ...(n % 3 === 0 && { awards: [{ award: "TTUT" }] }),
      expertise: [{ field: "20101", role: "main" }],
    },
    key: encodeURIComponent(`${name}-${n}`),
  }));

const COMPARED = {
  revisions: `select r.noun, p.name_full, r.version, r.action, r.actor, r.client, r.reason, x."row"
    from revisions r join people p on p.id = r.person_id
      cross join lateral (select r."row" - '{id,person_id,origin_person_id,code,created_at,updated_at,citizen_id_sealed}'::text[]) as x("row")
    where r.client = 'office' order by r.noun, p.name_full, x."row"::text`,
  reach: "select p.name_full, r.node_id, r.from_day, r.until_day from person_reach r join people p on p.id = r.person_id order by 1, 2",
  units: "select p.name_full, u.organization_id from person_units u join people p on p.id = u.person_id order by 1, 2",
  facets:
    "select p.name_full, f.locality_id, f.field, f.level from person_facets f join people p on p.id = f.person_id order by 1, 2, 3, 4",
  names: "select name_full, name_folded, words from person_names order by 1",
  words: "select distinct word from person_words order by 1",
  keys: "select r.client, r.status, p.name_full, r.record_id = r.person_id as own from idempotency_records r join people p on p.id = r.person_id order by 3",
};

const named = async (start: string) =>
  registry.sql<{ name_full: string }>("select name_full from people where name_full like $1", `${start}%`);
/** By how many transactions people of a name were written. */
const transactions = async (start: string) =>
  (await registry.sql("select distinct r.xact from revisions r join people p on p.id = r.record_id where p.name_full like $1", `${start}%`))
    .length;

describe("people whom one client creates at one time", () => {
  test("are written in few transactions, as they are one by one: answers, rows, history, names, listings, keys, feed", async () => {
    const sent = several("Mẫu Văn Nhóm").map((one) => ({ ...one, query: "?reason=th%E1%BB%AD" }));
    const followers = await Promise.all([registry, other].map(({ as }) => follow(as({ scope: ["people:read", "changes:read"] }))));
    const answers = await together(sent);
    const call = await callerOf(other);
    const single: Told[] = [];
    for (const one of sent) single.push(await call(one));
    // Two facts of one kind stand in the order of their ids, which within a millisecond is none.
    const inOrder = (facts: object[]) => facts.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const anonymous = (value: unknown) => JSON.stringify(value).replaceAll(/BN-[\d-]+|[0-9a-f]{8}-[0-9a-f-]{27}/g, "x");
    const shown = ({ status, body }: Told) => {
      const degrees = (body.degrees as object[]).map((one) => JSON.parse(anonymous(one)) as object);
      return [status, anonymous({ ...body, degrees: inOrder(degrees) })];
    };
    expect(answers.map(({ status, body }) => [status, body.errors])).toEqual(sent.map(() => [201, undefined]));
    expect(answers.map(shown)).toEqual(single.map(shown));
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(sent.length);
    expect(await transactions("Mẫu Văn Nhóm")).toBeLessThan(sent.length / 2);
    for (const [what, text] of Object.entries(COMPARED)) expect([what, await registry.sql(text)]).toEqual([what, await other.sql(text)]);
    const events = await Promise.all(
      followers.map(async ({ until }) => (await until((seen) => seen.length >= sent.length * 5 + 4)).map(({ type }) => type).toSorted()),
    );
    expect(events[0]).toEqual(events[1]);
    const found = await registry.admin.get(`/v1/people?name:match=${encodeURIComponent("mau van nhom k")}`);
    expect(found.body.data[0].name.full).toBe("Mẫu Văn Nhóm K");
    const again = await together(sent);
    expect(again.map(({ status, body, replayed }) => [status, body, replayed])).toEqual(
      answers.map(({ status, body }) => [status, body, true]),
    );
  });

  const nobody = "019a0000-0000-7000-8000-00000000ffff";
  const main = { field: "20101", role: "main" };
  test.for<[string, Partial<Sent> & { own?: object }, number, string]>([
    ["a wrong member", { own: { gender: "x" } }, 422, "validation-failed"],
    ["a unit that is none", { own: { affiliations: [{ kind: "employment", organization_id: nobody }] } }, 422, "unknown-code"],
    ["a citizen id that somebody has", { own: { citizen_id: "024085999999" } }, 409, "duplicate-identifier"],
    ["an identifier that somebody has", { own: { identifiers: [{ scheme: "scopus", value: "1" }] } }, 409, "duplicate-identifier"],
    ["a name that stands", { query: "?on_duplicate=refuse", body: { name: { full: "Mẫu Thị Đứng" } } }, 409, "possible-duplicate"],
    ["a key of another request", { key: "taken" }, 422, "idempotency-key-reused"],
    ["what the database alone refuses", { own: { expertise: [main, main] } }, 409, "state-conflict"],
  ])("and of whom one brings %s: it is told so, and the others stand", async ([what, { own, ...spoilt }, status, code]) => {
    const call = await callerOf(registry);
    const standing = { name: { full: "Mẫu Thị Đứng" }, citizen_id: "024085999999", identifiers: [{ scheme: "scopus", value: "1" }] };
    await call({ body: standing, key: "taken" });
    const sent = several(`Mẫu Thị ${what}`, 8).map(({ body }, n): Sent => {
      const sound = { ...body, citizen_id: null };
      return n === 3 ? { body: { ...sound, ...own }, ...spoilt } : { body: sound };
    });
    const answers = await together(sent);
    expect(answers.map((one) => one.status)).toEqual(sent.map((_, n) => (n === 3 ? status : 201)));
    expect(answers[3]!.body.code).toBe(code);
    expect(await named(`Mẫu Thị ${what}`)).toHaveLength(7);
  });

  test("and of whom one lies outside the client's territory: it alone is refused", async () => {
    const [home, away] = ["SYT", "SKHCN"].map((unit) => [{ kind: "employment", organization_id: units[unit] }]);
    const sent = [home, home, away, home].map((affiliations, n) => ({
      body: { name: { full: `Mẫu Văn Bờ ${LETTERS[n]}` }, affiliations },
    }));
    const answers = await together(sent, { ...WRITER, org: ["SYT"] });
    expect(answers.map(({ status, body }) => [status, body.code?.slice(0, 3)])).toEqual(
      [201, 201, 403, 201].map((status) => [status, status === 201 ? "BN-" : "out"]),
    );
    expect(await named("Mẫu Văn Bờ")).toHaveLength(3);
  });

  test.for<[string, Partial<Sent> & { own?: object }, string]>([
    ["same person", { query: "?on_duplicate=refuse", own: {} }, "possible-duplicate"],
    ["same citizen id", { own: { citizen_id: "024085777777" } }, "duplicate-identifier"],
    ["same identifier", { own: { identifiers: [{ scheme: "wos", value: "hai" }] } }, "duplicate-identifier"],
  ])("twice the %s: one is created, and the other told", async ([what, { own, ...both }, code]) => {
    const alike = { body: { name: { full: `Mẫu Văn Trùng ${what}` }, ...own }, ...both };
    const others = several(`Mẫu Văn Kề ${what}`, 4).map(({ body }) => ({ body: { ...body, citizen_id: null } }));
    const [one, two, ...rest] = await together([alike, alike, ...others]);
    expect([one!, two!].map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect([one!, two!].find(({ status }) => status === 409)!.body.code).toBe(code);
    expect(rest.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  test("twice the same key: one effect, one answer", async () => {
    const one = { body: { name: { full: "Mẫu Văn Khoá Chung" } }, key: "twice" };
    const [first, second, other] = await together([one, one, { body: { name: { full: "Mẫu Văn Khoá Riêng" } }, key: "once" }]);
    expect([first!.status, second!.status, other!.status]).toEqual([201, 201, 201]);
    expect(first!.body).toEqual(second!.body);
    expect([first!.replayed, second!.replayed].toSorted()).toEqual([false, true]);
    expect(await named("Mẫu Văn Khoá Chung")).toHaveLength(1);
  });

  test("share no transaction with another client, another actor or another reason", async () => {
    const wishes: [Wish, string][] = [
      [{}, ""],
      [{ client: "second" }, ""],
      [{ subject: "second" }, ""],
      [{}, "?reason=khac"],
    ];
    const calls = await Promise.all(
      wishes.map(async ([wish, query]) => ({ query, call: await callerOf(registry, { ...WRITER, ...wish }) })),
    );
    const names = LETTERS.slice(0, 6).map((letter) => ({ name: { full: `Mẫu Văn Riêng ${letter}` } }));
    await Promise.all(
      names.flatMap((body) => calls.map(({ call, query }) => call({ body, query: `${query || "?"}&on_duplicate=create` }))),
    );
    const mixed =
      await registry.sql(`select r.xact from revisions r join people p on p.id = r.record_id where p.name_full like 'Mẫu Văn Riêng%'
      group by 1 having count(distinct (r.client, r.actor, r.reason)) > 1`);
    expect([mixed, (await named("Mẫu Văn Riêng")).length, (await transactions("Mẫu Văn Riêng")) < 24]).toEqual([[], 24, true]);
  });
});

describe("a connection that is killed under several", () => {
  let owner: Client;
  let admin: Client;
  beforeAll(async () => {
    admin = new Client({ connectionString: registry.urls.adminUrl });
    await admin.connect();
    owner = new Client({ connectionString: registry.urls.ownerUrl, options: `-c search_path=${SCHEMA}` });
    await owner.connect();
    return () => Promise.all([owner.end(), admin.end()]);
  });

  /** Lets whoever creates a person sleep, ends them in their sleep, and lets nobody sleep any more; gives the answers. */
  const killedIn = async (trigger: string, sent: readonly Sent[]): Promise<Told[]> => {
    await owner.query(`create table asleep as select 1 as one;
      create function sleep_here() returns trigger language plpgsql security definer set search_path = ${SCHEMA} as
        'begin if exists (select from asleep) then perform pg_sleep(9); end if; return null; end';
      ${trigger} execute function sleep_here()`);
    const ending =
      "select pg_terminate_backend(pid) as ended from pg_stat_activity where wait_event = 'PgSleep' and datname = $1 and pid <> pg_backend_pid()";
    let answered = false;
    const answers = together(sent).finally(() => (answered = true));
    const asleep = async () => (await admin.query(ending.replace("pg_terminate_backend(pid)", "true"), [registry.urls.name])).rowCount;
    await vi.waitFor(async () => expect(await asleep()).toBeGreaterThan(0), { timeout: 5_000, interval: 5 });
    await owner.query("delete from asleep");
    const over = async () => {
      await admin.query(ending, [registry.urls.name]);
      expect(answered).toBe(true);
    };
    await vi.waitFor(over, { timeout: 8_000, interval: 5 });
    await owner.query("drop function sleep_here() cascade; drop table asleep");
    return answers;
  };
  const fresh = (name: string): Sent[] => several(name).map(({ body, key }) => ({ body: { ...body, citizen_id: null }, key: key! }));

  test("while they are written: all are created once", async () => {
    const told = await killedIn("create trigger sleeping after insert on people for each statement", fresh("Mẫu Văn Đứt"));
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 201));
    expect(await named("Mẫu Văn Đứt")).toHaveLength(12);
  });

  test("while they are committed: nobody is told that it stands, and each may be sent again", async () => {
    const sent = fresh("Mẫu Văn Cuối");
    const told = await killedIn(
      "create constraint trigger sleeping after insert on people deferrable initially deferred for each row",
      sent,
    );
    expect(told.filter(({ status }) => status === 503).length).toBeGreaterThan(1);
    expect(await named("Mẫu Văn Cuối")).toHaveLength(told.filter(({ status }) => status === 201).length);
    expect((await together(sent)).map(({ status }) => status)).toEqual(sent.map(() => 201));
    expect(await named("Mẫu Văn Cuối")).toHaveLength(12);
  });

  test("and who waits for another's lock keeps nobody waiting: each is done by itself", async () => {
    await owner.query("begin; select set_config('trithuc.actor', 'test', true)");
    await owner.query(`insert into person_identifiers (id, person_id, origin_person_id, scheme, value)
      select gen_random_uuid(), id, id, 'wos', 'held' from people limit 1`);
    const sent = fresh("Mẫu Văn Kẹt").map(({ body }, n) => ({
      body: n === 3 ? { ...body, identifiers: [{ scheme: "wos", value: "held" }] } : body,
    }));
    const answers = together(sent);
    await vi.waitFor(async () => expect(await named("Mẫu Văn Kẹt")).toHaveLength(11), { timeout: 8_000, interval: 5 });
    await owner.query("rollback");
    const told = await answers;
    expect(told.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(11);
  });
});
