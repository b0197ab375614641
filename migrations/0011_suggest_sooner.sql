-- Names that somebody may be about to type, best first: the name as it is, names that go on from it with a further word, names with its
-- words, names that go on within the word, names with all words and one that begins as the last does, similar ones. Each kind is asked
-- only where those before it gave too few, and gives no more than `most`: one letter begins every tenth name. A name that is borne as it
-- was typed needs few others beside it: names like it were looked for though hundreds bore it (10 ms at 100,000 people, now 2).
CREATE OR REPLACE FUNCTION suggested_names(typed text, wanted text[], most int) RETURNS TABLE (name_full text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 50 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  last text := wanted[cardinality(wanted)];
  beyond text := chr(1114111);
  begun text[];
  found int;
  enough int := most;
  more int;
BEGIN
  RETURN QUERY SELECT DISTINCT n.name_full, (lower(n.name_full) <> typed)::int FROM person_names n WHERE n.name_folded = folded;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found > 0 THEN enough := most / 8; END IF;
  RETURN QUERY SELECT DISTINCT n.name_full, 2 + (NOT starts_with(lower(n.name_full), typed))::int FROM (
    SELECT f.name_full FROM person_names f WHERE f.name_folded ~>=~ (folded || ' ') AND f.name_folded ~<~ (folded || '!')
    ORDER BY f.name_folded USING ~<~ LIMIT most) n;
  GET DIAGNOSTICS more = ROW_COUNT;
  found := found + more;
  IF found < enough THEN
    RETURN QUERY SELECT DISTINCT n.name_full, 5 - (strpos(' ' || lower(n.name_full) || ' ', ' ' || typed || ' ') > 0)::int FROM (
      SELECT f.name_full FROM person_names f WHERE f.words @> wanted AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < enough THEN
    RETURN QUERY SELECT DISTINCT n.name_full, 6 + (NOT starts_with(lower(n.name_full), typed))::int FROM (
      SELECT f.name_full FROM person_names f WHERE f.name_folded ~>=~ (folded || '!') AND f.name_folded ~<~ (folded || beyond)
      ORDER BY f.name_folded USING ~<~ LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < enough THEN
    begun := ARRAY(SELECT DISTINCT w.word FROM person_words w WHERE w.word ~>~ last AND w.word ~<~ (last || beyond));
    RETURN QUERY SELECT DISTINCT n.name_full, 8 FROM (
      SELECT f.name_full FROM person_names f WHERE f.words && begun AND f.words @> wanted[:cardinality(wanted) - 1]
        AND NOT f.words @> wanted AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < most / 8 THEN
    RETURN QUERY SELECT n.name_full, n.rank FROM names_like(typed, wanted) n ORDER BY n.rank LIMIT most;
  END IF;
END $$;
--> statement-breakpoint
-- The same order as tidy_person_names() makes, of one part of the names in so many: what a nightly job may do within the time of a statement.
CREATE FUNCTION tidy_person_names(part int, parts int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM person_names d USING person_names e WHERE mod(abs(hashtext(d.name_full)::bigint), parts) = part
    AND e.name_full = d.name_full AND e.name_folded = d.name_folded AND e.ctid < d.ctid;
  DELETE FROM person_names d WHERE mod(abs(hashtext(d.name_full)::bigint), parts) = part
    AND NOT EXISTS (SELECT FROM people p WHERE p.name_full = d.name_full AND p.name_folded = d.name_folded);
  INSERT INTO person_names (name_full, name_folded, words)
  SELECT DISTINCT p.name_full, p.name_folded, string_to_array(p.name_folded, ' ') FROM people p
  WHERE mod(abs(hashtext(p.name_full)::bigint), parts) = part
    AND NOT EXISTS (SELECT FROM person_names d WHERE d.name_full = p.name_full AND d.name_folded = p.name_folded);
  DELETE FROM person_words d USING person_words e WHERE e.word = d.word AND e.ctid < d.ctid;
  DELETE FROM person_words d WHERE mod(abs(hashtext(d.word)::bigint), parts) = part
    AND NOT EXISTS (SELECT FROM person_names n WHERE n.words @> ARRAY[d.word]);
  INSERT INTO person_words (word, deletions)
  SELECT f.word, word_deletions(f.word, 2) FROM (
    SELECT DISTINCT w AS word FROM person_names n, unnest(n.words) w WHERE mod(abs(hashtext(n.name_full)::bigint), parts) = part) f
  WHERE NOT EXISTS (SELECT FROM person_words w WHERE w.word = f.word);
END $$;
--> statement-breakpoint
DO $$
BEGIN
  EXECUTE 'REVOKE EXECUTE ON FUNCTION tidy_person_names(int, int) FROM PUBLIC';
  EXECUTE format('GRANT EXECUTE ON FUNCTION tidy_person_names(int, int) TO %I', current_setting('trithuc.service_role'));
END $$;
