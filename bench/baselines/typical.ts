// What a team usually writes: Fastify, drizzle's relational queries, zod for requests and for answers, TCP and a pool as they come.
// On tables of its own, with the indexes that everybody makes. No authentication, no history, no log. Frozen by its hash (frozen.json).
import { and, asc, desc, eq, exists, gt, or, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, date, integer, pgSchema, smallint, text, timestamp } from "drizzle-orm/pg-core";
import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import pg from "pg";
import { z } from "zod";

const schema = pgSchema("typical");
const key = () => bigint("id", { mode: "number" }).primaryKey().generatedByDefaultAsIdentity();
const personId = () => bigint("person_id", { mode: "number" }).notNull();
const communes = schema.table("communes", { id: integer("id").primaryKey(), code: text("code"), name: text("name").notNull() });
const fields = schema.table("fields", { id: integer("id").primaryKey(), code: text("code"), name: text("name").notNull() });
const organisations = schema.table("organisations", { id: integer("id").primaryKey(), code: text("code"), name: text("name").notNull() });
const persons = schema.table("persons", {
  id: key(),
  fullName: text("full_name").notNull(),
  dob: date("dob").notNull(),
  gender: text("gender").notNull(),
  communeId: integer("commune_id"),
  email: text("email"),
  phone: text("phone"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  nameSearch: text("name_search"),
  nameKey: text("name_key"),
});
const degrees = schema.table("degrees", {
  id: key(),
  personId: personId(),
  level: smallint("level").notNull(),
  fieldId: integer("field_id").notNull(),
  institution: text("institution").notNull(),
  year: smallint("year").notNull(),
});
const affiliations = schema.table("affiliations", {
  id: key(),
  personId: personId(),
  organisationId: integer("organisation_id").notNull(),
  position: text("position").notNull(),
  startYear: smallint("start_year").notNull(),
  endYear: smallint("end_year"),
});
const personFields = schema.table("person_fields", { id: key(), personId: personId(), fieldId: integer("field_id").notNull() });
const ofPersons = relations(persons, ({ one, many }) => ({
  commune: one(communes, { fields: [persons.communeId], references: [communes.id] }),
  degrees: many(degrees),
  affiliations: many(affiliations),
  fields: many(personFields),
}));
const ofDegrees = relations(degrees, ({ one }) => ({
  person: one(persons, { fields: [degrees.personId], references: [persons.id] }),
  field: one(fields, { fields: [degrees.fieldId], references: [fields.id] }),
}));
const ofAffiliations = relations(affiliations, ({ one }) => ({
  person: one(persons, { fields: [affiliations.personId], references: [persons.id] }),
  organisation: one(organisations, { fields: [affiliations.organisationId], references: [organisations.id] }),
}));
const ofPersonFields = relations(personFields, ({ one }) => ({
  person: one(persons, { fields: [personFields.personId], references: [persons.id] }),
  field: one(fields, { fields: [personFields.fieldId], references: [fields.id] }),
}));

const tables = { communes, fields, organisations, persons, degrees, affiliations, personFields };
const pool = new pg.Pool({ connectionString: process.env["BENCH_DATABASE"], options: "-c search_path=typical,public" });
const db = drizzle(pool, { schema: { ...tables, ofPersons, ofDegrees, ofAffiliations, ofPersonFields } });
const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);

const Gender = z.enum(["male", "female", "other"]);
const Ref = z.object({ id: z.number(), name: z.string() });
const Missing = z.object({ error: z.string() });
const Summary = z.object({
  id: z.number(),
  fullName: z.string(),
  dob: z.string(),
  gender: Gender,
  communeId: z.number().nullable(),
  nameKey: z.string(),
});
const Person = z.object({
  id: z.number(),
  fullName: z.string(),
  dob: z.string(),
  gender: Gender,
  email: z.string().nullable(),
  phone: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  commune: Ref.nullable(),
  degrees: z.array(z.object({ id: z.number(), level: z.number(), institution: z.string(), year: z.number(), field: Ref })),
  affiliations: z.array(
    z.object({ id: z.number(), position: z.string(), startYear: z.number(), endYear: z.number().nullable(), organisation: Ref }),
  ),
  fields: z.array(z.object({ field: Ref })),
});
const Listing = z.object({ items: z.array(Summary), next: z.object({ key: z.string(), id: z.number() }).nullable() });
const ListQuery = z.object({
  fieldId: z.coerce.number().optional(),
  communeId: z.coerce.number().optional(),
  level: z.coerce.number().optional(),
  limit: z.coerce.number().max(100).default(50),
  afterKey: z.string().optional(),
  afterId: z.coerce.number().optional(),
});
const SearchQuery = z.object({ q: z.string().min(1), limit: z.coerce.number().max(100).default(20) });
const Found = z.array(z.object({ id: z.number(), fullName: z.string(), score: z.number() }));
const Create = z.object({
  fullName: z.string().min(1).max(200),
  dob: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  gender: Gender,
  communeId: z.number().int(),
  email: z.email().optional(),
  phone: z.string().optional(),
  degrees: z
    .array(z.object({ level: z.number().int(), fieldId: z.number().int(), institution: z.string(), year: z.number().int() }))
    .default([]),
  affiliations: z.array(z.object({ organisationId: z.number().int(), position: z.string(), startYear: z.number().int() })).default([]),
});

const params = z.object({ id: z.coerce.number().int() });
app.get("/persons/:id", { schema: { params, response: { 200: Person, 404: Missing } } }, async (request, reply) => {
  const found = await db.query.persons.findFirst({
    where: eq(persons.id, request.params.id),
    with: {
      commune: true,
      degrees: { with: { field: true } },
      affiliations: { with: { organisation: true } },
      fields: { with: { field: true } },
    },
  });
  if (!found) return reply.code(404).send({ error: "not found" });
  return reply.send(found as z.infer<typeof Person>);
});
app.get("/persons", { schema: { querystring: ListQuery, response: { 200: Listing } } }, async ({ query }) => {
  const conditions = [];
  if (query.communeId) conditions.push(eq(persons.communeId, query.communeId));
  if (query.fieldId) {
    const own = and(eq(personFields.personId, persons.id), eq(personFields.fieldId, query.fieldId));
    conditions.push(
      exists(
        db
          .select({ x: sql`1` })
          .from(personFields)
          .where(own),
      ),
    );
  }
  if (query.level) {
    const own = and(eq(degrees.personId, persons.id), eq(degrees.level, query.level));
    conditions.push(
      exists(
        db
          .select({ x: sql`1` })
          .from(degrees)
          .where(own),
      ),
    );
  }
  if (query.afterKey !== undefined) {
    const later = and(eq(persons.nameKey, query.afterKey), gt(persons.id, query.afterId ?? 0));
    conditions.push(or(gt(persons.nameKey, query.afterKey), later));
  }
  const { id, fullName, dob, gender, communeId, nameKey } = persons;
  const rows = await db
    .select({ id, fullName, dob, gender, communeId, nameKey })
    .from(persons)
    .where(and(...conditions))
    .orderBy(asc(persons.nameKey), asc(persons.id))
    .limit(query.limit);
  const last = rows.at(-1);
  return {
    items: rows as z.infer<typeof Summary>[],
    next: rows.length === query.limit && last ? { key: last.nameKey!, id: last.id } : null,
  };
});
app.get("/search", { schema: { querystring: SearchQuery, response: { 200: Found } } }, async ({ query }) => {
  const score = sql<number>`similarity(${persons.nameSearch}, hand.fold(${query.q}))`;
  return db
    .select({ id: persons.id, fullName: persons.fullName, score })
    .from(persons)
    .where(sql`${persons.nameSearch} % hand.fold(${query.q})`)
    .orderBy(desc(score), asc(persons.id))
    .limit(query.limit);
});
app.post("/persons", { schema: { body: Create, response: { 201: z.object({ id: z.number() }) } } }, async (request, reply) => {
  const { degrees: studied, affiliations: worked, ...person } = request.body;
  const id = await db.transaction(async (tx) => {
    const nameKey = person.fullName.split(" ").toReversed().join(" ");
    const [made] = await tx
      .insert(persons)
      .values({ ...person, nameKey, nameSearch: sql`hand.fold(${person.fullName})` })
      .returning({ id: persons.id });
    if (studied.length > 0) await tx.insert(degrees).values(studied.map((one) => ({ ...one, personId: made!.id })));
    if (worked.length > 0) await tx.insert(affiliations).values(worked.map((one) => ({ ...one, personId: made!.id })));
    return made!.id;
  });
  return reply.code(201).send({ id });
});

await app.listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });
