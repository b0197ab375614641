CREATE TABLE "person_statements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"source_organization_id" uuid NOT NULL,
	"source_received_on" date,
	"source_document" text,
	"members" jsonb NOT NULL,
	"citizen_id_sealed" "bytea",
	"citizen_id_hash" "bytea",
	CONSTRAINT "person_statements_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id"),
	CONSTRAINT "person_statements_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id"),
	CONSTRAINT "person_statements_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id")
);
--> statement-breakpoint
CREATE INDEX "person_statements_person_id_index" ON "person_statements" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "person_statements_origin_person_id_index" ON "person_statements" USING btree ("origin_person_id");
--> statement-breakpoint
CREATE INDEX "person_statements_source_organization_id_index" ON "person_statements" USING btree ("source_organization_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "person_statements_person_source_key" ON "person_statements" USING btree ("person_id","source_organization_id") WHERE hidden_at is null;
--> statement-breakpoint
DO $$
DECLARE t text := 'person_statements';
BEGIN
  EXECUTE format('CREATE TRIGGER %1$s_version BEFORE UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION count_version()', t);
  EXECUTE format('CREATE TRIGGER %1$s_created AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_changed AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_erased AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_revisions()', t);
  EXECUTE format('CREATE TRIGGER %1$s_truncated BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', t);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO %I', t, current_setting('trithuc.service_role'));
END $$;
