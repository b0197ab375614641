import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

// A million people are 15 GB: too much to be kept in memory beside what works on them.
process.env["TEST_CLUSTER"] ??= "disk";

/**
 * `npm run test:plans`, `test:names`: the same questions among 1,000,000 people, or as many as `PLANS_PEOPLE` says; they are made first.
 * `PLANS_URL` names a population of `trithuc demo` that stands already, as the service's role is let in: test:plans reads it and makes none.
 */
export default defineConfig({
  test: {
    ...base.test,
    maxWorkers: 1,
    testTimeout: 20 * 60_000,
    hookTimeout: 18 * 60_000,
    provide: {
      people: Number(process.env["PLANS_PEOPLE"] ?? 1_000_000),
      ...(process.env["PLANS_URL"] && { populated: process.env["PLANS_URL"] }),
    },
  },
});

declare module "vitest" {
  export interface ProvidedContext {
    people?: number;
    populated?: string;
  }
}
