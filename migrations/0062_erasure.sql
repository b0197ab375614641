-- Erasure (Law 91/2025/QH15, Art. 14): values go from everywhere, what happened stays. The functions run with the owner's rights; the
-- service may call erase_person alone, and that erases nobody without an approved request.
ALTER TABLE revisions ADD COLUMN row_digest bytea;
--> statement-breakpoint
COMMENT ON COLUMN revisions.row_digest IS 'Of a row that was blanked by an erasure: a hash under a key that lies outside the database, so that nobody can try values against it.';
--> statement-breakpoint
CREATE INDEX import_rows_target_id_index ON import_rows (target_id) WHERE target_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX import_rows_citizen_id_index ON import_rows (citizen_id_hash) WHERE citizen_id_hash IS NOT NULL;
--> statement-breakpoint
CREATE INDEX import_rows_match_index ON import_rows ((match->>'person_id')) WHERE match->>'person_id' IS NOT NULL;
--> statement-breakpoint
CREATE INDEX import_rows_name_index ON import_rows (fold(read->'name'->>'full'));
--> statement-breakpoint
-- Under which names, years of birth and numbers somebody stands or ever stood.
CREATE FUNCTION standing_of(person uuid, OUT names text[], OUT years int[], OUT hashes bytea[]) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT array_agg(DISTINCT s.name), nullif(array_remove(array_agg(DISTINCT s.year), NULL), '{}'), array_remove(array_agg(DISTINCT s.hash), NULL)
  FROM (SELECT p.name_folded AS name, p.birth_year AS year, p.citizen_id_hash AS hash FROM people p WHERE p.id = person
    UNION ALL
    SELECT r."row"->>'name_folded', (r."row"->>'birth_year')::int, (r."row"->>'citizen_id_hash')::bytea
    FROM revisions r WHERE r.person_id = person AND r.noun = 'people' AND r."row" IS NOT NULL) s
$$;
--> statement-breakpoint
-- A file is sealed as a whole: it goes with any of its rows, and an import that still needs it ends. A row of the same name goes too, unless
-- the years of birth say that it is somebody else: better an office sends a file again than that a person stands in it unseen.
CREATE FUNCTION forget_imports(person uuid) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  s record;
  words text[];
  files uuid[];
BEGIN
  SELECT * INTO s FROM standing_of(person);
  SELECT array_agg(DISTINCT (r."row"->>'import_id')::uuid) INTO files FROM revisions r WHERE r.person_id = person AND r."row"->>'import_id' IS NOT NULL;
  WITH gone AS (
    DELETE FROM import_rows i WHERE i.target_id = person OR i.citizen_id_hash = ANY (s.hashes) OR i.match->>'person_id' = person::text
      OR (fold(i.read->'name'->>'full') = ANY (s.names) AND NOT coalesce((i.read->>'birth_year')::int <> ALL (s.years), false))
    RETURNING i.import_id
  ), brought AS (
    DELETE FROM import_rows i USING (SELECT DISTINCT (r."row"->>'import_id')::uuid AS import_id, (r."row"->>'import_row')::int AS "row"
      FROM revisions r WHERE r.person_id = person AND r."row"->>'import_id' IS NOT NULL) o WHERE o.import_id = i.import_id AND o."row" = i."row"
    RETURNING i.import_id
  )
  SELECT coalesce(files, '{}') || coalesce(array_agg(g.import_id), '{}') INTO files FROM (SELECT import_id FROM gone UNION SELECT import_id FROM brought) g;
  DELETE FROM import_files WHERE import_id = ANY (files);
  UPDATE imports SET state = 'expired', ended_at = now(), progress = NULL WHERE id = ANY (files) AND state IN ('analysing', 'preview', 'committing');
  -- A file may be named after whom it is about.
  words := ARRAY(SELECT DISTINCT w FROM unnest(s.names) n, unnest(string_to_array(n, ' ')) w);
  UPDATE imports SET file_name = coalesce(substring(file_name FROM '\.[A-Za-z]{3,5}$'), '.') WHERE string_to_array(fold(file_name), ' ') && words;
  UPDATE imports SET document = NULL WHERE string_to_array(fold(document), ' ') && words;
END $$;
--> statement-breakpoint
CREATE FUNCTION forget_revisions(person uuid, key bytea) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE free text[] := ARRAY['statement', 'contact', 'extension_reason', 'refusal_text', 'outcome'];
BEGIN
  UPDATE revisions SET row_digest = sha256(key || sha256(key || convert_to("row"::text, 'UTF8'))), "row" = NULL, reason = NULL
  WHERE person_id = person AND noun <> 'data_requests' AND ("row" IS NOT NULL OR reason IS NOT NULL);
  -- Every step of a request stays, and nothing that was said in it.
  UPDATE revisions SET "row" = "row" - free, reason = NULL WHERE person_id = person AND noun = 'data_requests' AND ("row" ?| free OR reason IS NOT NULL);
END $$;
--> statement-breakpoint
-- Whatever hangs on a person goes, tables that are yet to come among it; what is kept is named, and holds ids alone.
CREATE FUNCTION forget_rows(person uuid) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  t text;
  kept text[] := ARRAY['revisions', 'erasures', 'data_requests', 'access_log', 'feed', 'feed_reach'];
BEGIN
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'person_id' AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL (kept) ORDER BY c.relname
  LOOP
    EXECUTE format('DELETE FROM %I WHERE person_id = $1', t) USING person;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION take_out_person(person uuid, key bytea) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE t text;
BEGIN
  PERFORM set_config('trithuc.actor', coalesce(nullif(current_setting('trithuc.actor', true), ''), 'keeper'), true);
  PERFORM FROM people WHERE id = person FOR UPDATE;
  PERFORM forget_imports(person);
  -- What came with this person and hangs on another since stays with the other.
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'origin_person_id' AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  LOOP
    EXECUTE format('UPDATE %I SET origin_person_id = person_id WHERE origin_person_id = $1 AND person_id <> $1', t) USING person;
  END LOOP;
  PERFORM forget_rows(person);
  DELETE FROM people WHERE id = person;
  -- Once more: what triggers derived from the rows that went.
  PERFORM forget_rows(person);
  UPDATE data_requests SET statement = NULL, contact = NULL, extension_reason = NULL, refusal_text = NULL, outcome = NULL
  WHERE person_id = person AND num_nonnulls(statement, contact, extension_reason, refusal_text, outcome) > 0;
  PERFORM forget_revisions(person, key);
  IF to_regclass('graphile_worker._private_jobs') IS NOT NULL THEN
    EXECUTE 'DELETE FROM graphile_worker._private_jobs WHERE strpos(payload::text, $1) > 0' USING person::text;
  END IF;
END $$;
--> statement-breakpoint
-- Erases the person of an approved request to delete; answers when. The request itself is completed by the caller, in the same transaction.
CREATE FUNCTION erase_person(request uuid, erasure uuid, key bytea) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  person uuid;
  instant timestamptz := clock_timestamp();
BEGIN
  SELECT d.person_id INTO person FROM data_requests d WHERE d.id = request AND d.kind = 'delete' AND d.state = 'approved' FOR UPDATE;
  IF person IS NULL THEN
    RAISE EXCEPTION 'only an approved request to delete erases' USING ERRCODE = 'TI003';
  END IF;
  PERFORM take_out_person(person, key);
  INSERT INTO erasures (id, person_id, request_id, ground, erased_at) VALUES (erasure, person, request, 'Law 91/2025/QH15, Art. 14', instant);
  RETURN instant;
END $$;
--> statement-breakpoint
-- The same once more, of a line of the log that lies outside the database: after a restore the person may stand there again. False: nothing was left to take out.
CREATE FUNCTION reapply_erasure(erasure uuid, person uuid, request uuid, instant timestamptz, key bytea) RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE stood boolean;
BEGIN
  stood := EXISTS (SELECT FROM people WHERE id = person) OR EXISTS (SELECT FROM revisions WHERE person_id = person AND "row" IS NOT NULL AND noun <> 'data_requests');
  PERFORM take_out_person(person, key);
  INSERT INTO erasures (id, person_id, request_id, ground, erased_at, logged_at)
  VALUES (erasure, person, request, 'Law 91/2025/QH15, Art. 14', instant, now()) ON CONFLICT DO NOTHING;
  UPDATE data_requests SET state = 'completed', due_on = NULL, completed_on = (instant AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
  WHERE id = request AND state IN ('received', 'acknowledged', 'approved');
  RETURN stood;
END $$;
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  REVOKE EXECUTE ON FUNCTION standing_of(uuid), forget_imports(uuid), forget_revisions(uuid, bytea), forget_rows(uuid),
    take_out_person(uuid, bytea), erase_person(uuid, uuid, bytea), reapply_erasure(uuid, uuid, uuid, timestamptz, bytea) FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION erase_person(uuid, uuid, bytea) TO %I', service);
END $$;
