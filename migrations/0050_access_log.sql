-- Who was given which guarded values, when and why: a row for each person of an answer, kept before the answer leaves. Never a value.
CREATE TABLE access_log (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  person_id uuid,
  import_row_id uuid,
  operation text NOT NULL,
  fields text[] NOT NULL,
  purpose text,
  client text NOT NULL,
  actor text NOT NULL,
  request_id text NOT NULL,
  -- The compiler asks every noun alike whether a row is hidden; of these none ever is.
  hidden_at timestamptz,
  CONSTRAINT access_log_number_key UNIQUE (number),
  CONSTRAINT access_log_about CHECK (person_id IS NOT NULL OR import_row_id IS NOT NULL),
  CONSTRAINT access_log_fields CHECK (cardinality(fields) > 0),
  CONSTRAINT access_log_shown CHECK (hidden_at IS NULL)
);
--> statement-breakpoint
CREATE INDEX access_log_person_id_index ON access_log (person_id, id);
--> statement-breakpoint
CREATE INDEX access_log_at_index ON access_log (at DESC, id);
--> statement-breakpoint
-- What happened to the service itself: refused tokens, exports, imports, changes of keys and of the policy, migrations.
CREATE TABLE audit_events (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  operation text,
  client text,
  actor text,
  request_id text,
  detail jsonb NOT NULL,
  hidden_at timestamptz,
  CONSTRAINT audit_events_number_key UNIQUE (number),
  CONSTRAINT audit_events_shown CHECK (hidden_at IS NULL)
);
--> statement-breakpoint
CREATE INDEX audit_events_at_index ON audit_events (at DESC, id);
--> statement-breakpoint
-- Batches of both, chained: each hash covers the one before, and `leaves`, an id and a hash for each row (its number as 8 bytes, then SHA-256).
CREATE TABLE audit_seals (
  n integer PRIMARY KEY,
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  access_after bigint NOT NULL,
  access_upto bigint NOT NULL,
  events_after bigint NOT NULL,
  events_upto bigint NOT NULL,
  access_leaves bytea NOT NULL,
  events_leaves bytea NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL
);
--> statement-breakpoint
-- Numbers are given out before rows are committed: whoever seals takes this lock whole, and then every row up to the highest number stands.
-- Before the statement, so that the lock comes before the number.
CREATE FUNCTION wait_for_seal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7204380);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only added', tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER access_log_sealing BEFORE INSERT ON access_log FOR EACH STATEMENT EXECUTE FUNCTION wait_for_seal();
--> statement-breakpoint
CREATE TRIGGER audit_events_sealing BEFORE INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION wait_for_seal();
--> statement-breakpoint
DO $$
DECLARE
  t text;
  service text := current_setting('trithuc.service_role');
BEGIN
  FOREACH t IN ARRAY ARRAY['access_log', 'audit_events', 'audit_seals'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', t, service);
  END LOOP;
END $$;
