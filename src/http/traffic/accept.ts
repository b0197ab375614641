import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../../core/problems.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The media types that a route answers in; JSON where it says nothing. */
    produces?: readonly string[];
  }
}

/** Refuses with 406 what a route cannot answer in, and with 415 a body that comes compressed. To be called after `guardRoutes`. */
export function negotiate(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, next) => {
    if (request.is404 || !request.url.startsWith("/v1")) return next();
    const { accept } = request.headers;
    const offered = request.routeOptions.config.produces ?? ["application/json"];
    if (accept !== undefined && !offered.some((type) => accepts(accept, type))) return next(notAcceptable(offered));
    if (isCompressed(request)) return next(new Problem("unsupported-media-type", { headers: { "accept-encoding": "identity" } }));
    next();
  });
}

/**
 * Whether an `Accept` header takes a media type: the most specific of its ranges decides (RFC 9110, 12.5.1).
 *
 * `accepts("application/json;q=0, *\/*", "application/json") === false`
 */
export function accepts(header: string, type: string): boolean {
  const [major] = type.split("/");
  let best = -1;
  let weight = header.trim() === "" ? 1 : 0;
  // Nobody means more than a few ranges, and a header can be many KiB.
  for (const range of header.slice(0, 2000).toLowerCase().split(",")) {
    const [name, ...parameters] = range.split(";").map((part) => part.trim());
    const rank = name === type ? 2 : name === `${major}/*` ? 1 : name === "*/*" ? 0 : -1;
    if (rank < 0 || rank < best) continue;
    const q = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    weight = rank === best ? Math.max(weight, q) : q;
    best = rank;
  }
  return weight > 0;
}

function notAcceptable(offered: readonly string[]): Problem {
  const types = offered.join(", ");
  const detail = { vi: `Thao tác này trả lời bằng: ${types}.`, en: `This operation answers in: ${types}.` };
  return new Problem("not-acceptable", { detail, errors: [{ code: "not-acceptable", detail, header: "Accept" }] });
}

function isCompressed({ headers }: FastifyRequest): boolean {
  const encoding = headers["content-encoding"];
  return encoding !== undefined && encoding.trim().toLowerCase() !== "identity";
}
