import { UUID } from "../../core/registry/scalars.ts";
import { isPartialDate } from "../../core/time/partial-date.ts";
import type { Place } from "../../core/query/tree.ts";
import { raw, sql } from "../statement.ts";
import type { Statement } from "../statement.ts";
import { refuseValue } from "./refusals.ts";

const union = (selects: Statement[]): Statement =>
  selects.reduce((all, one, i) => (i === 0 ? one : sql`${all}${raw(" union all ")}${one}`));

/** The unit that a code named on a day. */
export const localityOn = (code: string, day: string): Statement =>
  sql`select id from localities where code = ${code} and hidden_at is null and coalesce(valid_from <= ${day}::date, true) and coalesce(valid_to >= ${day}::date, true)`;

/** The ids of localities named by id or `CODE@DAY`; with `below` also of what lies below them. */
export function localityIds(values: readonly string[], below: boolean, member: string, at: Place): Statement {
  const nodes = union(values.map((text) => localityId(text, member, at)));
  return below ? sql`select locality_id from locality_tree where ancestor_id in (${nodes})` : nodes;
}

function localityId(text: string, member: string, at: Place): Statement {
  if (UUID.test(text)) return sql`select ${text}::uuid`;
  const [code = "", day = ""] = text.split("@");
  if (!/^[0-9]{2,5}$/.test(code) || !/^\d{4}-\d\d-\d\d$/.test(day) || !isPartialDate(day)) {
    // A bare code has no meaning without a date: 24 was Bắc Giang and is Bắc Ninh.
    const given = /^[0-9]{2,5}$/.test(code) ? { text: `${code}@2025-07-01`, options: [`${code}@2025-07-01`] } : undefined;
    throw refuseValue(
      member,
      {
        vi: "một id hoặc MÃ@NGÀY (mã địa bàn không có nghĩa nếu thiếu ngày)",
        en: "an id or CODE@DAY (a locality's code has no meaning without a day)",
      },
      at,
      given,
    );
  }
  return localityOn(code, day);
}

/** The ids of organizations named by id or code; with `below` also of what stood below them on the day. */
export function organizationIds(values: readonly string[], below: boolean, day: string): Statement {
  const nodes = union(
    values.map((text) => (UUID.test(text) ? sql`select ${text}::uuid` : sql`select id from organizations where code = ${text}`)),
  );
  if (!below) return nodes;
  return sql`select organization_id from organization_tree where ancestor_id in (${nodes}) and from_day <= ${day}::date and until_day >= ${day}::date`;
}
