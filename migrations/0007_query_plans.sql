-- What is declared is indexed: one index a declared filter, whose rows come in the order of ids, and one a sort and direction.
DROP INDEX "academic_titles_title_index";
--> statement-breakpoint
DROP INDEX "affiliations_kind_index";
--> statement-breakpoint
DROP INDEX "awards_award_index";
--> statement-breakpoint
DROP INDEX "degrees_level_index";
--> statement-breakpoint
DROP INDEX "degrees_training_field_index";
--> statement-breakpoint
DROP INDEX "expertise_field_index";
--> statement-breakpoint
DROP INDEX "people_birth_date_index";
--> statement-breakpoint
DROP INDEX "people_name_folded_index";
--> statement-breakpoint
CREATE INDEX "code_lists_list_order" ON "code_lists" USING btree ("list" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "codes_code_order" ON "codes" USING btree ("code" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "codes_vi_order" ON "codes" USING btree ("vi" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "codes_rank_up" ON "codes" USING btree (coalesce("rank", 2147483647),"id","rank") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "codes_rank_down" ON "codes" USING btree (coalesce(-"rank", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_scheme_listing" ON "fields" USING btree ("scheme","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_code_order" ON "fields" USING btree ("code" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "fields_level_up" ON "fields" USING btree (coalesce("level", 2147483647),"id","level") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_level_down" ON "fields" USING btree (coalesce(-"level", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_vi_order" ON "fields" USING btree ("vi" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "localities_code_order" ON "localities" USING btree ("code" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "localities_kind_listing" ON "localities" USING btree ("kind","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "localities_name_order" ON "localities" USING btree ("name" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "localities_parent_listing" ON "localities" USING btree ("parent_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_code_order" ON "organizations" USING btree ("code" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "organizations_name_order" ON "organizations" USING btree ("name" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "organizations_kind_listing" ON "organizations" USING btree ("kind","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_status_listing" ON "organizations" USING btree ("status","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_locality_listing" ON "organizations" USING btree ("locality_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_parent_listing" ON "organizations" USING btree ("parent_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_title_listing" ON "academic_titles" USING btree ("title","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_field_listing" ON "academic_titles" USING btree ("field","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_year_up" ON "academic_titles" USING btree (coalesce("year", 2147483647),"id","year") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_year_down" ON "academic_titles" USING btree (coalesce(-"year", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_revoked_listing" ON "academic_titles" USING btree ("revoked","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_valid_from_up" ON "academic_titles" USING btree (coalesce("valid_from_earliest" - date '2000-01-01', 2147483647),"id","valid_from_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_valid_from_down" ON "academic_titles" USING btree (coalesce(date '2000-01-01' - "valid_from_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "academic_titles_verification_listing" ON "academic_titles" USING btree ("verification","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_kind_listing" ON "affiliations" USING btree ("kind","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_organization_listing" ON "affiliations" USING btree ("organization_id","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_grade_listing" ON "affiliations" USING btree ("grade","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_regime_listing" ON "affiliations" USING btree ("regime","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_is_primary_listing" ON "affiliations" USING btree ("is_primary","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_valid_from_up" ON "affiliations" USING btree (coalesce("valid_from_earliest" - date '2000-01-01', 2147483647),"id","valid_from_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_valid_from_down" ON "affiliations" USING btree (coalesce(date '2000-01-01' - "valid_from_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "affiliations_verification_listing" ON "affiliations" USING btree ("verification","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_award_listing" ON "awards" USING btree ("award","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_year_up" ON "awards" USING btree (coalesce("year", 2147483647),"id","year") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_year_down" ON "awards" USING btree (coalesce(-"year", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_valid_from_up" ON "awards" USING btree (coalesce("valid_from_earliest" - date '2000-01-01', 2147483647),"id","valid_from_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_valid_from_down" ON "awards" USING btree (coalesce(date '2000-01-01' - "valid_from_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "awards_verification_listing" ON "awards" USING btree ("verification","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_level_listing" ON "degrees" USING btree ("level","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_training_field_listing" ON "degrees" USING btree ("training_field","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_institution_listing" ON "degrees" USING btree ("institution_id","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_country_listing" ON "degrees" USING btree ("country","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_graduation_year_up" ON "degrees" USING btree (coalesce("graduation_year", 2147483647),"id","graduation_year") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_graduation_year_down" ON "degrees" USING btree (coalesce(-"graduation_year", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_valid_from_up" ON "degrees" USING btree (coalesce("valid_from_earliest" - date '2000-01-01', 2147483647),"id","valid_from_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_valid_from_down" ON "degrees" USING btree (coalesce(date '2000-01-01' - "valid_from_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_verification_listing" ON "degrees" USING btree ("verification","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "degrees_certificate_no_index" ON "degrees" USING btree ("certificate_no") WHERE certificate_no is not null;
--> statement-breakpoint
CREATE INDEX "expertise_field_listing" ON "expertise" USING btree ("field","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "expertise_role_listing" ON "expertise" USING btree ("role","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "expertise_sector_listing" ON "expertise" USING btree ("sector","person_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "expertise_valid_from_up" ON "expertise" USING btree (coalesce("valid_from_earliest" - date '2000-01-01', 2147483647),"id","valid_from_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "expertise_valid_from_down" ON "expertise" USING btree (coalesce(date '2000-01-01' - "valid_from_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "expertise_verification_listing" ON "expertise" USING btree ("verification","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_code_order" ON "people" USING btree ("code" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "people_gender_listing" ON "people" USING btree ("gender","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_birth_date_up" ON "people" USING btree (coalesce("birth_date_earliest" - date '2000-01-01', 2147483647),"id","birth_date_earliest") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_birth_date_down" ON "people" USING btree (coalesce(date '2000-01-01' - "birth_date_earliest", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_birth_year_up" ON "people" USING btree (coalesce("birth_year", 2147483647),"id","birth_year") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_birth_year_down" ON "people" USING btree (coalesce(-"birth_year", 2147483647),"id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_hometown_locality_listing" ON "people" USING btree ("hometown_locality_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_residence_locality_listing" ON "people" USING btree ("residence_locality_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_residence_group_listing" ON "people" USING btree ("residence_group","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_record_state_listing" ON "people" USING btree ("record_state","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_life_status_listing" ON "people" USING btree ("life_status","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_willing_to_advise_listing" ON "people" USING btree ("willing_to_advise","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_residence_names" ON "people" USING btree ("residence_locality_id","name_given" collate "vi-x-icu","name_family" collate "vi-x-icu","name_middle" collate "vi-x-icu","id");
--> statement-breakpoint
CREATE INDEX "people_old_id_number_index" ON "people" USING btree ("old_id_number") WHERE old_id_number is not null;
--> statement-breakpoint
CREATE INDEX "people_name_folded_index" ON "people" USING btree ("name_folded" text_pattern_ops,"id","hidden_at");
