-- What drizzle-kit cannot say: folding, history, territory, and the rights of the service's role.
CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
-- The same folding as src/core/text.ts: marks off, d for đ and its look-alikes, lower case, only letters and digits.
CREATE FUNCTION fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    translate(lower(regexp_replace(normalize(value, NFD), '[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g') COLLATE "vi-x-icu"), 'đðɖ', 'ddd'),
    '[^[:alnum:]]+', ' ', 'g'));
--> statement-breakpoint
CREATE INDEX organizations_name_words_index ON organizations USING gin (string_to_array(fold(name), ' '));
--> statement-breakpoint
CREATE INDEX localities_name_words_index ON localities USING gin (string_to_array(fold(name), ' '));
--> statement-breakpoint
ALTER TABLE affiliations ADD CONSTRAINT affiliations_primary_overlap EXCLUDE USING gist (
  person_id WITH =,
  (coalesce(source_organization_id, '00000000-0000-0000-0000-000000000000')) WITH =,
  (CASE WHEN valid_from_latest < valid_to_earliest THEN daterange(valid_from_latest, valid_to_earliest) ELSE 'empty' END) WITH &&
) WHERE (is_primary AND kind = 'employment' AND hidden_at IS NULL);
--> statement-breakpoint
-- A version is counted by the database, so that no path forgets it; a write that changes nothing makes none.
CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new IS NOT DISTINCT FROM old THEN RETURN NULL; END IF;
  new.version := old.version + 1;
  RETURN new;
END $$;
--> statement-breakpoint
-- Statement-level with transition tables: row triggers cost twice as much under COPY.
CREATE FUNCTION record_revisions() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
    CASE tg_op WHEN 'INSERT' THEN 'clock_timestamp()' ELSE 'greatest(clock_timestamp(), (SELECT max(r.recorded_at) FROM revisions r
      WHERE r.record_id = t.id AND r.noun = $1) + interval ''1 microsecond'')' END,
    CASE tg_op WHEN 'DELETE' THEN 'NULL::jsonb' ELSE 'to_jsonb(t)' END,
    CASE tg_op WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END)
  USING tg_table_name, CASE tg_op WHEN 'INSERT' THEN 'created' WHEN 'DELETE' THEN 'erased' ELSE 'changed' END, who,
    nullif(current_setting('trithuc.client', true), ''), nullif(current_setting('trithuc.source', true), ''),
    nullif(current_setting('trithuc.import', true), ''), nullif(current_setting('trithuc.reason', true), '');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE would escape the history of %', tg_table_name USING ERRCODE = 'TI002';
END $$;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['people', 'person_identifiers', 'degrees', 'academic_titles', 'affiliations', 'expertise', 'awards',
    'organizations', 'organization_links', 'localities', 'locality_lineage', 'fields', 'field_crosswalk', 'code_lists', 'codes'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_version BEFORE UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION count_version()', t);
    EXECUTE format('CREATE TRIGGER %1$s_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
    EXECUTE format('CREATE TRIGGER %1$s_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
    EXECUTE format('CREATE TRIGGER %1$s_erased AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
    EXECUTE format('CREATE TRIGGER %1$s_truncated BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', t);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER revisions_truncated BEFORE TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
--> statement-breakpoint
-- Where each organization stands in the tree, with the days: today's parent, and earlier parents from organization_links.
CREATE FUNCTION rebuild_organization_tree() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM organization_tree;
  INSERT INTO organization_tree (ancestor_id, organization_id, from_day, until_day)
  WITH RECURSIVE parents AS (
    SELECT id AS child, parent_id AS parent, coalesce(parent_since, '-infinity'::date) AS f, 'infinity'::date AS u FROM organizations WHERE parent_id IS NOT NULL AND hidden_at IS NULL
    UNION ALL
    SELECT from_id, to_id, coalesce(valid_from, '-infinity'::date), coalesce(valid_to, 'infinity'::date) FROM organization_links WHERE kind = 'parent' AND hidden_at IS NULL
  ), walk AS (
    SELECT id AS ancestor, id AS node, '-infinity'::date AS f, 'infinity'::date AS u, 0 AS depth FROM organizations
    UNION
    SELECT p.parent, w.node, greatest(w.f, p.f), least(w.u, p.u), w.depth + 1 FROM walk w JOIN parents p ON p.child = w.ancestor
    WHERE w.depth < 16 AND greatest(w.f, p.f) <= least(w.u, p.u)
  )
  SELECT DISTINCT ancestor, node, f, u FROM walk;
END $$;
--> statement-breakpoint
-- The nodes of today in which a person counts: residence and what is above it; organizations of affiliations that are not known to have ended,
-- what is above them, and their localities.
CREATE FUNCTION refresh_reach(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM person_reach WHERE person_id = ANY (persons);
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH RECURSIVE bonds AS (
    SELECT a.person_id, a.organization_id, coalesce(a.valid_from_earliest, '-infinity'::date) AS f, coalesce(a.valid_to_latest, 'infinity'::date) AS u
    FROM affiliations a WHERE a.person_id = ANY (persons) AND a.hidden_at IS NULL AND a.ended IS NOT TRUE AND a.organization_id IS NOT NULL
  ), places AS (
    SELECT p.id AS person_id, l.today_id AS node, '-infinity'::date AS f, 'infinity'::date AS u
    FROM people p JOIN localities l ON l.id = p.residence_locality_id WHERE p.id = ANY (persons) AND l.today_id IS NOT NULL
    UNION
    SELECT b.person_id, l.today_id, b.f, b.u FROM bonds b JOIN organizations o ON o.id = b.organization_id JOIN localities l ON l.id = o.locality_id
    WHERE l.today_id IS NOT NULL
  ), above AS (
    SELECT person_id, node, f, u FROM places
    UNION
    SELECT a.person_id, l.parent_id, a.f, a.u FROM above a JOIN localities l ON l.id = a.node WHERE l.parent_id IS NOT NULL
  )
  SELECT person_id, node, f, u FROM above
  UNION
  SELECT b.person_id, t.ancestor_id, greatest(b.f, t.from_day), least(b.u, t.until_day)
  FROM bonds b JOIN organization_tree t ON t.organization_id = b.organization_id WHERE greatest(b.f, t.from_day) <= least(b.u, t.until_day)
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
-- A new person or bond only adds nodes, and those above a place are walked once for each place, not for each person (2026-11: of 64 s
-- for 100,000 people with 520,000 facts by COPY, deleting and walking anew took 14 s).
CREATE FUNCTION reach_of_new_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH RECURSIVE above AS (
    SELECT l.id AS place, l.today_id AS node FROM localities l
    WHERE l.id IN (SELECT residence_locality_id FROM new_rows) AND l.today_id IS NOT NULL
    UNION
    SELECT a.place, l.parent_id FROM above a JOIN localities l ON l.id = a.node WHERE l.parent_id IS NOT NULL
  )
  SELECT n.id, a.node, '-infinity', 'infinity' FROM new_rows n JOIN above a ON a.place = n.residence_locality_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION reach_of_new_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH RECURSIVE bonds AS (
    SELECT person_id, organization_id, coalesce(valid_from_earliest, '-infinity'::date) AS f, coalesce(valid_to_latest, 'infinity'::date) AS u
    FROM new_rows WHERE hidden_at IS NULL AND ended IS NOT TRUE AND organization_id IS NOT NULL
  ), above AS (
    SELECT o.id AS organization_id, l.today_id AS node FROM organizations o JOIN localities l ON l.id = o.locality_id
    WHERE o.id IN (SELECT organization_id FROM bonds) AND l.today_id IS NOT NULL
    UNION
    SELECT a.organization_id, l.parent_id FROM above a JOIN localities l ON l.id = a.node WHERE l.parent_id IS NOT NULL
  )
  SELECT b.person_id, a.node, b.f, b.u FROM bonds b JOIN above a USING (organization_id)
  UNION
  SELECT b.person_id, t.ancestor_id, greatest(b.f, t.from_day), least(b.u, t.until_day)
  FROM bonds b JOIN organization_tree t USING (organization_id) WHERE greatest(b.f, t.from_day) <= least(b.u, t.until_day)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION reach_of_people() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM refresh_reach(ARRAY(SELECT id FROM new_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION reach_of_affiliations() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM refresh_reach(ARRAY(SELECT DISTINCT person_id FROM new_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION reach_of_affiliations_gone() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM refresh_reach(ARRAY(SELECT DISTINCT person_id FROM old_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
-- An earlier parent is kept, and everybody below the organization moves with it.
CREATE FUNCTION reach_of_organizations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF tg_op = 'UPDATE' THEN
    INSERT INTO organization_links (id, from_id, to_id, kind, valid_from, valid_to)
    SELECT gen_random_uuid(), o.id, o.parent_id, 'parent', o.parent_since, coalesce(n.parent_since, current_date) - 1
    FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE o.parent_id IS NOT NULL AND n.parent_id IS DISTINCT FROM o.parent_id;
    IF NOT EXISTS (SELECT FROM old_rows o JOIN new_rows n ON n.id = o.id
      WHERE (o.parent_id, o.parent_since, o.locality_id, o.hidden_at) IS DISTINCT FROM (n.parent_id, n.parent_since, n.locality_id, n.hidden_at)) THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM rebuild_organization_tree();
  IF tg_op = 'UPDATE' THEN
    PERFORM refresh_reach(ARRAY(
      SELECT DISTINCT a.person_id FROM new_rows n JOIN organization_tree t ON t.ancestor_id = n.id JOIN affiliations a ON a.organization_id = t.organization_id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER people_reach_created AFTER INSERT ON people REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_new_people();
--> statement-breakpoint
CREATE TRIGGER people_reach_changed AFTER UPDATE ON people REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_people();
--> statement-breakpoint
CREATE TRIGGER affiliations_reach_created AFTER INSERT ON affiliations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_new_affiliations();
--> statement-breakpoint
CREATE TRIGGER affiliations_reach_changed AFTER UPDATE ON affiliations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_affiliations();
--> statement-breakpoint
CREATE TRIGGER affiliations_reach_left AFTER UPDATE ON affiliations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_affiliations_gone();
--> statement-breakpoint
CREATE TRIGGER affiliations_reach_erased AFTER DELETE ON affiliations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_affiliations_gone();
--> statement-breakpoint
CREATE TRIGGER organizations_tree_created AFTER INSERT ON organizations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_organizations();
--> statement-breakpoint
CREATE TRIGGER organizations_tree_changed AFTER UPDATE ON organizations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reach_of_organizations();
--> statement-breakpoint
-- The service's role owns nothing: it reads, writes the registry row by row, and only adds to the history.
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), service);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), service);
  EXECUTE format('GRANT INSERT ON revisions, person_numbers TO %I', service);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), service);
  EXECUTE format('GRANT INSERT, UPDATE ON people, person_identifiers, degrees, academic_titles, affiliations, expertise, awards, organizations TO %I', service);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION refresh_reach(uuid[]), rebuild_organization_tree() FROM PUBLIC');
  EXECUTE format('GRANT EXECUTE ON FUNCTION refresh_reach(uuid[]), rebuild_organization_tree() TO %I', service);
END $$;
