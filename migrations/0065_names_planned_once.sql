-- What `name:match` asks is planned once by a connection, whatever the caller's settings are: a scan plans each statement for its values, and
-- these dozen are looked up by an index each whatever their values (2026-11: two thirds of the time of a misspelt name at 10,000 people).
ALTER FUNCTION names_with_words(text, text[]) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION names_with_words(text, text[]) SET enable_seqscan = off;
--> statement-breakpoint
ALTER FUNCTION names_near(text[]) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION names_near(text[]) SET enable_seqscan = off;
--> statement-breakpoint
ALTER FUNCTION names_like(text, text[]) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION similar_words(text, int) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION similar_words(text, int) SET enable_seqscan = off;
--> statement-breakpoint
-- The same words, put together in a loop: as a query over a query it took longer than the look-up that it is for.
CREATE OR REPLACE FUNCTION word_deletions(word text, most int) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  found text[] := ARRAY[word];
  letters int := length(word);
  one text;
BEGIN
  IF letters > 20 OR letters < 2 OR most < 1 THEN RETURN found; END IF;
  FOR i IN 1 .. letters LOOP
    one := left(word, i - 1) || substr(word, i + 1);
    found := found || one;
    CONTINUE WHEN most < 2 OR letters < 3;
    FOR j IN i .. letters - 1 LOOP
      found := found || (left(one, j - 1) || substr(one, j + 1));
    END LOOP;
  END LOOP;
  RETURN ARRAY(SELECT DISTINCT unnest(found));
END $$;
