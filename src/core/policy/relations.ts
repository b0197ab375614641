import type { Act } from "./operations.ts";

/** How a person stands to a token: within its `org` or `loc` claim, in a unit below it, outside, hidden by DELETE, or nobody at all. */
export const RELATIONS = ["own_unit", "unit_below", "own_locality", "other_unit", "other_locality", "hidden", "absent"] as const;
export type Relation = (typeof RELATIONS)[number];

/**
 * What becomes of a call: it is done; the record is left out of the answer; or a problem. What lies outside answers as what is not there,
 * but for a new record, which nobody can have known of: `outside-territory`.
 */
export type Outcome = "done" | "left-out" | "not-found" | "deleted" | "outside-territory" | "state-conflict" | "impossible";

type Outcomes = Readonly<Record<Relation, Outcome>>;

const by = (inside: Outcome, outside: Outcome, hidden: Outcome, absent: Outcome): Outcomes => ({
  own_unit: inside,
  unit_below: inside,
  own_locality: inside,
  other_unit: outside,
  other_locality: outside,
  hidden,
  absent,
});

/** What becomes of each act by where the person stands; facts, consents and the log follow their person. */
export const OUTCOMES: Readonly<Record<Exclude<Act, "none">, Outcomes>> = {
  read: by("done", "not-found", "deleted", "not-found"),
  list: by("done", "left-out", "left-out", "left-out"),
  create: by("done", "outside-territory", "impossible", "impossible"),
  add: by("done", "not-found", "deleted", "not-found"),
  change: by("done", "not-found", "deleted", "not-found"),
  hide: by("done", "not-found", "deleted", "not-found"),
  restore: by("state-conflict", "not-found", "done", "not-found"),
  "restore-fact": by("state-conflict", "not-found", "deleted", "not-found"),
  // Who is hidden has rights all the same: consents, requests and the log of who looked.
  serve: by("done", "not-found", "done", "not-found"),
  survey: by("done", "left-out", "done", "left-out"),
  // That somebody was hidden is told to whoever was told that there was somebody.
  follow: by("done", "left-out", "done", "left-out"),
};
