import { errorCodes } from "fastify";
import type { Source } from "../../db/query/source.ts";
import { resolveTerritory } from "../../db/territory.ts";
import { actorOf } from "../access/auth.ts";
import { readList } from "../nouns/lists.ts";
import type { Caller, Quick } from "../nouns/lists.ts";
import type { Parts, RawQuery } from "../nouns/parts.ts";
import { DEADLINES } from "../traffic/deadlines.ts";
import type { Asked, DirectRead } from "./lane.ts";

/** Reads pages of a noun as their parameters ask. */
export function readPage(parts: Parts, source: Source, quick: Quick): DirectRead {
  return (asked) => {
    const query = asked.whole ? queryIn(asked.rest) : undefined;
    if (!query) return undefined;
    const url = `/v1/${source.noun.name}?${asked.rest}`;
    return inTime(readList(parts, source, { url, query, caller: callerOf(parts, asked) }, { quick }), url);
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
