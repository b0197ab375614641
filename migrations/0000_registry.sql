CREATE TABLE "code_lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"list" text NOT NULL,
	"list_version" text NOT NULL,
	"vi" text,
	"en" text,
	"document" text,
	"valid_from" date,
	"valid_to" date
);
--> statement-breakpoint
CREATE TABLE "codes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"list" text NOT NULL,
	"list_version" text NOT NULL,
	"code" text NOT NULL,
	"vi" text,
	"en" text,
	"rank" integer,
	"attributes" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "field_crosswalk" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"from_scheme" text NOT NULL,
	"from_version" text NOT NULL,
	"from_code" text NOT NULL,
	"to_scheme" text NOT NULL,
	"to_version" text NOT NULL,
	"to_code" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "field_tree" (
	"scheme" text NOT NULL,
	"scheme_version" text NOT NULL,
	"ancestor_code" text NOT NULL,
	"code" text NOT NULL,
	CONSTRAINT "field_tree_pkey" PRIMARY KEY("scheme","scheme_version","ancestor_code","code")
);
--> statement-breakpoint
CREATE TABLE "fields" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"scheme" text NOT NULL,
	"scheme_version" text NOT NULL,
	"code" text NOT NULL,
	"parent_code" text,
	"level" integer NOT NULL,
	"vi" text,
	"en" text,
	CONSTRAINT "fields_scheme_listed" CHECK ("scheme" in ('rd', 'training', 'sector', 'ford', 'isced-f'))
);
--> statement-breakpoint
CREATE TABLE "localities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"full_name" text NOT NULL,
	"parent_id" uuid,
	"valid_from" date,
	"valid_to" date,
	"today_id" uuid,
	CONSTRAINT "localities_kind_listed" CHECK ("kind" in ('province', 'district', 'commune'))
);
--> statement-breakpoint
CREATE TABLE "locality_lineage" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"predecessor_id" uuid NOT NULL,
	"successor_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"share" double precision,
	"effective_on" date NOT NULL,
	"document" text
);
--> statement-breakpoint
CREATE TABLE "locality_tree" (
	"ancestor_id" uuid NOT NULL,
	"locality_id" uuid NOT NULL,
	CONSTRAINT "locality_tree_pkey" PRIMARY KEY("ancestor_id","locality_id")
);
--> statement-breakpoint
CREATE TABLE "organization_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"from_id" uuid NOT NULL,
	"to_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"document" text
);
--> statement-breakpoint
CREATE TABLE "organization_tree" (
	"ancestor_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"from_day" date NOT NULL,
	"until_day" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text,
	"short_name" text,
	"other_names" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"locality_id" uuid,
	"parent_id" uuid,
	"parent_since" date,
	"electronic_id" text,
	"tax_code" text,
	"training_institution_code" text,
	"ror_id" text,
	"website" text,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	CONSTRAINT "organizations_kind_listed" CHECK ("kind" in ('party_state_body', 'state_agency', 'public_service_unit', 'university', 'college', 'school', 'research_institute', 'hospital', 'enterprise', 'intellectual_association', 'association', 'other')),
	CONSTRAINT "organizations_status_listed" CHECK ("status" in ('active', 'dissolved', 'merged', 'unknown')),
	CONSTRAINT "organizations_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "organizations_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null))
);
--> statement-breakpoint
CREATE TABLE "academic_titles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"title" text NOT NULL,
	"title_scheme" text,
	"field" text,
	"field_scheme" text,
	"field_text" text,
	"year" integer,
	"decision" text,
	"revoked" boolean DEFAULT false NOT NULL,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	"ended" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"verification" text DEFAULT 'declared' NOT NULL,
	"verification_evidence" text,
	"verified_by" text,
	"verified_on" date,
	CONSTRAINT "academic_titles_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "academic_titles_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null)),
	CONSTRAINT "academic_titles_verification_listed" CHECK ("verification" in ('declared', 'document_seen', 'confirmed', 'disputed')),
	CONSTRAINT "academic_titles_period_order" CHECK (valid_from_earliest <= valid_to_latest)
);
--> statement-breakpoint
CREATE TABLE "affiliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"organization_id" uuid,
	"organization_text" text,
	"post" text,
	"grade" text,
	"grade_scheme" text,
	"regime" text,
	"is_primary" boolean DEFAULT false NOT NULL,
	"share" double precision,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	"ended" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"verification" text DEFAULT 'declared' NOT NULL,
	"verification_evidence" text,
	"verified_by" text,
	"verified_on" date,
	CONSTRAINT "affiliations_kind_listed" CHECK ("kind" in ('employment', 'membership', 'secondment', 'advisory')),
	CONSTRAINT "affiliations_regime_listed" CHECK ("regime" in ('cong_chuc', 'vien_chuc', 'enterprise', 'self_employed', 'retired', 'other')),
	CONSTRAINT "affiliations_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "affiliations_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null)),
	CONSTRAINT "affiliations_verification_listed" CHECK ("verification" in ('declared', 'document_seen', 'confirmed', 'disputed')),
	CONSTRAINT "affiliations_period_order" CHECK (valid_from_earliest <= valid_to_latest),
	CONSTRAINT "affiliations_organization_named" CHECK (organization_id is not null or organization_text is not null)
);
--> statement-breakpoint
CREATE TABLE "awards" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"award" text NOT NULL,
	"award_scheme" text,
	"year" integer,
	"decision" text,
	"issuer" text,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	"ended" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"verification" text DEFAULT 'declared' NOT NULL,
	"verification_evidence" text,
	"verified_by" text,
	"verified_on" date,
	CONSTRAINT "awards_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "awards_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null)),
	CONSTRAINT "awards_verification_listed" CHECK ("verification" in ('declared', 'document_seen', 'confirmed', 'disputed')),
	CONSTRAINT "awards_period_order" CHECK (valid_from_earliest <= valid_to_latest)
);
--> statement-breakpoint
CREATE TABLE "degrees" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"level" text NOT NULL,
	"level_scheme" text,
	"training_field" text,
	"training_field_scheme" text,
	"major_text" text,
	"institution_id" uuid,
	"institution_text" text,
	"country" text,
	"mode" text,
	"studied_from_earliest" date,
	"studied_from_latest" date,
	"graduation_year" integer,
	"certificate_no" text,
	"recognition" text,
	"recognition_no" text,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	"ended" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"verification" text DEFAULT 'declared' NOT NULL,
	"verification_evidence" text,
	"verified_by" text,
	"verified_on" date,
	CONSTRAINT "degrees_mode_listed" CHECK ("mode" in ('full_time', 'in_service', 'distance', 'joint', 'other')),
	CONSTRAINT "degrees_studied_from_span" CHECK ("studied_from_earliest" <= "studied_from_latest" and ("studied_from_earliest" is null) = ("studied_from_latest" is null)),
	CONSTRAINT "degrees_recognition_listed" CHECK ("recognition" in ('not_needed', 'recognised', 'pending', 'refused')),
	CONSTRAINT "degrees_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "degrees_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null)),
	CONSTRAINT "degrees_verification_listed" CHECK ("verification" in ('declared', 'document_seen', 'confirmed', 'disputed')),
	CONSTRAINT "degrees_period_order" CHECK (valid_from_earliest <= valid_to_latest)
);
--> statement-breakpoint
CREATE TABLE "expertise" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"field" text NOT NULL,
	"field_scheme" text,
	"field_text" text,
	"role" text NOT NULL,
	"sector" text,
	"sector_scheme" text,
	"valid_from_earliest" date,
	"valid_from_latest" date,
	"valid_to_earliest" date,
	"valid_to_latest" date,
	"ended" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"verification" text DEFAULT 'declared' NOT NULL,
	"verification_evidence" text,
	"verified_by" text,
	"verified_on" date,
	CONSTRAINT "expertise_role_listed" CHECK ("role" in ('main', 'secondary')),
	CONSTRAINT "expertise_valid_from_span" CHECK ("valid_from_earliest" <= "valid_from_latest" and ("valid_from_earliest" is null) = ("valid_from_latest" is null)),
	CONSTRAINT "expertise_valid_to_span" CHECK ("valid_to_earliest" <= "valid_to_latest" and ("valid_to_earliest" is null) = ("valid_to_latest" is null)),
	CONSTRAINT "expertise_verification_listed" CHECK ("verification" in ('declared', 'document_seen', 'confirmed', 'disputed')),
	CONSTRAINT "expertise_period_order" CHECK (valid_from_earliest <= valid_to_latest)
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"code" text NOT NULL,
	"name_full" text NOT NULL,
	"name_family" text DEFAULT '' NOT NULL,
	"name_middle" text DEFAULT '' NOT NULL,
	"name_given" text NOT NULL,
	"name_folded" text NOT NULL,
	"other_names" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"gender" text,
	"birth_date_earliest" date,
	"birth_date_latest" date,
	"citizen_id_sealed" "bytea",
	"citizen_id_hash" "bytea",
	"old_id_number" text,
	"ethnicity" text,
	"ethnicity_scheme" text,
	"nationality" text,
	"hometown_locality_id" uuid,
	"hometown_text" text,
	"residence_locality_id" uuid,
	"residence_text" text,
	"residence_group" text,
	"phones" text[] DEFAULT '{}' NOT NULL,
	"emails" text[] DEFAULT '{}' NOT NULL,
	"identifiers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"keywords" text[] DEFAULT '{}' NOT NULL,
	"biography" text,
	"record_state" text DEFAULT 'draft' NOT NULL,
	"life_status" text,
	"died_on_earliest" date,
	"died_on_latest" date,
	"willing_to_advise" boolean,
	"source_organization_id" uuid,
	"source_received_on" date,
	"source_document" text,
	"birth_year" integer GENERATED ALWAYS AS (case when birth_date_latest - birth_date_earliest < 366 then extract(year from birth_date_earliest)::integer end) STORED,
	"import_id" uuid,
	"import_row" integer,
	CONSTRAINT "people_gender_listed" CHECK ("gender" in ('male', 'female', 'other')),
	CONSTRAINT "people_birth_date_span" CHECK ("birth_date_earliest" <= "birth_date_latest" and ("birth_date_earliest" is null) = ("birth_date_latest" is null)),
	CONSTRAINT "people_residence_group_listed" CHECK ("residence_group" in ('in_province', 'other_province', 'overseas')),
	CONSTRAINT "people_record_state_listed" CHECK ("record_state" in ('draft', 'submitted', 'verified', 'published', 'archived')),
	CONSTRAINT "people_life_status_listed" CHECK ("life_status" in ('active', 'retired', 'deceased')),
	CONSTRAINT "people_died_on_span" CHECK ("died_on_earliest" <= "died_on_latest" and ("died_on_earliest" is null) = ("died_on_latest" is null))
);
--> statement-breakpoint
CREATE TABLE "person_identifiers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp with time zone,
	"origin_person_id" uuid NOT NULL,
	"import_id" uuid,
	"import_row" integer,
	"person_id" uuid NOT NULL,
	"scheme" text NOT NULL,
	"value" text NOT NULL,
	"source_organization_id" uuid
);
--> statement-breakpoint
CREATE TABLE "person_numbers" (
	"n" bigserial PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person_reach" (
	"person_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"from_day" date NOT NULL,
	"until_day" date NOT NULL,
	CONSTRAINT "person_reach_pkey" PRIMARY KEY("person_id","node_id","from_day","until_day")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"noun" text NOT NULL,
	"record_id" uuid NOT NULL,
	"person_id" uuid,
	"version" integer NOT NULL,
	"action" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"row" jsonb,
	"actor" text NOT NULL,
	"client" text,
	"source_organization_id" uuid,
	"import_id" uuid,
	"reason" text,
	"xact" bigint DEFAULT (pg_current_xact_id()::text)::bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "localities" ADD CONSTRAINT "localities_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "localities" ADD CONSTRAINT "localities_today_id_fkey" FOREIGN KEY ("today_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "locality_lineage" ADD CONSTRAINT "locality_lineage_predecessor_id_fkey" FOREIGN KEY ("predecessor_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "locality_lineage" ADD CONSTRAINT "locality_lineage_successor_id_fkey" FOREIGN KEY ("successor_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "locality_tree" ADD CONSTRAINT "locality_tree_locality_id_fkey" FOREIGN KEY ("locality_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "locality_tree" ADD CONSTRAINT "locality_tree_ancestor_id_fkey" FOREIGN KEY ("ancestor_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_links" ADD CONSTRAINT "organization_links_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_links" ADD CONSTRAINT "organization_links_to_id_fkey" FOREIGN KEY ("to_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_tree" ADD CONSTRAINT "organization_tree_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_tree" ADD CONSTRAINT "organization_tree_ancestor_id_fkey" FOREIGN KEY ("ancestor_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_locality_id_fkey" FOREIGN KEY ("locality_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "academic_titles" ADD CONSTRAINT "academic_titles_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "academic_titles" ADD CONSTRAINT "academic_titles_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "academic_titles" ADD CONSTRAINT "academic_titles_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "affiliations" ADD CONSTRAINT "affiliations_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "affiliations" ADD CONSTRAINT "affiliations_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "affiliations" ADD CONSTRAINT "affiliations_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "affiliations" ADD CONSTRAINT "affiliations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "degrees" ADD CONSTRAINT "degrees_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "degrees" ADD CONSTRAINT "degrees_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "degrees" ADD CONSTRAINT "degrees_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "degrees" ADD CONSTRAINT "degrees_institution_id_fkey" FOREIGN KEY ("institution_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expertise" ADD CONSTRAINT "expertise_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expertise" ADD CONSTRAINT "expertise_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expertise" ADD CONSTRAINT "expertise_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_residence_locality_id_fkey" FOREIGN KEY ("residence_locality_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_hometown_locality_id_fkey" FOREIGN KEY ("hometown_locality_id") REFERENCES "localities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_identifiers" ADD CONSTRAINT "person_identifiers_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_identifiers" ADD CONSTRAINT "person_identifiers_origin_person_id_fkey" FOREIGN KEY ("origin_person_id") REFERENCES "people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_identifiers" ADD CONSTRAINT "person_identifiers_source_organization_id_fkey" FOREIGN KEY ("source_organization_id") REFERENCES "organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "code_lists_list_version_key" ON "code_lists" USING btree ("list","list_version");--> statement-breakpoint
CREATE UNIQUE INDEX "codes_list_version_code_key" ON "codes" USING btree ("list","list_version","code");--> statement-breakpoint
CREATE UNIQUE INDEX "field_crosswalk_key" ON "field_crosswalk" USING btree ("from_scheme","from_version","from_code","to_scheme","to_version","to_code");--> statement-breakpoint
CREATE UNIQUE INDEX "fields_scheme_version_code_key" ON "fields" USING btree ("scheme","scheme_version","code");--> statement-breakpoint
CREATE INDEX "fields_scheme_parent_index" ON "fields" USING btree ("scheme","scheme_version","parent_code");--> statement-breakpoint
CREATE INDEX "localities_parent_id_index" ON "localities" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "localities_today_id_index" ON "localities" USING btree ("today_id");--> statement-breakpoint
CREATE UNIQUE INDEX "localities_code_valid_from_key" ON "localities" USING btree ("code","valid_from") NULLS NOT DISTINCT;--> statement-breakpoint
CREATE INDEX "localities_kind_code_index" ON "localities" USING btree ("kind","code");--> statement-breakpoint
CREATE INDEX "locality_lineage_predecessor_id_index" ON "locality_lineage" USING btree ("predecessor_id");--> statement-breakpoint
CREATE INDEX "locality_lineage_successor_id_index" ON "locality_lineage" USING btree ("successor_id");--> statement-breakpoint
CREATE INDEX "locality_tree_locality_id_index" ON "locality_tree" USING btree ("locality_id");--> statement-breakpoint
CREATE INDEX "organization_links_from_id_index" ON "organization_links" USING btree ("from_id");--> statement-breakpoint
CREATE INDEX "organization_links_to_id_index" ON "organization_links" USING btree ("to_id");--> statement-breakpoint
CREATE INDEX "organization_tree_organization_id_index" ON "organization_tree" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "organization_tree_ancestor_id_index" ON "organization_tree" USING btree ("ancestor_id","organization_id");--> statement-breakpoint
CREATE INDEX "organizations_parent_id_index" ON "organizations" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "organizations_locality_id_index" ON "organizations" USING btree ("locality_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_code_key" ON "organizations" USING btree ("code");--> statement-breakpoint
CREATE INDEX "academic_titles_person_id_index" ON "academic_titles" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "academic_titles_origin_person_id_index" ON "academic_titles" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "academic_titles_source_organization_id_index" ON "academic_titles" USING btree ("source_organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "academic_titles_person_title_key" ON "academic_titles" USING btree ("person_id","title",coalesce(source_organization_id, '00000000-0000-0000-0000-000000000000')) WHERE hidden_at is null;--> statement-breakpoint
CREATE INDEX "academic_titles_title_index" ON "academic_titles" USING btree ("title","person_id");--> statement-breakpoint
CREATE INDEX "affiliations_person_id_index" ON "affiliations" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "affiliations_origin_person_id_index" ON "affiliations" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "affiliations_source_organization_id_index" ON "affiliations" USING btree ("source_organization_id");--> statement-breakpoint
CREATE INDEX "affiliations_organization_id_index" ON "affiliations" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "affiliations_kind_index" ON "affiliations" USING btree ("kind","person_id");--> statement-breakpoint
CREATE INDEX "awards_person_id_index" ON "awards" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "awards_origin_person_id_index" ON "awards" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "awards_source_organization_id_index" ON "awards" USING btree ("source_organization_id");--> statement-breakpoint
CREATE INDEX "awards_award_index" ON "awards" USING btree ("award","person_id");--> statement-breakpoint
CREATE INDEX "degrees_person_id_index" ON "degrees" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "degrees_origin_person_id_index" ON "degrees" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "degrees_source_organization_id_index" ON "degrees" USING btree ("source_organization_id");--> statement-breakpoint
CREATE INDEX "degrees_institution_id_index" ON "degrees" USING btree ("institution_id");--> statement-breakpoint
CREATE INDEX "degrees_level_index" ON "degrees" USING btree ("level","training_field","person_id");--> statement-breakpoint
CREATE INDEX "degrees_training_field_index" ON "degrees" USING btree ("training_field","person_id");--> statement-breakpoint
CREATE INDEX "expertise_person_id_index" ON "expertise" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "expertise_origin_person_id_index" ON "expertise" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "expertise_source_organization_id_index" ON "expertise" USING btree ("source_organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "expertise_person_main_key" ON "expertise" USING btree ("person_id",coalesce(source_organization_id, '00000000-0000-0000-0000-000000000000')) WHERE "role" = 'main' and hidden_at is null;--> statement-breakpoint
CREATE INDEX "expertise_field_index" ON "expertise" USING btree ("field","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "people_code_key" ON "people" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "people_citizen_id_key" ON "people" USING btree ("citizen_id_hash");--> statement-breakpoint
CREATE INDEX "people_residence_locality_id_index" ON "people" USING btree ("residence_locality_id");--> statement-breakpoint
CREATE INDEX "people_hometown_locality_id_index" ON "people" USING btree ("hometown_locality_id");--> statement-breakpoint
CREATE INDEX "people_source_organization_id_index" ON "people" USING btree ("source_organization_id");--> statement-breakpoint
CREATE INDEX "people_name_order" ON "people" USING btree ("name_given" collate "vi-x-icu","name_family" collate "vi-x-icu","name_middle" collate "vi-x-icu","id");--> statement-breakpoint
CREATE INDEX "people_name_words_index" ON "people" USING gin (string_to_array("name_folded", ' '));--> statement-breakpoint
CREATE INDEX "people_name_folded_index" ON "people" USING btree ("name_folded" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "people_birth_date_index" ON "people" USING btree ("birth_date_earliest","id");--> statement-breakpoint
CREATE INDEX "people_phones_index" ON "people" USING gin ("phones");--> statement-breakpoint
CREATE INDEX "people_emails_index" ON "people" USING gin ("emails");--> statement-breakpoint
CREATE INDEX "people_import_id_index" ON "people" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "person_identifiers_person_id_index" ON "person_identifiers" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "person_identifiers_origin_person_id_index" ON "person_identifiers" USING btree ("origin_person_id");--> statement-breakpoint
CREATE INDEX "person_identifiers_source_organization_id_index" ON "person_identifiers" USING btree ("source_organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "person_identifiers_scheme_value_key" ON "person_identifiers" USING btree ("scheme","value") WHERE hidden_at is null;--> statement-breakpoint
CREATE INDEX "person_reach_node_id_index" ON "person_reach" USING btree ("node_id","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_record_version_key" ON "revisions" USING btree ("record_id","version","noun");--> statement-breakpoint
CREATE INDEX "revisions_person_id_index" ON "revisions" USING btree ("person_id","id");