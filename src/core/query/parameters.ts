import { LIMITS, beyond } from "./limits.ts";
import { nearest, problemOf } from "../problems.ts";
import type { Violation } from "../problems.ts";
import { ALL, and } from "./tree.ts";
import type { Comparison, Query } from "./tree.ts";

/** The operators of a parameter's name, `birth_year:gte=1970`, and the comparison each stands for. */
export const PARAMETER_OPERATORS: Readonly<Record<string, Comparison>> = {
  not: "!=",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  below: "below",
  match: "match",
  prefix: "prefix",
  exact: "exact",
  exists: "exists",
};

/** Several values mean OR only for equality (and `:not`: none of them); a comparison takes one. */
const SEVERAL = new Set<Comparison>(["=", "in", "!="]);

/**
 * Reads the layer 1 parameters of a list, `name[:op]=value[,value...]`, into the query tree.
 * Parameters with one collection prefix hold for one and the same element.
 * @param raw the parameters as Fastify gives them; `known` the paths that may stand in a URL; `collections` their first words that are
 * collections; `meant` what an unknown path may stand for.
 * @throws Problem `unknown-parameter`, `unknown-operator`, `invalid-parameter`, `filter-too-complex`, all at once.
 */
export function readParameters(
  raw: Record<string, string | string[]>,
  known: Pick<readonly string[], "includes">,
  collections: readonly string[],
  meant: (path: string) => string | undefined = () => undefined,
): Query {
  const violations: Violation[] = [];
  const groups = new Map<string, Query[]>();
  let count = 0;
  for (const [parameter, given] of Object.entries(raw)) {
    const [path = "", operator, ...rest] = parameter.split(":");
    if (!known.includes(path)) {
      violations.push(unknownParameter(parameter, operator, meant(path)));
      continue;
    }
    const compare = operator === undefined ? "=" : Object.hasOwn(PARAMETER_OPERATORS, operator) ? PARAMETER_OPERATORS[operator] : undefined;
    if (!compare || rest.length > 0) {
      violations.push(unknownOperator(parameter, path, operator ?? ""));
      continue;
    }
    const values = [given].flat().flatMap((text) => (SEVERAL.has(compare) ? splitValues(text) : [text]));
    if (!SEVERAL.has(compare) && values.length !== 1) {
      violations.push({
        code: "invalid-parameter",
        parameter,
        detail: { vi: "Phép so sánh này nhận đúng một giá trị.", en: "This comparison takes exactly one value." },
      });
      continue;
    }
    const before = count;
    count += values.length;
    if (count > LIMITS.values && before <= LIMITS.values) violations.push(beyond("values", count, { parameter }));
    const head = path.split(".")[0]!;
    const key = path.includes(".") && collections.includes(head) ? head : parameter;
    const inner = key === head && key !== parameter ? path.slice(head.length + 1) : path;
    groups.set(key, [...(groups.get(key) ?? []), predicate(inner, compare, values, parameter)]);
  }
  if (violations.length > 0) throw problemOf(violations, "query");
  const items = [...groups].map(([key, parts]): Query =>
    collections.includes(key) ? { is: "has", path: key, where: and(parts), at: (parts[0] as { at?: object }).at ?? {} } : and(parts),
  );
  return items.length === 0 ? ALL : and(items);
}

function predicate(path: string, compare: Comparison, values: string[], parameter: string): Query {
  const at = { parameter };
  // The tree knows one way to say that there is no value.
  if (compare === "exists" && values[0] === "false") return { is: "not", item: { is: "compare", path, compare, values: ["true"], at } };
  if (compare === "!=" && values.length > 1) return { is: "not", item: { is: "compare", path, compare: "in", values, at } };
  if (compare === "=" && values.length > 1) return { is: "compare", path, compare: "in", values, at };
  return { is: "compare", path, compare, values, at };
}

/** `a,b\,c` is two values, the second with a comma. */
export function splitValues(text: string): string[] {
  const values: string[] = [];
  let value = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && (text[i + 1] === "," || text[i + 1] === "\\")) value += text[++i];
    else if (text[i] === ",") {
      values.push(value);
      value = "";
    } else value += text[i];
  }
  return [...values, value];
}

function unknownParameter(parameter: string, operator: string | undefined, near: string | undefined): Violation {
  const suggestion = near && operator !== undefined && !near.startsWith("filter=") ? `${near}:${operator}` : near;
  const detail = { vi: `Không có tham số “${parameter.slice(0, 80)}”.`, en: `There is no parameter \`${parameter.slice(0, 80)}\`.` };
  return { code: "unknown-parameter", parameter, detail, ...(suggestion && { did_you_mean: suggestion }) };
}

function unknownOperator(parameter: string, path: string, operator: string): Violation {
  const near = nearest(operator, Object.keys(PARAMETER_OPERATORS));
  const detail = { vi: `Không có toán tử “:${operator.slice(0, 40)}”.`, en: `There is no operator \`:${operator.slice(0, 40)}\`.` };
  return { code: "unknown-operator", parameter, detail, ...(near && { did_you_mean: `${path}:${near}` }) };
}
