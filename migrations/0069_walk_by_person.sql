-- no-transaction
-- Whose a fact is stands in the index that goes in the order of ids: what hangs on the people of a territory is found in it by who they are.
DROP INDEX CONCURRENTLY IF EXISTS "degrees_walk_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "degrees_walk_wider" ON "degrees" USING btree ("id") INCLUDE ("level", "training_field", "institution_id", "person_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "degrees_walk";
--> statement-breakpoint
ALTER INDEX IF EXISTS "degrees_walk_wider" RENAME TO "degrees_walk";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "academic_titles_walk_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "academic_titles_walk_wider" ON "academic_titles" USING btree ("id") INCLUDE ("title", "person_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "academic_titles_walk";
--> statement-breakpoint
ALTER INDEX IF EXISTS "academic_titles_walk_wider" RENAME TO "academic_titles_walk";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_walk_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "affiliations_walk_wider" ON "affiliations" USING btree ("id") INCLUDE ("kind", "organization_id", "person_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "affiliations_walk";
--> statement-breakpoint
ALTER INDEX IF EXISTS "affiliations_walk_wider" RENAME TO "affiliations_walk";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "expertise_walk_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "expertise_walk_wider" ON "expertise" USING btree ("id") INCLUDE ("field", "sector", "person_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "expertise_walk";
--> statement-breakpoint
ALTER INDEX IF EXISTS "expertise_walk_wider" RENAME TO "expertise_walk";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "awards_walk_wider";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "awards_walk_wider" ON "awards" USING btree ("id") INCLUDE ("award", "person_id") WITH (fillfactor=100) WHERE hidden_at is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "awards_walk";
--> statement-breakpoint
ALTER INDEX IF EXISTS "awards_walk_wider" RENAME TO "awards_walk";
