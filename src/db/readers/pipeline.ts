import { Client } from "pg";
import type { ClientConfig } from "pg";
import { takeWire } from "./wire.ts";
import type { Row, Shape, Wire } from "./wire.ts";

/** A few connections that many requests share, for single statements that an index answers; there is nothing on it by which to begin a transaction. */
export type Pipeline = {
  /** The first row, or undefined where there is none. */
  first(shape: Shape, values: readonly (string | null)[]): Promise<Row | undefined>;
  close(): Promise<void>;
  gauges(): { total: number; idle: number; waiting: number };
};

type Open = { client: Client; wire: Wire };
type Slot = { open: Open | undefined; opening: Promise<Open> | undefined; still: number };

const LOST = new Set(["57P01", "57P02", "57P03", "26000", "ECONNRESET", "EPIPE"]);
const TICK_MS = 250;
/** What is asked in one turn of the loop leaves in one write, unless a connection would get so much more than another. */
const AHEAD = 6;

/** Whether the connection went, and not the statement wrong: a read may be asked once more. */
const isLost = (error: Error & { code?: string }): boolean =>
  LOST.has(error.code ?? "") || /terminated|not queryable|was closed/i.test(error.message);

/**
 * Opens the shared connections, at the first use. A connection that is lost is opened again by one of those who wait, not by each (53300),
 * and what was under way on it is asked once more. One that says nothing for `patienceMs` is given up with what waits on it, which is not
 * asked again: a network that swallows answers keeps nobody for twice that time.
 */
export function openPipeline(config: ClientConfig, count: number, patienceMs: number): Pipeline {
  const slots: Slot[] = Array.from({ length: count }, () => ({ open: undefined, opening: undefined, still: 0 }));
  const silent = new WeakSet<Open>();
  const state = { closed: false, turn: 0 };
  const watch = setInterval(() => slots.forEach((slot) => giveUp(slot, silent, patienceMs)), TICK_MS);
  watch.unref();

  const opened = (slot: Slot): Promise<Open> => (slot.opening ??= connect(config, slot));
  const failed = (slot: Slot, open: Open, error: Error): never => {
    if (silent.has(open)) throw new Error("Query read timeout", { cause: error });
    if (slot.open === open && isLost(error)) slot.open = undefined;
    throw error;
  };
  const askOn = (slot: Slot, open: Open, shape: Shape, values: readonly (string | null)[]): Promise<Row | undefined> =>
    open.wire.ask(shape, values).catch((error: Error) => failed(slot, open, error));
  const again = async (slot: Slot, error: Error, shape: Shape, values: readonly (string | null)[]): Promise<Row | undefined> => {
    if (state.closed || !isLost(error)) throw error;
    return askOn(slot, slot.open ?? (await opened(slot)), shape, values);
  };
  return {
    // Without a function that waits in between: there are some ten thousand of them a second.
    first(shape, values) {
      if (state.closed) return Promise.reject(new Error("Client was closed and is not queryable"));
      const slot = slots[(state.turn = leastBusy(slots, state.turn))]!;
      const { open } = slot;
      const row = open ? askOn(slot, open, shape, values) : opened(slot).then((one) => askOn(slot, one, shape, values));
      return row.catch((error: Error) => again(slot, error, shape, values));
    },
    async close() {
      state.closed = true;
      clearInterval(watch);
      await Promise.all(slots.map(async (slot) => (slot.open ?? (await slot.opening?.catch(() => undefined)))?.client.end()));
    },
    gauges: () => ({
      total: slots.filter(({ open }) => open).length,
      idle: slots.filter(({ open }) => open?.wire.waiting() === 0).length,
      waiting: slots.reduce((sum, { open }) => sum + Math.max(0, (open?.wire.waiting() ?? 0) - 1), 0),
    }),
  };
}

/** The one on which fewest wait; of equal ones they take turns. */
function leastBusy(slots: readonly Slot[], turn: number): number {
  const last = slots[turn]!;
  if (last.open?.wire.unsent() && slots.every((slot) => waiting(last) <= waiting(slot) + AHEAD)) return turn;
  let best = (turn + 1) % slots.length;
  for (let i = 2; i <= slots.length; i++) {
    const next = (turn + i) % slots.length;
    if (waiting(slots[next]!) < waiting(slots[best]!)) best = next;
  }
  return best;
}

const waiting = ({ open }: Slot): number => open?.wire.waiting() ?? 0;

async function connect(config: ClientConfig, slot: Slot): Promise<Open> {
  const client = new Client(config);
  try {
    client.on("error", () => {}); // without a listener it ends the process
    await client.connect();
    const open = { client, wire: takeWire(client) };
    client.on("end", () => {
      if (slot.open === open) slot.open = undefined;
    });
    slot.open = open;
    slot.still = 0;
    return open;
  } catch (error) {
    // A client of its own says other words than those of a pool, and they say nothing of a connection.
    throw (error as Error).message === "timeout expired" ? new Error("timeout exceeded when trying to connect", { cause: error }) : error;
  } finally {
    slot.opening = undefined;
  }
}

/** Counted in ticks and not by the clock: a process that was busy itself has not read what came meanwhile. */
function giveUp(slot: Slot, silent: WeakSet<Open>, patienceMs: number): void {
  const { open } = slot;
  if (!open) return;
  slot.still = open.wire.answered() === 0 && open.wire.waiting() > 0 ? slot.still + 1 : 0;
  if (slot.still * TICK_MS <= patienceMs) return;
  silent.add(open);
  slot.open = undefined;
  open.wire.destroy();
}
