import { days } from "../../core/time/partial-date.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { stripTitles } from "../../core/vietnamese/names.ts";
import { clean, foldSearch } from "../../core/vietnamese/text.ts";
import type { Context } from "../../db/query/source.ts";
import { matchPeople } from "../../registry/people/matching.ts";
import type { Match } from "../../registry/people/matching.ts";
import { byQuestion, findByEvidence, findByName } from "./queries.ts";
import type { Found, Run, Wanted } from "./queries.ts";
import type { Candidate, PersonRow, Reason } from "./schema.ts";

/** Rows that are asked for in one statement. */
const BATCH = 50;

/** Candidates for rows of people: evidence first, then names with what speaks for and against them. `unitOf` reads a unit as imports do. */
export async function reconcilePeople(
  run: Run,
  context: Context,
  rows: readonly PersonRow[],
  unitOf: (text: string) => string | null,
): Promise<Candidate[][]> {
  const wanted = rows.map((row, n): Wanted => {
    const name = clean(stripTitles(row.name).name || row.name);
    const hash = row.citizen_id ? lookupHash(context.keys, "citizen_id", row.citizen_id) : null;
    const birth = row.birth_date ? days(row.birth_date) : null;
    return { n, name, birth, organization: row.organization ? unitOf(row.organization) : null, citizen_id_hash: hash };
  });
  const candidates = wanted.map(({ n, name, birth, citizen_id_hash }) => {
    const identifiers = (rows[n]!.identifiers ?? []).map(({ scheme, value }) => ({ scheme, value }));
    return { n, name_folded: foldSearch(name), birth, citizen_id_hash, identifiers };
  });
  // Evidence by the rule that imports share; the names of people without any are compared here, more widely.
  const certain = candidates.filter(({ citizen_id_hash, identifiers }) => citizen_id_hash !== null || identifiers.length > 0);
  const evidence = await matchPeople(run, context, null, certain);
  const proven = [...evidence].flatMap(([n, matches]) => matches.flatMap((match) => provenId(n, match)));
  const found = proven.length > 0 ? await findByEvidence(run, context, proven) : [];
  for (let i = 0; i < wanted.length; i += BATCH) found.push(...(await findByName(run, context, wanted.slice(i, i + BATCH))));
  const answers = byQuestion(found);
  return wanted.map((one) => {
    const scored = new Map<string, Candidate>();
    for (const person of answers.get(one.n) ?? []) {
      const candidate = score(person, one, proven);
      if ((scored.get(person.id)?.score ?? -1) < candidate.score) scored.set(person.id, candidate);
    }
    return [...scored.values()];
  });
}

type Proven = { n: number; id: string; reason: "citizen_id" | "identifier" };

const provenId = (n: number, { person_id, reason }: Match): Proven[] =>
  person_id !== null && (reason === "citizen_id" || reason === "identifier") ? [{ n, id: person_id, reason }] : [];

function score(person: Found, wanted: Wanted, proven: readonly Proven[]): Candidate {
  const { id, code, name, hint } = person;
  const proof = proven.find((one) => one.n === wanted.n && one.id === id && person.rank < 0);
  if (proof) return { id, code, name, hint, score: proof.reason === "citizen_id" ? 1 : 0.99, certain: true, reasons: [proof.reason] };
  const [named, reason] = nameScore(person.rank);
  const reasons: Reason[] = [reason];
  let sum = named;
  const add = (weight: number, why: Reason) => {
    sum += weight;
    reasons.push(why);
  };
  const { birth } = wanted;
  if (birth && person.earliest !== null && person.latest !== null) {
    if (birth.earliest > person.latest || birth.latest < person.earliest) add(-0.4, "birth_date_differs");
    else if (birth.earliest === birth.latest && person.earliest === person.latest) add(0.22, "birth_date");
    else if (birth.earliest.slice(0, 4) === person.earliest.slice(0, 4)) add(0.14, "birth_year");
  }
  if (person.at_unit) add(0.1, "organization");
  if (person.other_number) add(-0.6, "citizen_id_differs");
  const bounded = Math.round(Math.min(0.98, Math.max(0, sum)) * 1000) / 1000;
  return { id, code, name, hint, score: bounded, certain: false, reasons };
}

/** What a name is worth by its rank (migration 0006); never enough alone: many bear the same. */
function nameScore(rank: number): [number, Reason] {
  if (rank < 1000) return [0.7, "name_as_written"];
  if (rank < 1020) return [0.66, "name_same_marks"];
  if (rank < 2000) return [0.5, "name_in_part"];
  if (rank < 2020) return [0.62 - 0.01 * (rank % 10), "name_folded"];
  if (rank < 3000) return [0.44, "name_in_part"];
  return [Math.max(0.2, 0.56 - 0.03 * Math.floor((rank - 3000) / 10)), "name_similar"];
}
