import type { Field } from "../../src/core/registry/field.ts";
import type { Catalog, Source } from "../../src/db/query/source.ts";

/** What a list is asked: parameters and a sort, by the noun. */
export type Question = { noun: string; parameters: Record<string, string>; sort?: string };
type Ask = <Row>(text: string, ...values: unknown[]) => Promise<Row[]>;

const NOBODY = "00000000-0000-7000-8000-000000000001";

/**
 * Every declared filter and sort alone, and the declared combinations, from the registry itself: each filter with a common value, one in the
 * middle, a rare one, one that nothing has, and ranges of any share.
 */
export async function questionsOf(catalog: Catalog, ask: Ask): Promise<Question[]> {
  const found: Question[] = [];
  for (const [noun, source] of Object.entries(catalog)) {
    found.push({ noun, parameters: {} });
    for (const [member, { sortable }] of Object.entries(source.noun.fields)) {
      if (sortable) found.push({ noun, parameters: {}, sort: member }, { noun, parameters: {}, sort: `-${member}` });
    }
    for (const name of source.noun.parameters) {
      for (const value of await valuesOf(name, source, catalog, ask)) found.push({ noun, parameters: { [name]: value } });
    }
    for (const { filters, sort } of source.noun.combinations) {
      const lists: string[][] = [];
      for (const name of filters) lists.push(await valuesOf(name, source, catalog, ask));
      for (let i = 0; i < Math.max(...lists.map((list) => list.length)); i++) {
        const parameters = Object.fromEntries(filters.map((name, n) => [name, lists[n]![i % lists[n]!.length]!]));
        found.push({ noun, parameters, ...(sort !== undefined && { sort }) });
      }
    }
  }
  return found;
}

async function valuesOf(name: string, source: Source, catalog: Catalog, ask: Ask): Promise<string[]> {
  const [path = "", operator] = name.split(":");
  const [head = "", inner] = path.split(".");
  const { noun } = inner === undefined ? source : catalog[source.noun.collections[head]!]!;
  const member = inner ?? head;
  const field = noun.fields[member]!;
  if (operator === "exists" || field.kind === "boolean") return ["true", "false"];
  if (member === "work_locality") {
    const rows = await ask<{ v: string }>(
      `select locality_id as v from organizations where locality_id is not null group by 1 order by count(*) desc`,
    );
    return withAbove([rows[0]!.v, rows.at(-1)!.v, NOBODY], field, ask, "locality_tree", "locality_id");
  }
  if (field.kind === "choice" && "options" in field.type) return field.type.options as string[];
  if (field.kind === "name" && operator === "prefix") return ["n", "nguyen", "nguyen thi h", "quy", "zzz"];
  const column = columnOf(member, field);
  const rows = await ask<{ v: string }>(
    `select ${column}::text as v from ${noun.table} where ${column} is not null group by 1 order by count(*) desc`,
  );
  if (rows.length === 0) return [String(field.example)];
  const some = [...new Set([rows[0]!.v, rows[rows.length >> 1]!.v, rows.at(-1)!.v])];
  if (operator === "gte" || operator === "lt" || operator === "gt" || operator === "lte") {
    const [at] = await ask<{ v: number[] }>(
      `select percentile_disc(array[0, 0.005, 0.02, 0.05, 0.1, 0.5, 0.9, 0.95, 0.98, 0.995, 1]) within group (order by ${column}) as v from ${noun.table}`,
    );
    return [...new Set(at!.v.map(String)), "1801", "2190"];
  }
  if (field.kind === "integer") return [...some, "1802"];
  if (field.kind === "partial_date") return [...some, some[0]!.slice(0, 4), some[0]!.slice(0, 7)];
  if (operator !== "below") return [...some, field.kind === "place" || field.kind === "unit" ? NOBODY : "ZZ9"];
  const [tree, child] =
    field.kind === "place"
      ? ["locality_tree", "locality_id"]
      : field.kind === "unit"
        ? ["organization_tree", "organization_id"]
        : ["field_tree", "code"];
  return withAbove([...some, field.kind === "classification" ? "ZZ9" : NOBODY], field, ask, tree!, child!);
}

/** The values, what stands above the first of them, and what has most below it. */
async function withAbove(values: string[], { scheme }: Field, ask: Ask, tree: string, child: string): Promise<string[]> {
  const ancestor = tree === "field_tree" ? "ancestor_code" : "ancestor_id";
  const only = scheme !== undefined && tree === "field_tree" ? `and scheme = '${scheme}'` : "";
  const above = await ask<{ v: string }>(
    `select ${ancestor}::text as v from ${tree} where ${child}::text = $1 ${only} group by 1`,
    values[0],
  );
  const [most] = await ask<{ v: string }>(
    `select ${ancestor}::text as v from ${tree} where true ${only} group by 1 order by count(*) desc limit 1`,
  );
  return [...new Set([...values, ...above.map(({ v }) => v), most!.v])];
}

function columnOf(member: string, { kind }: Field): string {
  if (kind === "name") return `${member}_full`;
  if (kind === "partial_date") return `${member}_earliest`;
  return kind === "place" || kind === "unit" ? `${member}_id` : member;
}
