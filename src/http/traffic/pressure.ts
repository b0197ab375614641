import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import { Problem } from "../../core/problems.ts";

/** Paths that must answer when all others may not. */
const WATCHED = new Set(["/healthz", "/readyz", "/metrics"]);

/** From which delay of the event loop on (milliseconds, mean of a second) new requests are turned away; 0: never. */
export type PressureSettings = { maxDelayMs: number };

/** Turns requests away with 503 `overloaded` while the process cannot keep up; `app.isUnderPressure()` tells. */
export async function relieve(app: FastifyInstance, { maxDelayMs }: PressureSettings): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    sampleInterval: 1000,
    pressureHandler: async (request) => {
      if (!WATCHED.has(request.routeOptions.url ?? "")) throw new Problem("overloaded");
    },
  });
}
