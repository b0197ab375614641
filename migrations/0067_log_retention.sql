-- Rows of the logs go only by the owner's `trithuc audit prune`, in whole sealed batches beyond the retention; batches themselves never go.
-- The setting is no right: the service's role may not delete, whatever it sets.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF tg_op = 'DELETE' AND tg_table_name <> 'audit_seals' AND current_setting('trithuc.pruning', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'rows of % are only added', tg_table_name USING ERRCODE = '42501';
END $$;
