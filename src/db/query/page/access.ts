import { clean, fold, foldSearch } from "../../../core/vietnamese/text.ts";
import { days, isPartialDate } from "../../../core/time/partial-date.ts";
import type { Field } from "../../../core/registry/field.ts";
import { lookupHash } from "../../../core/secrets/sealing.ts";
import type { Query } from "../../../core/query/tree.ts";
import { raw, sql } from "../../statement.ts";
import type { Statement } from "../../statement.ts";
import { localityIds, organizationIds } from "../nodes.ts";
import { column } from "../source.ts";
import type { Context, Source } from "../source.ts";
import { from } from "../visible.ts";
import type { FewPeople } from "../visible.ts";
import { day, numeric } from "./order.ts";
import { namesMeant } from "./ranked.ts";

type Compare = Extract<Query, { is: "compare" }>;

/**
 * How an index finds the rows of one comparison: by values, each of which gives its rows in the order of ids; as rows without a value,
 * in that order too; or as a range, whose rows come in the range's own order. `exact`: all of its rows fit, so nothing need be asked again.
 * `near`: there may be too many to be put in order; then they are common, and the page's own order has them near. `among`: the range said
 * of rows that are read one after the other. `first`: what the values are made of, and whether they are all.
 */
export type Access = { weight: number; exact: boolean; near?: true; unique?: true } & (
  | { by: "values"; column: (row: Statement) => Statement; values: Statement; many: boolean; first?: FewPeople }
  | { by: "null"; column: (row: Statement) => Statement }
  | { by: "range"; where: (row: Statement) => Statement; among?: (row: Statement) => Statement }
);

/** The access of a comparison on one of the source's own fields; undefined: no index serves it. The values have been checked by the compiler. */
export function accessOf({ path, compare, values, at }: Compare, source: Source, context: Context): Access | undefined {
  const field = source.noun.fields[path];
  if (field?.bodyOnly && context.inUrl) return undefined;
  if (!field || source.conditions[path] || (!field.stored && path !== "birth_year")) return undefined;
  const equal = compare === "=" || compare === "in";
  const own = (row: Statement) => column(row, field.kind === "place" || field.kind === "unit" ? `${path}_id` : path);
  const declares = (name: string) => source.noun.parameters.includes(name);
  const within = (where: (row: Statement) => Statement, weight: number): Access => ({ by: "range", weight, exact: true, where });
  const often = (access: Access): Access => ({ ...access, near: true });
  const byValues = (type: string, wanted: readonly unknown[], weight: number): Access => ({
    by: "values",
    weight,
    exact: true,
    column: own,
    values: sql`select unnest(${wanted}::${raw(type)}[])`,
    many: wanted.length > 1,
  });
  switch (field.kind) {
    case "id":
      return equal ? { ...byValues("uuid", values, 0), unique: true } : undefined;
    case "text":
      if (equal && UNIQUE.has(path)) return { ...within((row) => sql`${own(row)} = any(${values.map(clean)}::text[])`, 0), unique: true };
      if (equal && declares(path)) return byValues("text", values.map(clean), 2);
      if (compare === "prefix" && declares(`${path}:prefix`))
        return often(within((row) => begins(sql`fold(${own(row)})`, fold(values[0]!)), 4));
      if (compare !== "match" || !declares(`${path}:match`)) return undefined;
      return within((row) => sql`string_to_array(fold(${own(row)}), ' ') @> ${fold(values[0]!).split(" ")}::text[]`, 4);
    case "sealed": {
      if (!equal) return undefined;
      const hashes = values.map((text) => lookupHash(context.keys, path, text.trim()));
      return { ...within((row) => sql`${column(row, `${path}_hash`)} = any(${hashes}::bytea[])`, 0), unique: true };
    }
    case "texts":
      if (!equal || path === "keywords") return undefined;
      return { ...within((row) => sql`${own(row)} && ${values.map(clean)}::text[]`, 0), unique: true };
    case "boolean":
      return equal ? byValues("boolean", values, 8) : undefined;
    case "choice":
      if (equal) return byValues("text", values, 8);
      return compare === "!=" && !field.nullable ? byValues("text", others(field, values), 9) : undefined;
    case "classification":
      if (equal) return byValues("text", values, 3);
      if (compare !== "below") return undefined;
      return {
        ...byValues("text", [], 4),
        near: true,
        many: true,
        values: sql`select code from field_tree where scheme = ${field.scheme} and ancestor_code = ${values[0]}`,
      } as Access;
    case "place":
    case "unit": {
      if (compare === "exists") {
        return values[0] === "false"
          ? { by: "null", weight: 5, exact: true, column: own }
          : often(within((row) => sql`${own(row)} is not null`, 9));
      }
      if (!equal && compare !== "below") return undefined;
      const below = compare === "below";
      const nodes =
        field.kind === "place" ? localityIds(values, below, path, at) : organizationIds(values, below, context.asOf ?? context.today);
      return {
        by: "values",
        weight: below ? 4 : 2,
        exact: true,
        column: own,
        values: nodes,
        many: below || values.length > 1,
        ...(below && { near: true as const }),
      };
    }
    case "integer":
      return numbers(source, field, compare, values, (row) => numeric(own(row), false, "integer").value);
    case "partial_date":
      return partialDates(compare, values, (row) => endsOf(source, path, row));
    case "name":
      if (compare === "match") return namesMeant(path, values[0] ?? "", at);
      return names(compare, values);
    default:
      return undefined;
  }
}

/** Texts by which one record is meant, each with an index. */
const UNIQUE = new Set(["code", "old_id_number", "certificate_no"]);
const LAST = 2_147_483_646;

function others(field: Field, values: readonly string[]): string[] {
  return "options" in field.type ? (field.type.options as string[]).filter((option) => !values.includes(option)) : [];
}

/** A range of years is some dozens of values: side by side they come in the page's order, as one range does not. */
function numbers(
  source: Source,
  { sortable }: Field,
  compare: string,
  values: readonly string[],
  key: (row: Statement) => Statement,
): Access | undefined {
  if (!sortable) return undefined;
  const whole = values.map(Number).filter((value) => Number.isSafeInteger(value) && Math.abs(value) < LAST);
  if (whole.length !== values.length) return undefined;
  const access = { by: "values", exact: true, column: key } as const;
  if (compare === "=" || compare === "in")
    return { ...access, weight: 3, values: sql`select unnest(${whole}::integer[])`, many: whole.length > 1 };
  if (compare !== "<" && compare !== "<=" && compare !== ">" && compare !== ">=") return undefined;
  const end = (direction: string) => sql`(select ${key(sql`e`)} from ${from(source, sql`e`)}
    where e.hidden_at is null and ${key(sql`e`)} <= ${LAST}::integer order by ${key(sql`e`)} ${raw(direction)} limit 1)`;
  const [bound, strict] = [sql`${whole[0]}::integer`, compare.length === 1];
  const series = compare.startsWith(">")
    ? sql`greatest(${bound}${raw(strict ? " + 1" : "")}, ${end("asc")}), ${end("desc")}`
    : sql`${end("asc")}, least(${bound}${raw(strict ? " - 1" : "")}, ${end("desc")})`;
  return { ...access, weight: 6, near: true, values: sql`select generate_series(${series})`, many: true };
}

/** The earliest day of a date as it stands in an order; the latest where the index has it too. */
const endsOf = ({ noun }: Source, path: string, row: Statement): { key: Statement; latest?: Statement } => ({
  key: day(column(row, `${path}_earliest`), false).value,
  ...(noun.standing === "person" && { latest: column(row, `${path}_latest`) }),
});

/** The stored lies within the literal, or beside it: its earliest day is in a range, and its latest may stand in the index beside it. */
function partialDates(compare: string, values: readonly string[], ends: (row: Statement) => ReturnType<typeof endsOf>): Access | undefined {
  const text = values[0] ?? "";
  if (values.length !== 1 || !isPartialDate(text)) return undefined;
  const { earliest, latest } = days(text);
  const at = (literal: string) => sql`(${literal}::date - date '2000-01-01')`;
  const range = (where: (key: Statement) => Statement, until?: Statement): Access => ({
    by: "range",
    weight: compare === "=" ? 3 : 6,
    exact: until === undefined || ends(sql`d`).latest !== undefined,
    ...((compare !== "=" || earliest !== latest) && { near: true as const }),
    where: (row) => {
      const { key, latest: own } = ends(row);
      return own && until ? sql`(${where(key)} and ${own} ${until})` : where(key);
    },
  });
  if (compare === "=") return range((key) => sql`${key} between ${at(earliest)} and ${at(latest)}`, sql`<= ${latest}::date`);
  if (compare === "<") return range((key) => sql`${key} <= ${at(latest)}`, sql`< ${earliest}::date`);
  if (compare === "<=") return range((key) => sql`${key} <= ${at(latest)}`, sql`<= ${latest}::date`);
  if (compare === ">") return range((key) => sql`(${key} > ${at(latest)} and ${key} <= ${LAST}::integer)`);
  if (compare === ">=") return range((key) => sql`(${key} >= ${at(earliest)} and ${key} <= ${LAST}::integer)`);
  return undefined;
}

/** A prefix is a range, which a plan made before its value is known can use, as it cannot use `like`. */
const begins = (value: Statement, text: string): Statement =>
  sql`(${value} ~>=~ ${text}::text and ${value} ~<~ ${`${text}\u{10FFFF}`}::text)`;

function names(compare: string, values: readonly string[]): Access | undefined {
  if (compare === "=" || compare === "in" || compare === "exact") {
    const wanted = sql`select unnest(${values.map(clean)}::text[])`;
    return { by: "values", weight: 1, exact: true, column: (row) => sql`${row}.name_full`, values: wanted, many: values.length > 1 };
  }
  if (compare !== "prefix") return undefined;
  const own = (row: Statement) => sql`${row}.name_folded`;
  const [whole, last] = [foldSearch(values[0]!), fold(values[0]!).split(" ").at(-1)!];
  const open = [...whole.split(" ").slice(0, -1), last].join(" ");
  return {
    by: "range",
    weight: 4,
    exact: true,
    near: true,
    where: (row) => (open === whole ? begins(own(row), whole) : sql`(${begins(own(row), whole)} or ${begins(own(row), open)})`),
  };
}
