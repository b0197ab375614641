import type { Keys } from "../../core/secrets/sealing.ts";
import type { FactNoun } from "../../db/write/facts.ts";
import { rowOf } from "../../db/write/rows.ts";
import type { Row } from "../../db/write/rows.ts";
import type { Facts } from "../../registry/people/commands.ts";
import { Person } from "../../registry/people/schema.ts";

type Body = Record<string, unknown>;
/** A person as the database holds it, with the facts of one supplier by member. */
export type Standing = { person: Row; facts: Record<string, Row[]> };
/** What an update would write: own columns that differ, facts that differ, facts that are new. Empty: nothing. */
export type Plan = {
  own: Row;
  changed: { fact: FactNoun; id: string; row: Row }[];
  added: { fact: FactNoun; body: Body }[];
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
  const plan: Plan = { own, changed: [], added: [], identifiers };
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
