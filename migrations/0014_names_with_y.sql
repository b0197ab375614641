-- Words that may be meant by one that is not right: `most` letters lost, added or replaced, or two neighbours swapped. In a word that is
-- misspelt the folding of y to i does not fall where it falls in the right one (Lýx, yV, Hky): both letters are tried.
CREATE OR REPLACE FUNCTION similar_words(typed text, most int) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT SET search_path FROM CURRENT AS $$
DECLARE
  forms text[] := CASE WHEN typed ~ '[iy]' THEN ARRAY[typed, translate(typed, 'y', 'i'), translate(typed, 'i', 'y')] ELSE ARRAY[typed] END;
  deleted text[];
  swaps text[];
BEGIN
  IF length(typed) NOT BETWEEN 1 AND 20 THEN RETURN '{}'; END IF;
  deleted := ARRAY(SELECT DISTINCT d FROM unnest(forms) f, unnest(word_deletions(f, most)) d);
  swaps := ARRAY(SELECT overlay(f PLACING reverse(substr(f, i, 2)) FROM i FOR 2) FROM unnest(forms) f, generate_series(1, length(f) - 1) i);
  RETURN ARRAY(SELECT DISTINCT w.word FROM person_words w
    WHERE w.deletions && deleted AND w.word <> typed
      AND (w.word = ANY (swaps) OR EXISTS (SELECT FROM unnest(forms) f WHERE levenshtein_less_equal(w.word, f, most) <= most)));
END $$;
