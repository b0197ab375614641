-- What people ask of those who keep the registry (Law 91/2025/QH15, Art. 4), with the days it must be done by.
CREATE TABLE "data_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'received' NOT NULL,
	"received_on" date NOT NULL,
	"channel" text NOT NULL,
	"requested_by" text DEFAULT 'self' NOT NULL,
	"statement" text,
	"contact" text,
	"purposes" text[] DEFAULT '{}' NOT NULL,
	"with_processor" boolean DEFAULT false NOT NULL,
	"acknowledge_by" date NOT NULL,
	"complete_by" date NOT NULL,
	"due_on" date,
	"acknowledged_on" date,
	"decided_on" date,
	"completed_on" date,
	"extension_days" integer,
	"extension_reason" text,
	"extension_notified_on" date,
	"refusal_ground" text,
	"refusal_ground_scheme" text,
	"refusal_text" text,
	"outcome" text,
	CONSTRAINT "data_requests_kind_listed" CHECK ("kind" in ('view', 'copy', 'correct', 'restrict', 'object', 'withdraw', 'delete')),
	CONSTRAINT "data_requests_state_listed" CHECK ("state" in ('received', 'acknowledged', 'approved', 'refused', 'completed', 'cancelled', 'lifted')),
	CONSTRAINT "data_requests_channel_listed" CHECK ("channel" in ('written', 'in_person', 'email', 'web', 'phone')),
	CONSTRAINT "data_requests_requested_by_listed" CHECK ("requested_by" in ('self', 'representative')),
	-- Without a legal ground nothing is refused, and nothing is extended without telling the person.
	CONSTRAINT "data_requests_refusal_grounded" CHECK (("state" = 'refused') = ("refusal_ground" is not null)),
	CONSTRAINT "data_requests_extension_notified" CHECK ("extension_days" is null or "extension_notified_on" is not null),
	CONSTRAINT "data_requests_due" CHECK (("due_on" is null) = ("state" in ('refused', 'completed', 'cancelled', 'lifted'))),
	CONSTRAINT "data_requests_shown" CHECK ("hidden_at" is null)
);
--> statement-breakpoint
CREATE INDEX "data_requests_person_id_index" ON "data_requests" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "data_requests_kind_listing" ON "data_requests" USING btree ("kind", "id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "data_requests_state_listing" ON "data_requests" USING btree ("state", "id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "data_requests_due_on_up" ON "data_requests" USING btree (coalesce("due_on" - date '2000-01-01', 2147483647), "id", "due_on") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "data_requests_due_on_down" ON "data_requests" USING btree (coalesce(date '2000-01-01' - "due_on", 2147483647), "id") WHERE hidden_at is null;
--> statement-breakpoint
-- Who asked for a restriction stays hidden until it is lifted, whoever else might bring the record back.
CREATE FUNCTION keep_restricted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM data_requests d WHERE d.person_id = new.id AND d.kind = 'restrict' AND d.state = 'completed') THEN
    RAISE EXCEPTION 'the processing of this person''s data is restricted' USING ERRCODE = '23514', CONSTRAINT = 'people_restricted';
  END IF;
  RETURN new;
END $$;
--> statement-breakpoint
CREATE TRIGGER people_restricted BEFORE UPDATE ON people FOR EACH ROW
  WHEN (old.hidden_at IS NOT NULL AND new.hidden_at IS NULL) EXECUTE FUNCTION keep_restricted();
--> statement-breakpoint
DO $$
DECLARE
  t text := 'data_requests';
  service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('CREATE TRIGGER %1$s_version BEFORE UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION count_version()', t);
  EXECUTE format('CREATE TRIGGER %1$s_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_erased AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_truncated BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', t);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON data_requests TO %I', service);
END $$;
