import { isOrcid } from "../../core/check-characters.ts";
import { opening } from "../../core/policy.ts";
import { stripTitles } from "../../core/vietnamese/names.ts";
import type { Reader } from "../../db/pools.ts";
import { isCurrent } from "../../db/query/visible.ts";
import type { Context } from "../../db/query/source.ts";
import { isBounded } from "../../db/query/page/plan.ts";
import { all, visibleRows } from "../../db/query/visible.ts";
import { raw, sql } from "../../db/statement.ts";
import type { Statement } from "../../db/statement.ts";
import { questionOf } from "../../reference/names/queries.ts";
import type { Suggestion } from "../../reference/names/queries.ts";
import { Affiliation } from "../affiliations/schema.ts";
import { personSource } from "../people/queries.ts";
import { codeIn } from "../people/quick.ts";
import { Person } from "../people/schema.ts";
import { namesSuggested } from "./names.ts";

/** People of one name that are shown before those of the next. */
const OF_ONE_NAME = 2;

/** The unit of today: the main post before others, employment before membership. */
const unitOf = (today: string): Statement => sql`(select coalesce(o.name, a.organization_text) from affiliations a
  left join organizations o on o.id = a.organization_id
  where a.person_id = p.id and a.hidden_at is null and (${isCurrent(sql`a`, today)}) is not false and coalesce(o.name, a.organization_text) is not null
  order by a.is_primary desc nulls last, a.kind = 'employment' desc, a.valid_from_earliest desc nulls last, a.id limit 1)`;

/** What tells same names apart, as far as the caller may read it; the person is `p`. */
export function hintOf(context: Context): Statement {
  const birth = opening(Person, Person.fields["birth_year"]!, context.actor).open ? sql`p.birth_year` : sql`null`;
  const unit = opening(Affiliation, Affiliation.fields["organization"]!, context.actor).open ? unitOf(context.today) : sql`null`;
  return sql`concat_ws(' · ', ${birth}, ${unit})`;
}

/** People who may be meant by what is typed, best first, of those whom the caller may know of; a code or an ORCID is known as it stands. */
export async function suggestPeople(reader: Reader, text: string, limit: number, context: Context): Promise<Suggestion[]> {
  const { typed, wanted } = questionOf(stripTitles(text).name || text);
  if (wanted.length === 0) return [];
  const p = raw("p");
  const visible = all(visibleRows(personSource, p, { ...context, inTurn: true }));
  const [code, orcid] = [codeIn(text), isOrcid(text.trim()) ? text.trim() : undefined];
  const known =
    code !== undefined
      ? sql`p.code = ${code}`
      : orcid !== undefined
        ? sql`p.id in (select i.person_id from person_identifiers i where i.scheme = 'orcid' and i.value = ${orcid} and i.hidden_at is null)`
        : undefined;
  const names = namesSuggested({ typed, wanted, limit }, context, isBounded(personSource, context));
  return reader.read<Suggestion>(sql`
    with n as materialized (select s.name_full, min(s.rank) as rank from (${names}) s group by s.name_full),
    q as materialized (
      ${known === undefined ? sql`` : sql`(select p.id, -1 as rank, p.name_full from people p where ${visible} and ${known}) union all`}
      (select h.id, r.rank, r.name_full from (select * from n order by n.rank, n.name_full collate "C") r, lateral (
          select p.id from people p where p.name_full = r.name_full and ${visible}
          order by p.id limit case when r.rank <= 1 then ${limit}::int else ${OF_ONE_NAME}::int end) h
        order by r.rank, r.name_full collate "C", h.id limit ${limit}::int))
    select p.id, p.code, p.name_full as name, ${hintOf(context)} as hint from q join people p on p.id = q.id
    order by q.rank, q.name_full collate "C", p.id limit ${limit}::int`);
}
