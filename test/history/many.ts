import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const env = {
  HISTORY_QUESTIONS: process.env.HISTORY_QUESTIONS ?? "6000",
  HISTORY_REVISIONS: process.env.HISTORY_REVISIONS ?? "1000000",
  HISTORY_SEED: process.env.HISTORY_SEED ?? String(Date.now() % 1_000_000_000),
};

/** The histories alone, with as many questions and versions as no ordinary run has time for, and a seed of the moment. */
export default mergeConfig(base, { test: { env } });
