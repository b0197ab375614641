-- What people agreed to (Law 91/2025/QH15, Art. 9; NĐ 356/2025, Art. 6), and who was erased at their own request (Art. 14).
CREATE TABLE "consents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"purpose_scheme" text,
	"wording" text NOT NULL,
	"wording_scheme" text,
	"method" text NOT NULL,
	"evidence" text NOT NULL,
	"given_by" text DEFAULT 'self' NOT NULL,
	"given_at" timestamp with time zone NOT NULL,
	"recorded_by" text NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"withdrawal_method" text,
	"withdrawal_evidence" text,
	"withdrawal_recorded_by" text,
	CONSTRAINT "consents_method_listed" CHECK ("method" in ('written', 'recorded_call', 'sms', 'email', 'web', 'other')),
	CONSTRAINT "consents_given_by_listed" CHECK ("given_by" in ('self', 'representative')),
	CONSTRAINT "consents_withdrawal_method_listed" CHECK ("withdrawal_method" in ('written', 'recorded_call', 'sms', 'email', 'web', 'other', 'replaced', 'data_request')),
	CONSTRAINT "consents_withdrawal_whole" CHECK (num_nulls("withdrawn_at", "withdrawal_method", "withdrawal_evidence", "withdrawal_recorded_by") in (0, 4)),
	-- Nothing hides a consent: it is withdrawn.
	CONSTRAINT "consents_shown" CHECK ("hidden_at" is null)
);
--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id");
--> statement-breakpoint
CREATE INDEX "consents_person_id_index" ON "consents" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "consents_purpose_listing" ON "consents" USING btree ("purpose", "id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "consents_live_key" ON "consents" USING btree ("person_id", "purpose") WHERE withdrawn_at is null;
--> statement-breakpoint
CREATE INDEX "consents_live_index" ON "consents" USING btree ("purpose", "person_id") WHERE withdrawn_at is null;
--> statement-breakpoint
-- That somebody was erased stays, and nothing of whom: an id that names nobody any more, when, and on which ground.
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"ground" text NOT NULL,
	"erased_at" timestamp with time zone NOT NULL,
	"logged_at" timestamp with time zone,
	CONSTRAINT "erasures_person_id_key" UNIQUE ("person_id")
);
--> statement-breakpoint
CREATE INDEX "erasures_unlogged" ON "erasures" USING btree ("id") WHERE logged_at is null;
--> statement-breakpoint
DO $$
DECLARE
  t text := 'consents';
  service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('CREATE TRIGGER %1$s_version BEFORE UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION count_version()', t);
  EXECUTE format('CREATE TRIGGER %1$s_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_erased AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_truncated BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', t);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON consents TO %I', service);
  EXECUTE format('GRANT SELECT ON erasures TO %I', service);
  EXECUTE format('GRANT UPDATE (logged_at) ON erasures TO %I', service);
END $$;
