import type { z } from "zod";
import { foldSearch } from "../../core/vietnamese/text.ts";
import { days } from "../../core/time/partial-date.ts";
import { lookupHash } from "../../core/secrets/sealing.ts";
import { checkBody } from "../../core/registry/validate.ts";
import type { Context } from "../../db/query/source.ts";
import { matchPeople } from "../../registry/people/matching.ts";
import type { Candidate, Match } from "../../registry/people/matching.ts";
import type { Facts } from "../../registry/people/commands.ts";
import { rowProblem } from "../cells/row-problems.ts";
import type { RowProblem } from "../cells/row-problems.ts";
import type { Statement } from "../../db/statement.ts";
import { bodyOf } from "../statements/body.ts";
import type { Supply } from "../statements/body.ts";
import type { CheckedRow } from "./check.ts";
import { isEmpty, planUpdate } from "../statements/plan.ts";
import { insideTerritory, loadStanding } from "../statements/queries.ts";
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
  shape: z.ZodObject;
};

/** What the rows before have taken, so that no two rows of one file become one person or twice the same. */
export type Taken = { people: Set<string>; ids: Map<string, number>; names: Map<string, number> };
export const nothingTaken = (): Taken => ({ people: new Set(), ids: new Map(), names: new Map() });

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
    const found = (matches.get(n) ?? []).filter(({ person_id }) => person_id === null || !taken.people.has(person_id));
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
      taken.people.add(meant.match.person_id);
      return decided(meant.unchanged ? "unchanged" : "update", { reason: meant.match.reason, person_id: meant.match.person_id });
    }
    const doubtful = found.find(({ reason }) => reason === "possible");
    return doubtful?.person_id
      ? decided("possible_duplicate", { reason: doubtful.reason, person_id: doubtful.person_id })
      : decided("create");
  });
}

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

/** The row of the same file that is the same person: by citizen id, or by name and a birth date known to the day. */
function twinOf({ read, row }: CheckedRow & { read: ReadPerson }, { ids, names }: Taken): number | undefined {
  const name = read.birth_date?.length === 10 ? `${foldSearch(read.name?.full ?? "")} ${read.birth_date} ${read.gender ?? ""}` : undefined;
  const different = (twin: number | undefined) => (twin === row ? undefined : twin);
  const twin = (read.citizen_id !== null ? ids.get(read.citizen_id) : undefined) ?? (name !== undefined ? names.get(name) : undefined);
  if (read.citizen_id !== null && !ids.has(read.citizen_id)) ids.set(read.citizen_id, row);
  if (name !== undefined && !names.has(name)) names.set(name, row);
  return different(twin);
}

const organizationsOf = (read: ReadPerson, { organization_id }: Supply): string[] =>
  read.affiliations.flatMap(({ organization }) => organization?.id ?? organization_id ?? []);

const problemAt = (code: Parameters<typeof rowProblem>[0], { row }: CheckedRow): RowProblem => rowProblem(code, `A${row}`);

/** What the registry's own rules say of the row; the same shape judges what a client sends. */
function shapeProblems(body: Record<string, unknown>, row: CheckedRow, shape: z.ZodObject): RowProblem[] {
  if (body["name"] === undefined) return [];
  return checkBody(shape, body)
    .violations.slice(0, 1)
    .map(() => problemAt("value-refused", row));
}
