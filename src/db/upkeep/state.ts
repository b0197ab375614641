import type { Reader } from "../pools.ts";
import { sql } from "../statement.ts";

/** Whether the database answers. */
export async function answers(reader: Reader): Promise<boolean> {
  return (await reader.read(sql`select`)).length === 1;
}

/** How much the registry holds, for the page that anybody may see. */
export type RecordCounts = { people: number; degrees: number; affiliations: number; organizations: number; localities: number };

/** Counts records: exactly while they are few, by the planner's estimate from 100,000 on, where counting would cost a second. */
export async function countRecords(reader: Reader): Promise<RecordCounts> {
  const [row] = await reader.read<{ counts: RecordCounts }>(sql`
    with estimate as (select relname, reltuples from pg_class where relnamespace = (select oid from pg_namespace where nspname = current_schema()))
    select json_build_object(
      'people', case when (select reltuples from estimate where relname = 'people') > 100000 then (select reltuples::bigint from estimate where relname = 'people') else (select count(*) from people where hidden_at is null) end,
      'degrees', case when (select reltuples from estimate where relname = 'degrees') > 100000 then (select reltuples::bigint from estimate where relname = 'degrees') else (select count(*) from degrees where hidden_at is null) end,
      'affiliations', case when (select reltuples from estimate where relname = 'affiliations') > 100000 then (select reltuples::bigint from estimate where relname = 'affiliations') else (select count(*) from affiliations where hidden_at is null) end,
      'organizations', (select count(*) from organizations where hidden_at is null),
      'localities', (select count(*) from localities where valid_to is null)) as counts`);
  return row!.counts;
}
