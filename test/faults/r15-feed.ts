import { bySequence, bySettledTransaction, byTransaction, inSettledBatches } from "./feed/orders.ts";
import type { Ordering } from "./feed/orders.ts";
import { runControl, runFeed } from "./feed/run.ts";
import type { Outcome } from "./feed/run.ts";
import type { Extent } from "./feed/writers.ts";
import { breachesOf } from "./stand/fault.ts";
import type { Control, Fault } from "./stand/fault.ts";

const SHORT = { writers: 16, events: 1_000, longestMs: 200, quietMs: 30_000 };
/** Versions turned round are rare: a run that has to meet some takes more. */
const CONTROL = { writers: 16, events: 2_000, longestMs: 400, quietMs: 3_000 };
const LONG = { writers: 16, events: 100_000, longestMs: 2_000, quietMs: 30_000 };

const said = ({ committed, faults }: Outcome): string =>
  `${committed} events, over 3 readers ${Object.entries(faults)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ")}`;
const breached = ({ faults }: Outcome, where = ""): string[] =>
  breachesOf(Object.fromEntries(Object.entries(faults).map(([name, count]) => [`${name}${where}`, count > 0])));

const control = (defect: string, order: Ordering, extent?: Extent): Control => ({
  defect,
  slow: extent === undefined,
  async run(place) {
    const outcome = await runControl(await place.database(), order, extent ?? CONTROL);
    return { figure: said(outcome), breaches: breached(outcome) };
  },
});

export const feedInOrder: Fault = {
  id: "R15",
  promise:
    "the feed misses nothing, repeats nothing, turns no versions round and adds nothing behind a position given out, however many write at once",
  figure:
    "16 writers, 3 readers, 100,000 events: 0 missed, 0 twice, 0 inverted, 0 behind; in a copy of all tables in a fresh cluster likewise",
  async run(place, extent, over) {
    const { here, copied } = await runFeed(await place.database(), extent === "long" ? LONG : SHORT, over);
    const breaches = [
      ...breached(here),
      ...breached(copied, " in the copy"),
      ...breachesOf({ "a position of the original is taken in the copy": copied.strange !== 410 }),
    ];
    return { figure: `${said(here)}; in the copy ${said(copied)}`, breaches };
  },
  controls: [
    control("it is read by the number of the sequence", bySequence, { ...SHORT, quietMs: 300 }),
    control("it is read by the number of the transaction", byTransaction),
    control("it is read by the number of the transaction, below xmin", bySettledTransaction),
    control("what is below xmin is put down in the order of ids", inSettledBatches),
  ],
};
