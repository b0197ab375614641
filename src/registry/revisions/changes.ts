import { isDeepStrictEqual } from "node:util";
import { readMembers } from "../../core/registry/noun.ts";
import type { Noun } from "../../core/registry/noun.ts";

/** A record as JSON, as far as its reader may see it. */
export type Seen = Readonly<Record<string, unknown>>;

/** One member that differs between two versions, with what stood in it before and after. */
export type Change = { field: string; from: unknown; to: unknown };

/** What every version has anew, or none ever. */
const OF_EACH_VERSION = new Set(["id", "version"]);

/** The members that differ, in the order of the noun's fields; a record compared with nothing shows what it was given. */
export function changesBetween({ fields }: Noun, before: Seen | undefined, after: Seen): Change[] {
  return Object.entries(fields).flatMap(([member, field]) => {
    if (OF_EACH_VERSION.has(member) || !(member in after)) return [];
    const pointing = field.kind === "place" || field.kind === "unit";
    // A unit's name beside its id may have changed since; that is the unit's own history.
    const shown = pointing ? [member] : Object.keys(readMembers(member, field));
    return shown.flatMap((name): Change[] => {
      const compared = pointing ? `${member}_id` : name;
      if (isDeepStrictEqual(known(before?.[compared]), known(after[compared]))) return [];
      return [{ field: name, from: before?.[name] ?? null, to: after[name] ?? null }];
    });
  });
}

/** A list without an element says no more than a value that was never given. */
const known = (value: unknown): unknown => (value === undefined || (Array.isArray(value) && value.length === 0) ? null : value);
