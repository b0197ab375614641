import { describe, expect, test } from "vitest";
import { ask, load } from "../../bench/load.ts";
import { refuseChangedBaselines } from "../../bench/sides.ts";
import { startRegistry } from "../setup/registry.ts";

describe("the bench", () => {
  test("has baselines that are what they were when they were first used", () => {
    expect(refuseChangedBaselines).not.toThrow();
  });

  test("counts every answer of a load, with its status", async () => {
    const registry = await startRegistry();
    const { port } = registry.app.server.address() as { port: number };
    const answered = await load({ port, connections: 3, seconds: 0.2, next: () => ask("/healthz") });
    expect(answered.statuses).toEqual({ "200": answered.answers });
    expect(answered.answers).toBeGreaterThan(3);
    expect(answered.p50).toBeLessThanOrEqual(answered.p99);
    await registry.close();
  });
});
