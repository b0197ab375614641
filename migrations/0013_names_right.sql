-- What a thousand misspelt names more showed: Nguyen Van Van has a word twice, a part of QuocQuy has its y folded, and Y. is I. too.
-- Names that have every word, in any order: 0 as typed, from 1000 with the same marks, from 2000 folded; first those that have no other
-- words, then by how many words have other marks; from 2400 where a word was typed twice and the name has it once. `typed` is in small letters; `wanted` are its folded words.
CREATE OR REPLACE FUNCTION names_with_words(typed text, wanted text[]) RETURNS TABLE (name_full text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 200 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  marked text[] := string_to_array(typed, ' ');
  twice text[] := ARRAY(SELECT w FROM unnest(wanted) w GROUP BY w HAVING count(*) > 1);
BEGIN
  RETURN QUERY SELECT DISTINCT n.name_full, CASE WHEN lower(n.name_full) = typed THEN 0
      WHEN cardinality(twice) > 0 AND EXISTS (SELECT FROM unnest(twice) t WHERE cardinality(array_positions(n.words, t)) < 2) THEN 2400 ELSE
      CASE WHEN string_to_array(lower(n.name_full), ' ') @> marked THEN 1000 WHEN cardinality(marked) = 1 THEN 2001
        ELSE 2000 + (SELECT least(9, count(*))::int FROM unnest(marked) m WHERE m <> ALL (string_to_array(lower(n.name_full), ' '))) END
      + CASE WHEN n.name_folded = folded THEN 0 WHEN cardinality(n.words) = cardinality(wanted) THEN 10
          WHEN starts_with(n.name_folded, folded || ' ') THEN 20 ELSE 30 END END
    FROM person_names n WHERE n.words @> wanted;
END $$;
--> statement-breakpoint
-- Names that lack a word and yet may be meant: one word is misspelt, by two letters where it has five and stands beside another; or two
-- words are written as one; single letters stand for words that begin with them, beside at least one whole word; or only the spaces
-- differ. `off` is how far they are for that, and `measured` whether the letters count too.
CREATE OR REPLACE FUNCTION names_near(wanted text[]) RETURNS TABLE (name_full text, name_folded text, off int, measured boolean)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 200 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  whole text[] := ARRAY(SELECT DISTINCT w FROM unnest(wanted) w WHERE length(w) > 1);
  initials text[] := ARRAY(SELECT DISTINCT w FROM unnest(wanted) w WHERE length(w) = 1);
  -- The same name with words of any length for the initials.
  pattern text := array_to_string(ARRAY(SELECT CASE WHEN length(w) = 1 THEN w || '%' ELSE w END FROM unnest(wanted) WITH ORDINALITY u(w, i) ORDER BY i), ' ');
  one text;
  others text[];
  letters text[];
  near text[];
  pair text[];
BEGIN
  RETURN QUERY SELECT n.name_full, n.name_folded, 1, false FROM person_names n
    WHERE replace(n.name_folded, ' ', '') = array_to_string(wanted, '') AND NOT n.words @> wanted;
  -- No name is longer, and a longer question must not cost more.
  IF cardinality(whole) = 0 OR cardinality(wanted) > 12 OR length(folded) > 120 THEN RETURN; END IF;
  IF cardinality(initials) > 0 THEN
    RETURN QUERY SELECT n.name_full, n.name_folded, CASE WHEN cardinality(n.words) = cardinality(wanted) AND translate(n.name_folded, 'y', 'i') LIKE translate(pattern, 'y', 'i') THEN 0
        ELSE 5 + abs(cardinality(n.words) - cardinality(wanted)) END, false
      FROM person_names n WHERE n.words @> whole AND NOT n.words @> wanted
        AND NOT EXISTS (SELECT FROM unnest(initials) i WHERE NOT EXISTS (
          SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(translate(w, 'y', 'i'), i) AND w <> ALL (wanted))));
  END IF;
  FOR one IN SELECT DISTINCT unnest(wanted) LOOP
    others := array_remove(whole, one);
    letters := array_remove(initials, one);
    near := similar_words(one, CASE WHEN length(one) < 5 OR cardinality(wanted) = 1 THEN 1 ELSE 2 END);
    -- Nguyễn Thị Nguyên: a word that was typed besides is meant once more only where that makes the whole name.
    RETURN QUERY SELECT n.name_full, n.name_folded, 0, true FROM person_names n
      WHERE n.name_folded = ANY (ARRAY(SELECT array_to_string(array_replace(wanted, one, t), ' ') FROM unnest(near) t WHERE t = ANY (wanted)));
    near := ARRAY(SELECT unnest(near) EXCEPT SELECT unnest(wanted));
    IF cardinality(near) > 0 THEN
      RETURN QUERY SELECT n.name_full, n.name_folded, 10 * cardinality(letters), true
        FROM person_names n WHERE n.words && near AND n.words @> others AND NOT n.words @> wanted
          AND (cardinality(letters) = 0 OR NOT EXISTS (SELECT FROM unnest(letters) i WHERE NOT EXISTS (
            SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(translate(w, 'y', 'i'), i) AND w <> ALL (wanted)))));
    END IF;
    FOR pair IN
      SELECT ARRAY[s.a, s.b] FROM generate_series(1, length(one) - 1) i, LATERAL (
        -- A word that was no word before it was parted: its y is folded now.
        SELECT regexp_replace(left(one, i), '^(qu|[bcdghklmnprstvx]*)y$', '\1i') AS a,
          regexp_replace(substr(one, i + 1), '^(qu|[bcdghklmnprstvx]*)y$', '\1i') AS b) s
      WHERE EXISTS (SELECT FROM person_words w WHERE w.word = s.a) AND EXISTS (SELECT FROM person_words w WHERE w.word = s.b)
    LOOP
      RETURN QUERY SELECT n.name_full, n.name_folded, 10 * cardinality(letters), true
        FROM person_names n WHERE n.words @> (others || pair) AND NOT n.words @> wanted
          AND strpos(' ' || n.name_folded || ' ', ' ' || array_to_string(pair, ' ') || ' ') > 0
          AND (cardinality(letters) = 0 OR NOT EXISTS (SELECT FROM unnest(letters) i WHERE NOT EXISTS (
            SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(translate(w, 'y', 'i'), i) AND w <> ALL (wanted)))));
    END LOOP;
  END LOOP;
END $$;
