-- A record's versions ascend in time, so the last one is the latest: looked up by its index, where the latest of all was looked for among
-- all of them (2026-11: at 10,000 versions a write took 17 ms, and 3 ms since).
CREATE OR REPLACE FUNCTION record_revisions() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  who text := nullif(current_setting('trithuc.actor', true), '');
  person text := CASE WHEN tg_table_name = 'people' THEN 't.id' WHEN EXISTS (SELECT FROM pg_attribute
    WHERE attrelid = tg_relid AND attname = 'person_id' AND NOT attisdropped) THEN 't.person_id' ELSE 'NULL::uuid' END;
BEGIN
  IF who IS NULL THEN
    RAISE EXCEPTION 'a write must name its actor' USING ERRCODE = 'TI001', HINT = 'set_config(''trithuc.actor'', ..., true)';
  END IF;
  EXECUTE format($f$
    INSERT INTO revisions (noun, record_id, person_id, version, action, recorded_at, "row", actor, client, source_organization_id, import_id, reason)
    SELECT $1, t.id, %s, t.version %s, $2, %s, %s, $3, $4, $5::uuid, $6::uuid, $7 FROM %I t ORDER BY t.id
  $f$, person,
    CASE tg_op WHEN 'DELETE' THEN '+ 1' ELSE '' END,
    CASE tg_op WHEN 'INSERT' THEN 'clock_timestamp()' ELSE 'greatest(clock_timestamp(), (SELECT r.recorded_at FROM revisions r
      WHERE r.record_id = t.id AND r.noun = $1 ORDER BY r.version DESC LIMIT 1) + interval ''1 microsecond'')' END,
    CASE tg_op WHEN 'DELETE' THEN 'NULL::jsonb' ELSE 'to_jsonb(t)' END,
    CASE tg_op WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END)
  USING tg_table_name, CASE tg_op WHEN 'INSERT' THEN 'created' WHEN 'DELETE' THEN 'erased' ELSE 'changed' END, who,
    nullif(current_setting('trithuc.client', true), ''), nullif(current_setting('trithuc.source', true), ''),
    nullif(current_setting('trithuc.import', true), ''), nullif(current_setting('trithuc.reason', true), '');
  RETURN NULL;
END $$;
