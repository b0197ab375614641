import type { Field } from "../../core/registry/field.ts";
import { nearest, Problem } from "../../core/problems.ts";
import type { Bilingual, ProblemCode, Violation } from "../../core/problems.ts";
import type { Comparison, Place } from "../../core/query/tree.ts";
import { sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import type { Context } from "./source.ts";

/** Where a violation stood: a parameter or a pointer, never both. */
export const placeOf = ({ parameter, pointer }: Place): Partial<Violation> =>
  pointer !== undefined ? { pointer } : parameter !== undefined ? { parameter } : {};

const refusal = (code: ProblemCode, detail: Bilingual, at: Place, more: Partial<Violation> = {}): Problem =>
  new Problem(code, { detail, errors: [{ code, detail, ...placeOf(at), ...more }] });

/** A value that its field cannot have. */
export function refuseValue(member: string, wanted: Bilingual, at: Place, given?: { text: string; options: readonly string[] }): Problem {
  const detail = { vi: `“${member}” cần ${wanted.vi}.`, en: `\`${member}\` takes ${wanted.en}.` };
  const near = given && nearest(given.text, given.options);
  return refusal(
    at.pointer === undefined ? "invalid-parameter" : "validation-failed",
    detail,
    at,
    near === undefined ? {} : { did_you_mean: near },
  );
}

/** An operator that its field does not have. */
export function refuseOperator(member: string, field: Field, compare: Comparison, at: Place): Problem {
  const has = field.operators.join(", ");
  const detail = has
    ? { vi: `“${member}” không có phép “${compare}”; có: ${has}.`, en: `\`${member}\` has no operator \`${compare}\`; it has: ${has}.` }
    : { vi: `Không thể lọc theo “${member}”.`, en: `\`${member}\` cannot be filtered.` };
  return refusal("unknown-operator", detail, at);
}

/** A field, collection or relation that the noun does not have. */
export function refusePath(path: string, known: readonly string[], at: Place, near = nearest(path, known)): Problem {
  const detail = { vi: `Không có trường “${path}”.`, en: `There is no field \`${path}\`.` };
  return refusal(
    at.pointer === undefined ? "unknown-parameter" : "unknown-field",
    detail,
    at,
    near === undefined ? {} : { did_you_mean: near },
  );
}

/** A field that the actor may not read can be neither filtered nor sorted nor asked for. */
export function refuseClosed(member: string, code: "scope-missing" | "purpose-required", scope: string, at: Place): Problem {
  const detail =
    code === "scope-missing"
      ? { vi: `“${member}” cần phạm vi ${scope}.`, en: `\`${member}\` needs the scope ${scope}.` }
      : { vi: `“${member}” cần tiêu đề Access-Purpose.`, en: `\`${member}\` needs the header Access-Purpose.` };
  return refusal(code, detail, at);
}

/** An identifier that must never stand in a URL, where proxies and browsers keep it. */
export function refuseInUrl(member: string, at: Place): Problem {
  const detail = {
    vi: `“${member}” không được đứng trong URL: hãy dùng POST /v1/people/search.`,
    en: `\`${member}\` must not stand in a URL: use POST /v1/people/search.`,
  };
  return refusal("identifier-in-url", detail, at);
}

/** Two conditions on one collection side by side could mean one element or two. */
export function refuseAmbiguous(collection: string, at: Place): Problem {
  const detail = {
    vi: `Hai điều kiện về “${collection}” đứng cạnh nhau: hãy viết has(${collection}, … and …) hoặc hai has(…).`,
    en: `Two conditions on \`${collection}\` side by side: write has(${collection}, ... and ...) or two has(...).`,
  };
  return refusal("filter-ambiguous", detail, at);
}

/** A query that ran out of its time, with the filters that would make it cheap. */
export function refuseCostly(helping: readonly string[], at: Place, cause: unknown): Problem {
  const names = helping.join(", ");
  const detail = {
    vi: `Truy vấn quá tốn kém: hãy thêm một bộ lọc hẹp hơn${names && `, chẳng hạn ${names}`}.`,
    en: `The query is too costly: add a narrower filter${names && `, such as ${names}`}.`,
  };
  const near = helping[0];
  return new Problem("query-too-costly", {
    detail,
    errors: [{ code: "query-too-costly", detail, ...placeOf(at), ...(near !== undefined && { did_you_mean: near }) }],
    cause,
  });
}

/** Asks the database. */
export type Run = <Row>(statement: Statement) => Promise<Row[]>;

/**
 * Why a record is not there: it never was, or it went with its person at the person's request.
 * Who is bound to a part of the registry is not told: an erased person is in no part of it.
 */
export async function absent(run: Run, id: string, { actor }: Context): Promise<Problem> {
  const bounded = actor.org !== null || actor.loc !== null;
  if (bounded || !["people:read", "people:write", "privacy"].some((scope) => (actor.scopes as ReadonlySet<string>).has(scope)))
    return new Problem("not-found");
  const erased = await run(
    sql`select from revisions r where r.record_id = ${id}::uuid and r.action = 'erased' and exists (select from erasures e where e.person_id = r.person_id) limit 1`,
  );
  return new Problem(erased.length > 0 ? "erased" : "not-found");
}
