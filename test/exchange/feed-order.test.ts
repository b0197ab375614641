import { describe, expect, test } from "vitest";
import { bySequence, bySettledTransaction, byTransaction, inSettledBatches } from "../faults/feed/orders.ts";
import { runControl, runFeed } from "../faults/feed/run.ts";
import { loadedDatabase } from "../setup/database.ts";

const SHORT = { writers: 16, events: 2_000, longestMs: 400 };
const NONE = { missed: 0, twice: 0, inverted: 0, behind: 0, invented: 0 };

describe("the feed, while many write at once", () => {
  test("misses nothing, repeats nothing, turns no versions round and adds nothing behind, in a copy of the tables too", async () => {
    const { here, copied } = await runFeed(await loadedDatabase(), SHORT);
    expect(here.committed).toBeGreaterThanOrEqual(SHORT.events);
    expect(here.faults).toEqual(NONE);
    expect([copied.strange, copied.faults]).toEqual([410, NONE]);
  }, 120_000);
});

describe("an order that would be simpler is caught", () => {
  test.each([
    ["by the sequence", bySequence, "missed"],
    ["by the transaction", byTransaction, "missed"],
    ["by the settled transaction", bySettledTransaction, "inverted"],
    ["by settled transactions, each time in the order of ids", inSettledBatches, "inverted"],
  ] as const)(
    "%s",
    async (_name, order, fault) => {
      const { faults } = await runControl(await loadedDatabase(), order, SHORT);
      expect(faults[fault], JSON.stringify(faults)).toBeGreaterThan(0);
    },
    120_000,
  );
});
