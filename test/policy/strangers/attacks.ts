import type { Document } from "../../../src/http/openapi.ts";
import type { Call } from "../../setup/registry.ts";
import type { Somebody, World } from "./world.ts";

/** A request by which something hidden might be learned; `guess` and `wrong`: a value that stands and one that does not, to be answered alike. */
export type Attack = { trick: string; call: Call; twin?: { call: Call; guess: string; wrong: string } };
/** What somebody who may see more has left lying about. */
export type Stolen = { cursors: string[]; tags: string[]; importId: string; rowId: string };

const JSON_TYPE = { "content-type": "application/json" };
const PEOPLE = ["people", "degrees", "academic-titles", "affiliations", "expertise", "awards"] as const;
const LISTS = [...PEOPLE, "consents", "data-requests", "access-log", "access-log/events", "imports"] as const;
/** Members that only some may read; none may be found out by them. */
const CLOSED = ["citizen_id", "old_id_number", "phones", "emails", "residence_text", "ethnicity", "certificate_no", "gender", "birth_date"];

const get = (path: string, headers?: Record<string, string>): Call => ({ method: "GET", path, ...(headers && { headers }) });
const send = (method: string, path: string, body: unknown, headers = {}): Call => ({
  method,
  path,
  body,
  headers: { ...JSON_TYPE, ...headers },
});
const q = encodeURIComponent;

/** Every request that a stranger tries of these people: by hand, each operation and each trick. */
export function attacksOn(world: World, document: Document, stolen: Stolen): Attack[] {
  // Not the first of them: a wrong name must lie as far from those inside as the right one.
  const someone = world.outside[3]!;
  const gone = world.hidden[0]!;
  const of = (trick: string, calls: readonly Call[]): Attack[] => calls.map((call) => ({ trick, call }));
  return [
    ...of("every operation on somebody outside", [...everyOperation(document, someone, stolen)]),
    ...of(
      "every operation on somebody deleted",
      [...everyOperation(document, gone, stolen)].filter(({ method }) => method === "GET"),
    ),
    ...of("an id in another noun's path", crossed(someone)),
    ...of(
      "HEAD and OPTIONS",
      [...PEOPLE].flatMap((noun) => faceless(noun, someone)),
    ),
    ...of("tags that stand", tagged(someone, gone, stolen)),
    ...of("lists in every form", LISTS.flatMap(lists)),
    ...of("fields, sorts and filters of what is closed", CLOSED.flatMap(closed)),
    ...of(
      "includes",
      INCLUDES.map((include) => get(`/v1/people?include=${include}&limit=500`)),
    ),
    ...of("cursors of others", cursors(stolen)),
    ...of(
      "exports",
      EXPORTS.map((path) => get(path)),
    ),
    ...of(
      "the feed from the beginning",
      FEED.map((query) => get(`/v1/changes${query}`)),
    ),
    ...of("the past", past(someone, gone)),
    ...of("nearly right", nearly(someone)),
    ...of("imports of others", importsOf(stolen)),
    ...of(
      "pages around",
      AROUND.map((path) => get(path)),
    ),
    ...guesses(someone, gone),
  ];
}

/** Each operation as it stands, with the ids of somebody's records where it wants ids. */
function* everyOperation(document: Document, { id, ids, code }: Somebody, { importId, rowId }: Stolen): Generator<Call> {
  for (const [path, methods] of Object.entries(document.paths)) {
    const noun = path.split("/")[2]!;
    const own = noun === "imports" ? importId : (ids[noun] ?? id);
    const url = path
      .replace("{id}", own)
      .replace("{row_id}", rowId)
      .replace("{version}", "1")
      .replace("{scheme}", "code")
      .replace("{value}", code)
      .replace("{list}", "degree-levels")
      .replace("{noun}", "people");
    for (const method of Object.keys(methods)) {
      const verb = method.toUpperCase();
      if (verb === "GET") yield get(url);
      else if (verb === "DELETE") yield { method: verb, path: url, headers: { "if-match": '"1"' } };
      // Nothing is made: a body that changes nothing, or a dry run.
      else yield send(verb, url, noun === "people" && verb === "PATCH" ? { keywords: ["x"] } : {}, { "if-match": '"1"' });
    }
  }
}

const crossed = ({ id, ids }: Somebody): Call[] =>
  ["people", "degrees", "affiliations", "consents", "data-requests", "organizations", "localities", "fields"].flatMap((noun) =>
    Object.entries({ ...ids, person: id }).flatMap(([own, one]) =>
      own === noun ? [] : [get(`/v1/${noun}/${one}`), get(`/v1/${noun}/${one}/revisions`)],
    ),
  );

const faceless = (noun: string, { ids }: Somebody): Call[] =>
  ["HEAD", "OPTIONS"].flatMap((method) =>
    [`/v1/${noun}/${ids[noun]}`, `/v1/${noun}/${ids[noun]}/revisions`, `/v1/${noun}?limit=500`, `/v1/${noun}/export?format=ndjson`].map(
      (path) => ({ method, path }),
    ),
  );

const tagged = ({ id, ids }: Somebody, gone: Somebody, { tags }: Stolen): Call[] =>
  [...tags, '"1"', '"2"', "*", 'W/"2"'].flatMap((tag) => [
    get(`/v1/people/${id}`, { "if-none-match": tag }),
    get(`/v1/degrees/${ids["degrees"]}`, { "if-none-match": tag }),
    { method: "HEAD", path: `/v1/people/${gone.id}`, headers: { "if-none-match": tag } },
    send("PATCH", `/v1/people/${id}`, { keywords: ["x"] }, { "if-match": tag }),
  ]);

const lists = (noun: string): Call[] =>
  [
    "limit=500",
    "limit=1&count=exact",
    "limit=1&count=estimate",
    "limit=500&sort=-id",
    "limit=500&fields=id",
    "limit=500&as_of=2020-01-01",
    "limit=500&filter=id%20exists",
    "limit=501",
    "limit=500&include=person",
    "limit=500&dry_run=true",
    "limit=500&record_state=merged,deleted,active,draft",
    "limit=500&hidden=true",
  ].map((query) => get(`/v1/${noun}?${query}`));

const closed = (member: string): Call[] => [
  get(`/v1/people?fields=id,${member}&limit=500`),
  get(`/v1/people?sort=${member}&limit=500`),
  get(`/v1/people?filter=${q(`${member} exists`)}&count=exact`),
  get(`/v1/people?filter=${q(`not ${member} exists`)}&count=exact`),
  get(`/v1/people?${member}:exists=true`),
  get(`/v1/degrees?fields=person.${member}&include=person`),
  get(`/v1/degrees?filter=${q(`person.${member} exists`)}&count=exact`),
  get(`/v1/people/export?format=ndjson&fields=id,${member}`),
  send("POST", "/v1/people/search", { filter: `${member} exists`, count: "exact", fields: `id,${member}`, sort: member }),
];

const INCLUDES = [
  "degrees",
  "degrees,academic_titles,affiliations,expertise,awards",
  "affiliations.organization",
  "affiliations.organization.parent",
  "residence_locality.parent",
  "degrees.person",
  "degrees.person.degrees",
  "consents",
  "data_requests",
  "access_log",
  "revisions",
];

const cursors = ({ cursors: all }: Stolen): Call[] =>
  all.flatMap((cursor) =>
    ["people?limit=2&sort=name", "people?limit=2", "degrees?limit=2", "consents?limit=2", "access-log?limit=2", "imports?limit=2"].map(
      (list) => get(`/v1/${list}&cursor=${q(cursor)}`),
    ),
  );

const EXPORTS = [...PEOPLE, "consents", "data-requests", "access-log", "imports"].flatMap((noun) => [
  `/v1/${noun}/export`,
  `/v1/${noun}/export?format=ndjson&sort=id`,
  `/v1/${noun}/export?format=csv`,
  `/v1/${noun}/export?format=ndjson&include=person`,
]);

const FEED = [
  "",
  "?limit=500",
  "?after=0.0&limit=500",
  "?after=1.0&limit=500",
  "?after=1795392000.0&limit=500",
  "?noun=people&limit=500",
  "?noun=degrees,affiliations&limit=500",
  "?noun=consents&limit=500",
  "?noun=data-requests",
  "?noun=access-log",
];

const past = ({ id, ids }: Somebody, gone: Somebody): Call[] => [
  ...[id, gone.id].flatMap((one) => [
    get(`/v1/people/${one}?known_at=2026-11-23T05:00:00Z`),
    get(`/v1/people/${one}?known_at=2030-01-01T00:00:00Z&include=degrees`),
    get(`/v1/people/${one}?as_of=2020-01-01`),
    get(`/v1/people/${one}/revisions?limit=500`),
    get(`/v1/people/${one}/revisions/1?diff=2`),
    get(`/v1/people/${one}/revisions/2?diff=1`),
    get(`/v1/people/${one}/revisions/99`),
  ]),
  ...PEOPLE.slice(1).flatMap((noun) => [
    get(`/v1/${noun}/${ids[noun]}?known_at=2026-11-23T05:00:00Z`),
    get(`/v1/${noun}/${ids[noun]}/revisions/1`),
  ]),
];

/** What a kind service might complete. */
const nearly = ({ code, id }: Somebody): Call[] => [
  get(`/v1/people/by-id/code/${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`),
  get(`/v1/people/by-id/code/${code.slice(0, -2)}`),
  get(`/v1/people/by-id/scopus/Z`),
  get(`/v1/people/by-id/local:SYT/1`),
  get(`/v1/people/by-id/loca:SYT/1`),
  get(`/v1/people/${id.slice(0, -1)}`),
  get(`/v1/people/${id.slice(0, 30)}`),
  get("/v1/people?nam:match=vuong"),
  get("/v1/people?name:matc=vuong"),
  get("/v1/people?filter=name%20match"),
  get("/v1/people?filter=has(degree,%20level%20%3D%20TS)"),
  get("/v1/people?q=vuong&limit=500"),
  get("/v1/people?q=vuong%20thi%20zq&limit=500&count=exact"),
  get("/v1/people?name:prefix=vuong&limit=500"),
  get("/v1/people?name:match=vuong%20thi%20zqbb&limit=500"),
  get("/v1/people?sort=name&name:match=vuong&limit=500&include=degrees"),
  ...["vu", "vuong", "vuong thi", "Vương Thị Z", "ba zq", "zq"].flatMap((text) => [
    get(`/v1/people/suggest?q=${q(text)}&limit=20`),
    get(`/v1/people/suggest?q=${q(text)}&limit=500`),
    send("POST", "/v1/reconciliation", { noun: "people", queries: [text, `${text} b`] }),
    send("POST", "/v1/people/search", { filter: `name match "${text}"`, count: "exact", include: "degrees,affiliations" }),
  ]),
  send("POST", "/v1/people?dry_run=true", { name: { full: "Vương Thị Zqbbbz" }, birth_date: "1964-02-03" }),
  send("POST", "/v1/people?dry_run=true", { name: { full: "Vương Thị" }, birth_date: "1964" }),
];

const importsOf = ({ importId, rowId }: Stolen): Call[] => [
  get("/v1/imports?limit=500"),
  get("/v1/imports?filter=id%20exists&count=exact"),
  get(`/v1/imports/${importId}`),
  get(`/v1/imports/${importId}/rows?limit=500`),
  get(`/v1/imports/${importId}/rows?outcome=possible_duplicate,create,update`),
  get(`/v1/imports/${importId}/workbook`),
  send("PATCH", `/v1/imports/${importId}`, { columns: [{ column: "A", field: "name" }] }),
  send("PATCH", `/v1/imports/${importId}/rows/${rowId}`, { decision: "create" }),
  { method: "POST", path: `/v1/imports/${importId}/commitment` },
  { method: "POST", path: `/v1/imports/${importId}/reversal` },
];

const AROUND = [
  "/",
  "/?lang=en",
  "/docs",
  "/openapi.json",
  "/v1/openapi.json",
  "/healthz",
  "/readyz",
  "/metrics",
  "/problems",
  "/v1",
  "/v1/jobs",
];

/** A guess that is right and one that is wrong: whoever is told a difference has been told. */
function guesses(one: Somebody, gone: Somebody): Attack[] {
  const pair = (trick: string, guess: string, wrong: string, call: (value: string) => Call): Attack => ({
    trick,
    call: call(guess),
    twin: { call: call(wrong), guess, wrong },
  });
  const nobody = "019a0000-0000-7000-8000-00000000000a";
  const name = `Vương Thị ${one.word}`;
  const other = `Vương Thị ${one.word.slice(0, -1)}q`;
  const names = (call: (value: string) => Call) => pair("a name that stands", name, other, call);
  return [
    ...[one.id, gone.id].flatMap((id) =>
      [
        (value: string) => get(`/v1/people/${value}`),
        (value: string) => get(`/v1/people/${value}/degrees?count=exact`),
        (value: string) => get(`/v1/people?filter=${q(`id = ${value}`)}&count=exact`),
        (value: string) => get(`/v1/degrees?person_id=${value}&count=exact`),
        (value: string) => get(`/v1/access-log?person_id=${value}&count=exact`),
        (value: string) => send("POST", "/v1/people/search", { filter: `id in (${value})`, count: "exact" }),
      ].map((call) => pair("an id that stands", id, nobody, call)),
    ),
    names((value) => get(`/v1/people?name:exact=${q(value)}&count=exact`)),
    names((value) => get(`/v1/people?name:match=${q(value)}&count=exact&limit=500`)),
    names((value) => get(`/v1/people?q=${q(value)}&count=estimate`)),
    names((value) => get(`/v1/people/suggest?q=${q(value)}`)),
    names((value) => get(`/v1/people/export?format=ndjson&name:match=${q(value)}`)),
    names((value) => send("POST", "/v1/reconciliation", { noun: "people", queries: [{ name: value, birth_date: "1964-02-03" }] })),
    names((value) => send("POST", "/v1/people/search", { filter: `name exact "${value}"`, count: "exact", sort: "name" })),
    names((value) => send("POST", "/v1/people?dry_run=true", { name: { full: value }, birth_date: "1964-02-03" })),
    pair("a number that stands", "024170000004", "024179999996", (value) =>
      send("POST", "/v1/people/search", { filter: `citizen_id = ${value}`, count: "exact" }),
    ),
    pair("a number that stands", "024170000004", "024179999996", (value) =>
      send("POST", "/v1/reconciliation", { noun: "people", queries: [{ name, citizen_id: value }] }),
    ),
    pair("a telephone that stands", "+84911000004", "+84911999996", (value) =>
      send("POST", "/v1/people/search", { filter: `phones = "${value}"`, count: "exact" }),
    ),
    pair("a number of elsewhere that stands", `${one.word}77`, `${one.word}78`, (value) => get(`/v1/people/by-id/scopus/${value}`)),
  ];
}
