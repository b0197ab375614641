import fc from "fast-check";
import type { Agent, Registry } from "../../setup/registry.ts";
import { readWorld } from "./world.ts";
import type { World } from "./world.ts";

type Body = Record<string, unknown>;
/** What the population is made of: units of now and before, organizations with their kinds of place. */
type Ground = {
  communes: string[];
  former: string[];
  districts: string[];
  elsewhere: string[];
  provinces: string[];
  organizations: string[];
};

const maybe = <T>(arbitrary: fc.Arbitrary<T>, often = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: often, arbitrary });
const one = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const FAMILIES = ["Nguyễn", "Trần", "Lý", "Lí", "Đặng", "Ðỗ", "Vũ"];
const MIDDLES = ["", "", "Văn", "Thị", "Thị Minh", "Đức", "Quỳnh"];
const GIVEN = ["An", "Anh", "Ánh", "Ân", "Bình", "Dũng", "Đức", "Khải", "Hòa", "Hoà", "Sơn", "Quý", "Quỳnh"];
const WORDS = [
  "Khoa học",
  "Công nghệ",
  "Bệnh viện",
  "Trường",
  "Phòng",
  "Nông nghiệp",
  "tỉnh",
  "Đại học",
  "50% (mới)",
  "a_b",
  "Máy tính",
  'C:\\đĩa "1", 2',
];

const name = fc
  .tuple(one(...FAMILIES), one(...MIDDLES), one(...GIVEN), fc.nat(14))
  .map(([family, middle, given, mono]) => (mono === 0 ? given : [family, middle, given].filter(Boolean).join(" ")));
const words = fc.array(one(...WORDS), { minLength: 1, maxLength: 3 }).map((list) => list.join(" "));

/** Dates of every precision, close enough to each other and to today to collide. */
const day = (years: number[]): fc.Arbitrary<string> => {
  const month = one("01", "02", "09", "11", "12");
  return fc.oneof(
    one(...years).map(String),
    fc.tuple(one(...years), month).map(([y, m]) => `${y}-${m}`),
    fc.tuple(one(...years), month, one("01", "02", "23", "24", "28")).map((parts) => parts.join("-")),
    one(...(years.includes(2026) ? ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-30"] : [`${years[0]}-12-31`, `${years[0]}-02-28`])),
  );
};
const NEAR = [2010, 2015, 2023, 2026, 2027];

const source = (ground: Ground) =>
  maybe(
    fc.record(
      {
        organization_id: maybe(one(...ground.organizations)),
        received_on: one("2025-01-10", "2025-09-30"),
        document: maybe(one("BC 12", "CV 7")),
      },
      { requiredKeys: [] },
    ),
  );
const VERIFICATION = ["declared", "document_seen", "confirmed", "disputed"];

function fact(ground: Ground, own: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Body> {
  const period = fc
    .tuple(maybe(day(NEAR)), maybe(day(NEAR)))
    .map(([from, to]) => (from && to && from > to ? { valid_from: to.slice(0, 4) } : { valid_from: from, valid_to: to }));
  return fc
    .tuple(
      fc.record({
        ...own,
        ended: maybe(fc.boolean(), 2),
        source: source(ground),
        verification: maybe(one(...VERIFICATION)),
        verified_on: maybe(one("2025-10-12", "2026-01-05"), 1),
      }),
      period,
    )
    .map(([body, days]) => compact({ ...body, ...days }));
}

const compact = (body: Body): Body => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
const RD = ["1", "101", "102", "10201", "10202", "2", "201", "20101", "3"];
const TRAINING = ["48", "4801", "480101", "480201", "34", "3401", "340101", "7201"];

function person(ground: Ground): fc.Arbitrary<Body> {
  const unit = maybe(one(...ground.organizations), 5);
  const degree = fact(ground, {
    level: one("TS", "ThS", "CN", "KS", "CKII"),
    training_field: maybe(one(...TRAINING)),
    major_text: maybe(words),
    institution_id: maybe(one(...ground.organizations)),
    institution_text: maybe(words, 1),
    country: maybe(one("VN", "FR")),
    mode: maybe(one("full_time", "distance")),
    studied_from: maybe(day([2004, 2005])),
    graduation_year: maybe(one(2007, 2008, 2015)),
    certificate_no: maybe(one("QM 1", "QM 2"), 1),
    recognition: maybe(one("pending", "recognised"), 1),
  });
  const affiliation = fact(ground, {
    kind: one("employment", "membership", "secondment", "advisory"),
    organization_id: unit,
    organization_text: words,
    post: maybe(one("Trưởng khoa", "Phó phòng")),
    regime: maybe(one("vien_chuc", "enterprise")),
    share: maybe(one(50, 100, 12.5)),
  });
  const title = fact(ground, {
    title: one("GS", "PGS"),
    field: maybe(one(...RD)),
    field_text: maybe(words, 1),
    year: maybe(one(2010, 2019)),
    revoked: maybe(fc.boolean(), 1),
  });
  const expert = fact(ground, { field: one(...RD), field_text: maybe(words, 1), sector: maybe(one("BASIC_RES", "HITECH"), 1) });
  const award = fact(ground, {
    award: one("TTUT", "NGUT"),
    year: maybe(one(2010, 2020)),
    issuer: maybe(one("Chủ tịch nước", "Thủ tướng")),
  });
  return fc
    .record({
      name: name.map((full) => ({ full })),
      gender: maybe(one("male", "female", "other")),
      birth_date: maybe(day([1984, 1985, 1986]), 6),
      nationality: maybe(one("VN", "FR"), 1),
      hometown_locality_id: maybe(one(...ground.communes, ...ground.former, ...ground.districts, ...ground.provinces), 4),
      residence_locality_id: maybe(one(...ground.communes, ...ground.elsewhere), 4),
      residence_group: maybe(one("in_province", "other_province", "overseas")),
      phones: maybe(fc.uniqueArray(one("+84912345678", "+84912345679"), { maxLength: 2 })),
      emails: maybe(fc.uniqueArray(one("khai@example.vn", "an@example.vn"), { maxLength: 2 })),
      old_id_number: maybe(one("121234567", "121234568"), 1),
      keywords: maybe(fc.uniqueArray(one("AI", "vật liệu nano", "lúa"), { maxLength: 3 })),
      record_state: maybe(one("draft", "submitted", "verified", "published", "archived")),
      life_status: maybe(one("active", "retired", "deceased")),
      died_on: maybe(day([2019, 2020]), 1),
      willing_to_advise: maybe(fc.boolean()),
      source: source(ground),
      degrees: fc.array(degree, { maxLength: 4 }),
      affiliations: fc.array(affiliation, { maxLength: 3 }),
      academic_titles: fc.array(title, { maxLength: 1 }),
      expertise: fc.array(expert, { maxLength: 3 }),
      awards: fc.array(award, { maxLength: 3 }),
    })
    .map(({ affiliations, expertise, ...body }) => ({
      ...compact(body),
      affiliations: affiliations.map((one, i) => (i === 0 && one["kind"] === "employment" ? { ...one, is_primary: true } : one)),
      expertise: expertise.map((one, i) => ({ ...one, role: i === 0 ? "main" : "secondary" })),
    }));
}

function organization(ground: Ground): fc.Arbitrary<Body> {
  return fc
    .record({
      name: words.map((text) => `${text} oracle`),
      name_en: maybe(one("Institute", "Department of Science")),
      short_name: maybe(one("KHCN", "BV")),
      kind: one("hospital", "university", "state_agency", "enterprise"),
      status: maybe(one("active", "dissolved", "unknown")),
      locality_id: maybe(one(...ground.communes, ...ground.former, ...ground.districts, ...ground.elsewhere, ...ground.provinces), 5),
      tax_code: maybe(one("2300123456", "2300123457")),
      valid_from: maybe(day([1997, 2010]), 1),
      valid_to: maybe(day([2026, 2027]), 1),
    })
    .map(compact);
}

/** The organizations that come to stand below another one. */
const MOVING = [8, 9, 10];

/** Makes a population for a seed through the service, hides some of it again, and reads everything back from the database. */
export async function populate(registry: Registry, seed: number, people = 60): Promise<World> {
  const ground = await groundOf(registry);
  const sample = <T>(arb: fc.Arbitrary<T>, numRuns: number, more = 0): T[] => fc.sample(arb, { seed: seed + more, numRuns });
  const clerk = registry.admin;

  const parents = sample(fc.tuple(fc.nat(99), maybe(one("2012-01-01", "2026-11-23", "2026-11-24"), 1)), 14, 1);
  const made: string[] = [];
  for (const [i, body] of sample(organization(ground), 14, 2).entries()) {
    const [pick, since] = parents[i]!;
    const chosen = MOVING.includes(i) ? made[i - 6] : pick < 70 ? made[pick % made.length] : undefined;
    const parent = chosen === undefined ? {} : { parent_id: chosen, ...(since && { parent_since: since }) };
    const code = `T${i}-${String.fromCharCode(65 + (pick % 26))}`;
    made.push((await expectOk(clerk.post("/v1/organizations", { ...body, ...parent, code })))["id"] as string);
  }
  // Their earlier parents are kept with their days; one moves in days to come.
  const moves = [
    { parent: 0, since: "2020-03-01" },
    { parent: 0, since: "2026-11-23" },
    { parent: 1, since: "2027-01-01" },
  ];
  for (const [i, { parent, since }] of moves.entries()) {
    await expectOk(clerk.patch(`/v1/organizations/${made[MOVING[i]!]}`, { parent_id: made[parent], parent_since: since }, 1));
  }

  // People stand most in those that moved.
  const moved = MOVING.map((i) => made[i]!);
  const full = { ...ground, organizations: [...made, ...moved, ...moved, ...ground.organizations] };
  const bodies = sample(person(full), people, 3).map((body, n) =>
    n % 3 === 0 ? { ...body, citizen_id: `0240850${String(n).padStart(5, "0")}` } : body,
  );
  const citizenIds = new Map<string, string>();
  for (const body of bodies) {
    const { id } = await register(clerk, body);
    if ("citizen_id" in body) citizenIds.set(id, body.citizen_id as string);
  }
  await consented(registry, seed);
  await hideSome(registry, seed);
  return readWorld(registry.sql, citizenIds);
}

/** Some have agreed to something and withdrawn it again, some have asked for something. */
async function consented(registry: Registry, seed: number): Promise<void> {
  const officer = registry.as({ scope: ["privacy"] });
  const people = await registry.sql<{ id: string }>("select id from people order by id limit 40");
  const drawn = fc.sample(
    fc.record({
      given: fc.record({ method: one("written", "email"), evidence: one("Phiếu 1", "Phiếu 2"), given_at: one("2026-01-05T02:00:00Z") }),
      withdrawn: maybe(fc.record({ method: one("written", "email"), evidence: one("Thư") }), 1),
      request: fc.record({
        kind: one("view", "copy", "correct", "object", "delete"),
        channel: one("written", "web", "phone"),
        received_on: one("2026-11-02", "2026-11-20", "2026-11-23"),
      }),
      acknowledged: fc.boolean(),
    }),
    { seed: seed + 9, numRuns: people.length },
  );
  for (const [i, { id }] of people.entries()) {
    const { given, withdrawn, request, acknowledged } = drawn[i]!;
    const consent = { ...given, purpose: "directory", wording: "directory-1" };
    const { id: agreed } = await expectOk(officer.post(`/v1/people/${id}/consents`, consent));
    if (withdrawn) await expectOk(officer.post(`/v1/consents/${agreed as string}/withdrawal`, withdrawn));
    const { id: asked } = await expectOk(officer.post(`/v1/people/${id}/data-requests`, request));
    if (acknowledged) await expectOk(officer.patch(`/v1/data-requests/${asked as string}`, { state: "acknowledged" }, 1));
  }
}

/** A body of chance may break a rule between facts: what the service refuses is taken out, as it says. */
async function register(clerk: Agent, body: Body): Promise<{ id: string }> {
  let sent = structuredClone(body) as Record<string, unknown>;
  for (let tries = 0; tries < 6; tries++) {
    const { status, body: answer } = await clerk.post(`/v1/people${tries > 0 && sent["again"] ? "?on_duplicate=create" : ""}`, {
      ...sent,
      again: undefined,
    });
    if (status === 201) return answer;
    if (answer.code === "possible-duplicate") sent = { ...sent, again: true };
    else if (answer.code === "period-overlap" || answer.code === "state-conflict") sent = { ...sent, affiliations: [] };
    else {
      for (const { pointer = "" } of answer.errors as { pointer?: string }[]) {
        const [, member = "", index] = pointer.split("/");
        if (index !== undefined && Array.isArray(sent[member])) (sent[member] as unknown[])[Number(index)] = undefined;
        else delete sent[member];
      }
      for (const [member, list] of Object.entries(sent)) if (Array.isArray(list)) sent[member] = list.filter((one) => one !== undefined);
    }
    if (tries === 5) throw new Error(JSON.stringify(answer));
  }
  throw new Error("unreachable");
}

/** Hides people and facts, the same ones for a seed. */
async function hideSome({ admin, sql }: Registry, seed: number): Promise<void> {
  const hide = async (path: string, select: string): Promise<void> => {
    for (const { id, version } of await sql<{ id: string; version: number }>(select)) await admin.delete(`/v1/${path}/${id}`, version);
  };
  await hide("people", `select id, version from people order by code offset ${seed % 7} limit 4`);
  for (const table of ["degrees", "affiliations", "expertise", "awards"]) {
    const visible = `${table} f join people p on p.id = f.person_id where p.hidden_at is null`;
    await hide(table, `select f.id, f.version from ${visible} order by p.code, f.created_at, f.id offset ${seed % 11} limit 4`);
  }
}

async function groundOf({ sql }: Registry): Promise<Ground> {
  const ids = async (text: string): Promise<string[]> => (await sql<{ id: string }>(text)).map(({ id }) => id);
  const here = "(select id from localities where code = '24' and valid_to is null)";
  const communes = await ids(
    `select id from localities where kind = 'commune' and valid_to is null and parent_id = ${here} order by code limit 4`,
  );
  const list = communes.map((id) => `'${id}'`).join(",");
  const former = await ids(
    `select l.id from locality_lineage y join localities l on l.id = y.predecessor_id where y.successor_id in (${list}) and l.kind = 'commune' order by l.code limit 7`,
  );
  return {
    communes,
    former,
    districts: await ids(
      `select distinct parent_id as id from localities where id in (${former.map((id) => `'${id}'`).join(",")}) order by 1 limit 3`,
    ),
    elsewhere: await ids(
      "select id from localities where kind = 'commune' and valid_to is null and parent_id = (select id from localities where code = '01' and kind = 'province') order by code limit 2",
    ),
    provinces: await ids("select id from localities where kind = 'province' and code in ('24', '27', '01') order by code, valid_to"),
    organizations: await ids("select id from organizations where code in ('UBND', 'SYT', 'UNI-BKA') order by code"),
  };
}

async function expectOk(answer: ReturnType<Agent["post"]>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(JSON.stringify(body));
  return body;
}
