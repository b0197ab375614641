import { setTimeout as delay } from "node:timers/promises";

/** What is under way in this process, by the key under which it may run only once at a time. */
export type Turns = Map<string, Promise<void>>;

/** How long a repetition waits for the request that it repeats. */
const PATIENCE_MS = 2_000;

/**
 * Runs the work when nothing else of this process runs under its key: who waits here holds no connection.
 * @throws what `late` makes, when its turn has not come after two seconds
 */
export async function inTurn<T>(turns: Turns, key: string, late: () => Error, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let before = turns.get(key); before !== undefined; before = turns.get(key)) {
    if (!(await endsBy(before, deadline))) throw late();
  }
  const done = work();
  const turn = ended(done);
  turns.set(key, turn);
  try {
    return await done;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}

/** Whether it went well is for its own caller. */
async function ended(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work]);
}

async function endsBy(turn: Promise<void>, deadline: number): Promise<boolean> {
  const giveUp = new AbortController();
  const late = delay(Math.max(0, deadline - performance.now()), false, { signal: giveUp.signal }).catch(() => false);
  try {
    return await Promise.race([turn.then(() => true), late]);
  } finally {
    giveUp.abort();
  }
}
