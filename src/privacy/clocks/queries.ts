import type { Reader } from "../../db/pools.ts";
import { sql } from "../../db/statement.ts";
import type { Calendar } from "./working-days.ts";

/**
 * The calendar of public holidays and swapped days, as the code list `working-day-calendar` holds it (Labour Code 2019, Art. 111 and 112).
 * Where its notices are not out yet, days count that may turn out to be holidays: a deadline then comes early, never late.
 */
export async function readCalendar(run: Reader["read"]): Promise<Calendar> {
  const rows = await run<{ code: string; kind: "holiday" | "working" }>(
    sql`select distinct on (code) code, attributes->>'kind' as kind from codes where list = 'working-day-calendar' and hidden_at is null order by code, list_version desc`,
  );
  return new Map(rows.map(({ code, kind }) => [code, kind]));
}
