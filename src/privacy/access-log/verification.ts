import { readLines, readPrunings, readSeals, readUnsealed } from "./queries.ts";
import type { Run } from "./queries.ts";
import { emptied, judgeRows, judgeSeal, LOGS, wentInTime } from "./seals.ts";
import type { Finding, Log, Seal } from "./seals.ts";

/** What a verification found: nothing wrong if `findings` is empty and, where a head was given, it was `headFound`. */
export type Verdict = {
  seals: number;
  rows: number;
  /** Batches whose rows were taken away beyond their retention. */
  pruned: number;
  findings: Finding[];
  /** Whether the head that was kept outside is one of the chain; undefined when none was given. */
  headFound: boolean | undefined;
  head: string | null;
  unsealed: Record<Log, { count: number; from: number | null; to: number | null }>;
};

const SEALS = 20;
const ALL = Number.MAX_SAFE_INTEGER;
/** A batch has some ten thousand rows; who puts a million more into one is found out all the same. */
const ALL_ROWS = 1_000_000;

/**
 * Computes every hash of both logs anew and says which rows are not those that were sealed.
 * Without a head kept outside, who can write everything can make a new chain; with it, he cannot.
 */
export async function verifyLogs(run: Run, head?: string): Promise<Verdict> {
  const findings: Finding[] = [];
  const prunings = await readPrunings(run);
  let [before, rows, pruned, headFound]: [Seal | undefined, number, number, boolean] = [undefined, 0, 0, false];
  for (let seals = await readSeals(run, 0, SEALS); seals.length > 0; seals = await readSeals(run, before!.n, SEALS)) {
    for (const seal of seals) {
      findings.push(...judgeSeal(seal, before));
      const went = wentInTime(seal, prunings);
      if (went) pruned += 1;
      for (const log of LOGS) {
        const { after, upto } = seal.parts[log];
        const lines = await readLines(run, log, before ? after : -ALL, upto, ALL_ROWS);
        rows += lines.length;
        findings.push(...judgeRows(log, went ? emptied(seal) : seal, lines));
      }
      headFound ||= seal.hash.toString("hex") === head;
      before = seal;
    }
  }
  const unsealed = {} as Verdict["unsealed"];
  for (const log of LOGS) unsealed[log] = await readUnsealed(run, log, before?.parts[log].upto ?? -ALL);
  return {
    seals: before?.n ?? 0,
    rows,
    pruned,
    findings,
    headFound: head === undefined ? undefined : headFound,
    head: before?.hash.toString("hex") ?? null,
    unsealed,
  };
}
