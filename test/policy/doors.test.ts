import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import type { Field } from "../../src/core/registry/field.ts";
import { keepAnswers } from "../../src/db/readers/kept.ts";
import { catalog } from "../../src/nouns.ts";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Answer, Call, Registry, Wish } from "../setup/registry.ts";
import { TODAY } from "../setup/template.ts";
import { exchange, GUARDED } from "./strangers/exchange.ts";
import { UNKEPT } from "./strangers/faces.ts";

let registry: Registry;
let person: string;
let degree: string;

/** Values that stand, and that somebody might guess. */
const VALUES: Record<string, unknown> = {
  citizen_id: "024085000123",
  old_id_number: "121234567",
  residence_text: "số 5, phố Mẫu",
  phones: ["+84912345678"],
  emails: ["mau@example.vn"],
  ethnicity: "01",
  certificate_no: "QM012345",
};

beforeAll(async () => {
  registry = await startRegistry({ kept: UNKEPT });
  const own = Object.fromEntries(GUARDED.filter(({ noun }) => noun.standing === "person").map(({ member }) => [member, VALUES[member]]));
  const { body } = await registry.admin.post("/v1/people", {
    name: { full: "Lê Văn Kín" },
    ...own,
    degrees: [{ level: "TS", certificate_no: VALUES["certificate_no"] }],
  });
  person = body.id;
  degree = body.degrees[0].id;
  for (const name of ["Trần Thị Hai", "Phạm Văn Ba"])
    await registry.admin.post("/v1/people", { name: { full: name }, degrees: [{ level: "ThS" }] });
  return registry.close;
});

const FORMS: Record<string, (path: string, value: string) => string> = {
  "=": (path, value) => `${path} = ${value}`,
  "<": (path, value) => `${path} < ${value}`,
  ">=": (path, value) => `${path} >= ${value}`,
  below: (path, value) => `${path} below ${value}`,
  match: (path, value) => `${path} match ${value}`,
  prefix: (path, value) => `${path} prefix ${value}`,
  exact: (path, value) => `${path} exact ${value}`,
  exists: (path) => `${path} exists`,
};

/** Everything that might be asked by which a value could be learned, of one field. */
function doors({ noun, member, field }: { noun: (typeof GUARDED)[number]["noun"]; member: string; field: Field }): Call[] {
  const value = JSON.stringify(String([VALUES[member]].flat()[0]));
  const own = noun.standing === "person" ? "people" : noun.name;
  const table = noun.table;
  const get = (path: string): Call => ({ method: "GET", path });
  const ask = (list: string, text: string): Call[] => [
    get(`/v1/${list}?filter=${encodeURIComponent(text)}&count=exact`),
    get(`/v1/${list}/export?format=ndjson&filter=${encodeURIComponent(text)}`),
  ];
  const search = (filter: string, more: object = {}): Call => ({
    method: "POST",
    path: "/v1/people/search",
    body: { filter, count: "exact", limit: 1, ...more },
    headers: { "content-type": "application/json" },
  });
  const filters = Object.values(FORMS).flatMap((form) => {
    const [plain, not] = [form(member, value), `not ${form(member, value)}`];
    const reached =
      noun.standing === "person"
        ? []
        : [`has(${table}, ${plain})`, `none(${table}, ${plain})`, `count(${table}, ${plain}) = 1`, form(`${table}.${member}`, value)];
    const back = noun.standing === "person" ? ask("degrees", form(`person.${member}`, value)) : [];
    return [
      ...ask(own, plain),
      ...ask(own, not),
      ...back,
      ...reached.flatMap((text) => [...ask("people", text), search(text)]),
      ...(own === "people" ? [search(plain), search(not)] : []),
    ];
  });
  const parameters = ["", ":not", ":exists", ":prefix", ":match", ":gte"].map((op) =>
    get(`/v1/${own}?${member}${op}=${encodeURIComponent(String([VALUES[member]].flat()[0]))}`),
  );
  void field;
  return [
    ...filters,
    ...parameters,
    ...[member, `-${member}`].map((sort) => get(`/v1/${own}?sort=${sort}`)),
    get(`/v1/${own}?fields=id,${member}`),
    get(`/v1/${own}/export?format=ndjson&fields=${member}`),
    get(noun.standing === "person" ? `/v1/degrees?fields=person.${member}` : `/v1/people?fields=${table}.${member}`),
    search(`id = ${person}`, { sort: member }),
    search(`id = ${person}`, { fields: noun.standing === "person" ? member : `${table}.${member}` }),
    // What is nearly its name must not be made complete by a value.
    get(`/v1/${own}?${member.slice(0, -1)}=${encodeURIComponent(String([VALUES[member]].flat()[0]))}`),
  ];
}

/** Everything in which a value might stand without being asked for. */
const views = (): Call[] =>
  [
    `/v1/people/${person}`,
    `/v1/people/${person}?include=degrees`,
    `/v1/people?include=degrees&limit=1`,
    `/v1/people?limit=2&sort=name&count=exact`,
    `/v1/people?q=${encodeURIComponent("024085000123")}`,
    `/v1/people?name:match=${encodeURIComponent("024085000123")}`,
    `/v1/people/suggest?q=024085000123`,
    `/v1/people/suggest?q=${encodeURIComponent("phố Mẫu")}`,
    `/v1/people/by-id/citizen_id/024085000123`,
    `/v1/people/by-id/old_id_number/121234567`,
    `/v1/people/${person}/degrees`,
    `/v1/degrees/${degree}?include=person`,
    `/v1/degrees?include=person`,
    `/v1/people/${person}/revisions`,
    `/v1/people/${person}/revisions/1`,
    `/v1/degrees/${degree}/revisions`,
    `/v1/people/export?format=ndjson`,
    `/v1/degrees/export?format=ndjson`,
    `/v1/people/${person}?as_of=2026-01-01`,
  ].map((path) => ({ method: "GET", path }));

const read: readonly Scope[] = ["people:read", "exports"];
const CALLERS: Record<string, { wish: Wish; closed: (field: Field) => boolean }> = {
  "people:read": { wish: { scope: read }, closed: () => true },
  "people:read with a purpose": { wish: { scope: read, purpose: "advice" }, closed: () => true },
  "the restricted scope without a purpose": {
    wish: { scope: [...read, "people:read.restricted", "people:read.sensitive"] },
    closed: () => true,
  },
  "the restricted scope with a purpose": {
    wish: { scope: [...read, "people:read.restricted"], purpose: "advice" },
    closed: (field) => field.class === "sensitive",
  },
  "the directory and the restricted scope": {
    wish: { scope: ["directory:read", "exports", "people:read.restricted"], purpose: "advice" },
    closed: () => true,
  },
};

describe("a field that the caller may not read", () => {
  test.each(Object.keys(CALLERS))(
    "is refused at every door to %s: none tells a value, and none finds by it",
    async (name) => {
      const { wish, closed } = CALLERS[name]!;
      const agent = registry.as(wish);
      const open: unknown[] = [];
      let asked = 0;
      for (const one of GUARDED.filter(({ field }) => closed(field))) {
        for (const call of doors(one)) {
          const { status, body } = await agent.call(call);
          asked += 1;
          if (status < 400) open.push([call.path, (call.body as { filter?: string })?.filter, status]);
          else if (!ALLOWED.has(body.code)) open.push([call.path, status, body.code]);
        }
      }
      console.log(`${name}: ${asked} requests refused`);
      expect(open).toEqual([]);
    },
    60_000,
  );

  test("shapes no answer: with other values in the database every byte is the same", async () => {
    const calls = [...views(), ...GUARDED.flatMap(doors).filter((_, i) => i % 9 === 0)];
    const agents = Object.entries(CALLERS)
      .filter(([, { closed }]) => closed({ class: "restricted" } as Field))
      .map(([, { wish }]) => registry.as(wish));
    // And one for whom the answers are kept, all of them by now: a tag changes when one is.
    const keeping = await startRegistry({ urls: registry.urls, keys: registry.keys });
    onTestFinished(keeping.close);
    const ids = (await registry.sql<{ id: string }>("select id from people")).map(({ id }) => id);
    await keepAnswers({ ...keeping.work.database, catalog, today: () => TODAY }).make(ids, TODAY);
    agents.push(keeping.as({ scope: read }));
    // One after another: what is asked side by side may be turned away.
    const answers = async (agent: Agent) => {
      const faces = [];
      for (const call of calls) faces.push(faceOf(await agent.call(call)));
      return faces;
    };
    const before = [];
    for (const agent of agents) before.push(await answers(agent));
    const seeing = registry.as({ scope: [...read, "people:read.restricted", "people:read.sensitive"], purpose: "advice" });
    const seen = await answers(seeing);
    await exchange(registry);
    for (const [i, agent] of agents.entries()) expect(await answers(agent)).toEqual(before[i]);
    // The control: whoever may read them is told otherwise.
    const after = await answers(seeing);
    const changed = after.filter((face, i) => JSON.stringify(face) !== JSON.stringify(seen[i]));
    expect(changed.length).toBeGreaterThan(10);
    // And what was kept was answered, not made anew.
    await registry.sql("update person_answers set person = replace(person, 'Lê Văn Kín', 'Lê Văn Giữ')");
    expect((await keeping.as({ scope: read }).get(`/v1/people/${person}`)).text).toContain("Lê Văn Giữ");
  }, 120_000);
});

const ALLOWED = new Set([
  "scope-missing",
  "purpose-required",
  "identifier-in-url",
  "unknown-parameter",
  "unknown-field",
  "unknown-operator",
  "invalid-parameter",
  "validation-failed",
]);

/** What a caller sees, ids of requests and the nonces of cursors aside. */
function faceOf({ status, headers, text }: Answer): unknown {
  const {
    date: _date,
    "x-request-id": _request,
    "content-length": _length,
    connection: _connection,
    "keep-alive": _alive,
    ...kept
  } = headers;
  const same = (part: string | undefined) => part?.replaceAll(/"request_id":"[^"]+"/g, "").replaceAll(/cursor(=|":")[\w-]+/g, "");
  return [status, { ...kept, link: same(kept["link"]) }, same(text)];
}
