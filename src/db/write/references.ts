import type { Noun } from "../../core/registry/noun.ts";
import { UUID } from "../../core/registry/scalars.ts";
import { days } from "../../core/time/partial-date.ts";
import type { Violation } from "../../core/problems.ts";
import { sql } from "../statement.ts";
import { memberOf } from "./rows.ts";
import type { Transaction } from "./transaction.ts";

type Body = Record<string, unknown>;
type Named = {
  body: Body;
  table: "localities" | "organizations" | "classifications";
  key: string;
  scheme: string | null;
  pointer: string;
  member: string;
  from: string | null;
  until: string | null;
};
/** A body that points at something, and where it stands in what was sent; its noun where it is another one. */
export type Pointing = { body: Body; pointer: string; noun?: Noun };
type Found = { n: number; found: boolean; valid: boolean; scheme: string | null };

/**
 * Checks what a body points at: localities and organizations exist and stood on the fact's date, codes are of the scheme version named.
 * A classification's code is checked against its scheme version only, whatever the date: a degree of 1985 carries a code of 2022.
 * Fills in the scheme in force where none is named. One statement for all bodies.
 */
export async function checkReferences(tx: Transaction, noun: Noun, bodies: readonly Pointing[], today: string): Promise<Violation[]> {
  const named = bodies.flatMap(({ body, pointer, noun: own }) => namedIn(own ?? noun, body, pointer, today));
  const alone = bodies.flatMap(({ body, pointer, noun: own }) => schemesAlone(own ?? noun, body, pointer));
  if (named.length === 0) return alone;
  const ids = (table: Named["table"]) => named.map((one) => (one.table === table && UUID.test(one.key) ? one.key : null));
  const codes = (part: (one: Named) => string | null) => named.map((one) => (one.table === "classifications" ? part(one) : null));
  const rows = await tx.read<Found>(sql`
    select x.n::int, found.id is not null as found, found.scheme,
      coalesce(found.valid_from <= x.until, true) and coalesce(found.valid_to >= x.since, true) as valid
    from unnest(${named.map((_, i) => i)}::int[], ${ids("localities")}::uuid[], ${ids("organizations")}::uuid[],
      ${codes(({ key }) => key)}::text[], ${codes(({ scheme }) => scheme!.replace(/@.*/s, ""))}::text[], ${codes(({ scheme }) => /@(.*)/s.exec(scheme!)?.[1] ?? null)}::text[],
      ${named.map(({ from }) => from)}::date[], ${named.map(({ until }) => until)}::date[]) as x(n, locality, organization, code, scheme, version, since, until)
    left join lateral (
      select l.id::text, l.valid_from, l.valid_to, null::text as scheme from localities l where l.id = x.locality and l.hidden_at is null
      union all
      select o.id::text, o.valid_from_earliest, o.valid_to_latest, null from organizations o where o.id = x.organization and o.hidden_at is null
      union all
      (select f.id::text, null, null, f.scheme || '@' || f.scheme_version from fields f where f.scheme = x.scheme and f.code = x.code
        and (x.version is null or f.scheme_version = x.version) order by f.scheme_version desc limit 1)
      union all
      (select c.id::text, null, null, c.list || '@' || c.list_version from codes c where c.list = x.scheme and c.code = x.code
        and (x.version is null or c.list_version = x.version) order by c.list_version desc limit 1)
    ) found on true order by x.n`);
  for (const { n, scheme } of rows) if (scheme) named[n]!.body[`${named[n]!.member}_scheme`] = scheme;
  return [...alone, ...rows.flatMap(({ n, found, valid }) => refusal(named[n]!, found, valid))];
}

/** A scheme says nothing without its code, and would be lost without a word. */
function schemesAlone({ fields }: Noun, body: Body, pointer: string): Violation[] {
  return Object.keys(body).flatMap((key): Violation[] => {
    const member = key.endsWith("_scheme") ? key.slice(0, -7) : "";
    if (fields[member]?.kind !== "classification" || !body[key] || body[member]) return [];
    const detail = { vi: `“${member}_scheme” phải đi cùng “${member}”.`, en: `\`${member}_scheme\` goes with \`${member}\`.` };
    return [{ code: "validation-failed", pointer: `${pointer}/${member}_scheme`, detail }];
  });
}

function namedIn(noun: Noun, body: Body, pointer: string, today: string): Named[] {
  const own = periodOf(noun, body, today);
  return Object.keys(body).flatMap((key): Named[] => {
    const member = memberOf(noun, key);
    if (member === undefined) return [];
    const [field, base] = [noun.fields[member]!, { body, member, scheme: null, ...own }];
    if ((field.kind === "place" || field.kind === "unit") && body[`${member}_id`]) {
      const table = field.kind === "place" ? "localities" : "organizations";
      // A hometown keeps the unit of its day, whatever that day was; a residence is a unit of today.
      const period = member === "hometown_locality" ? { from: null, until: null } : {};
      return [{ ...base, ...period, table, key: body[`${member}_id`] as string, pointer: `${pointer}/${member}_id` }];
    }
    if (field.kind === "classification" && body[member]) {
      const scheme = (body[`${member}_scheme`] as string | null | undefined) ?? field.scheme!;
      return [{ ...base, table: "classifications", key: body[member] as string, scheme, pointer: `${pointer}/${member}` }];
    }
    if (field.kind === "source" && (body[member] as Body | null)?.["organization_id"]) {
      const key = (body[member] as Body)["organization_id"] as string;
      return [{ ...base, from: null, until: null, table: "organizations", key, pointer: `${pointer}/${member}/organization_id` }];
    }
    return [];
  });
}

/** The days on which a fact may have held; a person's residence is of today. */
function periodOf(noun: Noun, body: Body, today: string): { from: string | null; until: string | null } {
  if (noun.standing === "person") return { from: today, until: today };
  const [from, to] = [body["valid_from"], body["valid_to"]] as (string | null | undefined)[];
  return { from: from ? days(from).earliest : null, until: to ? days(to).latest : null };
}

function refusal({ pointer, member, table }: Named, found: boolean, valid: boolean): Violation[] {
  if (found && valid) return [];
  if (found) {
    const detail = { vi: `“${member}”: đơn vị này không tồn tại vào ngày đó.`, en: `\`${member}\`: the unit did not stand on that date.` };
    return [{ code: "code-not-valid-on-date", pointer, detail }];
  }
  const detail =
    table === "classifications"
      ? { vi: `“${member}”: không có mã này trong bảng mã.`, en: `\`${member}\`: the scheme has no such code.` }
      : { vi: `“${member}”: không có bản ghi này.`, en: `\`${member}\`: there is no such record.` };
  return [{ code: "unknown-code", pointer, detail }];
}
