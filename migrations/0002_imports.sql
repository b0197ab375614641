CREATE TABLE "import_files" (
	"import_id" uuid PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"import_id" uuid NOT NULL,
	"sheet" text NOT NULL,
	"row" integer NOT NULL,
	"position" integer NOT NULL,
	"outcome" text NOT NULL,
	"read" jsonb NOT NULL,
	"citizen_id_sealed" "bytea",
	"citizen_id_hash" "bytea",
	"match" jsonb,
	"problems" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"decision" text,
	"target_id" uuid
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"organization_id" uuid,
	"received_on" date,
	"document" text,
	"file_name" text NOT NULL,
	"file_hash" text NOT NULL,
	"actor" jsonb NOT NULL,
	"client" text NOT NULL,
	"progress" jsonb,
	"counts" jsonb,
	"sheets" jsonb,
	"overrides" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"problem" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "import_files" ADD CONSTRAINT "import_files_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_rows" ADD CONSTRAINT "import_rows_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "import_rows_position_key" ON "import_rows" USING btree ("import_id","position");--> statement-breakpoint
CREATE INDEX "imports_organization_id_index" ON "imports" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "imports_file_hash_index" ON "imports" USING btree ("file_hash");--> statement-breakpoint
CREATE INDEX "imports_client_index" ON "imports" USING btree ("client","id");
--> statement-breakpoint
DO $$
DECLARE service text := current_setting('trithuc.service_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON imports, import_files, import_rows TO %I', service);
END $$;
