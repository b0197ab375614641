import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

/** Files that pages load, by the name under `/assets/`. */
const TYPES = { "site.css": "text/css; charset=utf-8", "logo.svg": "image/svg+xml" } as const;

/** What our own pages may load: our stylesheet and our pictures, nothing else, from nowhere else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The text of a file beside the pages. */
export function assetText(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");
}

/** Gives the address of a file of the pages; it changes with the file, so that browsers may keep it for a year. */
export type AssetUrl = (name: keyof typeof TYPES) => string;

/** Serves the files of the pages under `/assets/`. */
export function serveAssets(app: FastifyInstance): AssetUrl {
  const marks = new Map<string, string>();
  for (const [name, type] of Object.entries(TYPES)) {
    const text = assetText(name);
    const mark = createHash("sha256").update(text).digest("base64url").slice(0, 12);
    marks.set(name, mark);
    app.get(`/assets/${name}`, { config: { scope: "public" }, schema: { hide: true } }, (request, reply) => {
      const current = (request.query as Record<string, unknown>)["v"] === mark;
      const keep = current ? "public, max-age=31536000, immutable" : "public, no-cache";
      reply.headers({ "content-type": type, "cache-control": keep, etag: `"${mark}"` });
      return request.headers["if-none-match"] === `"${mark}"` ? reply.code(304).send() : reply.send(text);
    });
  }
  return (name) => `/assets/${name}?v=${marks.get(name)}`;
}
