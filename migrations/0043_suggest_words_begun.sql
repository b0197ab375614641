-- Names that somebody may be about to type: where a hundred words begin as the last one does, their lists of names are not joined any more
-- before the few names with the words before it are taken from them. With few such words the lists are short, and stay.
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
    IF cardinality(begun) <= 16 OR cardinality(wanted) = 1 THEN
      RETURN QUERY SELECT DISTINCT n.name_full, 8 FROM (
        SELECT f.name_full FROM person_names f WHERE f.words && begun AND f.words @> wanted[:cardinality(wanted) - 1]
          AND NOT f.words @> wanted AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    ELSE
      RETURN QUERY SELECT DISTINCT n.name_full, 8 FROM (
        SELECT f.name_full FROM person_names f WHERE f.words @> wanted[:cardinality(wanted) - 1]
          AND strpos(' ' || f.name_folded, ' ' || last) > 0 AND NOT last = ANY (f.words) AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    END IF;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < most / 8 THEN
    RETURN QUERY SELECT n.name_full, n.rank FROM names_like(typed, wanted) n ORDER BY n.rank LIMIT most;
  END IF;
END $$;
