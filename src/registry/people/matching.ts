import { onlyDirectory, opening } from "../../core/policy.ts";
import { Problem } from "../../core/problems.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { days } from "../../core/time/partial-date.ts";
import { foldSearch } from "../../core/vietnamese/text.ts";
import { readRecord } from "../../db/query/read.ts";
import { sourceOf } from "../../db/query/source.ts";
import type { Context } from "../../db/query/source.ts";
import { all, territory } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { Person } from "./schema.ts";

/** What is known of somebody who may already be in the registry; `n` tells the candidates of one call apart. */
export type Candidate = {
  n: number;
  name_folded: string;
  birth: { earliest: string; latest: string } | null;
  citizen_id_hash: Buffer | null;
  identifiers: readonly { scheme: string; value: string }[];
};

/**
 * Why a person may be the candidate, strongest first: `citizen_id` and `identifier` are evidence, `same_source` is the same folded name and
 * equal birth date from the same supplier, `possible` the same folded name and a birth date that may be equal.
 */
export const REASONS = ["citizen_id", "identifier", "same_source", "possible"] as const;
export type Reason = (typeof REASONS)[number];

/** A person who may be the candidate; `person_id` is null for evidence that points at somebody whom the actor may not know of. */
export type Match = { n: number; person_id: string | null; reason: Reason };

type Run = <Row>(statement: Statement) => Promise<Row[]>;

/**
 * Who of the registry may be these candidates, by the one rule that imports, creation and `duplicates` share.
 * Names are compared folded, so that "Văn An" and "Văn Ân" meet: two people at times, which is why a name alone never decides.
 */
export async function matchPeople(
  run: Run,
  context: Context,
  supplier: string | null,
  candidates: readonly Candidate[],
): Promise<Map<number, Match[]>> {
  const found = new Map<number, Match[]>();
  if (candidates.length === 0) return found;
  const identifiers = candidates.flatMap(({ n, identifiers }) => identifiers.map(({ scheme, value }) => ({ n, scheme, value })));
  const p = raw("p");
  const known = all(territory(sql`p.id`, context));
  const rows = await run<Match>(sql`
    with c as (
      select * from unnest(${candidates.map(({ n }) => n)}::int[], ${candidates.map(({ name_folded }) => name_folded)}::text[],
        ${candidates.map(({ birth }) => birth?.earliest ?? null)}::date[], ${candidates.map(({ birth }) => birth?.latest ?? null)}::date[],
        ${candidates.map(({ citizen_id_hash }) => citizen_id_hash)}::bytea[]) as c(n, folded, earliest, latest, hash)
    ), i as (
      select * from unnest(${identifiers.map(({ n }) => n)}::int[], ${identifiers.map(({ scheme }) => scheme)}::text[], ${identifiers.map(({ value }) => value)}::text[]) as i(n, scheme, value)
    )
    select c.n, case when p.hidden_at is null and ${known} then p.id end as person_id, 'citizen_id' as reason from c join people p on p.citizen_id_hash = c.hash
    union
    select i.n, case when p.hidden_at is null and ${known} then p.id end, 'identifier' from i
      join person_identifiers x on x.scheme = i.scheme and x.value = i.value and x.hidden_at is null join people p on p.id = x.person_id
    union
    select c.n, p.id, case when p.birth_date_earliest = c.earliest and p.birth_date_latest = c.latest and ${ofSupplier(p, supplier)} then 'same_source' else 'possible' end
      from c join people p on p.name_folded = c.folded and p.hidden_at is null
      where ${known} and coalesce(p.birth_date_earliest <= c.latest, true) and coalesce(p.birth_date_latest >= c.earliest, true)
        and (c.hash is null or p.citizen_id_hash is null or p.citizen_id_hash = c.hash)`);
  for (const match of rows) found.set(match.n, [...(found.get(match.n) ?? []), match]);
  for (const matches of found.values()) matches.sort((a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason));
  return found;
}

const ofSupplier = (person: Statement, supplier: string | null): Statement =>
  sql`${person}.source_organization_id is not distinct from ${supplier}::uuid`;

/** What of a new person is compared. */
export type Compared = {
  name: { full: string };
  birth_date?: string | null;
  citizen_id?: string | null;
  identifiers?: Candidate["identifiers"];
  source?: { organization_id?: string | null } | null;
};

/** What a candidate shows of itself: enough to tell people apart, and nothing that asks for a purpose. */
const SHOWN = new Set(["id", "code", "name", "gender", "birth_date", "residence_locality", "version"]);
const CANDIDATES = 10;

/**
 * Who of those whom the actor may read may be this new person; for who reads nobody, nobody is alike.
 * Of one name only one is looked for at a time, to the end of the transaction: two who create the same person at once would not see each other.
 */
export async function findDuplicates(tx: Transaction, context: Context, value: Compared): Promise<Match[]> {
  if (onlyDirectory(context.actor)) return [];
  const candidate = candidateOf(value, context);
  tx.send(sql`select pg_advisory_xact_lock(hashtextextended(${candidate.name_folded}, 0))`);
  return (await matchPeople(tx.read, context, value.source?.organization_id ?? null, [candidate])).get(0) ?? [];
}

/**
 * Of several new people, by their places, those who are to be looked at one by one: who may be somebody, whose evidence points at somebody,
 * whoever may see whom, and whose name another transaction is about to give. Nobody waits for a name here.
 */
export async function findUnsure(
  tx: Transaction,
  context: Context,
  values: readonly { value: Compared; anyhow: boolean }[],
): Promise<Set<number>> {
  const all = values.map(({ value, anyhow }, n) => ({ ...candidateOf(value, context), n, anyhow, number: value.citizen_id }));
  const proving = all.filter(({ number, identifiers }) => number || identifiers.length > 0);
  const named = onlyDirectory(context.actor) ? [] : all.filter(({ anyhow }) => !anyhow);
  const [held, alike, proven] = await Promise.all([
    named.length > 0
      ? tx.read<{
          n: number;
        }>(sql`select x.n from unnest(${named.map(({ n }) => n)}::int[], ${named.map(({ name_folded }) => name_folded)}::text[]) as x(n, folded)
          where not pg_try_advisory_xact_lock(hashtextextended(x.folded, 0))`)
      : [],
    matchPeople(tx.read, context, null, named),
    matchPeople(
      tx.read,
      context,
      null,
      proving.map((one) => ({
        ...one,
        name_folded: "",
        citizen_id_hash: one.number ? lookupHash(context.keys, "citizen_id", one.number) : null,
      })),
    ),
  ]);
  return new Set([...held.map(({ n }) => n), ...alike.keys(), ...proven.keys()]);
}

/**
 * Refuses a new person to whom others are alike. What an identifier proves is left to the database, which refuses it whoever may see whom.
 * @throws Problem `possible-duplicate` with at most ten `candidates`
 */
export async function refuseDuplicates(run: Run, context: Context, matches: readonly Match[]): Promise<void> {
  if (matches.length === 0 || matches.some(({ reason }) => reason === "citizen_id" || reason === "identifier")) return;
  const candidates: unknown[] = [];
  for (const { person_id, reason } of matches.slice(0, CANDIDATES)) {
    const { body } = await readRecord({ read: run }, person_id!, sourceOf(context, "people"), { members: SHOWN, include: {} }, context);
    candidates.push({ ...(JSON.parse(body) as object), reason });
  }
  const detail = {
    vi: `Có ${matches.length} hồ sơ có thể là người này. Nếu là người khác, hãy gửi lại với on_duplicate=create.`,
    en: `${matches.length} records may be this person. If it is somebody else, send it again with on_duplicate=create.`,
  };
  const omitted = matches.length - candidates.length;
  throw new Problem("possible-duplicate", { detail, members: { candidates, ...(omitted > 0 && { candidates_omitted: omitted }) } });
}

/** By a citizen id that the actor may not read nobody is told apart: the answer would say whether a record has another one. */
function candidateOf({ name, birth_date, citizen_id, identifiers = [] }: Compared, { actor, keys }: Context): Candidate {
  const compared = citizen_id && opening(Person, Person.fields["citizen_id"]!, actor).open;
  return {
    n: 0,
    name_folded: foldSearch(name.full),
    birth: birth_date ? days(birth_date) : null,
    citizen_id_hash: compared ? lookupHash(keys, "citizen_id", citizen_id) : null,
    identifiers,
  };
}
