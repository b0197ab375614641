import { availableParallelism } from "node:os";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

const report = process.env.TEST_REPORT;

/** The longest in their order, measured in 2026-11: begun late, one of them would be left over alone at the end of a run. */
const LONGEST = ["faults/", "plans/plans", "cli/commands", "docs/readme", "cli/serve", "oracle/", "docs/production", "exchange/imports"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/setup/cluster.ts",
    // Importing the service costs more than most files take: the files of one worker share their modules.
    isolate: false,
    pool: "forks",
    // Some files wait for processes more than they compute: a third one keeps two processors busy.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    testTimeout: 15_000,
    hookTimeout: 30_000,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
