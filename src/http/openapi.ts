import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { complete, preamble } from "./openapi/document.ts";
import type { Document } from "./openapi/document.ts";
import { describeOperation } from "./openapi/operation.ts";
import { gatherShapes } from "./openapi/shapes.ts";

export { problems, ProblemShape } from "./openapi/problems.ts";
export type { Document } from "./openapi/document.ts";

/** What the document needs beside the routes; the address is asked late, a free port is known only after listening. */
export type Description = { publicUrl: () => string; version: string };

/**
 * Describes every route that is registered from here on; `documentOf(app)` gives the OpenAPI 3.1 document once the app is ready.
 *
 * To be awaited before the first route: a plugin sees only the routes that come after it.
 */
export async function describeRoutes(app: FastifyInstance, { publicUrl, version }: Description): Promise<void> {
  const shapes = gatherShapes();
  await app.register(swagger, {
    openapi: preamble(version) as never,
    stripBasePath: false,
    convertConstToEnum: false,
    transform: ({ route, url }) => ({ schema: describeOperation(route, shapes) as never, url }),
    transformObject: (given) => {
      const { openapiObject } = given as unknown as { openapiObject: Document };
      return complete(openapiObject, { publicUrl: publicUrl(), shapes }) as never;
    },
  });
}

/** The OpenAPI 3.1 document of an app that is ready. */
export function documentOf(app: FastifyInstance): Document {
  return app.swagger() as unknown as Document;
}
