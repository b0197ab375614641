import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry } from "../setup/registry.ts";
import type { Agent, Registry } from "../setup/registry.ts";
import { analysed, committed } from "./office.ts";
import { csvOf, populationOf, xlsxOf } from "./population.ts";

/** 2,000 rows in the suite; `npm run test:large` takes the 100,000 that are allowed. */
const ROWS = Number(process.env["TRITHUC_TEST_ROWS"] ?? 2_000);
const WHOLE = 600_000;
const EVERY_MS = 10;

let registry: Registry;
let clerk: Agent;
beforeAll(async () => {
  registry = await startRegistry({ jobs: true });
  clerk = registry.as({ scope: ["imports", "people:read"] });
});
afterAll(() => registry.close());

/** Asks for the service's health until `done`, and gives the time within which 95 of 100 answers came, in milliseconds. */
async function healthWhile(done: () => boolean): Promise<number> {
  const { port } = registry.app.server.address() as AddressInfo;
  const times: number[] = [];
  while (!done()) {
    const started = performance.now();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    times.push(performance.now() - started);
    await pause(EVERY_MS);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!;
}

async function measured<T>(what: string, work: Promise<T>): Promise<T> {
  let done = false;
  const started = performance.now();
  const ended = work.finally(() => (done = true));
  const p95 = await healthWhile(() => done);
  const result = await ended;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.info(
    `${ROWS} rows, ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s, /healthz p95 ${p95.toFixed(0)} ms, RSS ${rss} MiB`,
  );
  expect(p95).toBeLessThan(250);
  return result;
}

describe("a list of many people", () => {
  const people = ROWS;
  const rows = populationOf(people);

  test("as csv is analysed and applied while the service keeps answering", { timeout: WHOLE }, async () => {
    const csv = csvOf(rows);
    const preview = await measured("csv analysed", analysed(clerk, "danh-sach.csv", csv, { organization_id: "SNV" }, WHOLE));
    expect(preview).toMatchObject({ state: "preview", counts: { used: ROWS + 1, people, create: people, error: 0 } });
    const after = await measured("committed", committed(clerk, preview.id, WHOLE));
    expect(after).toMatchObject({ state: "committed", counts: { applied: people } });
    expect(await registry.sql("select count(*)::int as n from people")).toEqual([{ n: people }]);
  });

  test("as xlsx says the same, and nothing is to be changed", { timeout: WHOLE }, async () => {
    const bytes = await xlsxOf(rows);
    const preview = await measured("xlsx analysed", analysed(clerk, "danh-sach.xlsx", bytes, { organization_id: "SNV" }, WHOLE));
    expect(preview).toMatchObject({ state: "preview", counts: { people, unchanged: people } });
  });
});
