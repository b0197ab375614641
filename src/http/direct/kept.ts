import { UUID } from "../../core/registry/scalars.ts";
import { readSelection } from "../../db/query/selection.ts";
import type { Source } from "../../db/query/source.ts";
import type { KeptAnswers, Wanted } from "../../db/readers/kept.ts";
import { actorOf } from "../access/auth.ts";
import type { VerifiedToken } from "../access/tokens.ts";
import type { Parts } from "../nouns/parts.ts";
import { handingOf } from "../nouns/delivery.ts";
import type { Handing } from "../nouns/delivery.ts";
import { findGuarded, findKept } from "../nouns/records.ts";
import type { Asked, DirectRead } from "./lane.ts";

const ID = 36;
/** The queries that are read: collections that come with the record, in plain letters. */
const INCLUDE = /^(?:\?include=([a-z_,]*))?$/;
/** So much of what a token asks for is remembered. */
const MOST = 50;

/** What a token's query wants, and what is done to it for who reads guarded members too. */
type Known = { wanted: Wanted; handing: Handing | undefined };

/** Reads records of which the answer is kept. What a token's query wants is worked out once a day. */
export function readKept(
  kept: KeptAnswers,
  source: Source,
  { database, catalog, keys }: Pick<Parts, "catalog" | "keys" | "database">,
): DirectRead {
  const remembered = new WeakMap<VerifiedToken, Map<string, Known | undefined>>();
  const look = ({ token, languages, today, purpose }: Asked, query: string): Known | undefined => {
    const include = INCLUDE.exec(query);
    if (!include) return undefined;
    const context = { ...actorOf(token, languages, purpose), catalog, keys, today, asOf: null, inUrl: true };
    try {
      const selection = readSelection(source, undefined, include[1], context);
      const wanted = kept.wanted(source, selection, context);
      return wanted && { wanted, handing: wanted.beside && handingOf(source, selection, context) };
    } catch {
      return undefined; // said on the usual way
    }
  };
  const knownOf = (asked: Asked, query: string): Known | undefined => {
    const key = `${asked.today} ${asked.purpose ?? ""} ${asked.languages ?? ""} ${query}`;
    const known = remembered.get(asked.token) ?? new Map<string, Known | undefined>();
    if (known.has(key)) return known.get(key);
    if (known.size >= MOST) known.clear();
    const found = look(asked, query);
    remembered.set(asked.token, known.set(key, found));
    return found;
  };
  return (asked) => {
    const { languages, rest, known, whole, trace } = asked;
    const id = rest.slice(0, ID).toLowerCase();
    // A long query or list of languages is nothing to remember.
    if (!UUID.test(id) || rest.length > 200 || (languages?.length ?? 0) > 100 || (!whole && known === undefined)) return undefined;
    const found = knownOf(asked, rest.slice(ID));
    if (!found?.handing) return found && findKept(kept, found.wanted, id, known, whole);
    return whole ? findGuarded({ kept, database }, { ...found, handing: found.handing }, id, known, trace) : undefined;
  };
}
