import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { load } from "./load.ts";
import type { Ask, Load } from "./load.ts";
import type { Sql } from "./population.ts";
import type { Side } from "./sides.ts";

/** One side of a work: whom it asks, what, and how many at once. */
export type Lane = { name: string; side: Side; connections: number; seconds: number; next: () => Ask; ready?: () => Promise<void> };
/** Medians over the rounds; CPU in microseconds an answer, of the process and of Postgres. */
export type Measured = Load & { node: number; postgres: number; rounds: number[] };
/** What a work gave, by lane. */
export type Results = Record<string, Measured>;

/** Measures the lanes of a work by turns, so that what else the machine does meets all of them alike. */
export async function interleave(lanes: readonly Lane[], rounds: number, sql: Sql): Promise<Results> {
  const loads = new Map(lanes.map(({ name }) => [name, [] as (Load & { node: number; postgres: number })[]]));
  for (const lane of lanes) {
    await lane.ready?.();
    await load({ ...lane, port: lane.side.port, seconds: Math.min(1, lane.seconds) });
  }
  for (let round = 0; round < rounds; round++) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      if (lanes.length > 1) await drain(sql);
      await lane.ready?.();
      loads.get(lane.name)!.push(await once(lane, sql));
    }
  }
  return Object.fromEntries([...loads].map(([name, list]) => [name, middle(list)]));
}

async function once(lane: Lane, sql: Sql): Promise<Load & { node: number; postgres: number }> {
  const server = await postmaster(sql);
  const before = [ticks(lane.side.pid), childTicks(server)] as const;
  const answer = await load({ ...lane, port: lane.side.port });
  const cpu = (from: number, to: number) => ((to - from) * 10_000) / Math.max(1, answer.answers);
  return { ...answer, node: cpu(before[0], ticks(lane.side.pid)), postgres: cpu(before[1], childTicks(server)) };
}

/** The medians of several loads. */
export function middle(loads: readonly (Load & { node: number; postgres: number })[]): Measured {
  const of = (key: "perSecond" | "p50" | "p95" | "p99" | "node" | "postgres" | "bytes") => median(loads.map((one) => one[key]));
  const statuses: Record<string, number> = {};
  for (const one of loads) for (const [status, count] of Object.entries(one.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  const answers = loads.reduce((sum, one) => sum + one.answers, 0);
  const times = { p50: of("p50"), p95: of("p95"), p99: of("p99") };
  return {
    answers,
    perSecond: of("perSecond"),
    ...times,
    node: of("node"),
    postgres: of("postgres"),
    bytes: of("bytes"),
    statuses,
    rounds: loads.map((one) => one.perSecond),
  };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The median over the rounds of one lane's rate divided by another's in the same round. */
export const ratio = (one: Measured, other: Measured): number => median(one.rounds.map((rate, i) => rate / other.rounds[i]!));

/** What a slow side leaves behind is ended before the next one is measured. */
async function drain(sql: Sql): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const busy = await sql<{ pid: number }>(
      "select pid from pg_stat_activity where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid() and query not like '%graphile_worker%'",
    );
    if (busy.length === 0) return;
    if (tries > 5)
      await sql(
        "select pg_cancel_backend(pid) from unnest($1::int[]) as pid",
        busy.map(({ pid }) => pid),
      );
    await delay(20);
  }
}

async function postmaster(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }>("select pg_backend_pid() as pid");
  return statOf(row!.pid).parent;
}

const ticks = (pid: number): number => statOf(pid).ticks;

/** Processor time of all processes that Postgres has running. */
function childTicks(parent: number): number {
  const stats = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [statOf(Number(name))] : []));
  return stats.reduce((sum, one) => sum + (one.parent === parent ? one.ticks : 0), 0);
}

function statOf(pid: number): { parent: number; ticks: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return { parent: -1, ticks: 0 }; // it has ended meanwhile
  }
}
