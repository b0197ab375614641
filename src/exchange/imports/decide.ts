import type { z } from "zod";
import { foldSearch } from "../../core/vietnamese/text.ts";
import { days } from "../../core/time/partial-date.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { checkBody } from "../../core/registry/validate.ts";
import type { Context } from "../../db/query/source.ts";
import { matchPeople } from "../../registry/people/matching.ts";
import type { Candidate, Match } from "../../registry/people/matching.ts";
import type { Facts } from "../../registry/people/commands.ts";
import type { Transaction } from "../../db/write/transaction.ts";
import { restateRows } from "../uploads/commands.ts";
import { decidedTargets, nextUndecided } from "../uploads/queries.ts";
import { rowProblem } from "../cells/row-problems.ts";
import type { RowProblem } from "../cells/row-problems.ts";
import type { Statement } from "../../db/statement.ts";
import { bodyOf } from "../statements/body.ts";
import type { Supply } from "../statements/body.ts";
import type { CheckedRow } from "./check.ts";
import { isEmpty, planUpdate } from "../../registry/statements/plan.ts";
import { loadStanding } from "../../registry/statements/queries.ts";
import { insideTerritory } from "../statements/queries.ts";
import type { ReadPerson } from "./reading/person.ts";

export type Outcome = "create" | "update" | "unchanged" | "possible_duplicate" | "error";
/** A person's row with what it would do, and to whom. */
export type Decided = {
  sheet: string;
  row: number;
  read: ReadPerson;
  problems: RowProblem[];
  outcome: Outcome;
  match: { reason: string; person_id?: string; row?: number } | null;
};

/** What deciding needs: whom the actor may know of, who supplied, and the shape of a new person. */
export type Deciding = {
  run: <Row>(statement: Statement) => Promise<Row[]>;
  context: Context;
  supply: Supply;
  facts: Facts;
  /** Null where the rows have been held against it before. */
  shape: z.ZodObject | null;
};

/** What the rows before have taken, so that no two rows of one file become one person or twice the same. */
export type Taken = { people: Map<string, number | null>; keys: Map<string, number> };
export const nothingTaken = (): Taken => ({ people: new Map(), keys: new Map() });

/** Decides a batch of people's rows, in the order of the sheet. */
export async function decideRows(
  rows: readonly (CheckedRow & { read: ReadPerson })[],
  taken: Taken,
  deciding: Deciding,
): Promise<Decided[]> {
  const { run, context, supply } = deciding;
  const matches = await matchPeople(run, context, supply.organization_id, rows.map(candidateOf(context)));
  const people = [...matches.values()].flat().flatMap(({ person_id }) => (person_id === null ? [] : [person_id]));
  const standing = await loadStanding(run, people, supply.organization_id, deciding.facts);
  const inside = await insideTerritory(
    run,
    context,
    rows.map(({ read }) => ({ organizations: organizationsOf(read, supply), residence: read.residence_locality?.id ?? null })),
  );
  return rows.map((row, n) => {
    const body = bodyOf(row.read, supply);
    const problems = [
      ...row.problems,
      ...shapeProblems(body, row, deciding.shape),
      ...(inside[n] === false ? [problemAt("outside-territory", row)] : []),
    ];
    const all = matches.get(n) ?? [];
    const found = all.filter(({ person_id }) => person_id === null || !taken.people.has(person_id));
    const decided = (outcome: Outcome, match: Decided["match"] = null): Decided => ({
      sheet: row.sheet,
      row: row.row,
      read: row.read,
      problems,
      outcome,
      match,
    });
    const sure = found.find(({ reason }) => reason !== "possible");
    if (sure?.person_id === null) problems.push(problemAt("identifier-taken", row));
    if (problems.some(({ severity }) => severity === "error")) return decided("error");
    const twin = twinOf(row, taken);
    if (twin !== undefined) return decided("possible_duplicate", { reason: "same_file", row: twin });
    const plans = found.flatMap((match) => planOf(match, standing.get(match.person_id ?? ""), body, deciding));
    // Of several persons alike the one whom the row already describes in full is meant.
    const meant =
      plans.find(({ match, unchanged }) => unchanged && match.reason !== "possible") ??
      plans.find(({ match }) => match.reason !== "possible");
    if (meant?.match.person_id) {
      taken.people.set(meant.match.person_id, row.row);
      return decided(meant.unchanged ? "unchanged" : "update", { reason: meant.match.reason, person_id: meant.match.person_id });
    }
    const before = all.find(({ person_id, reason }) => person_id !== null && reason !== "possible" && taken.people.has(person_id));
    if (before) return decided("possible_duplicate", { reason: "same_file", ...sameFile(before.person_id!, taken) });
    const doubtful = found.find(({ reason }) => reason === "possible");
    return doubtful?.person_id
      ? decided("possible_duplicate", { reason: doubtful.reason, person_id: doubtful.person_id })
      : decided("create");
  });
}

/**
 * The registry may have changed since the preview: rows that would be written without anybody's decision are decided anew by what stands
 * now. A row that was to change nothing, or to wait, stays so: what nobody saw in the preview is not written.
 */
export async function settleRows(tx: Transaction, id: string, deciding: Deciding): Promise<void> {
  const taken = nothingTaken();
  for (const target of await decidedTargets(tx, id)) taken.people.set(target, null);
  let after = -1;
  for (;;) {
    const rows = await nextUndecided(tx, deciding.context.keys, id, after);
    if (rows.length === 0) return;
    const decided = await decideRows(rows, taken, deciding);
    const anew = rows.map((row, n) => ({ ...decided[n]!, id: row.id, before: row }));
    await restateRows(
      tx,
      anew.filter(({ before, ...now }) => before.outcome !== "unchanged" && !sameDecision(before, now)),
    );
    after = rows.at(-1)!.position;
  }
}

const sameDecision = (before: Pick<Decided, "outcome" | "match">, now: Decided): boolean =>
  before.outcome === now.outcome && before.match?.person_id === now.match?.person_id;

function planOf(
  match: Match,
  standing: Parameters<typeof planUpdate>[0] | undefined,
  body: Record<string, unknown>,
  { supply, facts, context }: Deciding,
) {
  return standing === undefined
    ? []
    : [{ match, unchanged: isEmpty(planUpdate(standing, body, supply.organization_id, facts, context.keys)) }];
}

const candidateOf =
  ({ keys }: Context) =>
  ({ read }: { read: ReadPerson }, n: number): Candidate => ({
    n,
    name_folded: foldSearch(read.name?.full ?? ""),
    birth: read.birth_date === null ? null : days(read.birth_date),
    citizen_id_hash: read.citizen_id === null ? null : lookupHash(keys, "citizen_id", read.citizen_id),
    identifiers: read.identifiers,
  });

/** The person whom a row before has taken, and that row; a decision on a row says no number. */
function sameFile(person_id: string, { people }: Taken): { person_id: string; row?: number } {
  const row = people.get(person_id) ?? null;
  return row === null ? { person_id } : { person_id, row };
}

/** The row of the same file that is the same person: by citizen id, another number, or name and a birth date known to the day. */
function twinOf({ read, row }: CheckedRow & { read: ReadPerson }, { keys }: Taken): number | undefined {
  const mine = [
    ...(read.citizen_id === null ? [] : [`citizen_id ${read.citizen_id}`]),
    ...read.identifiers.map(({ scheme, value }) => `${scheme} ${value}`),
    ...(read.birth_date?.length === 10 ? [`${foldSearch(read.name?.full ?? "")} ${read.birth_date} ${read.gender ?? ""}`] : []),
  ];
  const twin = mine.map((key) => keys.get(key)).find((other) => other !== undefined);
  for (const key of mine) if (!keys.has(key)) keys.set(key, row);
  return twin;
}

const organizationsOf = (read: ReadPerson, { organization_id }: Supply): string[] =>
  read.affiliations.flatMap(({ organization }) => organization?.id ?? organization_id ?? []);

const problemAt = (code: Parameters<typeof rowProblem>[0], { row }: CheckedRow): RowProblem => rowProblem(code, `A${row}`);

/** What the registry's own rules say of the row; the same shape judges what a client sends. */
function shapeProblems(body: Record<string, unknown>, row: CheckedRow, shape: z.ZodObject | null): RowProblem[] {
  if (shape === null || body["name"] === undefined) return [];
  return checkBody(shape, body)
    .violations.slice(0, 1)
    .map(() => problemAt("value-refused", row));
}
