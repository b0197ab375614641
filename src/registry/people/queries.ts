import { onlyDirectory } from "../../core/policy.ts";
import { Problem } from "../../core/problems.ts";
import type { Reader } from "../../db/pools.ts";
import { apart, sourceOf } from "../../db/query/source.ts";
import type { Context, Source } from "../../db/query/source.ts";
import { localityIds, organizationIds } from "../../db/query/nodes.ts";
import { refuseInUrl } from "../../db/query/refusals.ts";
import { all, from, hasEnded, heldOn, readableRows } from "../../db/query/visible.ts";
import type { Comparison, Place } from "../../core/query/tree.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { Person } from "./schema.ts";

/** Affiliations that are not known to have ended; on `as_of`, those that may have held on that day. */
const working = (row: Statement, context: Context): Statement => {
  const { today, asOf } = context;
  const held = asOf === null ? sql`(${hasEnded(sql`a`, today)}) is not true` : all(heldOn(sourceOf(context, "affiliations"), sql`a`, asOf));
  return sql`a.person_id = ${row}.id and a.hidden_at is null and ${held}`;
};

const affiliations = (context: Context, alias: string, row: Statement): Statement =>
  from(sourceOf(context, "affiliations"), raw(alias), { person: sql`${row}.id` });

const workplaces = (row: Statement, context: Context): Statement =>
  sql`select distinct o.locality_id from ${affiliations(context, "a", row)}
    join ${from(sourceOf(context, "organizations"), raw("o"), { id: raw("a.organization_id") })} on o.id = a.organization_id
    where ${working(row, context)} and o.locality_id is not null`;

/** The organizations that stand in localities; as an array, because in the order of ids all of them would be read. */
const organizationsIn = (values: string[], compare: Comparison, at: Place): Statement =>
  sql`select unnest(array(select o.id from organizations o where o.locality_id = any(array(${localityIds(values, compare === "below", "work_locality", at)}))))`;

/** Doubts that are no errors: what the registry keeps and a person should look at. */
const doubts = (row: Statement, context: Context): Statement => sql`select json_build_object('code', d.code, 'detail', d.detail) as j from (
    select 'primary-employments-may-overlap' as code, 'Two primary employments of one source may overlap.' as detail where exists (
      select from ${affiliations(context, "a", row)} join ${affiliations(context, "b", row)} on b.person_id = a.person_id and b.id > a.id and b.source_organization_id is not distinct from a.source_organization_id
      where a.person_id = ${row}.id and a.is_primary and b.is_primary and a.kind = 'employment' and b.kind = 'employment' and a.hidden_at is null and b.hidden_at is null
        and a.ended is not true and b.ended is not true
        and daterange(a.valid_from_earliest, a.valid_to_latest, '[]') && daterange(b.valid_from_earliest, b.valid_to_latest, '[]'))
    union all
    select 'birth-date-may-be-placeholder', 'Birth date is 1 January: often typed for a known year only.'
    where ${row}.birth_date_earliest = ${row}.birth_date_latest and to_char(${row}.birth_date_earliest, 'MM-DD') = '01-01'
    union all
    select 'died-before-birth', 'Date of death lies before the date of birth.' where ${row}.died_on_latest < ${row}.birth_date_earliest) d`;

const BY_NAME = { sort: "name", order: ["name_given", "name_family", "name_middle"] } as const;

/** How people are read. */
export const personSource: Source = {
  noun: Person,
  derived: {
    hometown_locality_today: (row, context) => {
      const id = sql`${row}.hometown_locality_id`;
      return sql`(select l.today_id from ${from(sourceOf(context, "localities"), raw("l"), { id })} where l.id = ${id})`;
    },
    // Suppliers' own numbers are internal; the rest of the list is public.
    identifiers: (row, { actor }) =>
      onlyDirectory(actor)
        ? sql`(select coalesce(json_agg(i.j), '[]'::json) from jsonb_array_elements(${row}.identifiers) i(j) where i.j->>'scheme' not like 'local%')`
        : sql`${row}.identifiers`,
    work_locality: (row, context) =>
      sql`(select coalesce(json_agg(json_build_object('id', l.id, 'code', l.code, 'name', l.name) order by l.code), '[]'::json)
        from (${workplaces(row, context)}) w join ${from(sourceOf(context, "localities"), raw("l"), { id: raw("w.locality_id") })} on l.id = w.locality_id)`,
    quality: (row, context) => sql`(select coalesce(json_agg(q.j), '[]'::json) from (${doubts(row, context)}) q)`,
  },
  listings: [
    {
      ...BY_NAME,
      table: "person_facets",
      id: "person_id",
      exact: true,
      by: { residence_locality: "locality_id", "expertise.field:below": "field", "degrees.level": "level" },
    },
    {
      ...BY_NAME,
      table: "person_units",
      id: "person_id",
      exact: false,
      territory: true,
      by: { "affiliations.organization:below": "organization_id" },
    },
    { ...BY_NAME, table: "people", id: "id", exact: true, by: { residence_locality: "residence_locality_id" } },
  ],
  beside: { member: "identifiers", table: "person_identifiers" },
  through: {
    work_locality: ({ compare, values, at }, { asOf, today }) => {
      if (compare !== "=" && compare !== "in" && compare !== "below") return undefined;
      const found = { table: "affiliations", column: "organization_id", values: organizationsIn(values, compare, at) };
      if (asOf !== null) return found;
      const standing = (row: Statement) => sql`${row}.hidden_at is null and (${hasEnded(row, today)}) is not true`;
      return { ...found, standing, walk: ["organization_id", "ended", "valid_from_earliest", "valid_to_latest"] };
    },
    // The tree of another day is another tree.
    "affiliations.organization": ({ compare, values }, { asOf, today }) => {
      if (compare !== "below" || asOf !== null) return undefined;
      return {
        table: "person_units",
        column: "organization_id",
        values: organizationIds(values, false, today),
        standing: () => raw("true"),
      };
    },
  },
  conditions: {
    work_locality: (row, compare, values, context, at) => {
      const places = workplaces(row, context);
      if (compare === "exists") return values[0] === "false" ? sql`not exists (${places})` : sql`exists (${places})`;
      return sql`exists (select from affiliations a where ${working(row, context)} and (a.organization_id in (${organizationsIn(values, compare, at)})) is true${apart(context)})`;
    },
  },
};

/**
 * The id of the person who holds an identifier, if the actor may know of that person.
 * @throws Problem `identifier-in-url` for a citizen id, `not-found`
 */
export async function findByIdentifier(reader: Reader, scheme: string, value: string, context: Context): Promise<string> {
  if (scheme === "citizen_id" || scheme === "phones" || scheme === "emails") throw refuseInUrl(scheme, { parameter: "scheme" });
  if (scheme.startsWith("local") && onlyDirectory(context.actor)) throw new Problem("not-found");
  const row = raw("p");
  const held =
    scheme === "code"
      ? sql`p.code = ${value}`
      : sql`exists (select from person_identifiers i where i.person_id = p.id and i.scheme = ${scheme} and i.value = ${value} and i.hidden_at is null)`;
  const [found] = await reader.read<{ id: string }>(
    sql`select p.id from people p where ${held} and ${all(readableRows(personSource, row, { ...context, inTurn: true }))}`,
  );
  if (!found) throw new Problem("not-found");
  return found.id;
}
