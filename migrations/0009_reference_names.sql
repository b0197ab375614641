-- The names of organizations, localities and fields, for suggestions and reconciliation: official, short, English and former ones, each
-- with its folded words. They are few and seldom change; a person's names have tables of their own.
CREATE TABLE "reference_names" (
	"noun" text NOT NULL,
	"record_id" uuid NOT NULL,
	"name" text NOT NULL,
	"folded" text NOT NULL,
	"words" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reference_words" (
	"word" text NOT NULL,
	"deletions" text[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "reference_names_record_id_index" ON "reference_names" USING btree ("record_id");
--> statement-breakpoint
CREATE INDEX "reference_names_folded_index" ON "reference_names" USING btree ("noun","folded" text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "reference_names_words_index" ON "reference_names" USING gin ("words") WITH (fastupdate=off);
--> statement-breakpoint
CREATE INDEX "reference_words_word_index" ON "reference_words" USING btree ("word" text_pattern_ops);
--> statement-breakpoint
CREATE INDEX "reference_words_deletions_index" ON "reference_words" USING gin ("deletions") WITH (fastupdate=off);
--> statement-breakpoint
-- The same folding as foldSearch in src/core/vietnamese/text.ts: i and y are one letter where both spellings are in use.
CREATE FUNCTION fold_search(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path FROM CURRENT AS $$
BEGIN
  RETURN regexp_replace(fold(value), '\m(qu|[bcdghklmnprstvx]*)y\M', '\1i', 'g');
END $$;
--> statement-breakpoint
CREATE FUNCTION note_reference_names(records uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM reference_names WHERE record_id = ANY (records);
  WITH named AS (
    SELECT 'organizations' AS noun, o.id, n.name FROM organizations o, LATERAL (
      SELECT unnest(ARRAY[o.name, o.short_name, o.name_en]) AS name UNION SELECT x ->> 'name' FROM jsonb_array_elements(o.other_names) x) n
    WHERE o.id = ANY (records) AND o.hidden_at IS NULL
    UNION
    SELECT 'localities', l.id, n.name FROM localities l, unnest(ARRAY[l.name, l.full_name]) n(name) WHERE l.id = ANY (records) AND l.hidden_at IS NULL
    UNION
    SELECT 'fields', f.id, n.name FROM fields f, unnest(ARRAY[f.vi, f.en]) n(name) WHERE f.id = ANY (records) AND f.hidden_at IS NULL
  ), fresh AS (
    INSERT INTO reference_names (noun, record_id, name, folded, words)
    SELECT n.noun, n.id, n.name, f.folded, string_to_array(f.folded, ' ') FROM named n, LATERAL (SELECT fold_search(n.name) AS folded) f
    WHERE n.name IS NOT NULL AND f.folded <> ''
    RETURNING words
  )
  INSERT INTO reference_words (word, deletions)
  SELECT w.word, word_deletions(w.word, 2) FROM (SELECT DISTINCT unnest(words) AS word FROM fresh) w
  WHERE NOT EXISTS (SELECT FROM reference_words r WHERE r.word = w.word);
END $$;
--> statement-breakpoint
CREATE FUNCTION note_written_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM note_reference_names(ARRAY(SELECT id FROM new_rows));
  RETURN NULL;
END $$;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['organizations', 'localities', 'fields'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_names_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_written_names()', t);
    EXECUTE format('CREATE TRIGGER %1$s_names_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_written_names()', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Records of a noun whose names may be meant: 0 as typed, 1 folded, 2 begins with it, 4 has its words, 6 and 8 go on within the last word,
-- from 10 one word is misspelt. Each kind is asked only where those before it gave fewer than `most`.
CREATE FUNCTION reference_matches(wanted_noun text, typed text, wanted text[], begun boolean, most int) RETURNS TABLE (record_id uuid, name text, rank int)
  LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 50 SET search_path FROM CURRENT AS $$
DECLARE
  whole text := array_to_string(wanted, ' ');
  last text := wanted[cardinality(wanted)];
  beyond text := chr(1114111);
  near text[];
  one text;
  found int;
  more int;
BEGIN
  RETURN QUERY SELECT n.record_id, n.name, (lower(n.name) <> typed)::int FROM reference_names n WHERE n.noun = wanted_noun AND n.folded = whole;
  GET DIAGNOSTICS found = ROW_COUNT;
  RETURN QUERY SELECT n.record_id, n.name, 2 + (NOT starts_with(lower(n.name), typed))::int FROM reference_names n
    WHERE n.noun = wanted_noun AND n.folded ~>=~ (whole || ' ') AND n.folded ~<~ (whole || '!') LIMIT 4 * most;
  GET DIAGNOSTICS more = ROW_COUNT;
  found := found + more;
  IF found < most THEN
    RETURN QUERY SELECT n.record_id, n.name, 5 - (strpos(' ' || lower(n.name) || ' ', ' ' || typed || ' ') > 0)::int FROM reference_names n
      WHERE n.noun = wanted_noun AND n.words @> wanted AND NOT starts_with(n.folded, whole) LIMIT 4 * most;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
  END IF;
  IF begun AND found < most THEN
    RETURN QUERY SELECT n.record_id, n.name, 6 + (NOT starts_with(lower(n.name), typed))::int FROM reference_names n
      WHERE n.noun = wanted_noun AND n.folded ~>=~ (whole || '!') AND n.folded ~<~ (whole || beyond) LIMIT 4 * most;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
    near := ARRAY(SELECT DISTINCT w.word FROM reference_words w WHERE w.word ~>~ last AND w.word ~<~ (last || beyond));
    IF found < most AND cardinality(near) > 0 THEN
      RETURN QUERY SELECT n.record_id, n.name, 8 FROM reference_names n
        WHERE n.noun = wanted_noun AND n.words && near AND n.words @> wanted[:cardinality(wanted) - 1] AND NOT n.words @> wanted
          AND NOT starts_with(n.folded, whole) LIMIT 4 * most;
      GET DIAGNOSTICS more = ROW_COUNT;
      found := found + more;
    END IF;
  END IF;
  IF found >= most OR cardinality(wanted) > 24 OR length(whole) > 200 THEN RETURN; END IF;
  FOR one IN SELECT DISTINCT unnest(wanted) LOOP
    near := ARRAY(SELECT DISTINCT w.word FROM reference_words w
      WHERE w.deletions && word_deletions(one, CASE WHEN length(one) < 5 THEN 1 ELSE 2 END) AND w.word <> ALL (wanted)
        AND levenshtein_less_equal(w.word, one, 2) <= CASE WHEN length(one) < 5 AND swapped_letters(one, w.word) = 0 THEN 1 ELSE 2 END);
    IF cardinality(near) > 0 THEN
      RETURN QUERY SELECT n.record_id, n.name, 10 + least(89, levenshtein(left(n.folded, 250), whole)) FROM reference_names n
        WHERE n.noun = wanted_noun AND n.words && near AND n.words @> array_remove(wanted, one) AND NOT n.words @> wanted
        ORDER BY 3 LIMIT most;
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
SELECT note_reference_names(ARRAY(SELECT id FROM organizations UNION ALL SELECT id FROM localities UNION ALL SELECT id FROM fields));
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('GRANT SELECT ON reference_names, reference_words TO %I', service);
  EXECUTE 'REVOKE EXECUTE ON FUNCTION note_reference_names(uuid[]) FROM PUBLIC';
END $$;
