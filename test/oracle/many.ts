import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const env = {
  ORACLE_QUESTIONS: process.env.ORACLE_QUESTIONS ?? "20000",
  ORACLE_DEFECTS: "all",
  ORACLE_SEED: process.env.ORACLE_SEED ?? String(Date.now() % 1_000_000_000),
};

/** The oracle alone, with as many questions as no ordinary run has time for, and a seed of the moment. */
export default mergeConfig(base, { test: { env } });
