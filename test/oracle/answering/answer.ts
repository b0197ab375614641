import type { Field } from "../../../src/core/registry/field.ts";
import { currentAffiliations, heldOn, holds, pointed, spanOf, valueOf, visibleElements } from "./meaning.ts";
import type { Asking } from "./meaning.ts";
import { asksForCode, meaningOf } from "../asking/question.ts";
import type { Ask, Question, SortKey, Territory } from "../asking/question.ts";
import { likeness } from "./values.ts";
import { organizationBelow } from "../world/world.ts";
import type { Row, World } from "../world/world.ts";

/**
 * What the service should answer: the ids in order, `sure` without those that a search which forgives typos may find or leave.
 * Of a ranked search the rank of each, within which the order is the service's.
 */
export type Expected = { ids: string[]; sure: ReadonlySet<string>; ranked: boolean; ranks: ReadonlyMap<string, number> };

/** Answers a question from memory, by the words of the contract alone; null for the facts of a person whom the caller cannot know of. */
export function answer(world: World, question: Question): Expected | null {
  const { noun: name, parameters, filter, person, list, territory, sort, asOf = null } = question;
  const noun = world.nouns[name]!;
  const asking: Asking = { world, asOf };
  const fits = (row: Row, lenient: boolean) => asks.every((ask) => holds({ ...asking, lenient }, name, row, ask));

  const asks = [...meaningOf(parameters, Object.keys(noun.collections)), ...(filter ? [filter] : [])];
  const reached = noun.standing === "reference" ? undefined : reach(world, territory);
  if (person !== undefined && reached?.(world.byId.get(person)!) === false) return null;
  const day = noun.standing === "reference" && asOf === null && !asks.some(asksForCode) ? world.today : asOf;
  const found = world.rows[name]!.filter(
    (row) =>
      row["hidden_at"] === null &&
      (noun.standing !== "fact" || world.byId.get(row["person_id"])!["hidden_at"] === null) &&
      (reached === undefined || reached(noun.standing === "person" ? row : world.byId.get(row["person_id"])!)) &&
      (noun.standing === "person" || !("valid_from" in noun.fields) || standsOn(row, noun.fields["valid_from"]!, day)) &&
      (person === undefined || row["person_id"] === person) &&
      (list === undefined || row["list"] === list) &&
      fits(row, true),
  );
  const sure = new Set(found.filter((row) => fits(row, false)).map((row) => row["id"] as string));
  const ids = inOrder(asking, name, found, sort.length > 0 ? sort : (USUAL[name] ?? [])).map((row) => row["id"] as string);
  const ranked = sort.length === 0 && asks.some(hasMatch);
  const [search, ...others] = noun.name === "people" && ranked ? asks.flatMap(searchesOf) : [];
  const text = others.length === 0 ? search : undefined;
  return { ids, sure, ranked, ranks: new Map(text === undefined ? [] : found.map((row) => [row["id"], likeness(row["name_full"], text)])) };
}

/** Lists that have an order where none is asked for. */
const USUAL: Record<string, SortKey[]> = { "data-requests": [{ field: "due_on", descending: false }] };

/** The texts that a name must match, whatever else is asked. */
function searchesOf(ask: Ask): string[] {
  if (ask.is === "and") return ask.items.flatMap(searchesOf);
  return ask.is === "compare" && ask.path === "name" && ask.operator === "match" ? ask.values : [];
}

/** The ids of what is included in a record by a path one or two deep: `element>what it points at`. */
export function included(world: World, { noun, asOf }: Question, id: string, path: string): string[] {
  const [member = "", inner] = path.split(".");
  const row = world.byId.get(id)!;
  const rows =
    world.nouns[noun]!.collections[member] === undefined
      ? [world.byId.get(pointed(world, row, member) ?? "")].flatMap((one) => one ?? [])
      : visibleElements({ world, asOf: asOf ?? null }, noun, row, member);
  return rows.map((one) => (inner === undefined ? one["id"] : `${one["id"]}>${pointed(world, one, inner) ?? ""}`));
}

function standsOn(row: Row, { kind }: Field, day: string | null): boolean {
  if (day === null) return true;
  return kind === "day" ? (row["valid_from"] ?? "") <= day && day <= (row["valid_to"] ?? "9999") : heldOn(row, day);
}

/** Several values are OR, both claims AND; an absent claim opens the whole province. */
function reach(world: World, { org, loc }: Territory): (person: Row) => boolean {
  const known = new Map<string, boolean>();
  const decide = (person: Row): boolean => {
    const units = currentAffiliations(world, person).flatMap((one) => (one["organization_id"] ? [one["organization_id"] as string] : []));
    const places = [person["residence_locality_id"], ...units.map((unit) => world.byId.get(unit)!["locality_id"])].filter(
      Boolean,
    ) as string[];
    const inOrg = org === undefined || org.some((one) => units.some((unit) => organizationBelow(world, unit, one, world.today)));
    const inLoc = loc === undefined || loc.some((one) => places.some((place) => liesIn(world, place, one)));
    return inOrg && inLoc;
  };
  return (person) => {
    const id = person["id"] as string;
    if (!known.has(id)) known.set(id, decide(person));
    return known.get(id)!;
  };
}

/** A claim is the code of a locality of today, or an id. */
function liesIn({ localities, byId, today }: World, place: string, claim: string): boolean {
  const unit = byId.has(claim) ? claim : localities.at(claim, today);
  return unit !== undefined && localities.liesIn(place, unit);
}

const COLLATOR = new Intl.Collator("vi");
const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const byText = (a: string, b: string): number => COLLATOR.compare(a, b) || bytes(a, b);

function inOrder(asking: Asking, noun: string, rows: Row[], sort: readonly SortKey[]): Row[] {
  const keys = new Map(rows.map((row) => [row, sort.map(({ field }) => keyOf(asking, noun, row, field))]));
  const compare = (a: Row, b: Row): number => {
    for (const [i, { descending }] of sort.entries()) {
      const [one, other] = [keys.get(a)![i]!, keys.get(b)![i]!];
      // Missing values are last, whichever way the key is sorted.
      if (one === null || other === null) {
        if (one !== other) return one === null ? 1 : -1;
        continue;
      }
      for (const [j, part] of one.entries()) {
        const order = typeof part === "number" ? part - (other[j] as number) : byText(part, other[j] as string);
        if (order !== 0) return descending ? -order : order;
      }
    }
    return bytes(a["id"], b["id"]);
  };
  return rows.toSorted(compare);
}

/** A key's parts in the order in which they decide; null: no value. */
function keyOf(asking: Asking, noun: string, row: Row, member: string): (string | number)[] | null {
  const field = asking.world.nouns[noun]!.fields[member]!;
  if (field.kind === "name") return [row["name_given"], row["name_family"] ?? "", row["name_middle"] ?? ""];
  if (field.kind === "partial_date") {
    const span = spanOf(row, member);
    return span && [span.earliest];
  }
  const value = valueOf(asking, noun, row, member, field) as string | number | null;
  return value === null || value === undefined ? null : [value];
}

function hasMatch(ask: Ask): boolean {
  switch (ask.is) {
    case "and":
    case "or":
      return ask.items.some(hasMatch);
    case "not":
      return hasMatch(ask.item);
    case "compare":
      return ask.operator === "match";
    default:
      return ask.where !== undefined && hasMatch(ask.where);
  }
}
