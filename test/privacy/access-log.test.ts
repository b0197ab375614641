import { beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../src/core/actor.ts";
import { analysed, rowsOf } from "../exchange/office.ts";
import { CLERK, startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";

let registry: Registry;
let auditor: Agent;
let id: string;
let degree: string;
const seeing: readonly Scope[] = ["people:read", "people:read.restricted"];
const RESTRICTED = ["citizen_id", "emails", "old_id_number", "phones", "residence_text"];

beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  auditor = registry.as({ scope: ["audit"] });
  const { body } = await registry.as().post("/v1/people", {
    name: { full: "Lê Văn Kín" },
    citizen_id: "024085000123",
    phones: ["+84912345678"],
    ethnicity: "01",
    degrees: [{ level: "TS", certificate_no: "QM 012345" }],
  });
  id = body.id;
  degree = body.degrees[0].id;
  return registry.close;
});

type Entry = { person_id: string | null; fields: string[]; purpose: string; client: string; actor: string; operation: string };
/** What a call leaves behind in the log; the answer is there first. */
async function leaves(
  call: (agent: Agent) => Promise<{ status: number; headers: Record<string, string> }>,
  scope = seeing,
): Promise<Entry[]> {
  const answer = await call(registry.as({ scope, purpose: "verification", client: "so-khcn", subject: "can-bo" }));
  expect(answer.status).toBeLessThan(300);
  return registry.sql<Entry>("select * from access_log where request_id = $1 order by number", answer.headers["x-request-id"]);
}

describe("an answer with restricted fields leaves one entry for each person", () => {
  test("of one record, with its included facts: which fields, for whom, why", async () => {
    const entries = await leaves((agent) => agent.get(`/v1/people/${id}?include=degrees`));
    expect(entries).toMatchObject([
      {
        person_id: id,
        purpose: "verification",
        client: "so-khcn",
        actor: "can-bo",
        operation: "getPerson",
        fields: [...RESTRICTED, "degrees.certificate_no"].toSorted(),
      },
    ]);
  });

  test("of a list, a fact, a person's facts, a person within a fact, and one found by an identifier", async () => {
    await registry.as().post("/v1/people", { name: { full: "Trần Thị Hai" } });
    const [{ n }] = (await registry.sql<{ n: number }>("select count(*)::int as n from people")) as [{ n: number }];
    expect(await leaves((agent) => agent.get("/v1/people"))).toHaveLength(n);
    const facts = await leaves((agent) => agent.get(`/v1/degrees/${degree}?fields=certificate_no`));
    expect(facts).toMatchObject([{ person_id: id, fields: ["degrees.certificate_no"], operation: "getDegree" }]);
    expect(await leaves((agent) => agent.get(`/v1/people/${id}/degrees`))).toMatchObject([{ person_id: id }]);
    const within = await leaves((agent) => agent.get("/v1/degrees?fields=level&include=person"));
    expect(within).toMatchObject([{ person_id: id, fields: RESTRICTED }]);
    const code = (await registry.as().get(`/v1/people/${id}`)).body.code as string;
    expect(await leaves((agent) => agent.get(`/v1/people/by-id/code/${code}`))).toMatchObject([{ person_id: id }]);
  });

  test("and takes nothing else along: whose a fact is stays unsaid where nobody asked", async () => {
    const { body } = await registry.as({ scope: seeing, purpose: "advice" }).get(`/v1/degrees/${degree}?fields=certificate_no`);
    expect(body).toEqual({ id: degree, certificate_no: "QM 012345" });
  });

  test("of a search, by which field people were found, whatever is shown of them", async () => {
    const found = await leaves((agent) => agent.post("/v1/people/search", { filter: "citizen_id = 024085000123", fields: "id" }));
    expect(found).toMatchObject([{ person_id: id, fields: ["citizen_id"], operation: "searchPeople" }]);
    const filter = 'has(degrees, certificate_no = "QM 012345")';
    expect(await leaves((agent) => agent.post("/v1/people/search", { filter, fields: "name" }))).toMatchObject([
      { fields: ["degrees.certificate_no"] },
    ]);
    const sensitive: readonly Scope[] = [...seeing, "people:read.sensitive"];
    expect(await leaves((agent) => agent.get("/v1/people?ethnicity=01&fields=id"), sensitive)).toMatchObject([
      { person_id: id, fields: ["ethnicity"] },
    ]);
    expect(await leaves((agent) => agent.get("/v1/degrees?filter=person.ethnicity%20%3D%2001&fields=level"), sensitive)).toMatchObject([
      { person_id: id, fields: ["ethnicity"] },
    ]);
  });

  test("of an export, of a write's answer, and of what a reconciliation tells of a number", async () => {
    const exported = await leaves((agent) => agent.get("/v1/people/export?format=ndjson"), [...seeing, "exports"]);
    expect(exported.map(({ person_id }) => person_id)).toContain(id);
    const written = await leaves(
      (agent) => agent.post("/v1/people", { name: { full: "Phạm Ba" }, phones: ["+84900000003"] }),
      [...CLERK, ...seeing],
    );
    expect(written).toMatchObject([{ operation: "createPerson", fields: RESTRICTED }]);
    const asked = { noun: "people", queries: [{ name: "Lê Văn Kín", citizen_id: "024085000123" }] };
    expect(await leaves((agent) => agent.post("/v1/reconciliation", asked))).toMatchObject([{ person_id: id, fields: ["citizen_id"] }]);
  });

  test("of an import's preview, each row by itself", async () => {
    const office = registry.as({ scope: ["imports", ...seeing], purpose: "data-entry", client: "office" });
    const text = "Họ và tên,Ngày sinh,Số CCCD,Điện thoại\nĐỗ Thị Nạp,1980,024180000001,0912000111\nVũ Văn Nạp,1981,,\n";
    const preview = await analysed(office, "a.csv", text);
    const rows = (await rowsOf(office, preview.id)) as { id: string; read: { citizen_id: string | null } }[];
    expect(rows[0]!.read.citizen_id).toBe("024180000001");
    const entries = await registry.sql<{ import_row_id: string; fields: string[] }>(
      "select * from access_log where client = 'office' order by number",
    );
    expect(entries).toMatchObject([{ import_row_id: rows[0]!.id, person_id: null, purpose: "data-entry" }]);
    expect(entries[0]!.fields.toSorted()).toEqual(["citizen_id", "phones"]);
  }, 60_000);

  test("and none where nothing restricted is shown, though the header is sent", async () => {
    expect(await leaves((agent) => agent.get("/v1/people?fields=id,name&include=affiliations"))).toEqual([]);
    expect(await leaves((agent) => agent.get("/v1/people"), ["people:read"])).toEqual([]);
    expect(await leaves((agent) => agent.get("/v1/organizations"))).toEqual([]);
  });

  test("never with a value in it", async () => {
    const [{ text }] = (await registry.sql<{ text: string }>("select string_agg(a::text, '') as text from access_log a")) as [
      { text: string },
    ];
    expect(text).not.toMatch(/024085000123|QM 012345|91234567|024180000001/);
  });
});

describe("what cannot be noted", () => {
  test("is not answered: 500, and no value", async () => {
    await registry.sql("revoke insert on access_log from trithuc_service");
    try {
      const agent = registry.as({ scope: seeing, purpose: "advice" });
      const answer = await agent.get(`/v1/people/${id}`);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain("024085000123");
      expect((await agent.get(`/v1/people/${id}?fields=name`)).status).toBe(200);
    } finally {
      await registry.sql("grant insert on access_log to trithuc_service");
    }
  });
});

describe("GET /v1/access-log", () => {
  test("lists entries to auditors by the query language of every list, page by page", async () => {
    const { body } = await auditor.get(`/v1/access-log?person_id=${id}&sort=-at&limit=2`);
    expect(body.data).toHaveLength(2);
    expect(body.page.has_more).toBe(true);
    expect(body.data[0].at >= body.data[1].at).toBe(true);
    const next = (await auditor.get(body.page.next)).body;
    expect(next.data[0].at <= body.data[1].at).toBe(true);
    const asked = "/v1/access-log?filter=operation%20%3D%20searchPeople%20and%20fields%20%3D%20citizen_id&client=so-khcn";
    expect((await auditor.get(asked)).body.data).toMatchObject([{ person_id: id, purpose: "verification" }]);
    const [{ day, all }] = (await registry.sql<{ day: string; all: number }>(
      "select to_char(now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as day, count(*)::int as all from access_log",
    )) as [{ day: string; all: number }];
    const counted = async (query: string) => (await auditor.get(`/v1/access-log?${query}&count=exact&limit=1`)).body.meta.count.value;
    expect(await counted(`at=${day}`)).toBe(all);
    expect(await counted("at:gte=2020-01-01T00:00:00Z")).toBe(all);
    expect(await counted(`at:lt=${day}`)).toBe(0);
    expect(await counted(`at:lte=${day}`)).toBe(all);
    expect(await counted(`at:gt=${day}`)).toBe(0);
    expect((await auditor.get("/v1/access-log?at:gte=2020-13-01T00:00:00Z")).body.code).toBe("invalid-parameter");
    expect((await auditor.get("/v1/access-log?nonsense=1")).body.code).toBe("unknown-parameter");
  });

  test("is bound by the auditor's territory like everything else", async () => {
    const bounded = registry.as({ scope: ["audit"], loc: ["09169"] });
    expect((await bounded.get("/v1/access-log")).body.data).toEqual([]);
    expect((await bounded.get(`/v1/people/${id}/access-log`)).status).toBe(404);
  });

  test("shows the person concerned who looked, when, why", async () => {
    const { body } = await registry.as({ scope: ["privacy"] }).get(`/v1/people/${id}/access-log?purpose=verification`);
    expect(body.data.length).toBeGreaterThan(3);
    expect(new Set(body.data.map((one: Entry) => one.person_id))).toEqual(new Set([id]));
    const absent = await registry.as({ scope: ["privacy"] }).get("/v1/people/019a0000-0000-7000-8000-000000000001/access-log");
    expect([absent.status, absent.body.code]).toEqual([404, "not-found"]);
  });
});
