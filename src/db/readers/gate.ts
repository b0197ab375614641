import { hash } from "node:crypto";
import type { Pipeline } from "./pipeline.ts";
import type { Row } from "./wire.ts";

/** Gives a text the name under which a connection prepares it, or an empty one. */
type Naming = (text: string) => string;
const unnamed: Naming = () => "";
/** One name for one text: what comes again is planned once, and a connection forgets what has not come for long. */
export const namedByText: Naming = (text) => `t_${hash("sha1", text, "base64url")}`;

/** Runs single statements of any text on connections of their own; the first row as the bytes that Postgres sent. */
export type LongReader = (text: string, values: readonly (string | null)[]) => Promise<Row | undefined>;

/**
 * Lets so many statements be under way at a time, and the others wait in turn: whoever has waited for `patienceMs` is
 * refused in the words of a pool. An answer of a megabyte through `pg` is a string of twice that, which two fifths of the process's time
 * went to collect (2026-11).
 */
export function openGate(pipeline: Pipeline, count: number, patienceMs: number, nameOf: Naming = unnamed): LongReader {
  const waiting = new Set<() => void>();
  const state = { free: count };

  const enter = (): Promise<void> | undefined => {
    if (state.free > 0) {
      state.free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const next = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(next);
        reject(new Error("timeout exceeded when trying to connect"));
      }, patienceMs);
      waiting.add(next);
    });
  };
  const leave = () => {
    const [next] = waiting;
    if (!next) return void state.free++;
    waiting.delete(next);
    next();
  };
  return async (text, values) => {
    await enter();
    try {
      return await pipeline.first({ name: nameOf(text), text }, values);
    } finally {
      leave();
    }
  };
}
