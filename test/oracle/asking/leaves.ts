import fc from "fast-check";
import type { Field } from "../../../src/core/registry/field.ts";
import type { Noun } from "../../../src/core/registry/noun.ts";
import { folds, matches, resembles } from "../answering/values.ts";
import type { Row, World } from "../world/world.ts";
import type { Ask, Leaf, Operator, Parameter } from "./question.ts";

/** One of several values, the first of them the simplest. */
export const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** Something, `often` times as often as half of nothing. */
export const maybe = <T>(arbitrary: fc.Arbitrary<T>, often: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: often, arbitrary });

/** What may be asked in a body alone. */
export const SECRETS = /(^|\.)(citizen_id|phones|emails|old_id_number|certificate_no)$/;
/** A comparison that leaves nobody out. */
export const NOBODY: Leaf = { is: "compare", path: "id", operator: "!=", values: ["019a0000-0000-7000-8000-000000000000"] };

const RANGE = ["<", "<=", ">", ">="] as const;
const NAMES: Partial<Record<Operator, string>> = { "!=": "not", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" };

/** Comparisons of a noun's fields with values that are near those which stand in the world. */
export class Leaves {
  private readonly world: World;
  private readonly asks = new Map<string, fc.Arbitrary<Ask>>();
  private readonly compares = new Map<string, fc.Arbitrary<Leaf>>();
  constructor(world: World) {
    this.world = world;
  }

  ask(noun: Noun, depth: number): fc.Arbitrary<Ask> {
    const key = `${noun.name} ${depth}`;
    const made = this.asks.get(key) ?? this.make(noun, depth);
    this.asks.set(key, made);
    return made;
  }

  private make(noun: Noun, depth: number): fc.Arbitrary<Ask> {
    const leaf = this.leaf(noun);
    if (depth <= 1) return leaf;
    const inner = this.ask(noun, depth - 1);
    const items = fc.array(inner, { minLength: 2, maxLength: 3 });
    const kinds: fc.WeightedArbitrary<Ask>[] = [
      { weight: 4, arbitrary: leaf },
      { weight: 2, arbitrary: items.map((list): Ask => ({ is: "and", items: list })) },
      { weight: 2, arbitrary: items.map((list): Ask => ({ is: "or", items: list })) },
      { weight: 2, arbitrary: inner.map((item): Ask => ({ is: "not", item })) },
    ];
    for (const [path, target] of Object.entries(noun.collections)) {
      const where = maybe(this.ask(this.world.nouns[target]!, depth - 1), 8);
      const has = fc.record({ is: one(["has", "none"] as const), path: fc.constant(path), where }).map(whole);
      const count = fc
        .record({
          is: fc.constant("count" as const),
          path: fc.constant(path),
          where,
          compare: one(["=", "!=", ...RANGE] as const),
          value: fc.nat(3),
        })
        .map(whole);
      kinds.push({ weight: 1, arbitrary: has as fc.Arbitrary<Ask> }, { weight: 1, arbitrary: count as fc.Arbitrary<Ask> });
    }
    const pairs = this.pairs(noun);
    if (pairs.length > 0) {
      const same = one(pairs).map(({ path, leaves }): Ask => ({ is: "has", path, where: { is: "and", items: leaves } }));
      kinds.push({ weight: 1, arbitrary: same });
    }
    return fc.oneof({ withCrossShrink: true }, ...kinds);
  }

  /** Values that stand in two elements of one person: who has both has not yet one that has both. */
  pairs(noun: Noun): { path: string; leaves: [Leaf, Leaf] }[] {
    return Object.entries(noun.collections).flatMap(([path, target]) => {
      const members = Object.entries(this.world.nouns[target]!.fields).flatMap(([member, { kind, operators }]) =>
        PLAIN.has(kind) && operators.includes("=") && !SECRETS.test(member) ? [member] : [],
      );
      const of = Map.groupBy(
        this.world.rows[target]!.filter((row) => row["hidden_at"] === null),
        (row) => row["person_id"] as string,
      );
      const two = [...of.values()].flatMap(([a, b]) => (a && b ? [[a, b] as const] : []));
      return two.flatMap(([a, b]) => {
        const differing = members.filter((member) => a[member] !== null && b[member] !== null && a[member] !== b[member]);
        const equals = (row: Row, member: string): Leaf => ({ is: "compare", path: member, operator: "=", values: [String(row[member])] });
        return differing.flatMap((one, i) =>
          differing.slice(i + 1).map((other) => ({ path, leaves: [equals(a, one), equals(b, other)] as [Leaf, Leaf] })),
        );
      });
    });
  }

  private leaf(noun: Noun): fc.Arbitrary<Leaf> {
    const own = this.compare(noun);
    const through = Object.entries({ ...noun.collections, ...noun.relations }).map(([member, target]) => {
      const related = this.world.nouns[target]!;
      const further = Object.entries(related.relations)
        .filter(([next]) => next !== "person")
        .map(([next, last]) => under(next, this.compare(this.world.nouns[last]!)));
      return under(
        member,
        fc.oneof({ weight: 4, arbitrary: this.compare(related) }, ...further.map((arbitrary) => ({ weight: 1, arbitrary }))),
      );
    });
    return through.length === 0 ? own : fc.oneof({ weight: 5, arbitrary: own }, { weight: 3, arbitrary: fc.oneof(...through) });
  }

  private parameter(noun: Noun): fc.Arbitrary<Parameter> {
    const members = Object.entries(noun.collections).map(([member, target]) => under(member, this.compare(this.world.nouns[target]!)));
    return fc.tuple(fc.oneof(this.compare(noun), ...members), fc.boolean(), fc.boolean()).map(([leaf, repeated, wanted]): Parameter => {
      if (SECRETS.test(leaf.path)) return { path: "id", operator: "not", values: NOBODY.values, repeated };
      const operator =
        leaf.operator === "in" || leaf.operator === "=" ? (wanted ? undefined : "not") : (NAMES[leaf.operator] ?? leaf.operator);
      const values = leaf.operator === "exists" ? [String(wanted)] : leaf.values;
      return { path: leaf.path, ...(operator !== undefined && { operator }), values, repeated };
    });
  }

  /** Parameters of layer 1: several of chance, or two of one collection that speak of the same element. */
  parameters(noun: Noun): fc.Arbitrary<Parameter[]> {
    const several = fc.uniqueArray(this.parameter(noun), {
      minLength: 1,
      maxLength: 3,
      selector: ({ path, operator }) => `${path}:${operator}`,
    });
    const pairs = this.pairs(noun);
    const same = (path: string, { path: member, values }: Leaf): Parameter => ({ path: `${path}.${member}`, values, repeated: false });
    return pairs.length === 0
      ? several
      : fc.oneof(
          { weight: 3, arbitrary: several },
          { weight: 1, arbitrary: one(pairs).map(({ path, leaves }) => leaves.map((leaf) => same(path, leaf))) },
        );
  }

  /** A search for a name. */
  search(): fc.Arbitrary<Leaf> {
    const names = this.world.rows["people"]!.map((row) => row["name_full"] as string);
    return one(queries(names, true)).map((text): Leaf => ({ is: "compare", path: "name", operator: "match", values: [text] }));
  }

  private compare(noun: Noun): fc.Arbitrary<Leaf> {
    const made = this.compares.get(noun.name) ?? this.comparing(noun);
    this.compares.set(noun.name, made);
    return made;
  }

  private comparing(noun: Noun): fc.Arbitrary<Leaf> {
    const usable = Object.entries(noun.fields).filter(
      ([member, { operators, kind }]) => operators.length > 0 && member !== "ethnicity" && kind !== "instant",
    );
    return fc.oneof(...usable.map(([member, field]) => ({ weight: weightOf(field), arbitrary: this.member(noun, member, field) })));
  }

  private member(noun: Noun, path: string, field: Field): fc.Arbitrary<Leaf> {
    const operators = field.operators.flatMap((operator) =>
      field.kind === "source" && operator === "=" ? [] : (OFTEN[operator] ?? [operator]),
    );
    const [values, texts] = [
      this.values(noun, path, field),
      this.rows(noun)
        .map((row) => textOf(row, path))
        .filter((text) => text !== null),
    ];
    const wanted = operators.includes("match") ? queries(texts, field.kind === "name") : [];
    return one(operators).chain((operator): fc.Arbitrary<Leaf> => {
      const leaf = (given: string[]): Leaf => ({ is: "compare", path, operator, values: given });
      if (operator === "exists") return fc.constant(leaf([]));
      if (operator === "match") return one(wanted).map((text) => leaf([text]));
      if (operator === "prefix")
        return fc
          .tuple(one(texts.length > 0 ? texts : ["none"]), fc.integer({ min: 1, max: 16 }))
          .map(([text, length]) => leaf([prefixOf(text, length)]));
      if (operator === "in") return fc.uniqueArray(values, { minLength: 1, maxLength: 3 }).map(leaf);
      // Any normal form is accepted: what is typed on a Mac comes decomposed.
      return fc.tuple(values, fc.nat(7)).map(([value, form]) => leaf([form === 0 ? value.normalize("NFD") : value]));
    });
  }

  private rows = (noun: Noun): Row[] => {
    const rows = this.world.rows[noun.name]!;
    if (noun.name !== "localities") return rows;
    const used = new Set(
      [...this.world.rows["people"]!, ...this.world.rows["organizations"]!].flatMap((row) => [
        row["residence_locality_id"],
        row["hometown_locality_id"],
        row["locality_id"],
      ]),
    );
    const near = rows.filter(({ id }) => used.has(id));
    return [...near, ...rows.filter(({ id }) => near.some((row) => row["parent_id"] === id))];
  };

  /** Literals of a field: values that stand there, some that stand nowhere, and of dates also parts. */
  private values(noun: Noun, member: string, field: Field): fc.Arbitrary<string> {
    const rows = this.rows(noun);
    const distinct = (list: unknown[]): string[] =>
      [...new Set(list.filter((value) => value !== null && value !== undefined).map(String))].sort().slice(0, 40);
    const column = (name: string): string[] => distinct(rows.flatMap((row) => row[name]));
    switch (field.kind) {
      case "place":
      case "json":
        return this.places(member === "parent" ? rows : this.rows(this.world.nouns["localities"]!));
      case "unit": {
        const units = this.world.rows["organizations"]!.filter(({ code }) => /^T\d|^UBND$|^SYT$/.test(code));
        // What stood above others before is asked for most: only there does a day make a difference.
        const earlier = this.world.parentLinks.map((link) => link["to_id"] as string);
        return one([...units.flatMap((row) => [row["id"], row["code"]] as string[]), ...earlier, ...earlier, ...earlier, ...earlier]);
      }
      case "partial_date": {
        const days = distinct(rows.flatMap((row) => [row[`${member}_earliest`], row[`${member}_latest`]]));
        return one(distinct([...days, ...days.map((day) => day.slice(0, 7)), ...days.map((day) => day.slice(0, 4)), "1985", "2026-11-23"]));
      }
      case "boolean":
        return one(["true", "false"]);
      case "choice":
        return one("options" in field.type ? (field.type.options as string[]) : [...column(member), "US"]);
      case "integer":
      case "number": {
        const numbers = member === "birth_year" ? ["1984", "1985", "1986"] : column(member);
        return one(distinct([...numbers, ...numbers.map((text) => String(Math.trunc(Number(text)) + 1)), "2000"]));
      }
      case "day":
        return one(distinct([...column(member), "2025-06-30", "2025-07-01"]));
      case "sealed":
        return one(distinct([...this.world.citizenIds.values(), "024085999999"]));
      case "name":
        return one(distinct([...rows.map((row) => row["name_full"]), "Nguyễn Văn Không"]));
      case "id":
        return one(distinct(rows.map((row) => row[member])));
      case "classification": {
        // A code of no list is refused; one of the list may still be nobody's.
        const listed = [...this.world.rows["fields"]!, ...this.world.rows["codes"]!].filter(
          (row) => (row["scheme"] ?? row["list"]) === field.scheme,
        );
        return one(
          distinct([
            ...column(member),
            ...(field.scheme === "rd" ? ["1", "2", "102"] : field.scheme === "training" ? ["48", "4801"] : []),
            ...distinct(listed.map((row) => row["code"])).slice(0, 3),
          ]),
        );
      }
      default:
        return one(distinct([...column(member), member === "phones" ? "+84900000000" : "none such"]));
    }
  }

  private places(rows: Row[]): fc.Arbitrary<string> {
    const today = rows.filter((row) => row["valid_from"] !== null && row["valid_to"] === null).map((row) => `${row["code"]}@2025-07-01`);
    const before = rows.filter((row) => row["valid_to"] !== null).map((row) => `${row["code"]}@2024-01-01`);
    return one([...rows.map((row) => row["id"] as string), ...today, ...before].slice(0, 120));
  }
}

/** Operators in the shares in which they are asked; a source's equality is not of the contract. */
const OFTEN: Partial<Record<Operator, Operator[]>> = {
  "=": ["=", "=", "!=", "in"],
  below: ["below", "below", "below"],
  match: ["match", "match", "match"],
};
/** Kinds whose value is its literal. */
const PLAIN = new Set(["choice", "classification", "integer", "text", "boolean"]);
/** Names are what people search for; what has a tree, and what is known in part, goes wrong most easily. */
const weightOf = ({ kind, operators }: Field): number =>
  operators.includes("below") || kind === "name" ? 4 : kind === "partial_date" ? 2 : 1;
const under = (member: string, arb: fc.Arbitrary<Leaf>): fc.Arbitrary<Leaf> =>
  arb.map((leaf) => ({ ...leaf, path: `${member}.${leaf.path}` }));
const whole = <T extends { where: unknown }>({ where, ...rest }: T) => (where === undefined ? rest : { ...rest, where });
const textOf = (row: Row, member: string): string | null =>
  (row[member === "name" && "name_full" in row ? "name_full" : member] as string | null) ?? null;

/**
 * Parts of texts to search for, in other orders and without marks. Typos are forgiven in names of people, where the oracle knows
 * what might be found; of other texts only such parts are taken for which it makes no difference. "Anh Lý" may be Mr Lý: it is not asked.
 */
function queries(texts: string[], forgiving: boolean): string[] {
  const distinct = [...new Set(texts)].slice(0, 60);
  const tried = distinct.flatMap((text) => {
    const words = text.split(" ");
    return [text, words.toReversed().join(" "), folds(words.slice(0, 2).join(" ")), words.at(-1)!.toUpperCase(), words.slice(-2).join(" ")];
  });
  const same = (query: string): boolean => distinct.every((text) => matches(text, query) === resembles(text, query));
  const clear = tried.filter((query) => folds(query) !== "" && !/^anh /i.test(query) && (forgiving || same(query)));
  return clear.length > 0 ? [...new Set(clear)] : ["zzzzzzzzz"];
}

/** Cut between whole letters, and never empty once folded. */
function prefixOf(text: string, length: number): string {
  const cut = [...text].slice(0, length).join("").trim();
  return folds(cut) === "" ? text : cut;
}
