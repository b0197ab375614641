import { UUID } from "../../core/registry/scalars.ts";
import { readSelection } from "../../db/query/selection.ts";
import type { Source } from "../../db/query/source.ts";
import type { KeptAnswers, Wanted } from "../../db/readers/kept.ts";
import { actorOf } from "../access/auth.ts";
import type { VerifiedToken } from "../access/tokens.ts";
import type { Parts } from "../nouns/parts.ts";
import { findKept } from "../nouns/records.ts";
import type { DirectRead } from "./lane.ts";

const ID = 36;
/** The queries that are read: collections that come with the record, in plain letters. */
const INCLUDE = /^(?:\?include=([a-z_,]*))?$/;
/** So much of what a token asks for is remembered. */
const MOST = 50;

/** Reads records of which the answer is kept. What a token's query wants is worked out once a day. */
export function readKept(kept: KeptAnswers, source: Source, parts: Pick<Parts, "catalog" | "keys">): DirectRead {
  const remembered = new WeakMap<VerifiedToken, Map<string, Wanted | undefined>>();
  const look = (token: VerifiedToken, languages: string | undefined, query: string, today: string): Wanted | undefined => {
    const include = INCLUDE.exec(query);
    if (!include) return undefined;
    const context = { ...actorOf(token, languages, null), ...parts, today, asOf: null, inUrl: true };
    try {
      return kept.wanted(source, readSelection(source, undefined, include[1], context), context);
    } catch {
      return undefined; // said on the usual way
    }
  };
  const wantedBy = (token: VerifiedToken, languages: string | undefined, query: string, today: string): Wanted | undefined => {
    const key = `${today} ${languages ?? ""} ${query}`;
    const known = remembered.get(token) ?? new Map<string, Wanted | undefined>();
    if (known.has(key)) return known.get(key);
    if (known.size >= MOST) known.clear();
    const wanted = look(token, languages, query, today);
    remembered.set(token, known.set(key, wanted));
    return wanted;
  };
  return ({ token, languages, rest, known, today, whole }) => {
    const id = rest.slice(0, ID);
    // A long query or list of languages is nothing to remember.
    if (!UUID.test(id) || rest.length > 200 || (languages?.length ?? 0) > 100 || (!whole && known === undefined)) return undefined;
    const wanted = wantedBy(token, languages, rest.slice(ID), today);
    return wanted && findKept(kept, wanted, id.toLowerCase(), known, whole);
  };
}
