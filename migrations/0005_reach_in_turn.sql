-- Two writers of one person's affiliations, or of the organizations, did not see each other's rows: the later one removed what it saw,
-- added what it knew, and left what the other had added in between, so that a person stayed in a territory that he had left.
CREATE OR REPLACE FUNCTION reach_of_affiliations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM people p WHERE p.id IN (SELECT person_id FROM new_rows) ORDER BY p.id FOR NO KEY UPDATE;
  PERFORM refresh_reach(ARRAY(SELECT DISTINCT person_id FROM new_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION reach_of_affiliations_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM people p WHERE p.id IN (SELECT person_id FROM old_rows) ORDER BY p.id FOR NO KEY UPDATE;
  PERFORM refresh_reach(ARRAY(SELECT DISTINCT person_id FROM old_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Readers go on; whoever changes the tree waits for who is changing it.
CREATE OR REPLACE FUNCTION rebuild_organization_tree() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  LOCK TABLE organization_tree IN SHARE ROW EXCLUSIVE MODE;
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
