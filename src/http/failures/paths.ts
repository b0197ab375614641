import type { FastifyInstance } from "fastify";

/** Which methods a path takes: none when the service has no such path. */
export type KnownPaths = (path: string) => string[];

/** Listens to the routes that are registered from here on, and tells the methods of a path: what 405 and OPTIONS answer in `Allow`. */
export function knownPaths(app: FastifyInstance): KnownPaths {
  const routes: { pattern: RegExp; methods: Set<string> }[] = [];
  const byUrl = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    // A catch-all (a preflight handler, a file server at the root) would make every path a known one.
    if (/^\/?\*$/.test(url)) return;
    let methods = byUrl.get(url);
    if (methods === undefined) {
      methods = new Set();
      byUrl.set(url, methods);
      routes.push({ pattern: patternOf(url), methods });
    }
    for (const name of [method].flat()) methods.add(name.toUpperCase());
  });
  return (path) => {
    const found = routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]);
    return found.length === 0 ? [] : [...new Set([...found, "OPTIONS"])].toSorted();
  };
}

/** A route's URL as the router reads it: `:name` is one segment or a part of one, `:name(regexp)` too, `*` is all the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .split(/(:\w+(?:\([^)]*\))?\??|\*)/)
    .map((part) => (part === "*" ? ".*" : part.startsWith(":") ? (part.endsWith("?") ? "[^/]*" : "[^/]+") : RegExp.escape(part)))
    .join("");
  return new RegExp(`^${source}$`);
}
