import {
  bigint,
  boolean,
  check,
  date,
  integer,
  pgTable,
  primaryKey,
  sql,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "../../db/tables/drizzle.ts";

/**
 * The feed: each event once, in the order in which it was told. `kind` is `created`, `changed`, `deleted`, `restored`, `erased`, or `moved`:
 * a person who counts elsewhere now, which is an entry for one reader, a leaving for another and nothing for most.
 */
export const feed = pgTable(
  "feed",
  {
    epoch: bigint({ mode: "number" }).notNull(),
    n: bigint({ mode: "number" }).notNull(),
    kind: text().notNull(),
    /** The table of the noun. */
    noun: text().notNull(),
    record_id: uuid().notNull(),
    version: integer().notNull(),
    recorded_at: timestamp({ withTimezone: true, mode: "string" }).notNull(),
    published_at: timestamp({ withTimezone: true, mode: "string" }).notNull().defaultNow(),
    /** Null for a move, which no single revision makes. */
    revision_id: bigint({ mode: "number" }),
    /** The nodes in which the person counted then; null: for everybody. Kept with the event, so that a page never changes. */
    reach: uuid().array(),
    /** Of a move: the nodes before. */
    reach_before: uuid().array(),
  },
  (t) => [primaryKey({ name: "feed_pkey", columns: [t.epoch, t.n] }), uniqueIndex("feed_revision_id_key").on(t.revision_id)],
);

/** How far the feed is: one row. */
export const feedState = pgTable(
  "feed_state",
  {
    singleton: boolean().primaryKey().default(true),
    epoch: bigint({ mode: "number" }).notNull(),
    n: bigint({ mode: "number" }).notNull(),
    /** The last position that retention has removed. */
    removed_n: bigint({ mode: "number" }).notNull().default(0),
    /** Which database it was when the epoch began (migration 0030). */
    identity: text().notNull(),
    /** Revisions up to this one stood when the epoch began; their transaction numbers may be those of another cluster. */
    base: bigint({ mode: "number" }).notNull(),
    /** The snapshot in which the epoch began. */
    began: text().notNull(),
    /** The snapshot up to which everything has been told. */
    seen: text().notNull(),
    /** The day up to which entries and leavings have been told. */
    day: date({ mode: "string" }).notNull(),
  },
  (t) => [check("feed_state_one_row", sql`${t.singleton}`)],
);

/** Where each person counts as far as the feed has told; a person who is not here counted nowhere. */
export const feedReach = pgTable("feed_reach", { person_id: uuid().primaryKey(), reach: uuid().array().notNull() });
