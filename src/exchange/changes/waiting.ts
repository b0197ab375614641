import { Problem } from "../../core/problems.ts";

/** Those who wait for news of the feed in this process. */
export type Waiting = {
  /** Takes a place for a client; to be given back. @throws Problem `rate-limited`, `overloaded` when there is none. */
  enter(client: string): () => void;
  /** Until the feed goes beyond `head` (null: whatever it does), or `until` (ms of `performance.now()`), or the signal, or the service stops. */
  beyond(head: number | null, until: number, signal: AbortSignal): Promise<void>;
  stopped(): boolean;
  /** Lets everybody go. */
  stop(): void;
};

const LOOK_MS = 100;
const PLACES = { client: 100, all: 1_000 };

/**
 * Looks how far the feed is, once for all who wait, as long as anybody does: who waits holds no connection.
 * The database's LISTEN would need one in each process, and its NOTIFY makes committing writers wait for each other.
 */
export function waitingFor(readHead: () => Promise<number | undefined>): Waiting {
  const places = new Map<string, number>();
  const sleepers = new Set<{ head: number | null; wake: () => void }>();
  let all = 0;
  let looking: NodeJS.Timeout | undefined;
  let over = false;

  const look = async () => {
    const head = await readHead().catch(() => undefined);
    for (const sleeper of sleepers) if (head !== undefined && sleeper.head !== null && head !== sleeper.head) sleeper.wake();
    looking = sleepers.size > 0 ? setTimeout(() => void look(), LOOK_MS) : undefined;
  };

  return {
    enter(client) {
      const own = places.get(client) ?? 0;
      if (all >= PLACES.all) throw new Problem("overloaded", { headers: { "retry-after": "5" } });
      if (own >= PLACES.client) {
        const detail = {
          vi: `Nhiều nhất ${PLACES.client} yêu cầu chờ cùng lúc.`,
          en: `At most ${PLACES.client} requests may wait at once.`,
        };
        throw new Problem("rate-limited", { detail, headers: { "retry-after": "1" } });
      }
      places.set(client, own + 1);
      all++;
      return () => {
        all--;
        const left = (places.get(client) ?? 1) - 1;
        if (left === 0) places.delete(client);
        else places.set(client, left);
      };
    },
    async beyond(head, until, signal) {
      if (over || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { head, wake: resolve };
      const timer = setTimeout(resolve, Math.max(0, until - performance.now()));
      signal.addEventListener("abort", resolve as () => void, { once: true });
      sleepers.add(sleeper);
      looking ??= setTimeout(() => void look(), LOOK_MS);
      await promise;
      sleepers.delete(sleeper);
      clearTimeout(timer);
      signal.removeEventListener("abort", resolve as () => void);
    },
    stopped: () => over,
    stop() {
      over = true;
      for (const { wake } of sleepers) wake();
    },
  };
}
