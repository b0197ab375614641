import { leadsToPeople } from "../../../core/registry/noun.ts";
import type { Noun } from "../../../core/registry/noun.ts";
import type { Query } from "../../../core/query/tree.ts";
import { join, raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { column } from "../source.ts";
import { all, from } from "../visible.ts";
import { MANY, MANY_PEOPLE } from "./candidates.ts";
import type { Driver, PageParts } from "./driver.ts";
import { orderBy } from "./order.ts";
import type { Key } from "./order.ts";

/**
 * So many entries are read of an index that goes in the page's order and has what is asked for, of a hundred and more a buffer. What three
 * in a thousand rows have fills a page by then, and what is rarer is found the other way round without reading much.
 */
const ENTRIES = 20_000;
/** The index of a place has nothing else, and what is below one is looked for unit by unit where it is not near. */
const PLACES = 45_000;

/** An index in the page's order (migration 0066): what it has beside the id, and how much of it is read. */
export type Walk = { columns: readonly string[]; entries?: number };

/** The index in the order of ids that serves a member of a noun. */
export function walkOf(noun: Noun, member: string, people: Noun): Walk | undefined {
  const field = noun.fields[member];
  if (!field?.stored) return undefined;
  if (noun.standing === "fact") return leadsToPeople(noun, member, people) ? { columns: [columnOf(noun, member)] } : undefined;
  if (noun.standing !== "person") return undefined;
  if (field.kind === "place") return { columns: [columnOf(noun, member)], entries: PLACES };
  if (field.kind === "name") return { columns: ["name_folded"] };
  return field.kind === "partial_date" ? { columns: [`${member}_earliest`, `${member}_latest`] } : undefined;
}

/** The index of a fact in the order of persons: it has what stands below something. */
export function walkByPerson({ table, ...noun }: Noun, part: Query, people: Noun): Walk | undefined {
  if (part.is !== "compare" || part.compare !== "below" || !people.parameters.includes(`${table}.${part.path}:below`)) return undefined;
  return { columns: [columnOf(noun, part.path)] };
}

const columnOf = ({ fields }: Pick<Noun, "fields">, member: string): string =>
  fields[member]!.kind === "place" || fields[member]!.kind === "unit" ? `${member}_id` : member;

/** The rows of a page that stand near its beginning, found in an index alone; looked up only where enough of them are. */
export function nearRows(
  { access, through, id, standing }: Driver,
  { columns, entries = ENTRIES }: Walk,
  page: PageParts,
  asked: readonly Statement[],
  most: number,
): Statement {
  const { source, row, limit } = page;
  const d = sql`d`;
  const own = column(d, id);
  const after = page.after?.[0];
  const later = after === undefined ? [] : [sql`${own} > ${after}::uuid`];
  const read = join(
    [id, "hidden_at", ...columns].map((one) => column(d, one)),
    ", ",
  );
  const inOrder = sql`select ${read} from ${from(through, d)} where ${all([sql`d.hidden_at is null`, ...later])} order by ${own} limit ${entries}::int offset 0`;
  const many = access.by === "values" && access.first ? MANY_PEOPLE : MANY;
  const fits =
    access.by === "range"
      ? (access.among ?? access.where)(d)
      : sql`(${access.column(d)} in (select v from n)) is true and (select count(*) from n) > ${many}::int`;
  const found = sql`select distinct ${own} as id from (${inOrder}) d where ${all([fits, ...(standing ? [standing(d)] : [])])} order by ${own} limit ${most}::int`;
  return sql`with w as materialized (${found}) select ${columnsOf(page)} from w
    cross join lateral (select * from ${from(source, row)} where ${row}.id = w.id offset 0) as ${row}
    where ${all([sql`(select count(*) from w) > ${limit}::int`, ...asked])} order by w.id limit ${limit + 1}::int`;
}

/** The whole row where it need not be put in order: it is not looked up again to be shown. */
export const columnsOf = ({ keys, row, walks }: PageParts): Statement =>
  sql`${walks ? sql`${row}.*` : sql`${row}.id as id`}, ${keysOf(keys)}`;

const keysOf = (keys: readonly Key[]): Statement =>
  join(
    keys.map(({ value }, i) => sql`${value} as ${raw(`k${i}`)}`),
    ", ",
  );

/** The rows of a page without a driver: its order from where it begins, the conditions asked of each row in turn, of `most` rows if given. */
export function walkedRows(page: PageParts, most?: number): Statement {
  const { source, row, keys, conditions, beyond, limit, walks } = page;
  if (!walks && most === undefined) {
    return sql`select ${columnsOf(page)} from ${from(source, row)} where ${all([...conditions, ...beyond])} order by ${orderBy(keys)} limit ${limit + 1}::int`;
  }
  // OFFSET 0 keeps the planner from finding the rows another way and sorting them all; the keys are columns inside, so that it knows their order.
  const end = most === undefined ? sql`` : sql`limit ${most}::int`;
  const named = keys.map((key, i) => ({ ...key, value: sql`${row}.${raw(`k${i}`)}` }));
  const inner = sql`select ${row}.*, ${keysOf(keys)} from ${from(source, row)} where ${all([sql`${row}.hidden_at is null`, ...beyond])}
    order by ${orderBy(keys)} ${end} offset 0`;
  const shown = walks ? sql`${row}.*` : join([sql`${row}.id`, ...named.map(({ value }) => value)], ", ");
  return sql`select ${shown} from (${inner}) as ${row} where ${all(conditions)} order by ${orderBy(named)} limit ${limit + 1}::int`;
}
