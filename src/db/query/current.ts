import { sql } from "../statement.ts";
import type { Statement } from "../statement.ts";

/** Whether a fact holds on a day, as far as it is certain: false when it ended or lies beside the day, true when it certainly holds, else null. */
export const isCurrent = (row: Statement, day: string): Statement => sql`case
    when ${row}.ended or ${row}.valid_to_latest < ${day}::date or ${row}.valid_from_earliest > ${day}::date then false
    when ${row}.ended is false or (${row}.valid_from_latest <= ${day}::date and ${row}.valid_to_earliest >= ${day}::date) then true end`;
