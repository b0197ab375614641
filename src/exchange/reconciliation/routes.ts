import { opening } from "../../core/policy.ts";
import { problemOf } from "../../core/problems.ts";
import { checkBody } from "../../core/registry/validate.ts";
import { refuseClosed, refuseValue } from "../../db/query/refusals.ts";
import type { AccessLog } from "../../db/write/access-log.ts";
import type { Context } from "../../db/query/source.ts";
import { scopeMissing } from "../../http/access/auth.ts";
import type { Registering } from "../../http/nouns/nouns.ts";
import { allowOnly, contextOf } from "../../http/nouns/parts.ts";
import type { RawQuery } from "../../http/nouns/parts.ts";
import { problems } from "../../http/openapi.ts";
import { Person } from "../../registry/people/schema.ts";
import { buildReference } from "../cells/reference.ts";
import type { Reference } from "../cells/reference.ts";
import { findUnit } from "../cells/units.ts";
import { keptReference } from "../statements/queries.ts";
import { reconcilePeople } from "./people.ts";
import type { Run } from "./queries.ts";
import { LIMITS, Reconciled, Reconciliation } from "./schema.ts";
import type { Asked, Candidate, PersonRow } from "./schema.ts";
import { reconcileDegrees, reconcileUnits } from "./units.ts";

/** What a unit or a field must reach, and by how much leave others behind, to be taken; of people only evidence is certain: names and birth dates are shared. */
const CERTAIN = 0.9;
const AHEAD = 0.1;

/** `POST /v1/reconciliation`: which records are meant by names as others write them. `home` is the registry's province. */
export function reconciliationRoute({ app, parts }: Registering, home: string): void {
  const run: Run = (statement) => parts.database.reader.read(statement);
  const reference = keptReference(run, home, buildReference);
  app.post("/v1/reconciliation", {
    schema: {
      operationId: "reconcile",
      summary: "Match names with records",
      tags: ["reconciliation"],
      description:
        "Up to 1,000 texts or rows, each answered with scored candidates and reasons, by the rules that imports follow. People need the scope `people:read`. Changes nothing.",
      body: Reconciliation,
      response: { 200: Reconciled, ...problems(400, 403) },
    },
    handler: async (request) => {
      allowOnly(request.query as RawQuery, []);
      const context = contextOf(request, parts, null, false);
      const { value, violations } = checkBody(Reconciliation, request.body);
      if (violations.length > 0) throw problemOf(violations, "body");
      const asked = value as Asked;
      refuseOthers(asked);
      const found =
        asked.noun === "people" ? await people(run, parts.database.access, context, asked, reference) : await texts(run, asked, reference);
      return { data: found.map((candidates) => ({ candidates: best(candidates, asked.limit ?? LIMITS.usual, asked.noun !== "people") })) };
    },
  });
}

/** What narrows one noun means nothing for another. @throws Problem `validation-failed` */
function refuseOthers({ noun, as_of, scheme }: Asked): void {
  if (as_of !== undefined && noun !== "localities")
    throw refuseValue("as_of", { vi: "noun là localities", en: "the noun `localities`" }, { pointer: "/as_of" });
  if (scheme !== undefined && noun !== "fields")
    throw refuseValue("scheme", { vi: "noun là fields", en: "the noun `fields`" }, { pointer: "/scheme" });
}

async function people(
  run: Run,
  access: AccessLog,
  context: Context,
  { queries }: Asked,
  reference: () => Promise<Reference>,
): Promise<Candidate[][]> {
  if (!context.actor.scopes.has("people:read")) throw scopeMissing("people:read");
  const rows = queries.map((query): PersonRow => (typeof query === "string" ? { name: query } : query));
  const number = rows.findIndex(({ citizen_id }) => typeof citizen_id === "string");
  const answer = opening(Person, Person.fields["citizen_id"]!, context.actor);
  if (number >= 0 && !answer.open)
    throw refuseClosed("citizen_id", answer.code, answer.scope, { pointer: `/queries/${number}/citizen_id` });
  const units = rows.some(({ organization }) => organization) ? (await reference()).units : null;
  const found = await reconcilePeople(run, context, rows, (text) => (units === null ? null : (findUnit(units, text)?.id ?? null)));
  // That a number is or is not somebody's is a value of that person.
  const told = found.flatMap((candidates, i) => (typeof rows[i]!.citizen_id === "string" ? candidates.map(({ id }) => id) : []));
  if (told.length > 0)
    await access.record(
      [...new Set(told)].map((person) => ({ person, fields: ["citizen_id"] })),
      context.actor,
      context.trace!,
    );
  return found;
}

async function texts(run: Run, { noun, queries, as_of, scheme }: Asked, reference: () => Promise<Reference>): Promise<Candidate[][]> {
  const row = queries.findIndex((query) => typeof query !== "string");
  if (row >= 0) throw refuseValue(`queries/${row}`, { vi: "một đoạn văn bản", en: "a text" }, { pointer: `/queries/${row}` });
  const written = queries as string[];
  if (noun === "degree-levels") return reconcileDegrees(run, await reference(), written);
  return reconcileUnits(run, await reference(), noun as "organizations", written, { day: as_of ?? null, scheme });
}

/** The best candidates; the first is certain when it leaves all others behind, where that `suffices`. */
function best(candidates: readonly Candidate[], limit: number, suffices: boolean): Candidate[] {
  const sorted = candidates.toSorted((a, b) => b.score - a.score || (a.code < b.code ? -1 : 1)).slice(0, limit + 1);
  const [first, second] = sorted;
  const ahead = suffices && first !== undefined && first.score >= CERTAIN && first.score - (second?.score ?? 0) >= AHEAD;
  return sorted.slice(0, limit).map((one, i) => (i === 0 && ahead ? { ...one, certain: true } : one));
}
