import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** The long form of what an ordinary run asks in part: 100,000 requests, each declared status of each operation at least 50 times. */
export default defineConfig({
  test: {
    ...base.test,
    maxWorkers: 1,
    env: { FUZZ_REQUESTS: process.env["FUZZ_REQUESTS"] ?? "100000", FUZZ_HITS: process.env["FUZZ_HITS"] ?? "50" },
  },
});
