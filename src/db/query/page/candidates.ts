import { onlyDirectory, STANDINGS } from "../../../core/policy.ts";
import type { Noun } from "../../../core/registry/noun.ts";
import { sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { column } from "../source.ts";
import type { Context, Source } from "../source.ts";
import { all, boundsOf, fewPeople, from } from "../visible.ts";
import type { Access } from "./access.ts";
import type { Driver, PageParts } from "./driver.ts";

/** So many rows are taken from an index whose order is not the page's; where there are more, walking the page's order finds some soon. */
const FEW = 30_000;
/** The same where each row must be looked at to be put in order. */
const FEW_SORTED = 1_000;
/** So many values of one condition are read in the page's order side by side: three buffers or more each. */
const VALUES = 150;
/** The same where an index has them all in the page's order. */
export const MANY = 40;
/** What hangs on so many people is looked for person by person before it is in such an index. */
export const MANY_PEOPLE = 60;

const notHidden = (row: Statement): Statement => sql`${row}.hidden_at is null`;

/** Whoever is bound to a territory is shown who is reached from it; a small one leads to fewer people than most conditions do. */
export function byTerritory(source: Source, context: Context): Driver[] {
  const [{ noun }, { actor, today }] = [source, context];
  const nodes = actor.org ?? actor.loc;
  const { person } = STANDINGS[noun.standing];
  if (person === "person_id" || (person === "id" && boundsOf(noun, actor) > 1)) return byFewPeople(source, context, person);
  if (person === null) return [];
  if (onlyDirectory(actor)) return [byConsent(noun, nodes === null)];
  if (nodes === null) return [];
  const values = sql`select unnest(${nodes}::uuid[])`;
  return [
    {
      access: {
        by: "values",
        weight: 5,
        exact: actor.org === null || actor.loc === null,
        many: true,
        values,
        column: (row) => sql`${row}.node_id`,
      },
      through: { noun: { ...noun, table: "person_reach" } },
      id: "person_id",
      standing: (row) => sql`${row}.from_day <= ${today}::date and ${row}.until_day >= ${today}::date`,
    },
  ];
}

/** What hangs on people is in no order of theirs: it is found by them where they are few. */
function byFewPeople(source: Source, context: Context, person: "id" | "person_id"): Driver[] {
  const first = fewPeople(source.noun, context);
  if (!first) return [];
  const access: Access = {
    by: "values",
    weight: 5,
    exact: true,
    many: true,
    values: first.ids,
    first,
    column: (row) => column(row, person),
  };
  const walk = source.noun.standing === "fact" ? { walk: { columns: ["person_id"] } } : {};
  return [{ access, through: source, id: "id", ...walk }];
}

/** The directory is found by its consents, which may be few among many people. */
const byConsent = (noun: Noun, exact: boolean): Driver => ({
  access: { by: "values", weight: 5, exact, many: false, values: sql`select 'directory'::text`, column: (row) => sql`${row}.purpose` },
  through: { noun: { ...noun, table: "consents" } },
  id: "person_id",
  standing: (row) => sql`${row}.withdrawn_at is null`,
});

/** Statements that give the candidates as `c`, whether these are all that the page needs, and whether they may be cut short. */
type Candidates = { parts: Statement[]; gate: Statement; cut: boolean };

/** Ids in the page's order from where it begins, as many as may be needed, where those that are `near` do not suffice. */
export function candidates(
  { access, through, id, standing: stands = notHidden, walk }: Driver,
  page: PageParts,
  most: number,
  nearest?: Statement,
): Candidates {
  const near = nearest ? [sql`near as materialized (${nearest})`] : [];
  const wanted = nearest ? [sql`(select count(*) from near) <= ${page.limit}::int`] : [];
  const after = page.after?.[0];
  const d = sql`d`;
  const own = column(d, id);
  // A unit's period is asked of the index, which has it.
  const standing = all([stands(d), ...(through === page.source ? page.held(d) : [])]);
  const later = after === undefined ? [] : [sql`${own} > ${after}::uuid`];
  const table = from(through, d);
  const listed = (where: Statement[]) =>
    sql`select distinct ${own} as id from ${table} where ${all([...where, standing, ...later])} order by ${own} limit ${most}::int`;
  if (access.by === "null") {
    // That the column is null does not tell the planner that its index goes on by id: the order says it.
    const order = sql`order by ${access.column(d)}, ${own} limit ${most}::int`;
    const rows = sql`select ${own} as id from ${table} where ${all([sql`${access.column(d)} is null`, standing, ...later])} ${order}`;
    return { parts: [...near, sql`c as materialized (${rows})`], gate: sql`true`, cut: true };
  }
  const fewOf = (where: Statement) =>
    sql`few as materialized (select ${own} as id from ${table} where ${all([where, standing, ...wanted])} limit ${FEW + 1}::int)`;
  const gate = sql`(select count(*) from few) <= ${FEW}::int`;
  const fromFew = sql`select id from few where ${gate}${after === undefined ? sql`` : sql` and id > ${after}::uuid`}`;
  if (access.by === "range")
    return {
      parts: [
        ...near,
        fewOf(access.where(d)),
        sql`c as materialized (select distinct id from (${fromFew}) u order by id limit ${most}::int)`,
      ],
      gate,
      cut: true,
    };
  const { parts: first = [], gate: complete } = access.first ?? {};
  const nodes = sql`n as materialized (select distinct x.v from (${access.values}) x(v))`;
  const side = sql`select x.id from n cross join lateral (${listed([sql`${access.column(d)} = n.v`])}) x`;
  if (!access.many)
    return {
      parts: [nodes, ...near, sql`c as materialized (select distinct id from (${side}) u order by id limit ${most}::int)`],
      gate: sql`true`,
      cut: true,
    };
  const count = sql`(select count(*) from n)`;
  // What hangs on one person is too little to be in an order.
  const values = access.first ? 0 : walk ? MANY : VALUES;
  return {
    parts: [
      ...first,
      nodes,
      ...near,
      fewOf(sql`${access.column(d)} = any(array(select v from n)) and ${count} > ${values}::int`),
      sql`c as materialized (select distinct id from (${side} where ${count} <= ${values}::int union all ${fromFew}) u order by id limit ${most}::int)`,
    ],
    gate: complete ? sql`(${complete} and ${gate})` : gate,
    cut: true,
  };
}

/** All rows of a driver that has few: any order can be made of them. */
export function sorted({ access, through, id, standing: stands = notHidden }: Driver): Candidates {
  const d = sql`d`;
  const where =
    access.by === "range"
      ? access.where(d)
      : access.by === "null"
        ? sql`${access.column(d)} is null`
        : sql`${access.column(d)} = any(array(${access.values}))`;
  const { parts: first = [], gate: complete = sql`true` } = (access.by === "values" && access.first) || {};
  return {
    parts: [
      ...first,
      sql`few as materialized (select ${column(d, id)} as id from ${from(through, d)} where ${where} and ${stands(d)} limit ${FEW_SORTED + 1}::int)`,
      sql`c as materialized (select distinct id from few where (select count(*) from few) <= ${FEW_SORTED}::int)`,
    ],
    gate: sql`(${complete} and (select count(*) from few) <= ${FEW_SORTED}::int)`,
    cut: false,
  };
}
