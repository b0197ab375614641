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
import { day, numeric } from "./order.ts";

type Compare = Extract<Query, { is: "compare" }>;

/**
 * How an index finds the rows of one comparison: by values, each of which gives its rows in the order of ids; as rows without a value,
 * in that order too; or as a range, whose rows come in the range's own order. `exact`: all of its rows fit, so nothing need be asked again.
 */
export type Access = { weight: number; exact: boolean; unique?: true } & (
  | { by: "values"; column: (row: Statement) => Statement; values: Statement; many: boolean }
  | { by: "null"; column: (row: Statement) => Statement }
  | { by: "range"; where: (row: Statement) => Statement }
);

/** The access of a comparison on one of the source's own fields; undefined: no index serves it. The values have been checked by the compiler. */
export function accessOf({ path, compare, values, at }: Compare, source: Source, context: Context): Access | undefined {
  const field = source.noun.fields[path];
  if (!field || source.conditions[path] || (!field.stored && path !== "birth_year")) return undefined;
  const equal = compare === "=" || compare === "in";
  const own = (row: Statement) => column(row, field.kind === "place" || field.kind === "unit" ? `${path}_id` : path);
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
      return equal && UNIQUE.has(path)
        ? { by: "range", weight: 0, exact: true, unique: true, where: (row) => sql`${own(row)} = any(${values.map(clean)}::text[])` }
        : undefined;
    case "sealed":
      if (!equal) return undefined;
      return {
        by: "range",
        weight: 0,
        exact: true,
        unique: true,
        where: (row) =>
          sql`${column(row, `${path}_hash`)} = any(${values.map((text) => lookupHash(context.keys, path, text.trim()))}::bytea[])`,
      };
    case "texts":
      return equal && path !== "keywords"
        ? { by: "range", weight: 0, exact: true, unique: true, where: (row) => sql`${own(row)} && ${values.map(clean)}::text[]` }
        : undefined;
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
        many: true,
        values: sql`select code from field_tree where scheme = ${field.scheme} and ancestor_code = ${values[0]}`,
      } as Access;
    case "place":
    case "unit": {
      if (compare === "exists") {
        return values[0] === "false"
          ? { by: "null", weight: 5, exact: true, column: own }
          : { by: "range", weight: 9, exact: true, where: (row) => sql`${own(row)} is not null` };
      }
      if (!equal && compare !== "below") return undefined;
      const below = compare === "below";
      const nodes =
        field.kind === "place" ? localityIds(values, below, path, at) : organizationIds(values, below, context.asOf ?? context.today);
      return { by: "values", weight: below ? 4 : 2, exact: true, column: own, values: nodes, many: below || values.length > 1 };
    }
    case "integer":
      return numbers(field, compare, values, (row) => numeric(own(row), false, "integer").value);
    case "partial_date":
      return partialDates(compare, values, (row) => day(column(row, `${path}_earliest`), false).value);
    case "name":
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

function numbers({ sortable }: Field, compare: string, values: readonly string[], key: (row: Statement) => Statement): Access | undefined {
  if (!sortable) return undefined;
  const whole = values.map(Number).filter((value) => Number.isSafeInteger(value) && Math.abs(value) < LAST);
  if (whole.length !== values.length) return undefined;
  if (compare === "=" || compare === "in")
    return { by: "values", weight: 3, exact: true, column: key, values: sql`select unnest(${whole}::integer[])`, many: whole.length > 1 };
  if (compare !== "<" && compare !== "<=" && compare !== ">" && compare !== ">=") return undefined;
  return {
    by: "range",
    weight: 6,
    exact: true,
    where: (row) => sql`${key(row)} ${raw(compare)} ${whole[0]}::integer and ${key(row)} <= ${LAST}::integer`,
  };
}

/** The stored lies within the literal, or beside it: in either case its earliest day is in a range. */
function partialDates(compare: string, values: readonly string[], key: (row: Statement) => Statement): Access | undefined {
  const text = values[0] ?? "";
  if (values.length !== 1 || !isPartialDate(text)) return undefined;
  const { earliest, latest } = days(text);
  const at = (literal: string) => sql`(${literal}::date - date '2000-01-01')`;
  const known = (row: Statement) => sql`${key(row)} <= ${LAST}::integer`;
  if (compare === "=")
    return { by: "range", weight: 3, exact: false, where: (row) => sql`${key(row)} between ${at(earliest)} and ${at(latest)}` };
  if (compare === "<" || compare === "<=")
    return { by: "range", weight: 6, exact: false, where: (row) => sql`${key(row)} <= ${at(latest)}` };
  if (compare === ">" || compare === ">=")
    return { by: "range", weight: 6, exact: false, where: (row) => sql`${key(row)} >= ${at(earliest)} and ${known(row)}` };
  return undefined;
}

/** A prefix is a range, which a plan made before its value is known can use, as it cannot use `like`. */
function names(compare: string, values: readonly string[]): Access | undefined {
  if (compare === "=" || compare === "in" || compare === "exact") {
    const wanted = sql`select unnest(${values.map(clean)}::text[])`;
    return { by: "values", weight: 1, exact: true, column: (row) => sql`${row}.name_full`, values: wanted, many: values.length > 1 };
  }
  if (compare !== "prefix") return undefined;
  const [whole, last] = [foldSearch(values[0]!), fold(values[0]!).split(" ").at(-1)!];
  const open = [...whole.split(" ").slice(0, -1), last].join(" ");
  const begins = (row: Statement, text: string) =>
    sql`(${row}.name_folded ~>=~ ${text}::text and ${row}.name_folded ~<~ ${`${text}\u{10FFFF}`}::text)`;
  return {
    by: "range",
    weight: 4,
    exact: true,
    where: (row) => (open === whole ? begins(row, whole) : sql`(${begins(row, whole)} or ${begins(row, open)})`),
  };
}
