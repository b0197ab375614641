-- What changed, in an order that is given once: readers follow `feed` by (epoch, n), a publisher puts there what has been committed.
CREATE TABLE feed (
  epoch bigint NOT NULL,
  n bigint NOT NULL,
  kind text NOT NULL,
  noun text NOT NULL,
  record_id uuid NOT NULL,
  version integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  revision_id bigint,
  reach uuid[],
  reach_before uuid[],
  CONSTRAINT feed_pkey PRIMARY KEY (epoch, n)
);
--> statement-breakpoint
-- No revision is told twice, whatever a publisher does.
CREATE UNIQUE INDEX feed_revision_id_key ON feed (revision_id);
--> statement-breakpoint
-- One row: how far the feed is, and which database it was when its epoch began.
CREATE TABLE feed_state (
  singleton boolean NOT NULL DEFAULT true,
  epoch bigint NOT NULL,
  n bigint NOT NULL,
  removed_n bigint NOT NULL DEFAULT 0,
  identity text NOT NULL,
  base bigint NOT NULL,
  began text NOT NULL,
  seen text NOT NULL,
  day date NOT NULL,
  CONSTRAINT feed_state_pkey PRIMARY KEY (singleton),
  CONSTRAINT feed_state_one_row CHECK (singleton)
);
--> statement-breakpoint
-- The nodes in which each person counts as far as the feed has told: what person_reach says more or less is an entry or a leaving.
CREATE TABLE feed_reach (
  person_id uuid NOT NULL,
  reach uuid[] NOT NULL,
  CONSTRAINT feed_reach_pkey PRIMARY KEY (person_id)
);
--> statement-breakpoint
-- By this the publisher finds what transactions that have ended since wrote, however many rows stand before and behind.
CREATE INDEX revisions_xact_index ON revisions (xact);
--> statement-breakpoint
-- Which database this is: another cluster, another database, another timeline after a recovery, tables restored into the same database.
CREATE FUNCTION feed_identity() RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), (SELECT oid FROM pg_database WHERE datname = current_database()),
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 'feed'::regclass::oid)
$$;
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON feed TO %I', service);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON feed_state, feed_reach TO %I', service);
END $$;
