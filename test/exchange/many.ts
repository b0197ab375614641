import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** The largest list that an import takes, which no ordinary run has time for. */
export default mergeConfig(base, { test: { env: { TRITHUC_TEST_ROWS: process.env.TRITHUC_TEST_ROWS ?? "100000" } } });
