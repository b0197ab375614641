import { mergeConfig } from "vitest/config";
import many from "./many.ts";

// 8 GB: the memory is left to those who work beside it.
process.env.TEST_CLUSTER ??= "disk";

/** The plans among as many versions as a registry of a million people has after years: some ten minutes. */
export default mergeConfig(many, { test: { env: { HISTORY_REVISIONS: process.env.HISTORY_REVISIONS ?? "10000000" } } });
