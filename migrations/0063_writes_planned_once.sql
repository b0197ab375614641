-- What a trigger asks is planned once by a connection instead of at each write. The history's own statement was made as text each time
-- (2026-11: of the 7 ms of Postgres that a person with two degrees and an affiliation took, 1.2 were this). A trigger's statements are
-- kept by trigger, so that one function serves every table; of a table without `person_id` its row as jsonb has none either.
CREATE OR REPLACE FUNCTION record_revisions() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  who text := nullif(current_setting('trithuc.actor', true), '');
  what text := tg_table_name;
  by_client text := nullif(current_setting('trithuc.client', true), '');
  of_source uuid := nullif(current_setting('trithuc.source', true), '');
  of_import uuid := nullif(current_setting('trithuc.import', true), '');
  why text := nullif(current_setting('trithuc.reason', true), '');
BEGIN
  IF who IS NULL THEN
    RAISE EXCEPTION 'a write must name its actor' USING ERRCODE = 'TI001', HINT = 'set_config(''trithuc.actor'', ..., true)';
  END IF;
  IF tg_op = 'INSERT' THEN
    INSERT INTO revisions (noun, record_id, person_id, version, action, recorded_at, "row", actor, client, source_organization_id, import_id, reason)
    SELECT what, t.id, CASE what WHEN 'people' THEN t.id ELSE (r.j ->> 'person_id')::uuid END, t.version, 'created', clock_timestamp(), r.j,
      who, by_client, of_source, of_import, why
    FROM new_rows t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS j OFFSET 0) r ORDER BY t.id;
  ELSIF tg_op = 'UPDATE' THEN
    INSERT INTO revisions (noun, record_id, person_id, version, action, recorded_at, "row", actor, client, source_organization_id, import_id, reason)
    SELECT what, t.id, CASE what WHEN 'people' THEN t.id ELSE (r.j ->> 'person_id')::uuid END, t.version, 'changed',
      greatest(clock_timestamp(), (SELECT b.recorded_at FROM revisions b WHERE b.record_id = t.id AND b.noun = what ORDER BY b.version DESC LIMIT 1) + interval '1 microsecond'),
      r.j, who, by_client, of_source, of_import, why
    FROM new_rows t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS j OFFSET 0) r ORDER BY t.id;
  ELSE
    INSERT INTO revisions (noun, record_id, person_id, version, action, recorded_at, "row", actor, client, source_organization_id, import_id, reason)
    SELECT what, t.id, CASE what WHEN 'people' THEN t.id ELSE (to_jsonb(t) ->> 'person_id')::uuid END, t.version + 1, 'erased',
      greatest(clock_timestamp(), (SELECT b.recorded_at FROM revisions b WHERE b.record_id = t.id AND b.noun = what ORDER BY b.version DESC LIMIT 1) + interval '1 microsecond'),
      NULL, who, by_client, of_source, of_import, why
    FROM old_rows t ORDER BY t.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- One person is found by a plan that holds for any; many, as loads write them, by a plan for just these.
CREATE OR REPLACE FUNCTION hold_people(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF cardinality(persons) = 1 THEN
    PERFORM FROM people p WHERE p.id = persons[1] AND p.xmin <> pg_current_xact_id()::xid FOR NO KEY UPDATE;
  ELSE
    PERFORM FROM people p WHERE p.id = ANY (persons) AND p.xmin <> pg_current_xact_id()::xid ORDER BY p.id FOR NO KEY UPDATE;
  END IF;
END $$;
--> statement-breakpoint
-- A listing by field and level has rows of those alone who have both: of who has one, nothing is to be added.
CREATE OR REPLACE FUNCTION facets_of_new_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  persons uuid[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
  person uuid := persons[1];
BEGIN
  PERFORM hold_people(persons);
  IF cardinality(persons) = 1 AND NOT (EXISTS (SELECT FROM expertise e WHERE e.person_id = person) AND EXISTS (SELECT FROM degrees d WHERE d.person_id = person)) THEN
    RETURN NULL;
  END IF;
  PERFORM add_facets(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION answers_of_new_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  persons uuid[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
  person uuid := persons[1];
BEGIN
  IF cardinality(persons) = 1 AND EXISTS (SELECT FROM people p WHERE p.id = person AND p.xmin = pg_current_xact_id()::xid) THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM people p WHERE p.id = ANY (persons) AND p.xmin <> pg_current_xact_id()::xid) THEN PERFORM stamp_answers(persons); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION hold_people(uuid[]) FROM PUBLIC;
--> statement-breakpoint
-- A kept answer of 3 KB stays in its row: sealed bytes do not shrink, and to be tried and put aside costs more than the row.
ALTER TABLE idempotency_records SET (toast_tuple_target = 8160);
--> statement-breakpoint
ALTER TABLE idempotency_records ALTER COLUMN answer SET STORAGE EXTERNAL;
