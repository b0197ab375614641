import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULTS } from "./all.ts";
import { openPlace } from "./stand/place.ts";
import type { Place } from "./stand/place.ts";

// The short forms; `npm run test:faults` has the promised figures. A machine that runs the other tests beside gives them little.
const PATIENCE_MS = 180_000;

let place: Place;
beforeAll(async () => {
  place = await openPlace();
}, PATIENCE_MS);
afterAll(() => place.close());

test.for(FAULTS.filter(({ shortIn }) => shortIn !== undefined))("$id is tried in short by $shortIn", ({ id, shortIn }) => {
  expect(readFileSync(join(import.meta.dirname, "../..", shortIn!), "utf8")).toMatch(new RegExp(`\\b${id}\\b`));
});

describe.for(FAULTS.filter(({ shortIn }) => shortIn === undefined))("$id: $promise", { timeout: PATIENCE_MS }, (fault) => {
  test("holds, in short", async () => {
    const { figure, breaches } = await fault.run(place, "short", () => false);
    expect(breaches, figure).toEqual([]);
  });

  test.for(fault.controls.filter(({ slow }) => !slow))("and is seen to be broken when $defect", async (control) => {
    const { figure, breaches } = await control.run(place);
    expect(breaches, figure).not.toEqual([]);
  });
});
