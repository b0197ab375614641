import { errorCodes } from "fastify";
import type { Source } from "../../db/query/source.ts";
import { resolveTerritory } from "../../db/territory.ts";
import { actorOf } from "../access/auth.ts";
import { readList } from "../nouns/lists.ts";
import type { Caller, Quick } from "../nouns/lists.ts";
import type { Parts, RawQuery } from "../nouns/parts.ts";
import { DEADLINES } from "../traffic/deadlines.ts";
import type { VerifiedToken } from "../access/tokens.ts";
import type { Asked, Direct, DirectRead } from "./lane.ts";
import { rememberPages } from "./memory.ts";
import type { PageMemory } from "./memory.ts";

/**
 * Reads pages of a noun as their parameters ask; one that left before leaves again where one statement says that it is still what it was.
 */
export function readPage(parts: Parts, source: Source, quick: Quick): DirectRead {
  const memory = rememberPages(parts.database.pages);
  const keyOf = keysOfTokens();
  const read = async (asked: Asked, key: string): Promise<Direct | undefined> => {
    const query = queryIn(asked.rest);
    if (!query) return undefined;
    const url = `/v1/${source.noun.name}?${asked.rest}`;
    const found = await inTime(readList(parts, source, { url, query, caller: callerOf(parts, asked) }, { quick }), url);
    if (!found.proven || asked.rest.length > LONG) return found;
    const answer = { link: found.link, body: Buffer.concat(found.body) };
    memory.keep(key, found.proven, answer);
    return answer;
  };
  return (asked) => {
    if (!asked.whole || (asked.languages?.length ?? 0) > LONG) return undefined;
    const key = keyOf(asked);
    const before = asked.rest.length > LONG ? undefined : memory.find(key);
    return before ? again(before, () => read(asked, key)) : read(asked, key);
  };
}

/** A longer query is not remembered. */
const LONG = 1_000;
const CANCELED = "57014";

/** What was remembered if it holds, else what is read; a page that takes too long is refused by who reads it. */
async function again(before: ReturnType<PageMemory["find"]>, read: () => Promise<Direct | undefined>): Promise<Direct | undefined> {
  const found = await before!.catch((error: Error & { code?: string }) => {
    if (error.code !== CANCELED) throw error;
    return undefined;
  });
  return found ?? read();
}

/** Names what is asked for by whom, on which day: two tokens are never answered from one memory. */
function keysOfTokens(): (asked: Asked) => string {
  const numbers = new WeakMap<VerifiedToken, number>();
  const state = { next: 0 };
  return ({ token, languages = "", purpose, today, rest }) => {
    let number = numbers.get(token);
    if (number === undefined) numbers.set(token, (number = state.next++));
    return `${number} ${today} ${purpose ?? ""} ${languages} ${rest}`;
  };
}

/** As long as a handler may take. */
function inTime<T>(work: Promise<T>, url: string): Promise<T> {
  const { handlerTimeout } = DEADLINES;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new errorCodes.FST_ERR_HANDLER_TIMEOUT(String(handlerTimeout), url)), handlerTimeout).unref();
    const done = () => clearTimeout(timer);
    work.then(resolve, reject).finally(done);
  });
}

function callerOf({ database, catalog, keys }: Parts, { token, languages, today, purpose, trace }: Asked): Caller {
  const who = actorOf(token, languages, purpose);
  const about = { catalog, keys, today, inUrl: true, trace };
  return {
    context: (asOf) => ({ ...who, ...about, asOf }),
    async settled(asOf) {
      const bounds = who.claims && (await resolveTerritory(database.points, who.claims.org, who.claims.loc));
      return { ...about, asOf, actor: { ...who.actor, ...bounds } };
    },
  };
}

/** A query whose every part is `name=value` in good UTF-8; undefined for any other, which is read on the usual way. */
function queryIn(text: string): RawQuery | undefined {
  const query = Object.create(null) as RawQuery;
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const [name, value] = [textOf(part.slice(0, at)), textOf(part.slice(at + 1))];
    if (at < 1 || !name || value === undefined) return undefined;
    const before = query[name];
    // Not copied for each: a thousand and a half of one name fit into an address.
    if (Array.isArray(before)) before.push(value);
    else query[name] = before === undefined ? value : [before, value];
  }
  return query;
}

function textOf(encoded: string): string | undefined {
  if (!ENCODED.test(encoded)) return encoded;
  try {
    return encoded.includes("%00") ? undefined : decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

const ENCODED = /[%+]/;
