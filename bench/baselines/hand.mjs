// The hand-written baseline: Fastify and pg with named prepared statements on tables of its own; Postgres builds the JSON, which passes through
// as text. No authentication, territory, redaction, history or log: a limit, not a product. Frozen by its hash (frozen.json).
import Fastify from "fastify";
import pg from "pg";

const pool = new pg.Pool({
  connectionString: process.env.BENCH_DATABASE,
  options: "-c search_path=hand,public,trithuc",
  max: 4,
  idleTimeoutMillis: 0,
});

const PERSON = `json_build_object('id', p.id, 'fullName', p.full_name, 'dob', p.dob, 'gender', p.gender, 'email', p.email, 'phone', p.phone,
  'commune', (select json_build_object('id', c.id, 'name', c.name) from communes c where c.id = p.commune_id), 'createdAt', p.created_at, 'updatedAt', p.updated_at,
  'degrees', coalesce((select json_agg(json_build_object('id', d.id, 'level', d.level, 'field', f.name, 'institution', d.institution, 'year', d.year) order by d.year, d.id)
    from degrees d join fields f on f.id = d.field_id where d.person_id = p.id), '[]'::json),
  'affiliations', coalesce((select json_agg(json_build_object('id', a.id, 'organisationId', a.organisation_id, 'organisation', o.name, 'position', a.position,
    'startYear', a.start_year, 'endYear', a.end_year) order by a.start_year, a.id) from affiliations a join organisations o on o.id = a.organisation_id where a.person_id = p.id), '[]'::json),
  'fields', coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name) order by f.id)
    from person_fields pf join fields f on f.id = pf.field_id where pf.person_id = p.id), '[]'::json))::text`;
const STATEMENTS = {
  person: `select ${PERSON} j from persons p where p.id = $1`,
  list: `select coalesce(json_agg(x), '[]')::text from (select p.id, p.full_name "fullName", p.dob, p.gender, p.commune_id "communeId", p.name_key k
    from (select person_id, name_key from facet where commune_id = $1 and field_id = $2 and level = $3 and (name_key, person_id) > ($4, $5)
      order by name_key, person_id limit $6) q join persons p on p.id = q.person_id order by q.name_key, q.person_id) x`,
  search: `select coalesce(json_agg(s), '[]')::text from search($1, $2) s`,
  create: `with p as (insert into persons (full_name, dob, gender, commune_id, email, phone, name_key) values ($1, $2, $3, $4, $5, $6, $7) returning id),
    d as (insert into degrees (person_id, level, field_id, institution, year) select p.id, x.level, x."fieldId", x.institution, x.year
      from p, json_to_recordset($8) x(level smallint, "fieldId" int, institution text, year smallint)),
    a as (insert into affiliations (person_id, organisation_id, position, start_year) select p.id, x."organisationId", x.position, x."startYear"
      from p, json_to_recordset($9) x("organisationId" int, position text, "startYear" smallint))
    select id::text from p`,
};
const one = async (name, values) => (await pool.query({ name, text: STATEMENTS[name], values, rowMode: "array" })).rows[0]?.[0];

const app = Fastify({ logger: false });
const JSON_TYPE = "application/json; charset=utf-8";

app.get("/persons/:id", async (request, reply) => {
  const id = Number(request.params.id);
  if (!Number.isSafeInteger(id)) return reply.code(400).send({ error: "id" });
  const text = await one("person", [id]);
  if (text === undefined) return reply.code(404).send({ error: "not found" });
  reply.header("content-type", JSON_TYPE);
  return text;
});
app.get("/persons", async ({ query }, reply) => {
  const after = [query.afterKey ?? "", Number(query.afterId ?? 0)];
  const text = await one("list", [
    Number(query.communeId),
    Number(query.fieldId),
    Number(query.level),
    ...after,
    Math.min(Number(query.limit ?? 50), 100),
  ]);
  reply.header("content-type", JSON_TYPE);
  return text;
});
app.get("/search", async ({ query }, reply) => {
  const text = await one("search", [query.q, 20]);
  reply.header("content-type", JSON_TYPE);
  return text;
});

const text = { type: "string" };
const integer = { type: "integer" };
const degree = {
  type: "object",
  required: ["level", "fieldId"],
  properties: { level: integer, fieldId: integer, institution: text, year: integer },
};
const affiliation = {
  type: "object",
  required: ["organisationId"],
  properties: { organisationId: integer, position: text, startYear: integer },
};
const body = {
  type: "object",
  required: ["fullName", "dob", "gender", "communeId"],
  properties: {
    fullName: { type: "string", minLength: 1, maxLength: 200 },
    dob: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d$" },
    gender: { enum: ["male", "female", "other"] },
    communeId: integer,
    email: text,
    phone: text,
    degrees: { type: "array", items: degree },
    affiliations: { type: "array", items: affiliation },
  },
};
app.post("/persons", { schema: { body } }, async ({ body: b }, reply) => {
  const key = b.fullName.split(" ").toReversed().join(" ");
  const facts = [JSON.stringify(b.degrees ?? []), JSON.stringify(b.affiliations ?? [])];
  const id = await one("create", [b.fullName, b.dob, b.gender, b.communeId, b.email ?? null, b.phone ?? null, key, ...facts]);
  reply.code(201).header("content-type", JSON_TYPE);
  return `{"id":${id}}`;
});

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
