import { clean, foldSearch } from "../../core/vietnamese/text.ts";
import type { Reader } from "../../db/pools.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";

/** The reference nouns that are found by their names. */
export const NAMED = ["organizations", "localities", "fields"] as const;
export type Named = (typeof NAMED)[number];

/** One suggestion: the record in short, and what tells it from others of the same name. */
export type Suggestion = { id: string; code: string; name: string; hint: string };

/** What was typed: in small letters as it stands, and its folded words. */
export function questionOf(text: string): { typed: string; wanted: string[] } {
  const typed = clean(text).toLowerCase();
  return { typed, wanted: foldSearch(typed).split(" ").filter(Boolean) };
}

type Shown = { name: Statement; hint: Statement; former: Statement; joins: Statement };

/** How a record is named, what stands in its hint, and whether it is of the past; `t` is its row. */
const SHOWN: Record<Named, Shown> = {
  organizations: {
    name: sql`t.name`,
    hint: sql`concat_ws(' · ', u.name, l.full_name, case when t.status <> 'active' then t.status end)`,
    former: sql`t.status <> 'active' or t.valid_to_latest is not null`,
    joins: sql`left join organizations u on u.id = t.parent_id left join localities l on l.id = t.locality_id`,
  },
  localities: {
    name: sql`t.full_name`,
    hint: sql`concat_ws(' · ', nullif(concat_ws(', ', u.full_name, v.full_name), ''),
      case when coalesce(t.valid_from, t.valid_to) is not null then concat(t.valid_from, '–', t.valid_to) end)`,
    former: sql`t.valid_to is not null`,
    joins: sql`left join localities u on u.id = t.parent_id left join localities v on v.id = u.parent_id`,
  },
  fields: {
    name: sql`t.vi`,
    hint: sql`concat_ws(' · ', t.scheme || '@' || t.scheme_version, u.vi)`,
    former: sql`t.hidden_at is not null`,
    joins: sql`left join fields u on u.scheme = t.scheme and u.scheme_version = t.scheme_version and u.code = t.parent_code`,
  },
};

/** What may be meant by what is typed, best first; of equal ones those of today before those of the past. A code is known as it stands. */
export async function suggestReference(reader: Reader, noun: Named, text: string, limit: number, scheme?: string): Promise<Suggestion[]> {
  const { typed, wanted } = questionOf(text);
  if (wanted.length === 0) return [];
  const { name, hint, former, joins } = SHOWN[noun];
  const table = raw(noun);
  return reader.read<Suggestion>(sql`
    with m as (
      select x.record_id, min(x.rank) as rank from (
        select r.record_id, r.rank from reference_matches(${noun}, ${typed}, ${wanted}::text[], true, ${limit}::int) r
        union all select c.id, -1 from ${table} c where c.code = any(${[text.trim(), text.trim().toUpperCase()]}::text[])) x group by x.record_id)
    select t.id, t.code, ${name} as name, ${hint} as hint from m join ${table} t on t.id = m.record_id ${joins}
    where t.hidden_at is null ${scheme === undefined ? sql`` : sql`and t.scheme = ${scheme}`}
    order by m.rank >= 10, ${former}, m.rank, ${name} collate "vi-x-icu", t.code, t.id limit ${limit}::int`);
}

/** The rank of a record that is known to be meant by other means than its name. */
export const KNOWN = 99;

/** A question among others: which one, in small letters as it stands, and folded. */
export type Question = { n: number; typed: string; folded: string };
/** A record that may be meant by the question `n`; `words` are those of the name that fits, `rank` as in migration 0009, -1 for a code, `KNOWN` for an id. */
export type Meant = Suggestion & { n: number; rank: number; words: number };

/** What may be meant by each of several texts, of the units that stood on `day`; `ids` are records that are known to be meant. */
export function matchReference(
  reader: Reader,
  noun: Named,
  questions: readonly Question[],
  { day, scheme, ids = [] }: { day: string | null; scheme?: string | undefined; ids?: readonly { n: number; id: string }[] },
): Promise<Meant[]> {
  const { name, hint, joins } = SHOWN[noun];
  const table = raw(noun);
  const held =
    noun === "localities" && day !== null
      ? sql`and coalesce(t.valid_from <= ${day}::date, true) and coalesce(t.valid_to >= ${day}::date, true)`
      : sql``;
  return reader.read<Meant>(sql`
    with q as (select * from unnest(${questions.map(({ n }) => n)}::int[], ${questions.map(({ typed }) => typed)}::text[], ${questions.map(({ folded }) => folded)}::text[]) as q(n, typed, folded)),
    m as (
      select q.n, x.record_id, min(x.rank) as rank, min(x.words) as words from q cross join lateral (
        select r.record_id, r.rank, cardinality(string_to_array(r.name, ' ')) as words from reference_matches(${noun}, q.typed, string_to_array(q.folded, ' '), false, 10) r
        union all select c.id, -1, 1 from ${table} c where c.code = upper(q.typed)) x group by q.n, x.record_id
      union all select i.n, i.id, ${KNOWN}::int, 1 from unnest(${ids.map(({ n }) => n)}::int[], ${ids.map(({ id }) => id)}::uuid[]) as i(n, id))
    select m.n, m.rank, m.words, t.id, t.code, ${name} as name, ${hint} as hint from m join ${table} t on t.id = m.record_id ${joins}
    where t.hidden_at is null ${held} ${scheme === undefined ? sql`` : sql`and t.scheme = ${scheme}`} order by m.n, m.rank, t.code`);
}
