-- What `name:match` asks: the names that are borne, each once, and the words in them, so that a misspelt word meets its neighbours by
-- index. Measured at 1,000,000 people: trigrams take a second and miss a quarter of the names with one letter wrong.
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
--> statement-breakpoint
-- Neither table has a unique key: two writers of one new name would wait for each other, a clerk for a whole import. A name that
-- stands twice for that reason is harmless, every question takes it once; tidy_person_names() puts both tables in order.
CREATE TABLE "person_names" (
	"name_full" text NOT NULL,
	"name_folded" text NOT NULL,
	"words" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person_words" (
	"word" text NOT NULL,
	"deletions" text[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "person_names_full_index" ON "person_names" USING btree ("name_full" text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "person_names_folded_index" ON "person_names" USING btree ("name_folded" text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "person_names_joined_index" ON "person_names" USING btree (replace("name_folded", ' ', '') text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "person_names_words_index" ON "person_names" USING gin ("words") WITH (fastupdate=off);
--> statement-breakpoint
CREATE INDEX "person_words_word_index" ON "person_words" USING btree ("word" text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "person_words_deletions_index" ON "person_words" USING gin ("deletions") WITH (fastupdate=off);
--> statement-breakpoint
CREATE INDEX "people_name_full_index" ON "people" USING btree ("name_full" text_pattern_ops, "id", "hidden_at");
--> statement-breakpoint
DROP INDEX "people_name_words_index";
--> statement-breakpoint
-- A word and what is left of it without one letter, or without two: words within that distance share one of these. Longer words are
-- no syllables; they are compared as they are.
CREATE FUNCTION word_deletions(word text, most int) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  found text[] := ARRAY[word];
  last text[] := ARRAY[word];
BEGIN
  IF length(word) > 20 THEN RETURN found; END IF;
  FOR i IN 1 .. most LOOP
    last := ARRAY(SELECT DISTINCT left(l, p - 1) || substr(l, p + 1) FROM unnest(last) l, generate_series(1, length(l)) p WHERE length(l) > 1);
    found := found || last;
  END LOOP;
  RETURN found;
END $$;
--> statement-breakpoint
-- Words that may be meant by one that is not right: `most` letters lost, added or replaced, or two neighbours swapped.
CREATE FUNCTION similar_words(typed text, most int) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT SET search_path FROM CURRENT AS $$
DECLARE
  swaps text[] := ARRAY(SELECT overlay(typed PLACING reverse(substr(typed, i, 2)) FROM i FOR 2) FROM generate_series(1, length(typed) - 1) i);
BEGIN
  IF length(typed) NOT BETWEEN 1 AND 20 THEN RETURN '{}'; END IF;
  RETURN ARRAY(SELECT DISTINCT w.word FROM person_words w
    WHERE w.deletions && word_deletions(typed, most) AND w.word <> typed
      AND (levenshtein_less_equal(w.word, typed, most) <= most OR w.word = ANY (swaps)));
END $$;
--> statement-breakpoint
-- Names that have every word, in any order: 0 as typed, from 1000 with the same marks, from 2000 folded; first those that have no other
-- words, then by how many words have other marks. `typed` is in small letters; `wanted` are its folded words.
CREATE FUNCTION names_with_words(typed text, wanted text[]) RETURNS TABLE (name_full text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 200 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  marked text[] := string_to_array(typed, ' ');
BEGIN
  RETURN QUERY SELECT DISTINCT n.name_full, CASE WHEN lower(n.name_full) = typed THEN 0 ELSE
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
CREATE FUNCTION names_near(wanted text[]) RETURNS TABLE (name_full text, name_folded text, off int, measured boolean)
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
    RETURN QUERY SELECT n.name_full, n.name_folded, CASE WHEN cardinality(n.words) = cardinality(wanted) AND n.name_folded LIKE pattern THEN 0
        ELSE 5 + abs(cardinality(n.words) - cardinality(wanted)) END, false
      FROM person_names n WHERE n.words @> whole AND NOT n.words @> wanted
        AND NOT EXISTS (SELECT FROM unnest(initials) i WHERE NOT EXISTS (
          SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(w, i) AND w <> ALL (wanted))));
  END IF;
  FOR one IN SELECT DISTINCT unnest(wanted) LOOP
    others := array_remove(whole, one);
    letters := array_remove(initials, one);
    near := ARRAY(SELECT unnest(similar_words(one, CASE WHEN length(one) < 5 OR cardinality(wanted) = 1 THEN 1 ELSE 2 END)) EXCEPT SELECT unnest(wanted));
    IF cardinality(near) > 0 THEN
      RETURN QUERY SELECT n.name_full, n.name_folded, 10 * cardinality(letters), true
        FROM person_names n WHERE n.words && near AND n.words @> others AND NOT n.words @> wanted
          AND (cardinality(letters) = 0 OR NOT EXISTS (SELECT FROM unnest(letters) i WHERE NOT EXISTS (
            SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(w, i) AND w <> ALL (wanted)))));
    END IF;
    FOR pair IN
      SELECT ARRAY[left(one, i), substr(one, i + 1)] FROM generate_series(1, length(one) - 1) i
      WHERE EXISTS (SELECT FROM person_words w WHERE w.word = left(one, i)) AND EXISTS (SELECT FROM person_words w WHERE w.word = substr(one, i + 1))
    LOOP
      RETURN QUERY SELECT n.name_full, n.name_folded, 10 * cardinality(letters), true
        FROM person_names n WHERE n.words @> (others || pair) AND NOT n.words @> wanted
          AND strpos(' ' || n.name_folded || ' ', ' ' || array_to_string(pair, ' ') || ' ') > 0
          AND (cardinality(letters) = 0 OR NOT EXISTS (SELECT FROM unnest(letters) i WHERE NOT EXISTS (
            SELECT FROM unnest(n.words) w WHERE w = i OR (starts_with(w, i) AND w <> ALL (wanted)))));
    END LOOP;
  END LOOP;
END $$;
--> statement-breakpoint
-- The same names with their ranks, from 3000: tens by how far they are, ones by how many whole words have other marks.
CREATE FUNCTION names_like(typed text, wanted text[]) RETURNS TABLE (name_full text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 200 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  marked text[] := ARRAY(SELECT m FROM unnest(string_to_array(typed, ' ')) m WHERE length(m) > 1 AND right(m, 1) <> '.');
BEGIN
  RETURN QUERY SELECT n.name_full, min(3000
      + (SELECT least(9, count(*))::int FROM unnest(marked) m WHERE m <> ALL (string_to_array(lower(n.name_full), ' ')))
      + 10 * least(90, n.off + CASE WHEN n.measured THEN levenshtein(n.name_folded, folded) - swapped_letters(n.name_folded, folded) ELSE 0 END))
    FROM names_near(wanted) n GROUP BY n.name_full;
END $$;
--> statement-breakpoint
-- One where two names differ in two neighbours that are swapped: two letters by the count of Levenshtein, one slip by that of people.
CREATE FUNCTION swapped_letters(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE i int := 1;
BEGIN
  IF length(a) <> length(b) OR a = b THEN RETURN 0; END IF;
  WHILE substr(a, i, 1) = substr(b, i, 1) LOOP i := i + 1; END LOOP;
  RETURN CASE WHEN a = overlay(b PLACING reverse(substr(b, i, 2)) FROM i FOR 2) THEN 1 ELSE 0 END;
END $$;
--> statement-breakpoint
-- Names that somebody may be about to type, best first: the name as it is, names that go on from it with a further word, names with its
-- words, names that go on within the word, names with all words and one that begins as the last does, similar ones. Each kind is asked
-- only where those before it gave fewer than `most`, and gives no more: one letter begins every tenth name.
CREATE FUNCTION suggested_names(typed text, wanted text[], most int) RETURNS TABLE (name_full text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 50 SET search_path FROM CURRENT AS $$
DECLARE
  folded text := array_to_string(wanted, ' ');
  last text := wanted[cardinality(wanted)];
  beyond text := chr(1114111);
  begun text[];
  found int;
  more int;
BEGIN
  RETURN QUERY SELECT DISTINCT n.name_full, (lower(n.name_full) <> typed)::int FROM person_names n WHERE n.name_folded = folded;
  GET DIAGNOSTICS found = ROW_COUNT;
  RETURN QUERY SELECT DISTINCT n.name_full, 2 + (NOT starts_with(lower(n.name_full), typed))::int FROM (
    SELECT f.name_full FROM person_names f WHERE f.name_folded ~>=~ (folded || ' ') AND f.name_folded ~<~ (folded || '!')
    ORDER BY f.name_folded USING ~<~ LIMIT most) n;
  GET DIAGNOSTICS more = ROW_COUNT;
  found := found + more;
  IF found < most THEN
    RETURN QUERY SELECT DISTINCT n.name_full, 5 - (strpos(' ' || lower(n.name_full) || ' ', ' ' || typed || ' ') > 0)::int FROM (
      SELECT f.name_full FROM person_names f WHERE f.words @> wanted AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < most THEN
    RETURN QUERY SELECT DISTINCT n.name_full, 6 + (NOT starts_with(lower(n.name_full), typed))::int FROM (
      SELECT f.name_full FROM person_names f WHERE f.name_folded ~>=~ (folded || '!') AND f.name_folded ~<~ (folded || beyond)
      ORDER BY f.name_folded USING ~<~ LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < most THEN
    begun := ARRAY(SELECT DISTINCT w.word FROM person_words w WHERE w.word ~>~ last AND w.word ~<~ (last || beyond));
    RETURN QUERY SELECT DISTINCT n.name_full, 8 FROM (
      SELECT f.name_full FROM person_names f WHERE f.words && begun AND f.words @> wanted[:cardinality(wanted) - 1]
        AND NOT f.words @> wanted AND NOT starts_with(f.name_folded, folded) LIMIT most) n;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF found < most THEN
    RETURN QUERY SELECT n.name_full, n.rank FROM names_like(typed, wanted) n ORDER BY n.rank LIMIT most;
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION note_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  WITH fresh AS (
    INSERT INTO person_names (name_full, name_folded, words)
    SELECT DISTINCT n.name_full, n.name_folded, string_to_array(n.name_folded, ' ') FROM new_rows n
    WHERE NOT EXISTS (SELECT FROM person_names d WHERE d.name_full = n.name_full AND d.name_folded = n.name_folded)
    RETURNING person_names.words
  )
  INSERT INTO person_words (word, deletions)
  SELECT f.word, word_deletions(f.word, 2) FROM (SELECT DISTINCT unnest(words) AS word FROM fresh) f
  WHERE NOT EXISTS (SELECT FROM person_words w WHERE w.word = f.word);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- A name that nobody bears any more must not be found, and goes when its bearer is erased.
CREATE FUNCTION forget_names(gone text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE lost text[];
BEGIN
  WITH gone_names AS (
    DELETE FROM person_names d WHERE d.name_full = ANY (gone) AND NOT EXISTS (
      SELECT FROM people p WHERE p.name_full = d.name_full AND p.name_folded = d.name_folded)
    RETURNING d.words
  )
  SELECT array_agg(DISTINCT w) INTO lost FROM gone_names, unnest(words) w;
  DELETE FROM person_words w WHERE w.word = ANY (lost) AND NOT EXISTS (SELECT FROM person_names n WHERE n.words @> ARRAY[w.word]);
END $$;
--> statement-breakpoint
CREATE FUNCTION forget_erased_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM forget_names(ARRAY(SELECT DISTINCT name_full FROM old_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION change_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO person_names (name_full, name_folded, words)
  SELECT new.name_full, new.name_folded, string_to_array(new.name_folded, ' ')
  WHERE NOT EXISTS (SELECT FROM person_names d WHERE d.name_full = new.name_full AND d.name_folded = new.name_folded);
  INSERT INTO person_words (word, deletions)
  SELECT f.word, word_deletions(f.word, 2) FROM (SELECT DISTINCT unnest(string_to_array(new.name_folded, ' ')) AS word) f
  WHERE NOT EXISTS (SELECT FROM person_words w WHERE w.word = f.word);
  PERFORM forget_names(ARRAY[old.name_full]);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Puts both tables in order: what stands twice, what nobody bears, and what two writers at once may have left out.
CREATE FUNCTION tidy_person_names() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM person_names d USING person_names e WHERE e.name_full = d.name_full AND e.name_folded = d.name_folded AND e.ctid < d.ctid;
  DELETE FROM person_names d WHERE NOT EXISTS (SELECT FROM people p WHERE p.name_full = d.name_full AND p.name_folded = d.name_folded);
  INSERT INTO person_names (name_full, name_folded, words)
  SELECT DISTINCT p.name_full, p.name_folded, string_to_array(p.name_folded, ' ') FROM people p
  WHERE NOT EXISTS (SELECT FROM person_names d WHERE d.name_full = p.name_full AND d.name_folded = p.name_folded);
  DELETE FROM person_words d USING person_words e WHERE e.word = d.word AND e.ctid < d.ctid;
  DELETE FROM person_words d WHERE d.word NOT IN (SELECT unnest(words) FROM person_names);
  INSERT INTO person_words (word, deletions)
  SELECT f.word, word_deletions(f.word, 2) FROM (SELECT DISTINCT unnest(words) AS word FROM person_names) f
  WHERE NOT EXISTS (SELECT FROM person_words w WHERE w.word = f.word);
END $$;
--> statement-breakpoint
CREATE TRIGGER people_names_created AFTER INSERT ON people REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_names();
--> statement-breakpoint
CREATE TRIGGER people_names_changed AFTER UPDATE ON people FOR EACH ROW
  WHEN (old.name_full <> new.name_full OR old.name_folded <> new.name_folded) EXECUTE FUNCTION change_name();
--> statement-breakpoint
CREATE TRIGGER people_names_erased AFTER DELETE ON people REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION forget_erased_names();
--> statement-breakpoint
SELECT tidy_person_names();
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('GRANT SELECT ON person_names, person_words TO %I', service);
  EXECUTE 'REVOKE EXECUTE ON FUNCTION forget_names(text[]), tidy_person_names() FROM PUBLIC';
  EXECUTE format('GRANT EXECUTE ON FUNCTION tidy_person_names() TO %I', service);
END $$;
