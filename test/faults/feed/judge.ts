import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Order, Told } from "./orders.ts";

/** What one reader was told, in the order of telling, and how often a page read again was another. */
export type Read = { told: Told[]; behind: number };
/** What is wrong with it. */
export type Faults = { missed: number; twice: number; inverted: number; behind: number; invented: number };

/**
 * Follows an order until all that was committed has come and nothing comes after it, or until nothing has come for a while; now and then
 * reads again what it has read. `committed` counts the events as soon as nobody writes any more.
 */
export async function read(order: Order, committed: () => number | undefined, quietMs: number): Promise<Read> {
  const told: Told[] = [];
  const pages: { after: string; from: number }[] = [];
  let behind = 0;
  const again = async ({ after, from }: { after: string; from: number }) => {
    const page = await order.page(after);
    const known = told.slice(from, from + page.told.length);
    if (known.some((one, i) => !same(one, page.told[i]!))) behind++;
  };
  let position = order.start;
  for (let quietSince = performance.now(); ;) {
    const all = committed();
    const page = await order.page(position);
    if (page.told.length > 0) {
      pages.push({ after: position, from: told.length });
      told.push(...page.told);
      quietSince = performance.now();
      if (randomInt(4) === 0) await again(pages[randomInt(Math.max(0, pages.length - 20), pages.length)]!);
    } else if (all !== undefined && (told.length >= all || performance.now() - quietSince > quietMs)) break;
    else await delay(20);
    position = page.position;
  }
  for (const page of pages) await again(page);
  return { told, behind };
}

const same = (one: Told, other: Told): boolean => one.record === other.record && one.version === other.version;

/** Compares what was told with what was committed. */
export function judge({ told, behind }: Read, committed: readonly Told[]): Faults {
  const name = ({ record, version }: Told) => `${record}/${version}`;
  const truth = new Set(committed.map(name));
  const heard = new Set<string>();
  const last = new Map<string, number>();
  const found: Faults = { missed: 0, twice: 0, inverted: 0, behind, invented: 0 };
  for (const one of told) {
    if (heard.has(name(one))) found.twice++;
    else if ((last.get(one.record) ?? 0) > one.version) found.inverted++;
    if (!truth.has(name(one))) found.invented++;
    heard.add(name(one));
    last.set(one.record, one.version);
  }
  for (const one of truth) if (!heard.has(one)) found.missed++;
  return found;
}
