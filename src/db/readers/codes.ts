import { nearest, Problem, problemOf } from "../../core/problems.ts";
import type { Violation } from "../../core/problems.ts";
import type { Place, Query } from "../../core/query/tree.ts";
import { UUID } from "../../core/registry/scalars.ts";
import { isPartialDate } from "../../core/time/partial-date.ts";
import { fold } from "../../core/vietnamese/text.ts";
import type { Database, Reader } from "../pools.ts";
import { placeOf } from "../query/refusals.ts";
import { sourceOf } from "../query/source.ts";
import type { Context, Source } from "../query/source.ts";
import { sql } from "../statement.ts";

/** A code of a scheme, or a unit by its id or code, that a query names. */
type Named = { kind: "code" | "place" | "unit"; scheme: string | null; value: string; path: string; at: Place };

/** So many are remembered as found; then all are looked up again. */
const REMEMBERED = 50_000;

/**
 * Refuses a query that names a code or unit which stands in no list: the empty answer of a mistyped code cannot be told from a true one.
 * What has been found is not looked up again; what went since finds nothing, which is true. `compile` says what else is wrong.
 * @throws Problem `invalid-parameter`, in a body `unknown-code`, with `did_you_mean`
 */
export async function requireKnown(
  { reader, codes }: Pick<Database, "reader" | "codes">,
  query: Query,
  source: Source,
  context: Context,
  compile: () => unknown,
): Promise<void> {
  const named = namedIn(query, "", source, context).filter((one) => !codes.has(keyOf(one)));
  if (named.length === 0) return;
  const found = await lookUp(reader, named);
  if (codes.size > REMEMBERED) codes.clear();
  const unknown = named.filter((one, n) => {
    if (found.has(n)) codes.add(keyOf(one));
    return !found.has(n);
  });
  if (unknown.length === 0) return;
  const errors = await Promise.all(unknown.map((one) => violationOf(reader, one)));
  try {
    compile();
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0 || error.status === 403) throw error;
    errors.unshift(...error.errors);
  }
  throw problemOf(errors, context.inUrl ? "query" : "body");
}

const keyOf = ({ kind, scheme, value }: Named): string => `${kind} ${scheme ?? ""} ${value}`;

function namedIn(query: Query, before: string, source: Source, context: Context): Named[] {
  switch (query.is) {
    case "and":
    case "or":
      return query.items.flatMap((item) => namedIn(item, before, source, context));
    case "not":
      return namedIn(query.item, before, source, context);
    case "compare":
      return compared(query, before, source, context);
    default: {
      const target = source.noun.collections[query.path];
      return target && query.where ? namedIn(query.where, `${before}${query.path}.`, sourceOf(context, target), context) : [];
    }
  }
}

function compared(query: Extract<Query, { is: "compare" }>, before: string, source: Source, context: Context): Named[] {
  const [head = "", ...rest] = query.path.split(".");
  const { collections, relations, fields } = source.noun;
  if (rest.length > 0) {
    const target = collections[head] ?? relations[head];
    return target ? compared({ ...query, path: rest.join(".") }, `${before}${head}.`, sourceOf(context, target), context) : [];
  }
  const field = fields[head];
  if (!field || query.compare === "exists" || !field.operators.includes(query.compare === "below" ? "below" : "=")) return [];
  const base = { scheme: null, path: `${before}${head}`, at: query.at };
  return query.values.flatMap((value): Named[] => {
    if (field.kind === "classification") return [{ ...base, kind: "code", scheme: field.scheme!, value }];
    if (field.kind === "unit" || field.kind === "source") return [{ ...base, kind: "unit", value }];
    if (field.kind !== "place") return [];
    const day = /^[0-9]{2,5}@(\d{4}-\d\d-\d\d)$/.exec(value)?.[1];
    return UUID.test(value) || (day !== undefined && isPartialDate(day)) ? [{ ...base, kind: "place", value }] : [];
  });
}

/** The numbers of those that stand, hidden or not: who asks for what was hidden is given what fits. */
async function lookUp(reader: Reader, named: readonly Named[]): Promise<Set<number>> {
  const of = (part: (one: Named) => string | null | undefined) => named.map((one) => part(one) ?? null);
  const id = of(({ value, kind }) => (kind !== "code" && UUID.test(value) ? value : null));
  const rows = await reader.read<{ n: number }>(sql`
    select x.n::int from unnest(${named.map((_, n) => n)}::int[], ${of(({ kind }) => kind)}::text[], ${of(({ scheme }) => scheme)}::text[], ${id}::uuid[],
      ${of(({ value, kind }) => (kind === "place" ? value.split("@")[0] : value))}::text[], ${of(({ value, kind }) => (kind === "place" ? value.split("@")[1] : null))}::date[])
      as x(n, kind, scheme, id, code, day)
    where case
      when x.kind = 'code' then exists (select from fields f where f.scheme = x.scheme and f.code = x.code)
        or exists (select from codes c where c.list = x.scheme and c.code = x.code)
      when x.kind = 'place' and x.id is not null then exists (select from localities l where l.id = x.id)
      when x.kind = 'place' then exists (select from localities l where l.code = x.code and l.hidden_at is null
        and coalesce(l.valid_from <= x.day, true) and coalesce(l.valid_to >= x.day, true))
      when x.id is not null then exists (select from organizations o where o.id = x.id)
      else exists (select from organizations o where o.code = x.code) end`);
  return new Set(rows.map(({ n }) => n));
}

async function violationOf(reader: Reader, named: Named): Promise<Violation> {
  const { kind, scheme, path, value, at } = named;
  const code = at.pointer === undefined ? "invalid-parameter" : "unknown-code";
  const text = value.slice(0, 60);
  const where = {
    code: { vi: `trong danh mục ${scheme}`, en: `in ${scheme}` },
    place: { vi: "trong địa bàn của ngày đó", en: "among the localities of that day" },
    unit: { vi: "trong các tổ chức", en: "among the organizations" },
  }[kind];
  const detail = { vi: `“${path}”: không có “${text}” ${where.vi}.`, en: `\`${path}\`: there is no \`${text}\` ${where.en}.` };
  const near = await nearestCode(reader, named);
  return { code, detail, ...placeOf(at), ...(near !== undefined && { did_you_mean: near }) };
}

/** The code whose label was written in its place, one that is misspelt, or of digits the longest beginning that is a code. */
async function nearestCode(reader: Reader, { kind, scheme, value }: Named): Promise<string | undefined> {
  if (value.length > 200 || (kind !== "code" && UUID.test(value))) return undefined;
  if (kind === "place") {
    const [of] = await reader.read<{ day: string }>(
      sql`select coalesce(valid_from, valid_to)::text as day from localities where code = ${value.split("@")[0]} and hidden_at is null order by valid_from desc nulls last limit 1`,
    );
    return of && `${value.split("@")[0]}@${of.day}`;
  }
  const known = await reader.read<{ code: string; label: string | null }>(
    kind === "unit"
      ? sql`select code, name as label from organizations where code is not null and hidden_at is null order by id limit 5000`
      : sql`select code, vi as label from fields where scheme = ${scheme} union all select code, vi from codes where list = ${scheme}`,
  );
  const codes = known.map((one) => one.code);
  const [wanted, digits] = [fold(value), /^\d+$/.test(value)];
  const labelled = wanted === "" ? undefined : known.find(({ label }) => label !== null && fold(label) === wanted)?.code;
  if (labelled !== undefined || !digits) return labelled ?? nearest(value, codes);
  return codes.filter((code) => value.startsWith(code)).toSorted((a, b) => b.length - a.length)[0];
}
