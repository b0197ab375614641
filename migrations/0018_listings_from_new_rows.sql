-- A load fills tables that have not been counted, and the planner answered "this person's affiliations" by skipping through the whole
-- index of organizations, for each person (2,000 people: 0.6 s, by the person's own index 0.05 s). New rows are therefore read where they
-- are, in the transition table, and what else is read of a person is read by an index that begins with the person.
CREATE OR REPLACE FUNCTION units_of_new_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off AS $$
BEGIN
  PERFORM hold_people(ARRAY(SELECT DISTINCT person_id FROM new_rows));
  INSERT INTO person_units (organization_id, name_given, name_family, name_middle, person_id)
  SELECT u.ancestor_id, p.name_given, p.name_family, p.name_middle, p.id
  FROM (SELECT DISTINCT n.person_id, t.ancestor_id FROM new_rows n JOIN organization_tree t ON t.organization_id = n.organization_id WHERE n.hidden_at IS NULL) u
    JOIN people p ON p.id = u.person_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Hidden rows are left out behind the fence of OFFSET 0, so that an index of the shown ones cannot be skipped through.
CREATE OR REPLACE FUNCTION add_facets(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF cardinality(persons) > 20 THEN SET LOCAL plan_cache_mode = force_custom_plan; END IF;
  INSERT INTO person_facets (locality_id, field, level, name_given, name_family, name_middle, person_id)
  SELECT p.residence_locality_id, e.field, d.level, p.name_given, p.name_family, p.name_middle, p.id
  FROM unnest(persons) AS x (id)
    CROSS JOIN LATERAL (SELECT * FROM people p WHERE p.id = x.id OFFSET 0) p
    CROSS JOIN LATERAL (SELECT DISTINCT d.level FROM (SELECT d.level, d.hidden_at FROM degrees d WHERE d.person_id = x.id OFFSET 0) d WHERE d.hidden_at IS NULL OFFSET 0) d
    CROSS JOIN LATERAL (SELECT DISTINCT t.ancestor_code AS field FROM (SELECT e.field, e.hidden_at FROM expertise e WHERE e.person_id = x.id OFFSET 0) e
      CROSS JOIN LATERAL (SELECT t.ancestor_code FROM field_tree t WHERE t.scheme = 'rd' AND t.code = e.field OFFSET 0) t WHERE e.hidden_at IS NULL OFFSET 0) e
  WHERE p.residence_locality_id IS NOT NULL
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION add_units(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF cardinality(persons) > 20 THEN SET LOCAL plan_cache_mode = force_custom_plan; END IF;
  INSERT INTO person_units (organization_id, name_given, name_family, name_middle, person_id)
  SELECT u.ancestor_id, p.name_given, p.name_family, p.name_middle, p.id
  FROM unnest(persons) AS x (id)
    CROSS JOIN LATERAL (SELECT * FROM people p WHERE p.id = x.id OFFSET 0) p
    CROSS JOIN LATERAL (SELECT DISTINCT t.ancestor_id FROM (SELECT a.organization_id, a.hidden_at FROM affiliations a WHERE a.person_id = x.id OFFSET 0) a
      CROSS JOIN LATERAL (SELECT t.ancestor_id FROM organization_tree t WHERE t.organization_id = a.organization_id OFFSET 0) t WHERE a.hidden_at IS NULL OFFSET 0) u
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION add_facets(uuid[]), add_units(uuid[]) FROM PUBLIC;
--> statement-breakpoint
-- A code that is moved in its tree moves those who work in it. The load holds writers off meanwhile (reference/load.ts).
CREATE FUNCTION facets_of_moved_fields() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE persons uuid[];
BEGIN
  IF tg_op = 'INSERT' THEN
    persons := ARRAY(SELECT DISTINCT e.person_id FROM new_rows n JOIN expertise e ON e.field = n.code WHERE n.scheme = 'rd' AND e.hidden_at IS NULL);
  ELSE
    persons := ARRAY(SELECT DISTINCT e.person_id FROM old_rows o JOIN expertise e ON e.field = o.code WHERE o.scheme = 'rd' AND e.hidden_at IS NULL);
    DELETE FROM person_facets WHERE person_id = ANY (persons);
  END IF;
  PERFORM add_facets(persons);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER field_tree_facets_added AFTER INSERT ON field_tree REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_moved_fields();
--> statement-breakpoint
CREATE TRIGGER field_tree_facets_removed AFTER DELETE ON field_tree REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION facets_of_moved_fields();
--> statement-breakpoint
-- Whoever moves an organization and whoever binds a person to it did not see each other's rows, and the person stood in neither place.
-- Writers of affiliations go on side by side; they and a new tree wait for each other (rebuild_organization_tree locks it likewise).
CREATE FUNCTION hold_organization_tree() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  LOCK TABLE organization_tree IN ROW EXCLUSIVE MODE;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER affiliations_tree_held BEFORE INSERT OR UPDATE ON affiliations FOR EACH STATEMENT EXECUTE FUNCTION hold_organization_tree();
