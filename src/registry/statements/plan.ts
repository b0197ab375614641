import type { Actor } from "../../core/actor.ts";
import { opening } from "../../core/policy.ts";
import type { Noun } from "../../core/registry/noun.ts";
import type { Keys } from "../../core/secrets/sealing.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Facts } from "../people/commands.ts";
import { Person } from "../people/schema.ts";

type Body = Record<string, unknown>;
/** A person as the database holds it, with the facts of one supplier by member. */
export type Standing = { person: Row; facts: Record<string, Row[]> };
/** What an update would write: own columns that differ, facts that differ, facts that are new; and which facts are no longer stated. */
export type Plan = {
  own: Row;
  changed: { fact: FactNoun; id: string; row: Row }[];
  added: { fact: FactNoun; body: Body }[];
  /** Only who states everything that it knows says by this that something is no more. */
  missing: { fact: FactNoun; id: string }[];
  identifiers: Identifier[] | null;
};
type Identifier = { scheme: string; value: string };

/** The members by which a supplier's statement is the same one, corrected, and not another. */
const SAME: Record<string, readonly string[]> = {
  degrees: ["level"],
  academic_titles: ["title"],
  affiliations: ["kind"],
  expertise: ["role"],
  awards: ["award"],
};

/**
 * What applying a row to a person would change. A supplier touches only its own facts, and the person's own members
 * only where it created the record.
 */
export function planUpdate(standing: Standing, body: Body, supplier: string | null, facts: Facts, keys: Keys): Plan {
  const id = standing.person["id"] as string;
  const mine = (standing.person["source_organization_id"] ?? null) === supplier;
  const identifiers = newIdentifiers(standing.person, body);
  const { identifiers: _list, source: _source, ...members } = body;
  const own = mine ? differing(standing.person, rowOf(Person, members, id, keys)) : {};
  const plan: Plan = { own, changed: [], added: [], missing: [], identifiers };
  for (const [member, fact] of Object.entries(facts))
    planFacts(plan, fact, member, standing.facts[member] ?? [], (body[member] ?? []) as Body[], keys);
  return plan;
}

/** Whether a plan writes nothing. */
export const isEmpty = ({ own, changed, added, identifiers }: Plan): boolean =>
  Object.keys(own).length === 0 && changed.length === 0 && added.length === 0 && identifiers === null;

function planFacts(plan: Plan, fact: FactNoun, member: string, standing: Row[], wanted: Body[], keys: Keys): void {
  const left = [...standing];
  const take = (fits: (row: Row) => boolean) => {
    const at = left.findIndex(fits);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  const rows = wanted.map((body) => ({ body, row: statement(fact, body, keys) }));
  const open = rows.filter(({ row }) => !take((kept) => Object.keys(differing(kept, row)).length === 0));
  for (const { body, row } of open) {
    const same = SAME[member] ?? [];
    const kept = take((candidate) => same.every((key) => candidate[key] === row[key]));
    if (kept) plan.changed.push({ fact, id: kept["id"] as string, row: differing(kept, row) });
    else plan.added.push({ fact, body });
  }
  plan.missing.push(...left.map((row) => ({ fact, id: row["id"] as string })));
}

/**
 * A body in which what it does not say is said to be nothing, for who states the whole: as far as the actor may read it (what is redacted
 * for him he cannot have meant to take away), and not where the registry itself keeps a value from the first.
 */
export function whole(noun: Noun, body: Body, actor: Actor): Body {
  const absent = Object.entries(noun.fields).flatMap(([member, field]): [string, unknown][] => {
    const { kind, stored, write, nullable, initial } = field;
    if (!stored || write === "never" || initial !== undefined || !opening(noun, field, actor).open) return [];
    const key = kind === "place" || kind === "unit" ? `${member}_id` : member;
    if (key in body || kind === "source") return [];
    return nullable ? [[key, null]] : kind === "texts" || kind === "json" ? [[key, []]] : [];
  });
  return { ...Object.fromEntries(absent), ...body };
}

/** The members, of those that a body names, whose values differ from what the person's record says. */
export function differingMembers(person: Row, body: Body, keys: Keys): string[] {
  const named = Object.entries(Person.fields).filter(([member, { kind }]) => kind !== "source" && member !== "identifiers");
  return named.flatMap(([member, { kind }]) => {
    const key = kind === "place" || kind === "unit" ? `${member}_id` : member;
    if (!(key in body)) return [];
    const said = { [key]: body[key], ...(`${member}_scheme` in body && { [`${member}_scheme`]: body[`${member}_scheme`] }) };
    return Object.keys(differing(person, rowOf(Person, said, person["id"] as string, keys))).length > 0 ? [member] : [];
  });
}

/** The columns that a statement fills; where and when it was received makes no difference to what it says. */
function statement(fact: FactNoun, { source: _source, ...body }: Body, keys: Keys): Row {
  return rowOf(fact.noun, body, "", keys);
}

function differing(kept: Row, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([column, value]) => {
      if (column.endsWith("_scheme") && value === null) return false;
      if (column.endsWith("_sealed")) return kept[column.replace(/_sealed$/, "_hash")] !== hex(row[column.replace(/_sealed$/, "_hash")]);
      return !equal(kept[column] ?? null, value);
    }),
  );
}

const hex = (value: unknown): unknown => (value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : (value ?? null));
const equal = (kept: unknown, value: unknown): boolean => JSON.stringify(kept) === JSON.stringify(hex(value));

/** The whole list with what a row adds to it, or null where it adds nothing. */
function newIdentifiers(person: Row, body: Body): Identifier[] | null {
  const kept = (person["identifiers"] ?? []) as Identifier[];
  const added = ((body["identifiers"] ?? []) as Identifier[]).filter(
    ({ scheme, value }) => !kept.some((one) => one.scheme === scheme && one.value === value),
  );
  return added.length === 0 ? null : [...kept, ...added];
}
