import { fold, foldSearch, clean } from "../../core/vietnamese/text.ts";
import { stripTitles } from "../../core/vietnamese/names.ts";
import { days, isPartialDate } from "../../core/time/partial-date.ts";
import type { Field, Operator } from "../../core/registry/field.ts";
import type { Comparison, Place } from "../../core/query/tree.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { localityIds, organizationIds } from "./nodes.ts";
import { refuseOperator, refuseValue } from "./refusals.ts";
import { isSlot, NameSlot } from "./page/slot.ts";
import { column, valueOf } from "./source.ts";
import type { Context, Source } from "./source.ts";

type Compared = { source: Source; member: string; field: Field; row: Statement; compare: Comparison; values: string[]; at: Place };

/** The condition of one comparison on one row; null where the row has no value, which counts as false. */
export function comparison(compared: Compared, context: Context): Statement {
  const { source, member, field, row, compare, values, at } = compared;
  const operator: Operator = compare === "in" || compare === "!=" ? "=" : compare;
  if (!field.operators.includes(operator)) throw refuseOperator(member, field, compare, at);
  if (compare === "!=") return sql`(${comparison({ ...compared, compare: "=" }, context)}) is not true`;
  if (compare === "exists") truth(member, values[0] ?? "true", at);
  const own = source.conditions[member];
  if (own) return own(row, compare, values, context, at);
  if (compare === "exists") return existence(compared, context);
  const value = valueOf(source, member, field, row, context);
  const one = values[0] ?? "";
  switch (field.kind) {
    case "id":
      return sql`${value} = any(${values.map((text) => uuid(member, text, at))}::uuid[])`;
    case "choice":
      return sql`${value} = any(${values.map((text) => choice(member, field, text, at))}::text[])`;
    case "classification":
      if (compare === "below")
        return among(value, sql`select code from field_tree where scheme = ${field.scheme} and ancestor_code = ${one}`);
      return sql`${value} = any(${values}::text[])`;
    case "text":
      if (compare === "match") return sql`string_to_array(fold(${value}), ' ') @> ${words(member, fold(one), at).split(" ")}::text[]`;
      if (compare === "prefix") return sql`fold(${value}) like ${likeLiteral(words(member, fold(one), at))} || '%'`;
      return sql`${value} = any(${values.map(clean)}::text[])`;
    case "name":
      return nameComparison(member, row, compare, values, at);
    case "integer":
    case "number":
      return sql`${value} ${raw(compare === "in" ? "=" : compare)} any(${values.map((text) => number(member, text, at))}::double precision[])`;
    case "boolean":
      return sql`${value} = any(${values.map((text) => truth(member, text, at))}::boolean[])`;
    case "instant":
      return anyOf(values.map((text) => moment(value, compare, member, text, at)));
    case "day":
      return anyOf(values.map((text) => span(value, value, compare, member, text, at)));
    case "partial_date":
      return anyOf(
        values.map((text) => span(column(row, `${member}_earliest`), column(row, `${member}_latest`), compare, member, text, at)),
      );
    case "place":
      return among(value, localityIds(values, compare === "below", member, at));
    case "unit":
      return among(value, organizationIds(values, compare === "below", context.asOf ?? context.today));
    case "texts":
      return sql`${value} && ${values.map(clean)}::text[]`;
    case "source":
      return sql`${column(row, "source_organization_id")} in (${organizationIds(values, false, context.today)})`;
    case "sealed":
      return sql`${column(row, `${member}_hash`)} = any(${values.map((text) => lookupHash(context.keys, member, text.trim()))}::bytea[])`;
    default:
      throw refuseOperator(member, field, compare, at);
  }
}

/** Whether a value is one of those selected: they are hashed once, where a bare IN would become a join that looks them up for each row. */
const among = (value: Statement, selected: Statement): Statement => sql`(${value} in (${selected})) is true`;

function nameComparison(member: string, row: Statement, compare: Comparison, values: string[], at: Place): Statement {
  const one = values[0] ?? "";
  if (compare === "match") {
    const { typed, wanted } = nameQuestion(member, one, at);
    return sql`${row}.name_full in (select m.name_full from names_with_words(${typed}, ${wanted}) m
      union all select m.name_full from names_near(${wanted}) m)`;
  }
  if (compare === "prefix") {
    const whole = words(member, foldSearch(one), at);
    // The last word may go on: "Quy" begins Quý, whose y is an i in search, and Quỳnh, whose y is not.
    const open = [...whole.split(" ").slice(0, -1), fold(one).split(" ").at(-1)!].join(" ");
    const begins = (text: string) => sql`${row}.name_folded like ${likeLiteral(text)} || '%'`;
    return open === whole ? begins(whole) : sql`(${begins(whole)} or ${begins(open)})`;
  }
  return sql`${row}.name_full = any(${values.map(clean)}::text[])`;
}

/** What a name is compared with: as typed in small letters, and its folded words; titles are no part of it. */
export function nameQuestion(member: string, text: string, at: Place): { typed: Statement; wanted: Statement } {
  if ((text as unknown) instanceof NameSlot) {
    const { typed, wanted } = text as unknown as NameSlot;
    return { typed: sql`${typed}::text`, wanted: sql`${wanted}::text[]` };
  }
  const { typed, folded } = nameMeant(text);
  return { typed: sql`${typed}::text`, wanted: sql`${words(member, folded, at).split(" ")}::text[]` };
}

/** A name as it is looked for; nothing is left of what has no letter. */
export function nameMeant(text: string): { typed: string; folded: string } {
  const name = stripTitles(text).name || clean(text);
  return { typed: name.toLowerCase(), folded: foldSearch(name) };
}

/** Folded text to search for; what folds to nothing would match everything. */
function words(member: string, folded: string, at: Place): string {
  if (folded === "") throw refuseValue(member, { vi: "ít nhất một chữ cái hoặc chữ số", en: "at least one letter or digit" }, at);
  return folded;
}

function existence({ source, member, field, row, values, at }: Compared, context: Context): Statement {
  const wanted = truth(member, values[0] ?? "true", at);
  const present =
    field.kind === "partial_date"
      ? sql`${column(row, `${member}_earliest`)} is not null`
      : field.kind === "texts"
        ? sql`cardinality(${column(row, member)}) > 0`
        : field.kind === "source"
          ? sql`(${column(row, "source_organization_id")} is not null or ${column(row, "source_received_on")} is not null or ${column(row, "source_document")} is not null)`
          : sql`${valueOf(source, member, field, row, context)} is not null`;
  return wanted ? present : sql`(${present}) is not true`;
}

/** Stored and literal dates are spans of days: a comparison matches only what certainly matches (api.md 3). */
function span(earliest: Statement, latest: Statement, compare: Comparison, member: string, text: string, at: Place): Statement {
  if (!isPartialDate(text))
    throw refuseValue(member, { vi: "một ngày (1985, 1985-09 hoặc 1985-09-02)", en: "a date (1985, 1985-09 or 1985-09-02)" }, at);
  const literal = days(text);
  if (compare === "<") return sql`${latest} < ${literal.earliest}::date`;
  if (compare === "<=") return sql`${latest} <= ${literal.latest}::date`;
  if (compare === ">") return sql`${earliest} > ${literal.latest}::date`;
  if (compare === ">=") return sql`${earliest} >= ${literal.earliest}::date`;
  return sql`${earliest} >= ${literal.earliest}::date and ${latest} <= ${literal.latest}::date`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/** An instant against another, or against a day, month or year of Viet Nam, by the same rule as days. */
function moment(value: Statement, compare: Comparison, member: string, text: string, at: Place): Statement {
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text)))
    return sql`${value} ${raw(compare === "in" ? "=" : compare)} ${text}::timestamptz`;
  if (!isPartialDate(text))
    throw refuseValue(
      member,
      { vi: "một ngày, hoặc một lúc như 2026-11-23T05:00:00Z", en: "a day, or an instant such as 2026-11-23T05:00:00Z" },
      at,
    );
  const { earliest, latest } = days(text);
  const from = sql`(${earliest}::date::timestamp at time zone 'Asia/Ho_Chi_Minh')`;
  const until = sql`((${latest}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')`;
  if (compare === "<") return sql`${value} < ${from}`;
  if (compare === "<=") return sql`${value} < ${until}`;
  if (compare === ">") return sql`${value} >= ${until}`;
  if (compare === ">=") return sql`${value} >= ${from}`;
  return sql`${value} >= ${from} and ${value} < ${until}`;
}

const anyOf = (conditions: Statement[]): Statement =>
  conditions.reduce((any, condition, i) => (i === 0 ? sql`(${condition})` : sql`${any} or (${condition})`), raw("false"));

const likeLiteral = (text: string) => text.replace(/[\\%_]/g, "\\$&");

function uuid(member: string, text: string, at: Place): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw refuseValue(member, { vi: "một UUID", en: "a UUID" }, at);
  return text;
}

function choice(member: string, field: Field, text: string, at: Place): string {
  const options = "options" in field.type ? (field.type.options as string[]) : undefined;
  if (options && !isSlot(text) && !options.includes(text)) {
    throw refuseValue(member, { vi: `một trong: ${options.join(", ")}`, en: `one of: ${options.join(", ")}` }, at, { text, options });
  }
  return text;
}

function number(member: string, text: string, at: Place): number {
  const value = Number(text);
  if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(text) || !Number.isFinite(value)) throw refuseValue(member, { vi: "một số", en: "a number" }, at);
  return value;
}

function truth(member: string, text: string, at: Place): boolean {
  if (text !== "true" && text !== "false") throw refuseValue(member, { vi: "true hoặc false", en: "true or false" }, at);
  return text === "true";
}
