-- An organization may still stand in a unit of before, a district among them, that became several: it lies in each unit of today
-- that holds all of what its place became, which locality_tree knows, and in the units of before that it was part of, by its own node.
CREATE OR REPLACE FUNCTION refresh_reach(persons uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM person_reach WHERE person_id = ANY (persons);
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH bonds AS (
    SELECT a.person_id, a.organization_id, coalesce(a.valid_from_earliest, '-infinity'::date) AS f, coalesce(a.valid_to_latest, 'infinity'::date) AS u
    FROM affiliations a WHERE a.person_id = ANY (persons) AND a.hidden_at IS NULL AND a.ended IS NOT TRUE AND a.organization_id IS NOT NULL
  ), places AS (
    SELECT p.id AS person_id, p.residence_locality_id AS place, '-infinity'::date AS f, 'infinity'::date AS u
    FROM people p WHERE p.id = ANY (persons) AND p.residence_locality_id IS NOT NULL
    UNION
    SELECT b.person_id, o.locality_id, b.f, b.u FROM bonds b JOIN organizations o ON o.id = b.organization_id WHERE o.locality_id IS NOT NULL
  )
  SELECT x.person_id, t.ancestor_id, x.f, x.u
  FROM places x JOIN locality_tree t ON t.locality_id = x.place JOIN localities l ON l.id = t.ancestor_id
  WHERE l.valid_to IS NULL OR t.ancestor_id = t.locality_id
  UNION
  SELECT b.person_id, t.ancestor_id, greatest(b.f, t.from_day), least(b.u, t.until_day)
  FROM bonds b JOIN organization_tree t ON t.organization_id = b.organization_id WHERE greatest(b.f, t.from_day) <= least(b.u, t.until_day)
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION reach_of_new_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH above AS (
    SELECT t.locality_id AS place, t.ancestor_id AS node FROM locality_tree t JOIN localities l ON l.id = t.ancestor_id
    WHERE t.locality_id IN (SELECT residence_locality_id FROM new_rows) AND (l.valid_to IS NULL OR t.ancestor_id = t.locality_id)
  )
  SELECT n.id, a.node, '-infinity', 'infinity' FROM new_rows n JOIN above a ON a.place = n.residence_locality_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION reach_of_new_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_reach (person_id, node_id, from_day, until_day)
  WITH bonds AS (
    SELECT person_id, organization_id, coalesce(valid_from_earliest, '-infinity'::date) AS f, coalesce(valid_to_latest, 'infinity'::date) AS u
    FROM new_rows WHERE hidden_at IS NULL AND ended IS NOT TRUE AND organization_id IS NOT NULL
  ), above AS (
    SELECT o.id AS organization_id, t.ancestor_id AS node
    FROM organizations o JOIN locality_tree t ON t.locality_id = o.locality_id JOIN localities l ON l.id = t.ancestor_id
    WHERE o.id IN (SELECT organization_id FROM bonds) AND (l.valid_to IS NULL OR t.ancestor_id = t.locality_id)
  )
  SELECT b.person_id, a.node, b.f, b.u FROM bonds b JOIN above a USING (organization_id)
  UNION
  SELECT b.person_id, t.ancestor_id, greatest(b.f, t.from_day), least(b.u, t.until_day)
  FROM bonds b JOIN organization_tree t USING (organization_id) WHERE greatest(b.f, t.from_day) <= least(b.u, t.until_day)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
--> statement-breakpoint
SELECT refresh_reach(ARRAY(
  SELECT a.person_id FROM affiliations a JOIN organizations o ON o.id = a.organization_id JOIN localities l ON l.id = o.locality_id
  WHERE l.valid_to IS NOT NULL));
