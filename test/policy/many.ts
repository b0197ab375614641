import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** The long forms of what an ordinary run tries in part: every mutant, 2,000 pairs, 2,000 questions a role, 1,000 edits, 20 kills, 100 erasures. */
export default defineConfig({
  test: {
    ...base.test,
    maxWorkers: 1,
    provide: { mutants: "all" },
    env: {
      PAIRS: process.env["PAIRS"] ?? "2000",
      KILLS: process.env["KILLS"] ?? "20",
      QUESTIONS: process.env["QUESTIONS"] ?? "2000",
      ERASURES: process.env["ERASURES"] ?? "100",
      EDITS: process.env["EDITS"] ?? "1000",
      HOSTILE: process.env["HOSTILE"] ?? "5000",
    },
  },
});

declare module "vitest" {
  export interface ProvidedContext {
    mutants?: "all";
  }
}
