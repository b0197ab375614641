-- One person's rows are planned once. A load plans anew, for tables that were empty when it began: of the plans made then some read whole
-- indexes (20,000 people: 70 s). The setting ends with the function.
CREATE OR REPLACE FUNCTION add_facets(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF cardinality(persons) > 20 THEN SET LOCAL plan_cache_mode = force_custom_plan; END IF;
  INSERT INTO person_facets (locality_id, field, level, name_given, name_family, name_middle, person_id)
  SELECT p.residence_locality_id, e.field, d.level, p.name_given, p.name_family, p.name_middle, p.id
  FROM unnest(persons) AS x (id)
    CROSS JOIN LATERAL (SELECT * FROM people p WHERE p.id = x.id AND p.residence_locality_id IS NOT NULL OFFSET 0) p
    CROSS JOIN LATERAL (SELECT DISTINCT d.level FROM degrees d WHERE d.person_id = x.id AND d.hidden_at IS NULL OFFSET 0) d
    CROSS JOIN LATERAL (SELECT DISTINCT t.ancestor_code AS field FROM (SELECT e.field FROM expertise e WHERE e.person_id = x.id AND e.hidden_at IS NULL OFFSET 0) e
      CROSS JOIN LATERAL (SELECT t.ancestor_code FROM field_tree t WHERE t.scheme = 'rd' AND t.code = e.field OFFSET 0) t OFFSET 0) e
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
    CROSS JOIN LATERAL (SELECT DISTINCT t.ancestor_id FROM (SELECT a.organization_id FROM affiliations a WHERE a.person_id = x.id AND a.hidden_at IS NULL OFFSET 0) a
      CROSS JOIN LATERAL (SELECT t.ancestor_id FROM organization_tree t WHERE t.organization_id = a.organization_id OFFSET 0) t OFFSET 0) u
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
ALTER FUNCTION hold_people(uuid[]) RESET plan_cache_mode;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION add_facets(uuid[]), add_units(uuid[]) FROM PUBLIC;
