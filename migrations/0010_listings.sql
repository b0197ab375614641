-- What people ask for together, in the order of names: a page is one range of a primary key, where EXISTS took 91-182 ms at 1,000,000 people.
-- Rows say where to look and decide nothing: each is asked again, so that one too many is harmless. One too few would be a person not
-- found: writers of one person's facts wait for each other, but for those that made the person in the same transaction.
CREATE TABLE person_facets (
  locality_id uuid NOT NULL,
  field text NOT NULL,
  level text NOT NULL,
  name_given text COLLATE "vi-x-icu" NOT NULL,
  name_family text COLLATE "vi-x-icu" NOT NULL,
  name_middle text COLLATE "vi-x-icu" NOT NULL,
  person_id uuid NOT NULL,
  PRIMARY KEY (locality_id, field, level, name_given, name_family, name_middle, person_id)
);
--> statement-breakpoint
CREATE INDEX person_facets_person_id_index ON person_facets (person_id);
--> statement-breakpoint
CREATE TABLE person_units (
  organization_id uuid NOT NULL,
  name_given text COLLATE "vi-x-icu" NOT NULL,
  name_family text COLLATE "vi-x-icu" NOT NULL,
  name_middle text COLLATE "vi-x-icu" NOT NULL,
  person_id uuid NOT NULL,
  PRIMARY KEY (organization_id, name_given, name_family, name_middle, person_id)
);
--> statement-breakpoint
CREATE INDEX person_units_person_id_index ON person_units (person_id);
--> statement-breakpoint
CREATE FUNCTION hold_people(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM people p WHERE p.id = ANY (persons) AND p.xmin <> pg_current_xact_id()::xid ORDER BY p.id FOR NO KEY UPDATE;
END $$;
--> statement-breakpoint
CREATE FUNCTION add_facets(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_facets (locality_id, field, level, name_given, name_family, name_middle, person_id)
  SELECT DISTINCT p.residence_locality_id, t.ancestor_code, d.level, p.name_given, p.name_family, p.name_middle, p.id
  FROM people p JOIN degrees d ON d.person_id = p.id AND d.hidden_at IS NULL
    JOIN expertise e ON e.person_id = p.id AND e.hidden_at IS NULL
    JOIN field_tree t ON t.scheme = 'rd' AND t.code = e.field
  WHERE p.id = ANY (persons) AND p.residence_locality_id IS NOT NULL
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
CREATE FUNCTION add_units(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_units (organization_id, name_given, name_family, name_middle, person_id)
  SELECT DISTINCT t.ancestor_id, p.name_given, p.name_family, p.name_middle, p.id
  FROM people p JOIN affiliations a ON a.person_id = p.id AND a.hidden_at IS NULL JOIN organization_tree t ON t.organization_id = a.organization_id
  WHERE p.id = ANY (persons)
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
CREATE FUNCTION facets_of_new_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
BEGIN
  PERFORM hold_people(persons);
  PERFORM add_facets(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION facets_of_changed_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[];
BEGIN
  IF tg_op = 'UPDATE' THEN
    persons := ARRAY(SELECT person_id FROM old_rows UNION SELECT person_id FROM new_rows);
  ELSE
    persons := ARRAY(SELECT DISTINCT person_id FROM old_rows);
  END IF;
  PERFORM hold_people(persons);
  DELETE FROM person_facets WHERE person_id = ANY (persons);
  PERFORM add_facets(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION units_of_new_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
BEGIN
  PERFORM hold_people(persons);
  PERFORM add_units(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION units_of_changed_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[];
BEGIN
  IF tg_op = 'UPDATE' THEN
    persons := ARRAY(SELECT person_id FROM old_rows UNION SELECT person_id FROM new_rows);
  ELSE
    persons := ARRAY(SELECT DISTINCT person_id FROM old_rows);
  END IF;
  PERFORM hold_people(persons);
  DELETE FROM person_units WHERE person_id = ANY (persons);
  PERFORM add_units(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION listings_of_changed_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[] := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
  WHERE (n.residence_locality_id, n.name_given, n.name_family, n.name_middle) IS DISTINCT FROM (o.residence_locality_id, o.name_given, o.name_family, o.name_middle));
BEGIN
  IF persons = '{}' THEN RETURN NULL; END IF;
  DELETE FROM person_facets WHERE person_id = ANY (persons);
  PERFORM add_facets(persons);
  DELETE FROM person_units WHERE person_id = ANY (persons);
  PERFORM add_units(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION units_of_moved_organizations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE (o.parent_id, o.hidden_at) IS DISTINCT FROM (n.parent_id, n.hidden_at)) THEN
    PERFORM add_units(ARRAY(SELECT DISTINCT a.person_id FROM new_rows n JOIN organization_tree t ON t.ancestor_id = n.id JOIN affiliations a ON a.organization_id = t.organization_id));
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER degrees_facets_created AFTER INSERT ON degrees REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_new_facts();
--> statement-breakpoint
CREATE TRIGGER degrees_facets_changed AFTER UPDATE ON degrees REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_changed_facts();
--> statement-breakpoint
CREATE TRIGGER degrees_facets_erased AFTER DELETE ON degrees REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_changed_facts();
--> statement-breakpoint
CREATE TRIGGER expertise_facets_created AFTER INSERT ON expertise REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_new_facts();
--> statement-breakpoint
CREATE TRIGGER expertise_facets_changed AFTER UPDATE ON expertise REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_changed_facts();
--> statement-breakpoint
CREATE TRIGGER expertise_facets_erased AFTER DELETE ON expertise REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_changed_facts();
--> statement-breakpoint
CREATE TRIGGER affiliations_units_created AFTER INSERT ON affiliations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION units_of_new_affiliations();
--> statement-breakpoint
CREATE TRIGGER affiliations_units_changed AFTER UPDATE ON affiliations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION units_of_changed_affiliations();
--> statement-breakpoint
CREATE TRIGGER affiliations_units_erased AFTER DELETE ON affiliations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION units_of_changed_affiliations();
--> statement-breakpoint
CREATE TRIGGER people_listings_changed AFTER UPDATE ON people REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_of_changed_people();
--> statement-breakpoint
-- After organizations_tree_changed, by the order of names: the tree stands by then. What is above no more stays until the person changes.
CREATE TRIGGER organizations_units_changed AFTER UPDATE ON organizations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION units_of_moved_organizations();
--> statement-breakpoint
SELECT add_facets(ARRAY(SELECT id FROM people)), add_units(ARRAY(SELECT id FROM people));
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  REVOKE EXECUTE ON FUNCTION hold_people(uuid[]), add_facets(uuid[]), add_units(uuid[]) FROM PUBLIC;
  EXECUTE format('GRANT SELECT ON person_facets, person_units TO %I', service);
END $$;
--> statement-breakpoint
DROP INDEX person_reach_node_id_index;
--> statement-breakpoint
CREATE INDEX person_reach_node_id_index ON person_reach (node_id, person_id, from_day, until_day);
