import { hash as hashOf } from "node:crypto";
import { endOf } from "../query/page/kept.ts";
import { INCLUDED, Render } from "../query/render.ts";
import { WHOLE } from "../query/selection.ts";
import { aliases } from "../query/source.ts";
import type { Catalog, Context } from "../query/source.ts";
import { join, name, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";

/** Who may read what is kept, and no more: restricted and sensitive members are never stored a second time. */
const READER: Context["actor"] = {
  client: "",
  subject: "",
  scopes: new Set(["people:read"]),
  org: null,
  loc: null,
  purpose: null,
  language: "vi",
};
/** The statement that makes answers, and a hash of it: what another version of the code made is not believed. */
export function makingOf(catalog: Catalog): { hash: string; statement(ids: readonly string[], today: string): Statement } {
  const person = catalog["people"]!;
  const actor = READER;
  const collections = Object.keys(person.noun.collections);
  const columns = join(["person", ...collections].map(name), ", ");
  const statement = (ids: readonly string[], today: string): Statement => {
    const alias = aliases();
    const [row, render] = [alias(), new Render({ actor, catalog, keys: {} as never, today, asOf: null, inUrl: true }, alias, false)];
    const whole = sql`left((${render.record(person, row, WHOLE)})::text, ${-endOf(person, actor).length}::int)`;
    // A person with more of them than an answer shows is answered live.
    const arrays = collections.map(
      (member) => sql`(select case when json_array_length(x.j) <= ${INCLUDED}::int then x.j::text end
      from (select ${render.elements(person, member, row, { members: null, include: { [member]: WHOLE } })} as j) x)`,
    );
    const days = collections.map(
      (member) => sql`select v.d from ${name(member)} f,
      lateral (values (f.valid_from_earliest), (f.valid_from_latest), (f.valid_to_earliest + 1), (f.valid_to_latest + 1)) v(d) where f.person_id = ${row}.id and v.d > ${today}::date`,
    );
    const replaced = ["of_version", "of_stamp", "made_by", "from_day", "until_day", "person", ...collections].map(
      (one) => sql`${name(one)} = excluded.${name(one)}`,
    );
    return sql`insert into person_answers (person_id, stamp, of_version, of_stamp, made_by, from_day, until_day, ${columns})
      select ${row}.id, s.stamp, ${row}.version, s.stamp, ${hash}, ${today}::date, (select coalesce(min(u.d), 'infinity') from (${join(days, " union all ")}) u),
        ${join([whole, ...arrays], ", ")}
      from people ${row} cross join lateral
        (select coalesce((select k.stamp from person_answers k where k.person_id = ${row}.id), nextval('person_answer_stamps')) as stamp offset 0) s where ${row}.id = any(${ids}::uuid[]) and ${row}.hidden_at is null order by ${row}.id
      on conflict (person_id) do update set ${join(replaced, ", ")} where person_answers.stamp = excluded.stamp`;
  };
  let hash = "";
  hash = hashOf("sha256", statement([], "").render().text, "base64url").slice(0, 16);
  return { hash, statement };
}
