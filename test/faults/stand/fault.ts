import { setTimeout as delay } from "node:timers/promises";
import type { Place } from "./place.ts";

/** How much of a fault is run: `short` in the ordinary suite, `long` by `npm run test:faults` with the promised figures. */
export type Extent = "short" | "long";

/** What a run found: one line of figures as they were counted, and every breach of the promise (none: it was kept). */
export type Found = { figure: string; breaches: string[] };

/** Whether a run has had its time: what it has counted by then stands, and says itself how much that is. */
export type Over = () => boolean;

/** A deliberate defect, and a run on a service that has it: one that finds no breach would show nothing of the service either. */
export type Control = {
  defect: string;
  run(place: Place): Promise<Found>;
  /** Takes too long for the ordinary suite. */
  slow?: boolean;
};

/** One promise of design and operation, and how it is broken on purpose. */
export type Fault = {
  id: string;
  promise: string;
  /** What the long run has to reach. */
  figure: string;
  /** The file whose test is the short form, where that is another one. */
  shortIn?: string;
  run(place: Place, extent: Extent, over: Over): Promise<Found>;
  controls: readonly Control[];
};

/** Counts by name, in one line: `201: 20034, 503: 12`. */
export function tally(counts: ReadonlyMap<string | number, number>): string {
  return [...counts].map(([name, count]) => `${name}: ${count}`).join(", ");
}

/** Adds one to a count. */
export function count<Key>(counts: Map<Key, number>, name: Key): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The breaches that hold, out of named ones. */
export function breachesOf(named: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(named).flatMap(([name, broken]) => (broken ? [name] : []));
}

/** A whole number from `least` up to `most`. */
export const between = (least: number, most: number): number => least + Math.floor(Math.random() * (most - least + 1));

const LOOK_MS = 10;
const PATIENCE_MS = 240_000;

/** Waits until something has come about. @throws Error naming it when it does not within four minutes */
export async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await delay(LOOK_MS);
  }
}
