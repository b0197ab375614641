-- A person's code, made where its number is taken (as core/check-characters.ts makes it): a creation need not come back to ask for a number first.
CREATE FUNCTION person_code(n bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  digits text := lpad(n::text, 7, '0');
  product int := 10;
BEGIN
  IF n < 0 OR n > 9999999 THEN RAISE EXCEPTION 'a person''s number has at most seven digits' USING ERRCODE = '22003'; END IF;
  FOR i IN 1 .. 7 LOOP
    product := (product + substr(digits, i, 1)::int) % 10;
    product := ((CASE product WHEN 0 THEN 10 ELSE product END) * 2) % 11;
  END LOOP;
  RETURN 'BN-' || digits || '-' || (11 - product) % 10;
END $$;
