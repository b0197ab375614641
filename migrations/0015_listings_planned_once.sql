-- Planned anew for the number of people in each call, the three cost a created person 1.7 ms; planned once 0.6 ms (2026-11, 1,000,000 people).
ALTER FUNCTION hold_people(uuid[]) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION add_facets(uuid[]) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION add_units(uuid[]) SET plan_cache_mode = force_generic_plan;
