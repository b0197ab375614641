import type { Bilingual } from "../../core/problems.ts";

const EVERY_MS = 200;

/** A line on a terminal that counts along; elsewhere one line at the end. */
export function counter(to: NodeJS.WritableStream & { isTTY?: boolean }, what: Bilingual): { at(count: number): void; end(): void } {
  const started = performance.now();
  let [count, shown] = [0, 0];
  const line = () => `${count.toLocaleString("vi-VN")} ${what.vi} / ${what.en}, ${((performance.now() - started) / 1000).toFixed(1)} s`;
  return {
    at(now) {
      count = now;
      if (!to.isTTY || performance.now() - shown < EVERY_MS) return;
      shown = performance.now();
      to.write(`\r${line()} `);
    },
    end: () => void to.write(`${to.isTTY ? "\r" : ""}${line()}\n`),
  };
}
