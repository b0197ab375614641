import type { Field } from "../../../src/core/registry/field.ts";
import type { Ask, Compare, Leaf } from "../asking/question.ts";
import { begins, calendar, eq, folds, matches, resembles } from "./values.ts";
import type { Span } from "./values.ts";
import { organizationBelow } from "../world/world.ts";
import type { Row, World } from "../world/world.ts";

/**
 * What day a question speaks of. A search of names forgives typos, and how many is the service's affair:
 * `lenient` asks what might hold, names that only resemble being found, else what holds in any case.
 */
export type Asking = { world: World; asOf: string | null; lenient?: boolean };

/** Whether a record is what is asked for: two-valued, `not` turns a comparison with a missing value true. */
export function holds(asking: Asking, noun: string, row: Row, ask: Ask): boolean {
  switch (ask.is) {
    case "and":
      return ask.items.every((item) => holds(asking, noun, row, item));
    case "or":
      return ask.items.some((item) => holds(asking, noun, row, item));
    case "not":
      return !holds({ ...asking, lenient: !asking.lenient }, noun, row, ask.item);
    case "has":
      return elements(asking, noun, row, ask.path, ask.where).length > 0;
    case "none":
      return elements({ ...asking, lenient: !asking.lenient }, noun, row, ask.path, ask.where).length === 0;
    case "count": {
      const [least, most] = [false, true].map((lenient) => elements({ ...asking, lenient }, noun, row, ask.path, ask.where).length);
      const counts = Array.from({ length: most! - least! + 1 }, (_, more) => ordered(least! + more, ask.compare, ask.value));
      return asking.lenient ? counts.some(Boolean) : counts.every(Boolean);
    }
    case "compare":
      return compares(asking, noun, row, ask.path.split("."), ask);
  }
}

/** The elements of a collection that the caller can know of on the day asked for. */
export function visibleElements({ world, asOf }: Asking, noun: string, row: Row, member: string): Row[] {
  const target = world.nouns[noun]!.collections[member]!;
  return (world.elements.get(`${target} ${row["id"]}`) ?? []).filter((one) => one["hidden_at"] === null && heldOn(one, asOf));
}

/** A fact is left out only when it certainly did not hold on the day. */
export function heldOn(fact: Row, day: string | null): boolean {
  if (day === null) return true;
  const [from, to] = [spanOf(fact, "valid_from"), spanOf(fact, "valid_to")];
  return !(from && from.earliest > day) && !(to && to.latest < day);
}

export function spanOf(row: Row, member: string): Span | null {
  const [earliest, latest] = [row[`${member}_earliest`], row[`${member}_latest`]];
  return earliest === null || earliest === undefined ? null : { earliest, latest };
}

function elements(asking: Asking, noun: string, row: Row, path: string, where: Ask | undefined): Row[] {
  const target = asking.world.nouns[noun]!.collections[path]!;
  return visibleElements(asking, noun, row, path).filter((one) => where === undefined || holds(asking, target, one, where));
}

function compares(asking: Asking, nounName: string, row: Row, [head = "", ...rest]: string[], leaf: Leaf): boolean {
  const noun = asking.world.nouns[nounName]!;
  if (rest.length > 0 && noun.collections[head] !== undefined) {
    return visibleElements(asking, nounName, row, head).some((one) => compares(asking, noun.collections[head]!, one, rest, leaf));
  }
  if (rest.length > 0) {
    const related = asking.world.byId.get(pointed(asking.world, row, head) ?? "");
    return related ? compares(asking, noun.relations[head]!, related, rest, leaf) : leaf.operator === "!=";
  }
  if (leaf.operator === "!=") return !compares(asking, nounName, row, [head], { ...leaf, operator: "=" });
  if (leaf.operator === "in")
    return leaf.values.some((value) => compares(asking, nounName, row, [head], { ...leaf, operator: "=", values: [value] }));
  const field = noun.fields[head]!;
  const value = valueOf(asking, nounName, row, head, field);
  if (leaf.operator === "exists") return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
  if (value === null || value === undefined) return false;
  const [literal = ""] = leaf.values;
  return Array.isArray(value)
    ? value.some((one) => one !== null && fits(asking, row, head, field, one, leaf, literal))
    : fits(asking, row, head, field, value, leaf, literal);
}

/** The value of a member as the contract derives it; null: not known. */
export function valueOf({ world, asOf }: Asking, noun: string, row: Row, member: string, field: Field): unknown {
  if (member === "birth_year") return row["birth_date_earliest"] ? Number(row["birth_date_earliest"].slice(0, 4)) : null;
  if (member === "is_current") return isCurrent(row, world.today);
  if (member === "live") return row["withdrawn_at"] === null;
  if (member === "overdue") return row["due_on"] !== null && row["due_on"] < world.today;
  if (member === "work_locality") return workLocalities(world, row, asOf);
  if (member === "hometown_locality_today") return hometownToday(world, row);
  if (member === "citizen_id") return world.citizenIds.get(row["id"]) ?? null;
  if (member === "name" && noun === "people") return row["name_full"];
  if (field.kind === "partial_date") return spanOf(row, member);
  if (field.kind === "place" || field.kind === "unit") return row[`${member}_id`];
  if (field.kind === "source")
    return ["organization_id", "received_on", "document"].some((part) => row[`source_${part}`] !== null) ? row : null;
  return row[member];
}

/** False when it certainly is over or has not begun; true when it is said or certain that it holds; else not known. */
export function isCurrent(fact: Row, today: string): boolean | null {
  const [from, to] = [spanOf(fact, "valid_from"), spanOf(fact, "valid_to")];
  if (fact["ended"] === true || (to && to.latest < today) || (from && from.earliest > today)) return false;
  if (fact["ended"] === false) return true;
  return from && to && from.latest <= today && today <= to.earliest ? true : null;
}

/** Affiliations that are not known to be over: what territory and places of work count. */
export const currentAffiliations = (world: World, person: Row): Row[] =>
  affiliationsOf(world, person).filter((one) => isCurrent(one, world.today) !== false);

const affiliationsOf = (world: World, person: Row): Row[] =>
  (world.elements.get(`affiliations ${person["id"]}`) ?? []).filter((one) => one["hidden_at"] === null);

/** The id of the record that a member points at. */
export const pointed = (world: World, row: Row, member: string): string | null =>
  member === "hometown_locality_today" ? hometownToday(world, row) : (row[`${member}_id`] as string | null);

/** The one unit of today that the hometown became. */
const hometownToday = (world: World, person: Row): string | null =>
  person["hometown_locality_id"] ? world.localities.todayOf(person["hometown_locality_id"]) : null;

/** Where the person works today; on a day asked for, where the person may have worked then: `ended` speaks of today only. */
function workLocalities(world: World, person: Row, asOf: string | null): string[] {
  const bonds = asOf === null ? currentAffiliations(world, person) : affiliationsOf(world, person).filter((one) => heldOn(one, asOf));
  const places = bonds.map((one) => world.byId.get(one["organization_id"])?.["locality_id"]);
  return [...new Set(places.filter((place) => place !== null && place !== undefined))];
}

function fits(
  { world, asOf, lenient = false }: Asking,
  row: Row,
  member: string,
  field: Field,
  value: unknown,
  { operator }: Leaf,
  literal: string,
): boolean {
  const place = field.kind === "place" || member === "work_locality";
  const id = place ? placeOf(world, literal) : field.kind === "unit" ? unitOf(world, literal) : literal;
  switch (operator) {
    case "below":
      if (id === undefined) return false;
      if (place) return world.localities.below(value as string, id);
      if (field.kind === "unit") return organizationBelow(world, value as string, id, asOf ?? world.today);
      return world.fieldPaths.get(`${row[`${member}_scheme`]}|${value as string}`)?.has(literal) ?? value === literal;
    case "match":
      return (lenient && field.kind === "name" ? resembles : matches)(value as string, literal);
    case "prefix":
      return field.kind === "name" ? begins(value as string, literal) : folds(value as string).startsWith(folds(literal));
    case "exact":
    case "=":
      if (field.kind === "partial_date") return within(value as Span, calendar(literal));
      return place || field.kind === "unit" ? value === id : eq(value, literal);
    default:
      return field.kind === "partial_date"
        ? certainly(value as Span, operator as Compare, calendar(literal))
        : ordered(value as number | string, operator as Compare, typeof value === "number" ? Number(literal) : literal);
  }
}

const within = (value: Span, literal: Span): boolean => literal.earliest <= value.earliest && value.latest <= literal.latest;

function certainly(value: Span, compare: Compare, literal: Span): boolean {
  if (compare === "<") return value.latest < literal.earliest;
  if (compare === "<=") return value.latest <= literal.latest;
  if (compare === ">") return value.earliest > literal.latest;
  return value.earliest >= literal.earliest;
}

function ordered<T extends number | string>(a: T, compare: Compare, b: T): boolean {
  return { "=": a === b, "!=": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[compare];
}

/** By id, or by code and day. */
function placeOf(world: World, literal: string): string | undefined {
  const [code = "", day] = literal.split("@");
  return day === undefined ? literal : world.localities.at(code, day);
}

/** By id, or by our code. */
const unitOf = (world: World, literal: string): string | undefined =>
  world.byId.has(literal) ? literal : world.rows["organizations"]!.find((row) => row["code"] === literal)?.["id"];
