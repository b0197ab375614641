-- Before an update a stored generated column is not yet computed in NEW: it is empty there, so that every write of a person
-- whose birth year is known seemed to change something and made a version. What is assigned to it here is computed anew anyway.
CREATE FUNCTION count_person_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.birth_year := old.birth_year;
  IF new IS NOT DISTINCT FROM old THEN RETURN NULL; END IF;
  new.version := old.version + 1;
  RETURN new;
END $$;
--> statement-breakpoint
DROP TRIGGER people_version ON people;
--> statement-breakpoint
CREATE TRIGGER people_version BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION count_person_version();
