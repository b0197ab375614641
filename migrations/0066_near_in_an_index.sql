-- no-transaction
-- Indexes in the order of ids that have what many rows are asked for by: a page is found among thousands of their entries where neither the
-- few rows of a value nor the many are at hand. Ids ascend, so that they grow at one end. What is asked for is no part of the key: the planner
-- would skip through the whole index for it.
DROP INDEX CONCURRENTLY IF EXISTS "people_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "people_walk" ON "people" USING btree ("id") INCLUDE ("name_folded", "birth_date_earliest", "birth_date_latest") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "people_residence_locality_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "people_residence_locality_walk" ON "people" USING btree ("id") INCLUDE ("residence_locality_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "people_hometown_locality_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "people_hometown_locality_walk" ON "people" USING btree ("id") INCLUDE ("hometown_locality_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "degrees_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "degrees_walk" ON "degrees" USING btree ("id") INCLUDE ("level", "training_field", "institution_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "academic_titles_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "academic_titles_walk" ON "academic_titles" USING btree ("id") INCLUDE ("title") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "affiliations_walk" ON "affiliations" USING btree ("id") INCLUDE ("kind", "organization_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "expertise_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "expertise_walk" ON "expertise" USING btree ("id") INCLUDE ("field", "sector") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "awards_walk";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "awards_walk" ON "awards" USING btree ("id") INCLUDE ("award") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
-- A person's facts with what people are found by, so that the fact's own row is not looked up.
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_person_id_index_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "affiliations_person_id_index_wider" ON "affiliations" USING btree ("person_id") INCLUDE ("organization_id", "ended", "valid_from_earliest", "valid_to_latest", "hidden_at");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_person_id_index";
--> statement-breakpoint
ALTER INDEX IF EXISTS "affiliations_person_id_index_wider" RENAME TO "affiliations_person_id_index";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "expertise_person_id_index_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "expertise_person_id_index_wider" ON "expertise" USING btree ("person_id") INCLUDE ("field", "hidden_at");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "expertise_person_id_index";
--> statement-breakpoint
ALTER INDEX IF EXISTS "expertise_person_id_index_wider" RENAME TO "expertise_person_id_index";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "degrees_person_id_index_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "degrees_person_id_index_wider" ON "degrees" USING btree ("person_id") INCLUDE ("training_field", "hidden_at");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "degrees_person_id_index";
--> statement-breakpoint
ALTER INDEX IF EXISTS "degrees_person_id_index_wider" RENAME TO "degrees_person_id_index";
--> statement-breakpoint
-- Who works for an organization, without who did.
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_organization_listing_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "affiliations_organization_listing_wider" ON "affiliations" USING btree ("organization_id", "person_id", "id") INCLUDE ("ended", "valid_from_earliest", "valid_to_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_organization_listing";
--> statement-breakpoint
ALTER INDEX IF EXISTS "affiliations_organization_listing_wider" RENAME TO "affiliations_organization_listing";
--> statement-breakpoint
-- Both ends of a day that is known in part.
DROP INDEX CONCURRENTLY IF EXISTS "people_birth_date_up_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "people_birth_date_up_wider" ON "people" USING btree (coalesce("birth_date_earliest" - date '2000-01-01', 2147483647), "id", "birth_date_earliest", "birth_date_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "people_birth_date_up";
--> statement-breakpoint
ALTER INDEX IF EXISTS "people_birth_date_up_wider" RENAME TO "people_birth_date_up";
--> statement-breakpoint
-- A unit's days stand in the index, as a locality's do.
DROP INDEX CONCURRENTLY IF EXISTS "organizations_kind_listing_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "organizations_kind_listing_wider" ON "organizations" USING btree ("kind", "id", "valid_from_earliest", "valid_to_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_kind_listing";
--> statement-breakpoint
ALTER INDEX IF EXISTS "organizations_kind_listing_wider" RENAME TO "organizations_kind_listing";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_status_listing_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "organizations_status_listing_wider" ON "organizations" USING btree ("status", "id", "valid_from_earliest", "valid_to_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_status_listing";
--> statement-breakpoint
ALTER INDEX IF EXISTS "organizations_status_listing_wider" RENAME TO "organizations_status_listing";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_locality_listing_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "organizations_locality_listing_wider" ON "organizations" USING btree ("locality_id", "id", "valid_from_earliest", "valid_to_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_locality_listing";
--> statement-breakpoint
ALTER INDEX IF EXISTS "organizations_locality_listing_wider" RENAME TO "organizations_locality_listing";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_parent_listing_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "organizations_parent_listing_wider" ON "organizations" USING btree ("parent_id", "id", "valid_from_earliest", "valid_to_latest") WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "organizations_parent_listing";
--> statement-breakpoint
ALTER INDEX IF EXISTS "organizations_parent_listing_wider" RENAME TO "organizations_parent_listing";
