import { isProven } from "../../db/query/page/kept.ts";
import type { Pipeline } from "../../db/readers/pipeline.ts";
import type { Proven } from "../nouns/lists.ts";
import type { Direct } from "./lane.ts";

/** A page as it left, and what proves that it is still so. */
type Page = { proven: Proven; answer: Direct; bytes: number; used: number };

/** Pages that left not long ago, each by what was asked and who asked. */
export type PageMemory = {
  /** The page if it is still what it was: nothing is told that the statement which is asked now does not say. */
  find(key: string): Promise<Direct | undefined> | undefined;
  keep(key: string, proven: Proven, answer: Direct): void;
};

/**
 * So many bytes of pages are remembered; a page that was asked for within `restMs` makes no room for another, which would let all go in turn
 * where more are asked for than are remembered. What nobody has asked for in `idleMs` goes with the next that comes.
 */
const MOST = { bytes: 32 * 1024 * 1024, restMs: 5_000, idleMs: 600_000 };
/** A page costs so much beside its text: its key, values and tag. */
const BESIDE = 2_000;

/** Remembers pages that can be proven. */
export function rememberPages(pages: Pipeline, most = MOST): PageMemory {
  const known = new Map<string, Page>();
  const state = { bytes: 0 };
  const forget = (key: string) => {
    const page = known.get(key);
    if (page && known.delete(key)) state.bytes -= page.bytes;
  };
  const ask = async (key: string, page: Page): Promise<Direct | undefined> => {
    const { shape, values } = page.proven;
    const [now] = (await pages.first(shape, values)) ?? [];
    if (now && isProven(now, page.proven)) return page.answer;
    if (known.get(key) === page) forget(key);
    return undefined;
  };
  return {
    find(key) {
      const page = known.get(key);
      if (!page) return undefined;
      page.used = performance.now();
      known.delete(key);
      known.set(key, page); // now the last of them
      return ask(key, page);
    },
    keep(key, proven, answer) {
      forget(key);
      const bytes = key.length + proven.proof.length + lengthOf(answer) + BESIDE;
      if (bytes > most.bytes) return;
      const used = performance.now();
      for (const [oldest, page] of known) {
        const rest = used - page.used;
        if (rest < most.restMs || (state.bytes + bytes <= most.bytes && rest < most.idleMs)) break;
        forget(oldest);
      }
      if (state.bytes + bytes > most.bytes) return;
      known.set(key, { proven, answer, bytes, used });
      state.bytes += bytes;
    },
  };
}

const lengthOf = ({ body }: Direct): number => (body === null ? 0 : [body].flat().reduce((sum, piece) => sum + piece.length, 0));
