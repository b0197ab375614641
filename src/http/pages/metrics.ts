import { performance } from "node:perf_hooks";
import { Gauge, Registry } from "@prometheus-io/client";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Lane } from "../direct/lane.ts";
import { measureDurations } from "./durations.ts";

/** How many database clients a pool has, holds ready, and how many requests wait for one. */
export type PoolState = { total: number; idle: number; waiting: number };

/** What the metrics show beside the requests: each pool by its name, and how many requests were turned away before they were looked at. */
export type MetricSettings = { pools?: () => Record<string, PoolState>; turnedAway?: () => number; lane?: Lane };

/** Measures every request and serves `/metrics` in the text form of Prometheus; each app has a registry of its own. */
export function serveMetrics(app: FastifyInstance, { pools = () => ({}), turnedAway = () => 0, lane }: MetricSettings = {}): void {
  const registry = new Registry();
  const registers = [registry];
  const measure = measureDurations(registry);
  const running = { count: 0 };
  addRunning(registers, () => running.count + (lane?.running() ?? 0));
  lane?.onAnswer(({ route, status, ms }) => measure("GET", route, status, ms / 1000));
  addTurnedAway(registers, turnedAway);
  addPools(registers, pools);
  addProcess(registers);

  // A request that a hook before this one answered was never counted as running.
  const counted = new WeakSet<FastifyRequest>();
  app.addHook("onRequest", (request, _reply, next) => {
    counted.add(request);
    running.count++;
    next();
  });
  app.addHook("onResponse", (request, reply, next) => {
    const { method, routeOptions, is404 } = request;
    if (counted.has(request)) running.count--;
    // The pattern, never the path: a path holds ids, and each would be a series for ever.
    measure(method, is404 ? "unknown" : (routeOptions.url ?? "unknown"), reply.statusCode, reply.elapsedTime / 1000);
    next();
  });
  app.get("/metrics", { config: { scope: "public" }, schema: { hide: true } }, async (_request, reply) => {
    return reply
      .type(registry.contentType)
      .header("cache-control", "no-store")
      .send(await registry.metrics());
  });
}

function addRunning(registers: Registry[], count: () => number): Gauge {
  return new Gauge({
    name: "http_requests_in_flight",
    help: "Requests being answered.",
    registers,
    collect() {
      this.set(count());
    },
  });
}

function addTurnedAway(registers: Registry[], count: () => number): Gauge {
  return new Gauge({
    name: "http_requests_turned_away",
    help: "Requests since the start that were answered 503 because enough others were being worked on.",
    registers,
    collect() {
      this.set(count());
    },
  });
}

function addPools(registers: Registry[], pools: () => Record<string, PoolState>): Gauge<"pool" | "state"> {
  return new Gauge({
    name: "db_pool_clients",
    help: "Clients of a database pool, and requests that wait for one.",
    labelNames: ["pool", "state"],
    registers,
    collect() {
      for (const [pool, states] of Object.entries(pools())) {
        for (const [state, value] of Object.entries(states)) this.set({ pool, state }, value);
      }
    },
  });
}

/** Not the library's own defaults: they start observers that nothing ever stops, one set for each app. */
function addProcess(registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  let before = performance.eventLoopUtilization();
  gauge("process_start_time_seconds", "Start of the process, in seconds since 1970.", () => performance.timeOrigin / 1000);
  gauge("process_cpu_seconds", "Processor time used, user and system.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("process_resident_memory_bytes", "Memory held.", () => process.memoryUsage.rss());
  gauge("nodejs_heap_used_bytes", "Heap in use.", () => process.memoryUsage().heapUsed);
  gauge("nodejs_eventloop_utilization", "Share of the time since the last reading in which the event loop was busy.", () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  });
}
