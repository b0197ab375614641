import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** The proof alone, with as many writes as no ordinary run has time for. */
export default mergeConfig(base, { test: { env: { STALE_WRITES: process.env.STALE_WRITES ?? "10000" } } });
