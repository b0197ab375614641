/** What a query asks of one record, as the contract's grammar knows it: the oracle's own tree, not the service's. */
export type Ask =
  | { is: "and" | "or"; items: Ask[] }
  | { is: "not"; item: Ask }
  | { is: "has" | "none"; path: string; where?: Ask }
  | { is: "count"; path: string; where?: Ask; compare: Compare; value: number }
  | Leaf;
export type Compare = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type Operator = Compare | "in" | "below" | "match" | "prefix" | "exact" | "exists";
export type Leaf = { is: "compare"; path: string; operator: Operator; values: string[] };

/** A parameter of layer 1: `name[:op]=value[,value...]`; `repeated` writes several values as repetitions. */
export type Parameter = { path: string; operator?: string; values: string[]; repeated: boolean };
export type SortKey = { field: string; descending: boolean };
/** Which part of the province the caller's token opens. */
export type Territory = { org?: string[]; loc?: string[] };

/** One question to the service: a list, a person's own list, or a search by body. */
export type Question = {
  noun: string;
  /** `/v1/people/{id}/<noun>`. */
  person?: string;
  /** `/v1/code-lists/{list}/codes`. */
  list?: string;
  inBody: boolean;
  parameters: Parameter[];
  filter?: Ask;
  sort: SortKey[];
  limit: number;
  count: boolean;
  asOf?: string;
  fields?: string[];
  include?: string[];
  territory: Territory;
};

const PARAMETER: Record<string, Operator> = { not: "!=", gt: ">", gte: ">=", lt: "<", lte: "<=" };
const and = (items: Ask[]): Ask => (items.length === 1 ? items[0]! : { is: "and", items });

/** What the parameters mean together: those with one collection prefix hold for one and the same element. */
export function meaningOf(parameters: readonly Parameter[], collections: readonly string[]): Ask[] {
  const asks: Ask[] = [];
  const elements = new Map<string, Ask[]>();
  for (const { path, operator, values } of parameters) {
    const [head = "", ...rest] = path.split(".");
    const inside = rest.length > 0 && collections.includes(head);
    const ask = meaning(inside ? rest.join(".") : path, operator, values);
    if (inside) elements.set(head, [...(elements.get(head) ?? []), ask]);
    else asks.push(ask);
  }
  return [...asks, ...[...elements].map(([path, items]): Ask => ({ is: "has", path, where: and(items) }))];
}

function meaning(path: string, operator: string | undefined, values: string[]): Ask {
  if (operator === "exists") {
    const exists: Ask = { is: "compare", path, operator: "exists", values: [] };
    return values[0] === "true" ? exists : { is: "not", item: exists };
  }
  const anyOf: Ask = { is: "or", items: values.map((value) => ({ is: "compare", path, operator: "=", values: [value] })) };
  if (operator === undefined) return anyOf;
  if (operator === "not") return { is: "not", item: anyOf };
  return { is: "compare", path, operator: PARAMETER[operator] ?? (operator as Operator), values };
}

/** The text of `filter=`, written by the grammar of api.md 3. */
export function filterText(ask: Ask, inside = false): string {
  switch (ask.is) {
    case "and":
    case "or": {
      const text = ask.items.map((item) => filterText(item, true)).join(` ${ask.is} `);
      return inside ? `(${text})` : text;
    }
    case "not":
      return `not ${filterText(ask.item, true)}`;
    case "has":
    case "none":
      return `${ask.is}(${ask.path}${ask.where ? `, ${filterText(ask.where)}` : ""})`;
    case "count":
      return `count(${ask.path}${ask.where ? `, ${filterText(ask.where)}` : ""}) ${ask.compare} ${ask.value}`;
    case "compare":
      if (ask.operator === "exists") return `${ask.path} exists`;
      if (ask.operator === "in") return `${ask.path} in (${ask.values.map(quoted).join(", ")})`;
      return `${ask.path} ${ask.operator} ${quoted(ask.values[0]!)}`;
  }
}

const KEYWORDS = new Set(["and", "or", "not", "has", "none", "count", "in", "below", "match", "prefix", "exact", "exists"]);
const quoted = (value: string): string =>
  /^[\p{L}\p{N}._:@+-]+$/u.test(value) && !KEYWORDS.has(value) ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** How deep parentheses, `not` and collections nest in the text. */
export function nesting(ask: Ask): number {
  switch (ask.is) {
    case "and":
    case "or":
      return Math.max(0, ...ask.items.map((item) => nesting(item) + (item.is === "and" || item.is === "or" ? 1 : 0)));
    case "not":
      return 1 + nesting(ask.item) + (ask.item.is === "and" || ask.item.is === "or" ? 1 : 0);
    case "compare":
      return 0;
    default:
      return ask.where ? 1 + nesting(ask.where) : 0;
  }
}

/** How many predicates an ask holds. */
export function predicates(ask: Ask): number {
  switch (ask.is) {
    case "and":
    case "or":
      return ask.items.reduce((sum, item) => sum + predicates(item), 0);
    case "not":
      return predicates(ask.item);
    case "compare":
      return 1;
    default:
      return 1 + (ask.where ? predicates(ask.where) : 0);
  }
}

/** Whether an ask is for records of certain codes only. */
export function asksForCode(ask: Ask): boolean {
  if (ask.is === "and") return ask.items.some(asksForCode);
  if (ask.is === "or") return ask.items.every(asksForCode);
  return ask.is === "compare" && ask.path === "code" && (ask.operator === "=" || ask.operator === "in");
}

/** Where a question is sent, and its body if it is a search. */
export function requestOf(question: Question): { path: string; body?: Record<string, unknown> } {
  const { noun, person, list, inBody, parameters, filter, sort, limit, count, asOf, fields, include } = question;
  const controls: [string, string | number | undefined][] = [
    ["filter", filter && filterText(filter)],
    ["sort", sort.length > 0 ? sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(",") : undefined],
    ["limit", limit],
    ["count", count ? "exact" : undefined],
    ["as_of", asOf],
    ["fields", fields?.join(",")],
    ["include", include?.join(",")],
  ];
  const given = controls.filter(([, value]) => value !== undefined);
  if (inBody) return { path: "/v1/people/search", body: Object.fromEntries(given) };
  const own = parameters.flatMap(({ path, operator, values, repeated }) => {
    const name = operator === undefined ? path : `${path}:${operator}`;
    const escaped = ["not", undefined].includes(operator) ? values.map((value) => value.replace(/[\\,]/g, "\\$&")) : values;
    return (repeated ? escaped : [escaped.join(",")]).map((value): [string, string] => [name, value]);
  });
  const query = [...own, ...given].map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join("&");
  const root = person !== undefined ? `/v1/people/${person}/${noun}` : list !== undefined ? `/v1/code-lists/${list}/codes` : `/v1/${noun}`;
  return { path: `${root}?${query}` };
}
