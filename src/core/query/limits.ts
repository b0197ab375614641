import type { Bilingual, Violation } from "../problems.ts";
import { Problem } from "../problems.ts";
import type { Place } from "./tree.ts";

/** What a query may hold (api.md 3), in whichever layer it is written; `length` is in bytes of `filter=`. */
export const LIMITS = { length: 4096, predicates: 60, depth: 6, values: 200 } as const;

/** Says by how much a query is beyond a limit. */
export function beyond(limit: keyof typeof LIMITS, value: number, at: Place): Violation {
  const most = LIMITS[limit];
  const detail: Bilingual = {
    vi: `Bộ lọc quá phức tạp: ${limit} là ${value}, nhiều nhất ${most}.`,
    en: `The filter is too complex: ${limit} is ${value}, at most ${most}.`,
  };
  return { code: "filter-too-complex", detail, ...at, limit: most, value };
}

/** The refusal of a query that is beyond a limit. */
export const tooComplex = (limit: keyof typeof LIMITS, value: number, at: Place): Problem =>
  new Problem("filter-too-complex", { errors: [beyond(limit, value, at)] });
