import { createHash } from "node:crypto";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { documentOf } from "../openapi.ts";
import type { Document } from "../openapi.ts";
import { assetText } from "./assets.ts";

/** No inline script and no inline style: the tool sets styles through the DOM, and its icons are `data:` pictures. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';
const BAR = '<header class="bar"><a href="/"><img src="/docs/static/theme/logo.svg" alt="" width="36" height="36">Trí Thức</a></header>';

/**
 * Serves the reference at `/docs` (all of it from here, without internet) and the document at `/openapi.json` and `/v1/openapi.json`.
 *
 * To be awaited after `describeRoutes`. Its routes come from a plugin: `guardRoutes` has to know `/docs` as a public path.
 */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  serveDocument(app);
  await app.register(async (docs) => {
    docs.addHook("onSend", async (_request, reply, payload) => {
      reply.header("content-security-policy", POLICY);
      const isPage = String(reply.getHeader("content-type")).startsWith("text/html");
      if (!isPage || typeof payload !== "string") return payload;
      return payload.replace("<head>", `<head>${VIEWPORT}`).replace("<body>", `<body>${BAR}`);
    });
    await docs.register(swaggerUi, {
      routePrefix: "/docs",
      theme: {
        title: "Trí Thức API",
        css: [{ filename: "docs.css", content: assetText("docs.css") }],
        favicon: [{ filename: "logo.svg", rel: "icon", type: "image/svg+xml", sizes: "any", content: assetText("logo.svg") }],
      },
      // The other layout's bar brings a logo with an inline style, and a policy that allows one allows all.
      // A token that the browser keeps is a token that the next person at that desk has.
      uiConfig: {
        layout: "BaseLayout",
        showExtensions: true,
        docExpansion: "list",
        defaultModelsExpandDepth: 0,
        filter: true,
        persistAuthorization: false,
        tryItOutEnabled: false,
      },
      transformSpecification: (document) => forReading(document as unknown as Document) as never,
      transformSpecificationClone: false,
    });
  });
}

/**
 * The document as the page shows it. Calls go to where the page came from, whatever name the service goes by: the policy allows no other.
 * Failures are shown by their codes alone: fifteen equal examples of a problem would bury what an operation answers.
 */
function forReading(document: Document): Document {
  const { responses } = document.components as { responses: Record<string, { description: string }> };
  const brief = Object.entries(responses).map(([name, { description }]) => [name, { description }]);
  return { ...document, servers: [{ url: "/" }], components: { ...document.components, responses: Object.fromEntries(brief) } };
}

function serveDocument(app: FastifyInstance): void {
  let made: { text: string; etag: string } | undefined;
  const send = (request: FastifyRequest, reply: FastifyReply) => {
    const text = made?.text ?? JSON.stringify(documentOf(app));
    made ??= { text, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
    reply.headers({ "content-type": "application/json; charset=utf-8", "cache-control": "public, no-cache", etag: made.etag });
    return request.headers["if-none-match"] === made.etag ? reply.code(304).send() : reply.send(text);
  };
  for (const url of ["/openapi.json", "/v1/openapi.json"]) {
    app.get(url, { config: { scope: "public" }, schema: { hide: true } }, send);
  }
}
