-- Units are found by what their lists declare, their days being asked of the index.
DROP INDEX "localities_kind_listing";
--> statement-breakpoint
DROP INDEX "localities_parent_listing";
--> statement-breakpoint
DROP INDEX "organization_tree_ancestor_id_index";
--> statement-breakpoint
CREATE INDEX "code_lists_list_listing" ON "code_lists" USING btree ("list","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "code_lists_list_version_listing" ON "code_lists" USING btree ("list_version","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "codes_list_version_listing" ON "codes" USING btree ("list_version","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "codes_code_listing" ON "codes" USING btree ("code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "codes_vi_words_index" ON "codes" USING gin (string_to_array(fold("vi"), ' '));
--> statement-breakpoint
CREATE INDEX "codes_en_words_index" ON "codes" USING gin (string_to_array(fold("en"), ' '));
--> statement-breakpoint
CREATE INDEX "fields_scheme_version_listing" ON "fields" USING btree ("scheme_version","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_code_listing" ON "fields" USING btree ("code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_code_prefix_index" ON "fields" USING btree (fold("code") text_pattern_ops,"id");
--> statement-breakpoint
CREATE INDEX "fields_parent_code_listing" ON "fields" USING btree ("parent_code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "fields_vi_words_index" ON "fields" USING gin (string_to_array(fold("vi"), ' '));
--> statement-breakpoint
CREATE INDEX "fields_en_words_index" ON "fields" USING gin (string_to_array(fold("en"), ' '));
--> statement-breakpoint
CREATE INDEX "localities_code_listing" ON "localities" USING btree ("code","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "localities_type_listing" ON "localities" USING btree ("type","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_code_listing" ON "organizations" USING btree ("code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_electronic_id_listing" ON "organizations" USING btree ("electronic_id","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_tax_code_listing" ON "organizations" USING btree ("tax_code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organizations_training_institution_code_listing" ON "organizations" USING btree ("training_institution_code","id") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "people_hidden_index" ON "people" USING btree ("id") WHERE hidden_at is not null;
--> statement-breakpoint
CREATE INDEX "localities_kind_listing" ON "localities" USING btree ("kind","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "localities_parent_listing" ON "localities" USING btree ("parent_id","id","valid_from","valid_to") WHERE hidden_at is null;
--> statement-breakpoint
CREATE INDEX "organization_tree_ancestor_id_index" ON "organization_tree" USING btree ("ancestor_id","organization_id","from_day","until_day");
