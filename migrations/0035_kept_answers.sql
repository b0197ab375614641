-- A person's answer as text, with what hangs on the person, so that a read need not make it anew: public and internal members alone.
-- It is believed only where the statement that reads it finds the person's version, the facts' stamp and the day as they were when it was
-- made: nothing has to be thrown away in time, and it cannot tell what was. It is made outside the writers' transactions.
-- Stamps are of one sequence: none comes again, also where a row went and was made anew.
CREATE SEQUENCE person_answer_stamps;
--> statement-breakpoint
CREATE TABLE person_answers (
  person_id uuid PRIMARY KEY,
  stamp bigint NOT NULL,
  of_version integer,
  of_stamp bigint,
  made_by text,
  from_day date,
  until_day date,
  person text,
  degrees text,
  academic_titles text,
  affiliations text,
  expertise text,
  awards text
);
--> statement-breakpoint
-- Whoever writes facts of a person moves the stamp; a person of this very transaction has no answer yet that could be wrong.
CREATE FUNCTION stamp_answers(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO person_answers AS a (person_id, stamp)
  SELECT p.id, nextval('person_answer_stamps') FROM people p WHERE p.id = ANY (persons) AND p.xmin <> pg_current_xact_id()::xid ORDER BY p.id
  ON CONFLICT (person_id) DO UPDATE SET stamp = excluded.stamp, of_stamp = NULL, person = NULL, degrees = NULL, academic_titles = NULL, affiliations = NULL, expertise = NULL, awards = NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION answers_of_new_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
BEGIN
  IF EXISTS (SELECT FROM people p WHERE p.id = ANY (persons) AND p.xmin <> pg_current_xact_id()::xid) THEN PERFORM stamp_answers(persons); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION answers_of_changed_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM stamp_answers(ARRAY(SELECT person_id FROM old_rows UNION SELECT person_id FROM new_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION answers_of_erased_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM stamp_answers(ARRAY(SELECT DISTINCT person_id FROM old_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Nothing of what a person was stays behind; the version tells tags of before from those of now.
CREATE FUNCTION forget_answers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM person_answers WHERE person_id IN (SELECT id FROM old_rows);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- An answer holds names and codes of units. Who makes answers holds the lock 3501 shared and looks afterwards: what is made before is seen here,
-- what is made after is made of the new names.
CREATE FUNCTION answers_of_renamed_organizations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE renamed uuid[] := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE (n.code, n.name, n.locality_id) IS DISTINCT FROM (o.code, o.name, o.locality_id));
BEGIN
  IF renamed = '{}' THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(3501);
  UPDATE person_answers SET stamp = nextval('person_answer_stamps'), of_stamp = NULL WHERE person_id IN (SELECT person_id FROM affiliations WHERE organization_id = ANY (renamed)
    UNION SELECT person_id FROM degrees WHERE institution_id = ANY (renamed));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION answers_of_renamed_localities() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE renamed uuid[] := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE (n.code, n.name, n.today_id) IS DISTINCT FROM (o.code, o.name, o.today_id));
BEGIN
  IF renamed = '{}' THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(3501);
  UPDATE person_answers SET stamp = nextval('person_answer_stamps'), of_stamp = NULL WHERE person_id IN (SELECT id FROM people WHERE residence_locality_id = ANY (renamed)
    UNION SELECT id FROM people WHERE hometown_locality_id = ANY (renamed)
    UNION SELECT a.person_id FROM affiliations a JOIN organizations o ON o.id = a.organization_id WHERE o.locality_id = ANY (renamed));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER people_answers_changed AFTER UPDATE ON people REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION forget_answers();
--> statement-breakpoint
CREATE TRIGGER people_answers_erased AFTER DELETE ON people REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION forget_answers();
--> statement-breakpoint
CREATE TRIGGER organizations_answers_changed AFTER UPDATE ON organizations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION answers_of_renamed_organizations();
--> statement-breakpoint
CREATE TRIGGER localities_answers_changed AFTER UPDATE ON localities REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION answers_of_renamed_localities();
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['degrees', 'academic_titles', 'affiliations', 'expertise', 'awards'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_answers_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION answers_of_new_facts()', t);
    EXECUTE format('CREATE TRIGGER %1$s_answers_changed AFTER UPDATE ON %1$I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION answers_of_changed_facts()', t);
    EXECUTE format('CREATE TRIGGER %1$s_answers_erased AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION answers_of_erased_facts()', t);
  END LOOP;
  REVOKE EXECUTE ON FUNCTION stamp_answers(uuid[]) FROM PUBLIC;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON person_answers TO %I', current_setting('trithuc.service_role'));
  EXECUTE format('GRANT USAGE ON SEQUENCE person_answer_stamps TO %I', current_setting('trithuc.service_role'));
END $$;
